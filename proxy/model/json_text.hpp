// JSON's tokens, appended to a text. A comma follows each value; what closes a list or an object,
// and the end of the writing, take the last one back: so no value asks whether it is the first.
#pragma once

#include "helloscope/base/endpoint.hpp"
#include "helloscope/base/pen.hpp"
#include "helloscope/base/time.hpp"

#include <string>
#include <string_view>

namespace helloscope::model {

class json_text {
  public:
    explicit json_text(std::string& out) : pen_(out) { pen_.room(256); } // most events fit
    ~json_text() {
        if (pen_.written() > 0) take_comma_back();
    }

    void open(char bracket) { pen_.put(bracket); }
    void close(char bracket) {
        take_comma_back();
        auto* to = pen_.room(2);
        to[0] = bracket;
        to[1] = ',';
        pen_.done(to + 2);
    }
    // Before its value. As an array: the length is known when compiled.
    template <std::size_t size> void key(const char (&name)[size]) {
        constexpr auto length = size - 1; // without the zero
        auto* to = pen_.room(length + 3);
        *to = '"';
        std::memcpy(to + 1, name, length);
        std::memcpy(to + 1 + length, "\":", 2);
        pen_.done(to + length + 3);
    }

    void boolean(bool value) { value ? pen_.copy("true,", 5) : pen_.copy("false,", 6); }
    void number(std::uint64_t value);
    void seconds(timestamp time); // 6 digits, rounded down
    void seconds(duration time);  // 6 digits, or 9 where they say more

    // Escaped as in RFC 8259 section 7; each byte that is no UTF-8 becomes U+FFFD.
    void string(std::string_view text);
    void name(std::string_view plain); // one of ours, with nothing to escape
    void hex(std::uint16_t code);      // "0x1301"
    void octets(bytes_view raw);       // "00ff"
    void address(const ip_address& value);
    void address(const endpoint& value);

  private:
    void take_comma_back() {
        if (pen_.last() == ',') pen_.take_back();
    }

    pen<std::string> pen_;
};

} // namespace helloscope::model
