#include "dialogue.hpp"

#include "broken.hpp"
#include "fixtures.hpp"

#include <algorithm>
#include <sstream>

namespace bench {

namespace {

constexpr std::size_t header_size = 5;
constexpr std::size_t session_id_at = 43; // its length, in either hello
constexpr std::size_t session_id_size = 32;

std::string unhex(const std::string& text) {
    std::string digits, out;
    std::copy_if(text.begin(), text.end(), std::back_inserter(digits), [](unsigned char c) {
        return std::isxdigit(c) != 0;
    });
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
        out += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
    return out;
}

// "< 17 0303 0045 *", or a body in hex on lines of its own.
dialogue read_dialogue(const char* text) {
    dialogue read;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (line.empty() || line[0] == '#') continue;
        if (line[0] == ' ') {
            read.back().bytes += unhex(line);
            continue;
        }
        const auto header = unhex(line.substr(2, 12));
        const auto from = line[0] == '>' ? side::client : side::server;
        if (read.empty() || read.back().from != from) read.push_back({from, {}});
        read.back().bytes += header;
        if (line.back() == '*')
            read.back().bytes += std::string(std::stoul(line.substr(10), nullptr, 16), '\0');
    }
    return read;
}

// The OpenSSL capture, opened by curl's hello; its session id is in both hellos.
dialogue captured() {
    auto whole = read_dialogue(tls13_dialogue);
    const auto hello = unhex(curl_hello);
    if (whole.size() != 7 || hello[session_id_at] != session_id_size ||
        whole[1].bytes[session_id_at] != session_id_size)
        fail("tests/data/tls is not what the load generator was written for");
    whole[1].bytes.replace(
        session_id_at, session_id_size + 1, hello, session_id_at, session_id_size + 1);
    whole[0].bytes = hello;
    return whole;
}

dialogue disguised(dialogue said, content as) {
    if (as == content::plain)
        for (auto& message : said) std::fill(message.bytes.begin(), message.bytes.end(), 'p');
    return said;
}

} // namespace

void write_number(std::string& hello, std::uint32_t number) {
    for (std::size_t i = 0; i < number_size; ++i)
        hello[number_at + i] = static_cast<char>(number >> 8 * i);
}

std::uint32_t read_number(const char* hello) {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < number_size; ++i)
        number |= std::uint32_t{static_cast<std::uint8_t>(hello[number_at + i])} << 8 * i;
    return number;
}

dialogue handshake(content as) {
    auto whole = captured();
    whole.resize(3);
    return disguised(std::move(whole), as);
}

dialogue exchanged(exchange what, content as) {
    auto whole = captured();
    if (what == exchange::flight) {
        whole.resize(2);
    } else {
        // The capture waited for the tickets; a client need not.
        whole[2].bytes += whole[4].bytes;
        whole[3].bytes += whole[5].bytes;
        whole.resize(4);
    }
    return disguised(std::move(whole), as);
}

std::vector<sent_record> records_in(const std::string& bytes) {
    std::vector<sent_record> found;
    const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(bytes[at]); };
    for (std::size_t at = 0; at + header_size <= bytes.size();) {
        const auto length = static_cast<std::uint16_t>(byte(at + 3) << 8 | byte(at + 4));
        found.push_back({byte(at), length});
        at += header_size + length;
    }
    return found;
}

} // namespace bench
