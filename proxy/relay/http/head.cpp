#include "head.hpp"

#include "helloscope/wire/front/hop_fields.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <utility>

namespace helloscope::relay::http {

using wire::front::body_kind;
using wire::front::has_token;
using wire::front::header_field;
using wire::front::request_head;
using wire::front::response_head;
using wire::front::same_field_name;

namespace {

std::size_t count(const std::vector<header_field>& fields, std::string_view name) {
    return static_cast<std::size_t>(
        std::count_if(fields.begin(), fields.end(), [&](const header_field& field) {
            return same_field_name(field.name, name);
        }));
}

std::string_view value_of(const std::vector<header_field>& fields, std::string_view name) {
    for (const auto& field : fields)
        if (same_field_name(field.name, name)) return field.value;
    return {};
}

void add(std::string& head, std::string_view name, std::string_view value) {
    fmt::format_to(std::back_inserter(head), "{}: {}\r\n", name, value);
}

bool wants_upgrade(const std::vector<header_field>& fields) {
    return has_token(fields, "Connection", "upgrade") && count(fields, "Upgrade") > 0;
}

bool stays_open(const std::vector<header_field>& fields, int minor_version) {
    if (has_token(fields, "Connection", "close")) return false;
    return minor_version >= 1 || has_token(fields, "Connection", "keep-alive");
}

void add_framing(std::string& head, body_kind kind) {
    if (kind == body_kind::chunked) add(head, "Transfer-Encoding", "chunked");
}

// For these two methods alone; nothing where the field is none.
std::optional<unsigned> forwards_left(const request_head& head) {
    const auto text = value_of(head.fields, "Max-Forwards");
    if ((head.method != "OPTIONS" && head.method != "TRACE") || text.empty()) return std::nullopt;
    unsigned number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::string request_lines(
    const request_head& head, const request_plan& plan, std::string_view pseudonym) {
    std::string out;
    add(out, "Host", wire::front::host_field(plan.target));
    const auto forwards = forwards_left(head);
    for (const auto& field : wire::front::end_to_end_fields(head.fields)) {
        if (same_field_name(field.name, "Host")) continue;
        const bool counts = forwards && same_field_name(field.name, "Max-Forwards");
        if (counts && *forwards > 0)
            add(out, field.name, fmt::format_int(*forwards - 1).str());
        else
            add(out, field.name, field.value);
    }
    add(out, "Via", fmt::format("1.{} {}", head.minor_version, pseudonym));
    add_framing(out, plan.framing.kind);
    if (plan.upgrade) {
        add(out, "Connection", "Upgrade");
        add(out, "Upgrade", value_of(head.fields, "Upgrade"));
    }
    return out;
}

} // namespace

parsed<request_plan> plan_request(const request_head& head, std::string_view pseudonym) {
    const auto target = wire::front::parse_absolute_target(head);
    if (!target) return std::unexpected(target.error());
    const auto framing = wire::front::request_framing(head);
    if (!framing) return std::unexpected(framing.error());
    request_plan plan;
    plan.method = head.method;
    plan.target = target->at;
    plan.minor_version = head.minor_version;
    plan.framing = *framing;
    plan.last = head.minor_version == 0 || has_token(head.fields, "Connection", "close") ||
                has_token(head.fields, "Proxy-Connection", "close");
    plan.ends_here = forwards_left(head) == 0U;
    plan.upgrade = head.minor_version >= 1 && wants_upgrade(head.fields);
    plan.size = head.size;
    const auto lines = request_lines(head, plan, pseudonym);
    plan.origin_head = fmt::format(
        "{} {} HTTP/1.1\r\n{}\r\n", head.method, target->origin_form, lines);
    plan.parent_head = fmt::format("{} {} HTTP/1.1\r\n{}\r\n", head.method, head.target, lines);
    return plan;
}

std::string with_authorization(std::string head, std::string_view value) {
    head.insert(head.size() - 2, fmt::format("Proxy-Authorization: {}\r\n", value));
    return head;
}

parsed<response_plan> plan_response(
    const response_head& head, const request_plan& asked, std::string_view pseudonym) {
    const auto framing = wire::front::response_framing(head, asked.method);
    if (!framing) return std::unexpected(framing.error());
    response_plan plan;
    plan.status = head.status;
    plan.reason = head.reason;
    plan.framing = *framing;
    const bool modern = asked.minor_version >= 1;
    const bool unbounded = framing->kind == body_kind::chunked ||
                           framing->kind == body_kind::until_close;
    if (unbounded && modern) plan.out = written_as::chunked;
    plan.server_stays = framing->kind != body_kind::until_close &&
                        stays_open(head.fields, head.minor_version);
    plan.client_stays = !asked.last && (!unbounded || modern);
    const bool interim = head.status < 200;

    plan.head = fmt::format("HTTP/1.1 {} {}\r\n", head.status, head.reason);
    for (const auto& field : wire::front::end_to_end_fields(head.fields))
        add(plan.head, field.name, field.value);
    if (head.status == 407 && asked.to_nearest_parent) // its own: it is meant for the client
        for (const auto& field : head.fields)
            if (same_field_name(field.name, "Proxy-Authenticate"))
                add(plan.head, field.name, field.value);
    add(plan.head, "Via", fmt::format("1.{} {}", head.minor_version, pseudonym));
    if (plan.out == written_as::chunked) add(plan.head, "Transfer-Encoding", "chunked");
    if (head.status == 101) {
        add(plan.head, "Connection", "Upgrade");
        add(plan.head, "Upgrade", value_of(head.fields, "Upgrade"));
    } else if (!interim && !plan.client_stays) {
        add(plan.head, "Connection", "close");
    }
    plan.head += "\r\n";
    return plan;
}

void end_client(response_plan& plan) {
    if (!std::exchange(plan.client_stays, false)) return;
    plan.head.insert(plan.head.size() - 2, "Connection: close\r\n");
}

} // namespace helloscope::relay::http
