#include "helloscope/model/record_runs.hpp"

#include "helloscope/wire/tls/record.hpp"

#include <utility>

namespace helloscope::model {

void append(records& run, const record& next) {
    if (run.count == 0) {
        run.dir = next.dir;
        run.version = next.version;
        run.offset = next.offset;
        run.first = next.first;
    }
    ++run.count;
    run.bytes += wire::tls::record_header_size + next.length;
    auto& lengths = run.lengths;
    if (!lengths.empty() && lengths.back().length == next.length)
        ++lengths.back().count;
    else
        lengths.push_back({next.length, 1});
}

record_runs::told record_runs::add(const record& next, timestamp now) {
    told out;
    const bool joins = joins_run(next, now);
    if (run_ && (!joins || run_->version != next.version || now - run_->first >= limits().longest ||
                 run_->lengths.size() >= limits().most_lengths))
        out.run = take();
    ++seen_;
    last_ = now;
    if (!joins) {
        out.single = next;
        return out;
    }
    if (!run_) run_ = records();
    append(*run_, next);
    return out;
}

std::optional<records> record_runs::take_old(timestamp now) {
    return run_ && now - run_->first >= limits().longest ? take() : std::nullopt;
}

std::optional<records> record_runs::take() {
    std::optional<records> taken;
    if (run_) taken = std::move(*run_);
    run_.reset();
    return taken;
}

const run_limits& record_runs::limits() const {
    static constexpr run_limits usual;
    return limits_ ? *limits_ : usual;
}

bool record_runs::joins_run(const record& next, timestamp now) const {
    return seen_ >= limits().single && now - last_ < limits().pause && !next.cut_at &&
           next.content_type ==
               static_cast<std::uint8_t>(wire::tls::content_type::application_data);
}

} // namespace helloscope::model
