#include "outcome.hpp"

#include "helloscope/diagnose/diagnose.hpp"
#include "helloscope/wire/tls/names.hpp"

#include <fmt/format.h>

namespace helloscope::diagnose {

using model::stage;
using model::timeline;

std::shared_ptr<const model::verdict> verdict_of(const timeline& flow) {
    if (flow.concluded) return flow.concluded;
    auto found = diagnose(model::make_facts(flow));
    if (!found) return nullptr;
    return std::make_shared<const model::verdict>(std::move(*found));
}

std::string target_of(const timeline& flow) {
    if (flow.request && !flow.request->host.empty())
        return to_string(host_port{flow.request->host, flow.request->port});
    for (const auto& tried : flow.attempts)
        if (tried.stands) return to_string(tried.address);
    return "from " + to_string(flow.client);
}

std::string outcome_of(const timeline& flow, const model::verdict* verdict) {
    if (verdict) return fmt::format("{} ({})", verdict->id, to_string(verdict->how_sure));
    const bool over = flow.ended || !flow.closings.empty();
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
