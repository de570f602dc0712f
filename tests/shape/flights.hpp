// First flights as clients send them, and some that they do not.
#pragma once

#include "helloscope/base/writer.hpp"
#include "helloscope/shape/first_flight.hpp"
#include "wire/tls/fixtures.hpp"

namespace helloscope::test {

inline const auto every_client = {"bazelisk-1.28.1", "bazelisk-1.28.1-tlsmlkem0",
                                  "curl-7.88",       "git-gnutls",
                                  "node-20",         "node-24",
                                  "openssl-3.0",     "wget-gnutls",
                                  "python-urllib"};

// The handshake message of a client's hello.
inline bytes hello_message(const std::string& client) {
    return to_bytes(bytes_view(hello_record(client)).subspan(5));
}

// The same in records of these lengths; what is left is one more.
inline bytes in_records(bytes_view message, const std::vector<std::size_t>& lengths) {
    writer out;
    const auto add = [&](bytes_view body) {
        wire::tls::write_record_header(out, {22, 0x0301, static_cast<std::uint16_t>(body.size())});
        out.raw(body);
    };
    for (const auto length : lengths) {
        add(message.first(length));
        message = message.subspan(length);
    }
    if (!message.empty()) add(message);
    return out.take();
}

// A record with the client's hello and one extension more, at its end.
inline bytes hello_with(const std::string& client, std::uint16_t extension, bytes_view data) {
    auto record = hello_record(client);
    const auto grow = [&](std::size_t at, std::size_t width, std::size_t by) {
        std::size_t value = 0;
        for (std::size_t i = 0; i < width; ++i) value = value << 8 | record[at + i];
        value += by;
        for (auto i = width; i-- > 0; value >>= 8)
            record[at + i] = static_cast<std::uint8_t>(value & 0xff);
    };
    std::size_t extensions = 5 + 4 + 2 + 32; // behind legacy_session_id, suites and compression
    extensions += 1U + record[extensions];
    extensions += 2U + (record[extensions] << 8 | record[extensions + 1]);
    extensions += 1U + record[extensions];
    const auto size = data.size() + 4;
    grow(3, 2, size);
    grow(6, 3, size);
    grow(extensions, 2, size);
    writer more;
    more.u16(extension).u16(static_cast<std::uint16_t>(data.size())).raw(data);
    record.insert(record.end(), more.view().begin(), more.view().end());
    return record;
}

} // namespace helloscope::test
