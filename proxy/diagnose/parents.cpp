#include "parents.hpp"

#include <algorithm>

namespace helloscope::diagnose {

std::string way_out(const std::vector<std::string>& parents, std::string_view source) {
    if (parents.empty() && source.empty()) return {};
    auto way = parents.empty() ? std::string("direct")
                               : fmt::format("{}", fmt::join(parents, " → "));
    return source.empty() ? way : fmt::format("{} ({})", way, source);
}

std::string parent_of(const facts& f) {
    if (f.parent_answer && !f.parent_answer->error.empty()) return f.parent_answer->parent;
    if (f.parents.empty()) return "the parent proxy";
    return f.parents[std::min<std::size_t>(f.parents_passed, f.parents.size() - 1)];
}

std::string beyond_parent(const facts& f) {
    const std::size_t next = f.parents_passed + 1;
    return next < f.parents.size() ? f.parents[next] : server_of(f);
}

host_port address_of(std::string_view parent) {
    const auto scheme = parent.find("://");
    if (scheme != std::string_view::npos) parent.remove_prefix(scheme + 3);
    return parse_host_port(parent).value_or(host_port{std::string(parent), 0});
}

bool parent_has_no_address(const facts& f) {
    return !f.parents.empty() && f.attempts.empty() && !f.resolve_error.empty() &&
           f.looked_up == address_of(f.parents.front()).host;
}

bool parent_said(const facts& f, std::initializer_list<std::string_view> errors) {
    return f.parent_answer && std::ranges::find(errors, f.parent_answer->error) != errors.end();
}

bool parent_failed_plainly(const facts& f, std::initializer_list<std::string_view> errors) {
    return f.front == "http" && !f.parents.empty() && f.parents.back().starts_with("http") &&
           f.connected() && !(f.parent_answer && !f.parent_answer->error.empty()) &&
           gave_up_with(f, errors);
}

std::string words_of(const model::parent_answered& answer) {
    const auto& [parent, status, reason, took, error] = answer;
    if (status == 0) return reason;
    if (!parent.starts_with("http")) return fmt::format("{} (SOCKS reply {})", reason, status);
    return reason.empty() ? std::to_string(status) : fmt::format("{} {}", status, reason);
}

finding found_at_parent(const facts& f, std::string id, certainty how_sure, std::string summary) {
    auto made = found(std::move(id), how_sure, std::move(summary));
    says(made, "way out", way_out(f.parents, f.parent_source));
    return made;
}

void add_curl(finding& to, const facts& f, std::string text, std::string_view more) {
    if (f.parents.size() != 1 || f.host.empty()) return; // curl knows no chains
    const auto url = url_of(f.front == "http" ? "http" : "https", {f.host, f.port});
    to.remedies.push_back(
        {"client", std::move(text),
         fmt::format("curl -v -x {}{} {}", word(f.parents.front()), more, word(url))});
}

std::string openssl_proxy(const facts& f) {
    if (f.parents.size() != 1 || !f.parents.front().starts_with("http://")) return {};
    return " -proxy " + word(to_string(address_of(f.parents.front())));
}

void add_ways_around(finding& to, const facts& f) {
    const bool flag = f.parent_source.starts_with("--");
    if (!f.host.empty())
        to.remedies.push_back(
            {"helloscope",
             fmt::format(
                 "Go to {} directly, if the network lets that pass: {}", f.host,
                 flag ? "give this to helloscope run" : "set this where helloscope starts"),
             flag ? "--noproxy " + word(f.host) : "export NO_PROXY=\"$NO_PROXY\"," + word(f.host)});
    to.remedies.push_back(
        {"helloscope", "Or to every server: give this to helloscope run", "--via direct"});
}

} // namespace helloscope::diagnose
