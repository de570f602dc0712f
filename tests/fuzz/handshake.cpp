// A conversation: chunks of way:1 length:2 bytes, fed as they are and byte by byte. Bit 0 of `way`
// is the direction; bit 1 lets the rest of the current body go by unseen first.
#include "helloscope/base/reader.hpp"
#include "helloscope/wire/tls/conversation.hpp"
#include "helloscope/wire/tls/fingerprint.hpp"

#include <cstdlib>

using namespace helloscope;
using namespace helloscope::wire::tls;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

struct counts : conversation_sink {
    std::size_t records = 0, messages = 0, alerts = 0, lost = 0, message_bytes = 0;
    bool operator==(const counts& other) const {
        return records == other.records && messages == other.messages && alerts == other.alerts &&
               lost == other.lost && message_bytes == other.message_bytes;
    }

    void on_record(direction, const record_header&, std::uint64_t, bool) override { ++records; }
    void on_handshake(direction, handshake_message&& message) override {
        ++messages;
        message_bytes += message.raw.body.size();
        if (const auto* hello = std::get_if<client_hello>(&message.content))
            require(ja4(*hello).size() == 36);
    }
    void on_alert(direction, alert) override { ++alerts; }
    void on_lost(direction, const lost_at&) override { ++lost; }
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    conversation whole, bytewise;
    counts seen, seen_bytewise;
    reader in{bytes_view{data, size}};
    while (in.ok() && !in.at_end()) {
        const auto control = in.u8("way");
        const auto way = control & 1 ? direction::to_client : direction::to_server;
        const auto chunk = in.vector16("chunk").rest();
        if (control & 2) {
            const auto unseen = whole.walker(way).remaining();
            whole.skip(way, unseen, seen);
            bytewise.skip(way, unseen, seen_bytewise);
        }
        whole.feed(way, chunk, seen);
        for (const auto& byte : chunk) bytewise.feed(way, {&byte, 1}, seen_bytewise);
    }
    require(seen == seen_bytewise);
    require(whole.version() == bytewise.version());
    return 0;
}
