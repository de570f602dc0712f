// A fault as somebody asks for it, and its text: on the command line, in a file, in the admin API
// and in a recording.
//
//     to_server stall@1460                        bytes behind the first 1,460 do not pass
//     to_client throttle:64KiB/s
//     latency:100ms,jitter=20ms                   both ways
//     to_client reset@record:3 toxicity=0.5 seed=7
//     alert:unrecognized_name@sni
//     blackhole:mtu=1400
//
//     [DIRECTION] KIND[:VALUE,NAME=VALUE…][@TRIGGER] [toxicity=P] [seed=N] [name=TEXT]
//
// Triggers, each in the stream of the fault's direction, counted from when the fault is there:
//     N, 64KiB           that many bytes have passed
//     record:N           the Nth TLS record begins
//     server_hello, …    a handshake message of this type begins (in the clear: up to TLS 1.2 all)
//     application_data,… a record of this content type begins
//     sni, sni+N, sni-N, midsni   the host name in the ClientHello
//     2s, 500ms          that much time has passed
// None: with the first byte.
#pragma once

#include "helloscope/base/result.hpp"
#include "helloscope/base/time.hpp"
#include "helloscope/fault/kind.hpp"

#include <string>
#include <vector>

namespace helloscope::fault {

struct trigger {
    enum class at : std::uint8_t { first_byte, byte, record, content, message, sni, midsni, time };

    at what = at::first_byte;
    // Bytes; the number of the record, from 1; a content or handshake type; bytes from the name's
    // first one.
    std::int64_t number = 0;
    duration after{};

    bool operator==(const trigger&) const = default;
    // The way its bytes go, where they go one way only.
    std::optional<direction> way() const;
};

struct spec {
    std::optional<direction> way;      // none: either way, or as the kind and the trigger have it
    const fault::kind* what = nullptr; // of kinds(); never null in what parse_spec made
    std::vector<std::int64_t> values;  // of its parameters, in their order
    trigger when;
    double toxicity = 1;    // the part of flows that it acts on
    std::uint64_t seed = 1; // of what is left to chance: the same seed, the same result
    std::string name;       // of a toxic

    bool operator==(const spec&) const = default;

    // Of a parameter of its kind, by name.
    std::int64_t value(std::string_view parameter_name) const;
    // Whether it acts where bytes pass this way; what it sends then may go the other way.
    bool listens(direction passing) const;
};

// The failure says what is wrong, at which character, and what is expected there.
result<spec> parse_spec(std::string_view text);

// What parse_spec reads; what is as it would be anyway is left out.
std::string to_string(const spec& fault);
// The same without direction, chance and name: "stall@1460".
std::string short_text(const spec& fault);

} // namespace helloscope::fault
