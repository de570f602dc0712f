// A first flight and a shape for it: length:1 shape:length flight. What is planned adds up, keeps
// the message, and does not depend on how the flight came.
#include "helloscope/base/reader.hpp"
#include "helloscope/shape/plan.hpp"
#include "helloscope/wire/tls/record.hpp"

#include <cstdlib>
#include <numeric>

using namespace helloscope;
using kind = shape::first_flight::kind;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

bytes bodies(bytes_view records) {
    bytes out;
    while (!records.empty()) {
        const auto header = wire::tls::parse_record_header(records);
        require(header && records.size() >= 5U + header->length);
        const auto body = records.subspan(5, header->length);
        out.insert(out.end(), body.begin(), body.end());
        records = records.subspan(5 + header->length);
    }
    return out;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    reader in{bytes_view{data, size}};
    const auto text = in.vector8("shape").rest();
    if (!in.ok()) return 0;
    const auto how = shape::parse_shape(as_text(text));
    const auto flight = in.rest();
    const auto what = shape::read_first_flight(flight);
    if (!how || what.is == kind::unfinished) return 0;
    const auto sent = flight.first(what.size);
    if (what.is == kind::hello && flight.size() < 4096)
        for (std::size_t cut = 0; cut < what.size; ++cut)
            require(shape::read_first_flight(sent.first(cut)).is == kind::unfinished);

    const auto made = make_plan(*how, flight, what);
    require(
        std::accumulate(made.writes.begin(), made.writes.end(), std::size_t{0}) ==
        made.content.size());
    if (made.records.empty())
        require(made.content == to_bytes(sent));
    else
        require(bodies(made.content) == bodies(sent));
    return 0;
}
