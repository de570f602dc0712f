// A fault's text and a stream: length:1 text:length stream. Text reads back as it is written; a
// chain of it copes with the stream cut small, keeps its bound, and passes what it only holds when
// it is taken away.
#include "helloscope/base/reader.hpp"
#include "helloscope/fault/chain.hpp"

#include <algorithm>
#include <cstdlib>

using namespace helloscope;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

struct nobody final : fault::chain_sink {
    void acted(const fault::spec&, std::string, std::uint64_t) override {}
    void answer(bytes, bool) override {}
};

// Everything that is ready; false when the stream has ended.
bool send(fault::chain& chain, std::uint64_t& total) {
    while (!chain.ready().empty()) {
        total += chain.ready().size();
        chain.sent(chain.ready().size());
    }
    if (chain.next_end() == fault::ending::none) return true;
    chain.end_done();
    return false;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    reader in{bytes_view{data, size}};
    const auto text = in.vector8("fault").rest();
    if (!in.ok()) return 0;
    const auto spec = fault::parse_spec(as_text(text));
    if (!spec) return 0;
    require(fault::parse_spec(to_string(*spec)) == *spec);

    auto stream = in.rest();
    timestamp now{};
    nobody sink;
    for (const auto way : {direction::to_server, direction::to_client}) {
        fault::chain chain({way, {}, 1}, {*spec}, now);
        std::uint64_t sent = 0;
        bool open = true;
        for (auto rest = stream; open && !rest.empty();) {
            const auto part = rest.first(
                std::min({rest.size(), std::size_t{7}, std::size_t{chain.room()}}));
            rest = rest.subspan(part.size());
            chain.take(part, now);
            chain.run(now += std::chrono::milliseconds(1), sink);
            open = send(chain, sent);
            require(chain.room() <= fault::chain::limit);
        }
        if (open) chain.take_end(now);
        chain.change({}, now, sink);
        chain.run(now, sink);
        send(chain, sent);
        require(!chain.holds());
        require(sent <= stream.size() + 200); // an answer takes the place of what passes
    }
    return 0;
}
