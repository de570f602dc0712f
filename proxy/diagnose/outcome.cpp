#include "outcome.hpp"

#include "helloscope/diagnose/diagnose.hpp"
#include "helloscope/diagnose/units.hpp"
#include "helloscope/wire/tls/names.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace helloscope::diagnose {

using model::stage;
using model::timeline;

std::shared_ptr<const model::verdict> verdict_of(const timeline& flow) {
    if (flow.concluded || flow.judged) return flow.concluded;
    auto found = diagnose(model::make_facts(flow));
    if (!found) return nullptr;
    return std::make_shared<const model::verdict>(std::move(*found));
}

std::string target_of(const timeline& flow) {
    const bool failed = flow.answer && flow.answer->status >= 400;
    if (failed && !flow.target.host.empty()) return to_string(flow.target);
    if (flow.request && !flow.request->host.empty())
        return to_string(host_port{flow.request->host, flow.request->port});
    for (const auto& tried : flow.attempts)
        if (tried.stands) return to_string(tried.address);
    return "from " + to_string(client_of(flow));
}

std::string_view front_of(const timeline& flow) {
    constexpr std::string_view named[] = {"socks4", "socks5", "reverse", "redirect", "tproxy"};
    if (!flow.request) return {};
    const auto known = std::ranges::find(named, flow.request->front);
    return known == std::end(named) ? std::string_view() : *known;
}

endpoint client_of(const timeline& flow) {
    return flow.introduced ? flow.introduced->source.value_or(flow.client) : flow.client;
}

std::string status_of(const model::exchanged& exchange) {
    return exchange.status == 0 ? "no answer" : std::to_string(exchange.status);
}

bool was_healed(const timeline& flow) {
    const auto told = model::told_beside<model::healed>(flow);
    return !told.empty() && told.back()->attempt > 1;
}

namespace {

std::string plain_http(const model::exchange_counts& exchanges, bool over) {
    if (exchanges.failed == 0) return over ? "ok, plain HTTP" : "open, plain HTTP";
    if (exchanges.count == 1) return "plain HTTP, " + status_of(*exchanges.last);
    return fmt::format(
        "plain HTTP, {} of {} failed", text_of_number(exchanges.failed),
        text_of_number(exchanges.count));
}

} // namespace

std::string outcome_of(const timeline& flow, const model::verdict* verdict) {
    if (verdict)
        return fmt::format(
            "{}{} ({})", was_healed(flow) ? "healed: " : "", verdict->id,
            to_string(verdict->how_sure));
    const bool over = flow.ended || !flow.closings.empty();
    if (over && flow.answer && flow.answer->status >= 400)
        return fmt::format("answered {}", flow.answer->status);
    if (flow.exchanges.count > 0) return plain_http(flow.exchanges, over);
    if (flow.established() && !flow.server_hello) return over ? "ok, no TLS" : "open, no TLS";
    if (flow.established())
        return fmt::format(
            "{}, {}", over ? "ok" : "open", wire::tls::version_name(flow.server_hello->version));
    if (!over) return fmt::format("open: {}", to_string(flow.at));
    if (!flow.request) return "closed without a request";
    if (flow.at == stage::hello && flow.of(direction::to_server).bytes == 0)
        return "closed without a byte";
    return fmt::format("ended: {}", to_string(flow.at));
}

duration lasted(const timeline& flow) {
    return flow.ended ? flow.ended->took : flow.latest - flow.begun;
}

} // namespace helloscope::diagnose
