#include "segment_count.hpp"

namespace helloscope::relay {

segment_count::segment_count(std::size_t writes, const model::path_sample& before)
    : data_before_(before.data_segs_out.value_or(0)),
      again_before_(before.total_retrans.value_or(0)) { // with its SYNs
    outcome_.writes = static_cast<std::uint32_t>(writes);
}

void segment_count::saw(const model::path_sample& now) {
    if (!counted_in(now)) return;
    outcome_.retransmitted = *now.total_retrans - again_before_;
    outcome_.segments = *now.data_segs_out - data_before_ - outcome_.retransmitted;
    outcome_.acknowledged = now.unacked.value_or(1) == 0 && now.notsent_bytes.value_or(0) == 0;
}

} // namespace helloscope::relay
