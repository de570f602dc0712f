#include "helloscope/model/json.hpp"

#include "describe.hpp"
#include "json_text.hpp"
#include "names.hpp"

namespace helloscope::model {
namespace {

class field_writer {
  public:
    explicit field_writer(json_text& out) : out_(out) {}

    template <std::size_t size, class T>
    void operator()(const char (&name)[size], const T& value, std::string_view /*meaning*/) {
        if (is_empty(value)) return;
        out_.key(name);
        write(value);
    }

  private:
    void write(bool value) { out_.boolean(value); }
    void write(const std::string& value) { out_.string(value); }
    void write(duration value) { out_.seconds(value); }
    void write(timestamp value) { out_.seconds(value); }
    void write(const ip_address& value) { out_.address(value); }
    void write(const endpoint& value) { out_.address(value); }
    template <std::unsigned_integral T> void write(T value) { out_.number(value); }
    template <class T>
    requires std::is_enum_v<T>
    void write(T value) { out_.name(names_of<T>[static_cast<std::size_t>(value)]); }

    template <class T> void write(const std::optional<T>& value) { write(*value); }
    template <class T> void write(const known<T>& value) { write(*value); }
    template <class T> void write(const std::shared_ptr<T>& value) { write(*value); }
    template <class T> void write(const std::vector<T>& values) {
        write_list(values, [this](const T& value) { write(value); });
    }

    template <class T> void write(const named<T>& code) {
        const auto name = code.name(code.value);
        name.empty() ? out_.number(code.value) : out_.name(name);
    }
    template <class T> void write(const hex<T>& number) { write_hex(number.value); }
    void write_hex(std::uint16_t value) { out_.hex(value); }
    void write_hex(const std::optional<std::uint16_t>& value) { out_.hex(*value); }
    void write_hex(const std::vector<std::uint16_t>& values) {
        write_list(values, [this](std::uint16_t value) { out_.hex(value); });
    }
    template <class T> void write(const octets<T>& raw) { out_.octets(raw.value); }

    template <class T>
    requires std::is_class_v<T>
    void write(const T& value) {
        out_.open('{');
        describe(*this, value);
        out_.close('}');
    }

    template <class List, class Write> void write_list(const List& values, Write write_one) {
        out_.open('[');
        for (const auto& value : values) write_one(value);
        out_.close(']');
    }

    json_text& out_;
};

} // namespace

void write_json(const event& event, std::string& out) {
    json_text text(out);
    text.open('{');
    text.key("event");
    text.name(event_name(event.what));
    field_writer writer(text);
    writer("flow", event.flow, {});
    writer("t", event.time, {});
    std::visit([&writer](const auto& what) { describe(writer, what); }, event.what);
    text.close('}');
}

} // namespace helloscope::model
