#include "helloscope/model/json.hpp"

#include "describe.hpp"
#include "json_text.hpp"
#include "names.hpp"

#include <fmt/format.h>

#include <limits>

namespace helloscope::model {
namespace {

// Writes each field that describe() names as a property, one a line.
class schema_writer {
  public:
    schema_writer(std::string& out, int indent) : out_(out), indent_(indent) {}

    template <class T>
    void operator()(std::string_view name, const T& value, std::string_view meaning) {
        if (!first_) out_ += ",";
        first_ = false;
        fmt::format_to(
            std::back_inserter(out_), "\n{:{}}\"{}\": {{\"description\": ", "", indent_, name);
        json_text(out_).string(meaning);
        out_ += ", ";
        type(value);
        out_ += '}';
        if (!may_be_empty<T>) required_ += fmt::format(", \"{}\"", name);
    }

    // `, "a", "b"`: the fields that are always there.
    const std::string& required() const { return required_; }

  private:
    void type(bool) { out_ += R"("type": "boolean")"; }
    void type(const std::string&) { out_ += R"("type": "string")"; }
    void type(duration) { out_ += R"("type": "number")"; }
    void type(timestamp) { out_ += R"("type": "number")"; }
    void type(const ip_address&) { out_ += R"("type": "string")"; }
    void type(const endpoint&) { out_ += R"("type": "string")"; }
    template <std::unsigned_integral T> void type(T) {
        fmt::format_to(
            std::back_inserter(out_), R"("type": "integer", "minimum": 0, "maximum": {})",
            std::numeric_limits<T>::max());
    }
    template <class T>
    requires std::is_enum_v<T>
    void type(T) {
        fmt::format_to(
            std::back_inserter(out_), R"("enum": ["{}"])", fmt::join(names_of<T>, R"(", ")"));
    }
    template <class T> void type(const std::optional<T>&) { type(T{}); }
    template <class T> void type(const known<T>&) { type(T{}); }
    template <class T> void type(const std::shared_ptr<const T>&) { type(T{}); }
    template <class T> void type(const std::vector<T>&) {
        out_ += R"("type": "array", "items": {)";
        type(T{});
        out_ += '}';
    }
    template <class T> void type(const named<T>&) { out_ += R"("type": ["string", "integer"])"; }
    template <class T> void type(const octets<T>&) {
        out_ += R"("type": "string", "pattern": "^([0-9a-f]{2})*$")";
    }
    template <class T> void type(const hex<T>&) {
        constexpr std::string_view one = R"("type": "string", "pattern": "^0x[0-9a-f]{4}$")";
        const bool list = requires(T values) { values.size(); };
        if (list) out_ += R"("type": "array", "items": {)";
        out_ += one;
        if (list) out_ += '}';
    }
    template <class T>
    requires std::is_class_v<T>
    void type(const T& value) {
        out_ += R"("type": "object", "properties": {)";
        schema_writer inner(out_, indent_ + 2);
        describe(inner, value);
        out_ += '}';
        if (!inner.required().empty())
            out_ += fmt::format(", \"required\": [{}]", inner.required().substr(2));
    }

    std::string& out_;
    int indent_;
    bool first_ = true;
    std::string required_;
};

template <std::size_t I = 0> void append_definitions(std::string& out) {
    if constexpr (I < events.size()) {
        const auto& [name, meaning] = events[I];
        out += I == 0 ? "\n" : ",\n";
        out += fmt::format("    \"{}\": {{\n      \"description\": \"{}\",\n", name, meaning);
        out += "      \"type\": \"object\",\n      \"properties\": {\n";
        out += fmt::format("        \"event\": {{\"const\": \"{}\"}}", name);
        schema_writer writer(out += ',', 8);
        writer("flow", std::uint64_t{}, "counts from 1 in a run; 0: about the recording itself");
        writer("t", timestamp{}, "seconds since the Unix epoch, to the microsecond");
        const std::variant_alternative_t<I, happening> fields{};
        describe(writer, fields);
        out += fmt::format(
            "\n      }},\n      \"required\": [\"event\"{}]\n    }}", writer.required());
        append_definitions<I + 1>(out);
    }
}

} // namespace

std::string events_schema() {
    std::string out = "{\n"
                      "  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
                      "  \"$id\": \"urn:helloscope:events\",\n"
                      "  \"title\": \"An event of helloscope\",\n"
                      "  \"description\": \"One object a line. Empty strings, lists and optional "
                      "fields are left out; readers pass over fields they do not know.\",\n";
    out += fmt::format("  \"x-version\": {},\n  \"oneOf\": [", recording_opened{}.schema);
    for (const auto& entry : events)
        out += fmt::format(
            "{}\n    {{\"$ref\": \"#/$defs/{}\"}}", &entry == events.data() ? "" : ",", entry.name);
    out += "\n  ],\n  \"$defs\": {";
    append_definitions(out);
    out += "\n  }\n}\n";
    return out;
}

} // namespace helloscope::model
