// Any file as a recording: the events that it yields can be written and read again.
#include "helloscope/trace/recording_reader.hpp"
#include "helloscope/trace/recording_writer.hpp"

#include <cstdlib>

using namespace helloscope;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto recording = trace::recording_reader::open({data, size});
    if (!recording) return 0;
    trace::recording_writer writer{{"0.1.0", 1, "synthesized", "handshake", "runs"}};
    bytes file;
    writer.begin({}, file);
    std::size_t events = 1;
    while (const auto event = recording->next()) {
        if (event->time < timestamp{}) continue; // no packet could carry it
        writer.write(*event, file);
        ++events;
    }

    auto again = trace::recording_reader::open(file);
    require(again.has_value());
    for (; events > 0; --events) require(again->next().has_value());
    require(!again->next() && !again->trouble());
    return 0;
}
