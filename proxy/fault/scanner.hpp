// Finds the places in one direction's stream that triggers name: TLS records, handshake messages in
// the clear, the SNI. It reads along and changes nothing.
#pragma once

#include "helloscope/fault/spec.hpp"
#include "helloscope/wire/tls/client_hello.hpp"
#include "helloscope/wire/tls/handshake_assembler.hpp"
#include "helloscope/wire/tls/record_walker.hpp"

#include <functional>

namespace helloscope::fault {

struct landmark {
    enum class what : std::uint8_t { record, message, name };
    what kind{};
    std::uint64_t at = 0;  // a message that begins a record is where the record is
    std::uint8_t type = 0; // of the content or the message
};

class scanner {
  public:
    using found = std::function<void(const landmark&)>;

    void feed(bytes_view read, const found& tell);

    std::uint64_t fed() const { return fed_; }
    std::uint64_t records() const { return records_; } // that have begun
    std::uint64_t last_record() const { return record_at_; }
    // Up to where all landmarks are known; with names, the SNI too, for which a hello must be
    // whole.
    std::uint64_t decided(bool names) const;
    // The next place where a record may begin, or where one would have: before it, bytes of one are
    // under way.
    std::uint64_t next_border() const;
    // Where such a trigger is, once the name is known.
    std::uint64_t place_of(const trigger& in_name) const;

  private:
    struct fragment {
        std::uint64_t in_message, in_stream;
    };

    void read_handshake(const wire::tls::piece& record, const found& tell);
    void read_hello(const wire::tls::assembled_message& message, const found& tell);
    std::uint64_t in_stream(std::int64_t in_message) const;

    wire::tls::record_walker walker_;
    wire::tls::handshake_assembler assembler_;
    std::uint64_t fed_ = 0, records_ = 0, record_at_ = 0;
    bool sealed_ = false; // what follows is encrypted
    bool between_ = true; // no message is under way
    std::uint8_t message_type_ = 0;
    std::uint64_t message_at_ = 0, message_size_ = 0; // so far
    std::vector<fragment> hello_;                     // where its bytes are, as records cut it
    std::optional<wire::tls::server_name> name_;
};

} // namespace helloscope::fault
