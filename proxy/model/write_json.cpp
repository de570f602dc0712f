#include "helloscope/model/json.hpp"

#include "describe.hpp"
#include "json_text.hpp"
#include "names.hpp"

#include <fmt/format.h>

namespace helloscope::model {
namespace {

class field_writer {
  public:
    explicit field_writer(std::string& out) : out_(out) {}

    template <class T>
    void operator()(std::string_view name, const T& value, std::string_view /*meaning*/) {
        if (is_empty(value)) return;
        if (out_.back() != '{') out_ += ',';
        out_ += '"';
        out_ += name;
        out_ += "\":";
        write(value);
    }

  private:
    void write(bool value) { out_ += value ? "true" : "false"; }
    void write(std::string_view value) { append_quoted(value, out_); }
    void write(const std::string& value) { append_quoted(value, out_); }
    void write(duration value) { append_seconds(value, out_); }
    void write(timestamp value) { append_seconds(value, out_); }
    void write(const ip_address& value) { write(to_string(value)); }
    void write(const endpoint& value) { write(to_string(value)); }

    template <std::unsigned_integral T> void write(T value) {
        const fmt::format_int digits(value);
        out_.append(digits.data(), digits.size());
    }
    template <class T>
    requires std::is_enum_v<T>
    void write(T value) { write(names_of<T>[static_cast<std::size_t>(value)]); }
    template <class T> void write(const std::optional<T>& value) { write(*value); }
    template <class T> void write(const std::shared_ptr<T>& value) { write(*value); }
    template <class T> void write(const std::vector<T>& values) {
        write_list(values, [this](const T& value) { write(value); });
    }

    template <class T> void write(const named<T>& code) {
        const auto name = code.name(code.value);
        name.empty() ? write(code.value) : write(name);
    }
    template <class T> void write(const hex<T>& number) { write_hex(number.value); }
    void write_hex(std::uint16_t value) {
        fmt::format_to(std::back_inserter(out_), "\"0x{:04x}\"", value);
    }
    void write_hex(const std::optional<std::uint16_t>& value) { write_hex(*value); }
    void write_hex(const std::vector<std::uint16_t>& values) {
        write_list(values, [this](std::uint16_t value) { write_hex(value); });
    }

    template <class T> void write(const octets<T>& raw) {
        out_ += '"';
        for (const std::uint8_t octet : raw.value)
            fmt::format_to(std::back_inserter(out_), "{:02x}", octet);
        out_ += '"';
    }

    template <class T>
    requires std::is_class_v<T>
    void write(const T& value) {
        out_ += '{';
        describe(*this, value);
        out_ += '}';
    }

    template <class List, class Write> void write_list(const List& values, Write write_one) {
        out_ += '[';
        for (const auto& value : values) {
            if (out_.back() != '[') out_ += ',';
            write_one(value);
        }
        out_ += ']';
    }

    std::string& out_;
};

} // namespace

void write_json(const event& event, std::string& out) {
    out += "{\"event\":\"";
    out += event_name(event.what);
    out += '"';
    field_writer writer(out);
    writer("flow", event.flow, {});
    writer("t", event.time, {});
    std::visit([&writer](const auto& what) { describe(writer, what); }, event.what);
    out += '}';
}

} // namespace helloscope::model
