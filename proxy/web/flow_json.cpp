#include "flow_json.hpp"

#include "helloscope/diagnose/report.hpp"
#include "helloscope/model/json.hpp"
#include "helloscope/wire/tls/names.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>

namespace helloscope::web {

namespace {

double seconds(duration time) { return std::chrono::duration<double>(time).count(); }

json::array texts(std::span<const std::string> all) {
    json::array out;
    for (const auto& one : all) out.emplace_back(one);
    return out;
}

// As events are written everywhere.
json::value event_json(const model::timeline& flow, model::happening what) {
    const model::event told{flow.flow, flow.latest, std::move(what)};
    std::string text;
    model::write_json(told, text);
    auto value = json::parse(text);
    for (const auto* name : {"flow", "t"}) value.as_object().erase(name);
    return value;
}

void add_tls(json::object& out, const model::timeline& flow) {
    if (flow.client_hello && flow.client_hello->server_name)
        out["sni"] = flow.client_hello->server_name->host;
    if (flow.hello_bytes > 0) out["client_hello_bytes"] = flow.hello_bytes;
    if (!flow.server_hello) return;
    out["tls_version"] = wire::tls::version_name(flow.server_hello->version);
    out["cipher_suite"] = wire::tls::cipher_suite_name(flow.server_hello->cipher_suite);
}

// What was done to it on purpose: what its route says, and what came of it.
void add_purpose(json::object& out, const model::timeline& flow) {
    if (flow.route) {
        const auto& route = *flow.route;
        if (!route.route.empty()) out["route"] = route.route;
        if (!route.shape.empty()) out["shape"] = route.shape;
        if (!route.faults.empty()) out["faults"] = texts(route.faults);
        if (route.heals) out["heals"] = true;
        if (!route.parents.empty()) out["parents"] = texts(route.parents);
    }
    json::array acted;
    for (const auto* one : told_beside<model::faulted>(flow))
        acted.emplace_back(one->name.empty() ? one->fault : one->name + ": " + one->fault);
    if (!acted.empty()) out["faulted"] = std::move(acted);
    if (const auto healed = told_beside<model::healed>(flow); !healed.empty())
        out["healed_by"] = healed.back()->attempt == 0 ? "" : healed.back()->shape;
}

} // namespace

json::object flow_summary(const model::timeline& flow) {
    json::object out{
        {"flow", flow.flow},
        {"opened", seconds(flow.begun.time_since_epoch())},
        {"open", !flow.ended.has_value()},
        {"client", to_string(flow.client)},
        {"listener", to_string(flow.listener)}};
    if (!flow.front.empty()) out["front"] = flow.front;
    if (!flow.target.host.empty()) out["target"] = to_string(flow.target);
    out["stage"] = to_string(flow.ended ? flow.ended->at : flow.at);
    if (flow.ended) out["took"] = seconds(flow.ended->took);
    for (const auto way : {direction::to_server, direction::to_client})
        out[std::string(to_string(way))] = flow.of(way).bytes;
    add_tls(out, flow);
    add_purpose(out, flow);
    if (flow.concluded)
        out["verdict"] = json::object{
            {"id", flow.concluded->id},
            {"certainty", to_string(flow.concluded->how_sure)},
            {"summary", flow.concluded->summary}};
    return out;
}

json::object flow_details(const model::timeline& flow) {
    auto out = flow_summary(flow);
    if (flow.concluded) out["verdict"] = event_json(flow, *flow.concluded);
    json::array beside;
    for (const auto& one : flow.beside) beside.push_back(event_json(flow, one));
    out["beside"] = std::move(beside);
    json::array endings;
    for (const auto& one : flow.closings) endings.push_back(event_json(flow, one.what));
    out["closed"] = std::move(endings);
    out["report"] = diagnose::flow_text(flow, {});
    return out;
}

} // namespace helloscope::web
