#include "helloscope/model/json.hpp"

#include "describe.hpp"
#include "names.hpp"

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>

namespace helloscope::model {
namespace {

namespace json = boost::json;

constexpr std::size_t nesting_limit = 8;
constexpr double seconds_limit = 9.2e9; // what 63 bits of nanoseconds hold

// Reads the fields that describe() names out of an object. The first failure stays.
class field_reader {
  public:
    field_reader(const json::object& object, std::string path, std::string& error)
        : object_(object), path_(std::move(path)), error_(error) {}

    template <class T>
    void operator()(std::string_view name, T&& value, std::string_view /*meaning*/) {
        const auto* found = object_.if_contains(name);
        if (!found || !error_.empty()) return;
        field_ = name;
        read(*found, value);
    }

    void need(std::string_view name) {
        if (object_.contains(name) || !error_.empty()) return;
        error_ = fmt::format("{} has no \"{}\"", path_, name);
    }

  private:
    void expected(std::string_view what) {
        if (error_.empty()) error_ = fmt::format("{}.{} is not {}", path_, field_, what);
    }

    void read(const json::value& from, bool& to) {
        from.is_bool() ? void(to = from.get_bool()) : expected("true or false");
    }
    void read(const json::value& from, std::string& to) {
        if (!from.is_string()) return expected("a string");
        to.assign(from.get_string().data(), from.get_string().size());
    }
    template <std::unsigned_integral T> void read(const json::value& from, T& to) {
        json::error_code error;
        const auto number = from.to_number<T>(error);
        if (error)
            return expected(fmt::format("a number from 0 to {}", std::numeric_limits<T>::max()));
        to = number;
    }
    void read(const json::value& from, duration& to) {
        if (const auto time = seconds(from)) to = duration(std::llround(*time * 1e9));
    }
    void read(const json::value& from, timestamp& to) {
        using std::chrono::microseconds;
        if (const auto time = seconds(from))
            to = timestamp(microseconds(std::llround(*time * 1e6)));
    }
    std::optional<double> seconds(const json::value& from) {
        json::error_code error;
        const auto number = from.is_number() ? from.to_number<double>(error) : seconds_limit;
        if (!error && std::abs(number) < seconds_limit) return number;
        expected("a number of seconds");
        return std::nullopt;
    }
    void read(const json::value& from, ip_address& to) {
        read_text(from, to, parse_ip_address, "an IP address");
    }
    void read(const json::value& from, endpoint& to) {
        read_text(from, to, parse_endpoint, "an IP address and a port");
    }
    template <class T, class Parse>
    void read_text(const json::value& from, T& to, Parse parse, std::string_view what) {
        const auto parsed = from.is_string() ? parse(text_of(from)) : std::nullopt;
        parsed ? void(to = *parsed) : expected(what);
    }
    static std::string_view text_of(const json::value& from) {
        return {from.get_string().data(), from.get_string().size()};
    }

    template <class T>
    requires std::is_enum_v<T>
    void read(const json::value& from, T& to) {
        for (std::size_t i = 0; from.is_string() && i < names_of<T>.size(); ++i)
            if (text_of(from) == names_of<T>[i]) return void(to = static_cast<T>(i));
        expected(fmt::format("one of {}", fmt::join(names_of<T>, ", ")));
    }
    template <class T> void read(const json::value& from, std::optional<T>& to) {
        read(from, to.emplace());
    }
    template <class T> void read(const json::value& from, known<T>& to) {
        T value{};
        read(from, value);
        to = value;
    }
    template <class T> void read(const json::value& from, std::shared_ptr<const T>& to) {
        auto made = std::make_shared<T>();
        read(from, *made);
        to = std::move(made);
    }
    template <class T> void read(const json::value& from, std::vector<T>& to) {
        read_list(from, to, [this](const json::value& one, T& value) { read(one, value); });
    }

    template <class T> void read(const json::value& from, named<T>& code) {
        if (!from.is_string()) return read(from, code.value);
        for (unsigned i = 0; i < 256; ++i)
            if (code.name(static_cast<std::uint8_t>(i)) == text_of(from))
                return void(code.value = static_cast<std::uint8_t>(i));
        expected("a name that is known here, or a number");
    }
    template <class T> void read(const json::value& from, hex<T>& number) {
        read_hex(from, number.value);
    }
    void read_hex(const json::value& from, std::uint16_t& to) {
        if (!from.is_string()) return read(from, to);
        const auto text = text_of(from);
        const auto* end = text.data() + text.size();
        if (text.starts_with("0x")) {
            const auto [stop, code] = std::from_chars(text.data() + 2, end, to, 16);
            if (stop == end && code == std::errc{}) return;
        }
        expected("a number such as \"0x1301\"");
    }
    void read_hex(const json::value& from, std::optional<std::uint16_t>& to) {
        read_hex(from, to.emplace());
    }
    void read_hex(const json::value& from, std::vector<std::uint16_t>& to) {
        read_list(from, to, [this](const json::value& one, std::uint16_t& value) {
            read_hex(one, value);
        });
    }

    template <class T> void read(const json::value& from, octets<T>& raw) {
        const auto text = from.is_string() ? text_of(from) : std::string_view("?");
        if constexpr (requires { raw.value.resize(1); }) raw.value.resize(text.size() / 2);
        if (text.size() != 2 * raw.value.size()) return expected("hex digits of the right number");
        for (std::size_t i = 0; i < raw.value.size(); ++i) {
            const auto* digits = text.data() + 2 * i;
            const auto [stop, code] = std::from_chars(digits, digits + 2, raw.value[i], 16);
            if (stop != digits + 2 || code != std::errc{}) return expected("hex digits");
        }
    }

    template <class T>
    requires std::is_class_v<T>
    void read(const json::value& from, T& to) {
        if (!from.is_object()) return expected("an object");
        field_reader inner(from.get_object(), fmt::format("{}.{}", path_, field_), error_);
        describe(inner, to);
    }

    template <class List, class Read>
    void read_list(const json::value& from, List& to, Read read_one) {
        if (!from.is_array()) return expected("a list");
        to.clear();
        to.reserve(from.get_array().size());
        for (const auto& one : from.get_array()) read_one(one, to.emplace_back());
    }

    const json::object& object_;
    std::string path_;
    std::string_view field_;
    std::string& error_;
};

template <std::size_t I = 0> std::optional<happening> happening_named(std::string_view name) {
    if constexpr (I == events.size()) {
        return std::nullopt;
    } else {
        if (events[I].name == name) return happening(std::in_place_index<I>);
        return happening_named<I + 1>(name);
    }
}

result<event> read_object(const json::object& object) {
    const auto* name = object.if_contains("event");
    if (!name || !name->is_string()) return std::unexpected(failure{"no \"event\" in it"});
    const std::string word(name->get_string().data(), name->get_string().size());
    auto what = happening_named(word);
    if (!what) return std::unexpected(failure{"unknown event \"" + word + '"'});
    event made{0, {}, std::move(*what)};
    std::string error;
    field_reader reader(object, word, error);
    reader.need("flow");
    reader.need("t");
    reader("flow", made.flow, {});
    reader("t", made.time, {});
    std::visit([&reader](auto& fields) { describe(reader, fields); }, made.what);
    if (!error.empty()) return std::unexpected(failure{std::move(error)});
    return made;
}

} // namespace

result<event> read_json(std::string_view text) {
    unsigned char buffer[4096];
    json::monotonic_resource memory(buffer);
    json::parse_options options;
    options.max_depth = nesting_limit;
    json::error_code error;
    const auto value = json::parse({text.data(), text.size()}, error, &memory, options);
    if (error) return std::unexpected(failure{"not JSON: " + error.message()});
    if (!value.is_object()) return std::unexpected(failure{"not a JSON object"});
    return read_object(value.get_object());
}

} // namespace helloscope::model
