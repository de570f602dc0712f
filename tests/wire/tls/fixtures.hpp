// Reads tests/data/tls (its README says what is in there) and feeds spans cut in every way.
#pragma once

#include "helloscope/base/direction.hpp"
#include "helloscope/wire/tls/record.hpp"
#include "support/data.hpp"
#include "support/hex.hpp"

#include <fstream>
#include <random>
#include <sstream>

namespace helloscope::test {

inline std::string tls_file(const std::string& name) {
    std::ifstream file(tests_folder() / "data/tls" / name);
    if (!file) throw std::runtime_error("no test data " + name);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

// A client's first record: "bazelisk-1.28.1" reads hello-bazelisk-1.28.1.hex.
inline bytes hello_record(const std::string& client) {
    return hex(tls_file("hello-" + client + ".hex"));
}

// The ClientHello of that record, without the record and handshake headers.
inline bytes hello_body(const std::string& client) {
    const auto record = hello_record(client);
    return to_bytes(bytes_view(record).subspan(9));
}

struct turn {
    direction way;
    bytes record;
};

// The records of NAME.dialogue in the order in which they were sent.
inline std::vector<turn> dialogue(const std::string& name) {
    std::istringstream file(tls_file(name + ".dialogue"));
    std::vector<turn> turns;
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line[0] == '#') continue;
        if (line[0] != ' ')
            turns.push_back({line[0] == '>' ? direction::to_server : direction::to_client, {}});
        auto& record = turns.back().record;
        const bool left_out = line.back() == '*';
        const auto part = hex(line.substr(1, line.size() - 1 - left_out));
        record.insert(record.end(), part.begin(), part.end());
        if (left_out) {
            const auto header = wire::tls::parse_record_header(record);
            record.resize(record.size() + header.value().length);
        }
    }
    return turns;
}

// All bytes of one direction.
inline bytes stream_of(const std::vector<turn>& turns, direction way) {
    bytes out;
    for (const auto& turn : turns)
        if (turn.way == way) out.insert(out.end(), turn.record.begin(), turn.record.end());
    return out;
}

// Calls `feed(span)` for spans of `input` that end at `cut`, and then every `step` bytes.
template <class Feed>
void feed_cut(bytes_view input, std::size_t cut, std::size_t step, Feed&& feed) {
    feed(input.first(cut));
    for (input = input.subspan(cut); !input.empty();) {
        const auto size = std::min(step, input.size());
        feed(input.first(size));
        input = input.subspan(size);
    }
}

// `rounds` times a copy of `input` with a few bytes changed, dropped or doubled: `use(copy)` must
// cope.
template <class Use> void mutated(const bytes& input, int rounds, unsigned seed, Use&& use) {
    std::mt19937 random(seed);
    const auto below = [&](std::size_t n) { return random() % n; };
    for (int i = 0; i < rounds; ++i) {
        auto copy = input;
        for (auto changes = 1 + below(4); changes-- > 0 && !copy.empty();) {
            const auto at = copy.begin() + static_cast<std::ptrdiff_t>(below(copy.size()));
            switch (below(4)) {
            case 0: *at = static_cast<std::uint8_t>(random()); break;
            case 1: copy.erase(at); break;
            case 2: copy.insert(at, *at); break;
            default: copy.resize(below(copy.size() + 1)); break;
            }
        }
        use(copy);
    }
}

} // namespace helloscope::test
