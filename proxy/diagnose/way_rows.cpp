#include "way_rows.hpp"

#include "items.hpp"
#include "outcome.hpp"
#include "parents.hpp"

namespace helloscope::diagnose {
namespace {

using model::timeline;

// Who came through whom, as PROXY protocol headers say it.
void add_headers(page& to, const timeline& flow) {
    const auto row = [&](std::string_view label, const model::proxy_protocol& header,
                         std::string_view what) {
        items line;
        line.add(
            header.source && header.destination
                ? to_string(*header.source) + " → " + to_string(*header.destination)
                : "no addresses");
        line.add(fmt::format("PROXY protocol v{} {}", header.version, what));
        add_row(to, label, line);
    };
    if (flow.introduced) row("client", *flow.introduced, "from " + to_string(flow.client));
    if (flow.announced) row("announced", *flow.announced, "to the server");
}

// "answered 200 in 3.1 ms", "silent after 30.0 s: …".
std::string said_by(const model::parent_answered& parent) {
    const auto took = text_of(parent.took);
    if (parent.error.empty())
        return fmt::format(
            "answered {}in {}", parent.status == 0 ? "" : fmt::format("{} ", parent.status), took);
    if (parent.status != 0) return fmt::format("answered {} in {}", words_of(parent), took);
    return fmt::format(
        "{} after {}: {}", parent.error == "tls" ? "no TLS" : parent.error, took, parent.reason);
}

void add_way_out(page& to, const timeline& flow) {
    if (!flow.route) return;
    items line;
    line.add(way_out(flow.route->parents, flow.route->source));
    if (flow.parent_answer) line.add(said_by(*flow.parent_answer));
    add_row(to, "via", line);
}

void add_exchanges(page& to, const timeline& flow) {
    const auto& all = flow.exchanges;
    if (all.count == 0) return;
    items line;
    line.add(fmt::format(
        "{}{} {}… {}", all.count > 1 ? "last " : "", all.last->method,
        url_of("http", all.last_target), status_of(*all.last)));
    line.add(text_of_count(all.count, "exchange"));
    if (all.request_bytes > 0) line.add(text_of_bytes(all.request_bytes) + " up");
    line.add(text_of_bytes(all.response_bytes) + " down");
    add_row(to, "http", line);
}

} // namespace

void add_way_rows(page& to, const timeline& flow) {
    add_headers(to, flow);
    add_way_out(to, flow);
    add_exchanges(to, flow);
}

} // namespace helloscope::diagnose
