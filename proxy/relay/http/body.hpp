// The body of one HTTP/1 message on its way from one leg to the other. Beast takes the chunked
// coding apart; what goes out is framed anew, so that what two readers could understand in two ways
// (chunk extensions, odd sizes) goes no further. No I/O here.
#pragma once

#include "helloscope/base/bytes.hpp"
#include "helloscope/base/result.hpp"
#include "helloscope/wire/front/body_framing.hpp"

#include <memory>
#include <string>
#include <vector>

namespace helloscope::relay::http {

// How the message goes out.
enum class written_as : std::uint8_t { as_it_is, chunked };

// A body that comes in, piece by piece.
class body {
  public:
    body(wire::front::body_framing framing, written_as out);
    ~body();
    body(body&&) noexcept;

    struct step {
        std::size_t used = 0;      // bytes of the input that are spent
        std::uint64_t content = 0; // of them, content
        std::string error;         // what is wrong with the coding
    };
    // Takes in what it can and appends to `out` what is to be written. Nothing used and no error:
    // more input is needed.
    step take(bytes_view input, bytes& out);
    // The sender has ended its sending: appends the end, if that is one. False: the body is cut.
    bool end(bytes& out);
    bool done() const { return done_; }
    // Bytes that may pass as they are, counted from here; 0 where each piece must be looked at.
    std::uint64_t plain_left() const;
    void passed(std::uint64_t plain);

  private:
    struct chunks;

    void put(bytes_view content, bytes& out) const;
    void finish(bytes& out);

    wire::front::body_framing framing_;
    written_as written_;
    std::uint64_t left_ = 0; // of a known length
    bool done_ = false;
    std::unique_ptr<chunks> chunks_;
};

} // namespace helloscope::relay::http
