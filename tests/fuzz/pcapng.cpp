// Any file as a capture, and the segments in it.
#include "helloscope/wire/packet/tcp_packet.hpp"
#include "helloscope/wire/pcapng/capture_reader.hpp"

using namespace helloscope;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto capture = wire::pcapng::capture_reader::open({data, size});
    while (capture && !capture->at_end()) {
        const auto block = capture->next();
        if (!block) continue;
        if (const auto* const packet = std::get_if<wire::pcapng::packet>(&*block))
            (void)wire::packet::parse_tcp_frame(
                packet->linktype, packet->captured, packet->original_length);
    }
    return 0;
}
