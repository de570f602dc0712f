#include "helloscope/wire/front/masked_head.hpp"

#include "authority.hpp"

#include <algorithm>
#include <array>

namespace helloscope::wire::front {
namespace {

constexpr std::array<std::string_view, 5> kept_values{
    "Host", "User-Agent", "Via", "Proxy-Status", "Content-Length"};

bool is_kept(std::string_view name) {
    return std::any_of(kept_values.begin(), kept_values.end(), [&](auto kept) {
        return same_field_name(kept, name);
    });
}

std::string masked(std::string_view text) { return std::string(text.size(), 'x'); }

// A host with or without a port, by its characters; userinfo that its writer did not escape
// ("name:se/cret@host") does not pass for one.
bool looks_like_host(std::string_view text) {
    const auto bracket = text.starts_with('[') ? text.find(']') : 0;
    const auto host = text.substr(0, text.find(':', bracket));
    const auto port = text.substr(host.size());
    if (!port.empty() && !parse_port(port.substr(1))) return false;
    return parse_ip_address(host) || host.find_first_not_of(name_characters) == host.npos;
}

std::string masked_authority(std::string_view text) {
    const auto at = text.rfind('@');
    const auto host = at == text.npos ? text : text.substr(at + 1);
    if (!looks_like_host(host)) return masked(text);
    if (at == text.npos) return std::string(text);
    return masked(text.substr(0, at)).append("@").append(host);
}

// One segment: "name;parameters" or "name:secret@host".
std::string masked_segment(std::string_view text) {
    const auto parameters = std::min(text.find(';'), text.size());
    auto name = text.substr(0, parameters);
    std::string out;
    if (const auto at = name.rfind('@'); at != name.npos && name.find(':') < at) {
        out = masked(name.substr(0, at));
        name.remove_prefix(at);
    }
    out += name;
    if (parameters < text.size()) out.append(";").append(masked(text.substr(parameters + 1)));
    return out;
}

std::string masked_path(std::string_view path) {
    std::string out;
    for (;;) {
        const auto slash = path.find('/');
        out += masked_segment(path.substr(0, slash));
        if (slash == path.npos) return out;
        out += '/';
        path.remove_prefix(slash + 1);
    }
}

std::string masked_value(const header_field& field) {
    if (!is_kept(field.name)) return masked(field.value);
    if (same_field_name(field.name, "Host")) return masked_authority(field.value);
    return std::string(field.value);
}

// A head whose parts are written over with texts of the same size.
class masked_text {
  public:
    masked_text(const char* head, std::size_t size) : head_(head), text_(head, size) {}

    void put(std::string_view original, const std::string& text) {
        text_.replace(static_cast<std::size_t>(original.data() - head_), text.size(), text);
    }
    std::string with_fields(const std::vector<header_field>& fields) {
        for (const auto& field : fields) put(field.value, masked_value(field));
        return std::move(text_);
    }

  private:
    const char* head_;
    std::string text_;
};

} // namespace

std::string masked_target(std::string_view target) {
    const auto question = std::min(target.find_first_of("?#"), target.size());
    const auto kept = target.substr(0, question);
    const auto scheme = kept.find("://");
    const auto authority = kept.starts_with('/') ? 0 : scheme == kept.npos ? 0 : scheme + 3;
    const auto path = std::min(kept.find('/', authority), kept.size());

    auto out = std::string(kept.substr(0, authority));
    out += masked_authority(kept.substr(authority, path - authority));
    out += masked_path(kept.substr(path));
    if (question < target.size()) {
        out += target[question];
        out += masked(target.substr(question + 1));
    }
    return out;
}

std::string masked_method(std::string_view method) {
    static constexpr std::array<std::string_view, 9> known{
        "CONNECT", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"};
    return std::ranges::find(known, method) != known.end() ? std::string(method) : masked(method);
}

std::string masked_head(const request_head& head) {
    masked_text text(head.method.data(), head.size);
    text.put(head.method, masked_method(head.method));
    text.put(head.target, masked_target(head.target));
    return text.with_fields(head.fields);
}

std::string masked_response_head(const response_head& head) {
    return masked_text(head.status_line.data(), head.size).with_fields(head.fields);
}

std::vector<masked_field> masked_fields(const request_head& head) {
    std::vector<masked_field> fields;
    for (const auto& field : head.fields) {
        fields.push_back({std::string(field.name), field.value.size(), {}});
        if (is_kept(field.name)) fields.back().value = masked_value(field);
    }
    return fields;
}

} // namespace helloscope::wire::front
