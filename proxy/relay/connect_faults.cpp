#include "connect_faults.hpp"

#include "flow_faults.hpp"
#include "helloscope/policy/route.hpp"

namespace helloscope::relay {

namespace {

net::dialed failed(flow& of, const endpoint& address, duration took, net::error_code error) {
    model::connect_failed event;
    event.address = address;
    event.took = took;
    event.error = error == net::asio::error::timed_out ? "timeout" : net::error_name(error);
    event.reported_by = "a fault";
    of.tell(std::move(event));
    net::dialed made;
    made.error = error;
    return made;
}

} // namespace

void arm_faults(flow& of) {
    if (of.faults) return;
    const auto fixed = of.route ? of.route->faults : std::vector<fault::spec>();
    flow_faults::listed live;
    if (of.came.by->breakable) live = [by = of.came.by] { return by->faults.now(); };
    if (live || !fixed.empty())
        of.faults = std::make_unique<flow_faults>(of, fixed, std::move(live));
}

std::optional<net::resolver::answer> broken_lookup(flow& of, const host_port& name) {
    if (!of.faults || parse_ip_address(name.host)) return std::nullopt;
    const auto* fault = of.faults->before_bytes(fault::place::resolve);
    if (fault == nullptr) return std::nullopt;
    of.faults->tell(*fault, "lets the name not resolve");
    net::resolver::answer made;
    made.port = name.port;
    made.event.host = name.host;
    made.event.source = "fault";
    made.event.error = "no such name, says the fault " + short_text(*fault);
    return made;
}

net::awaitable<std::optional<net::dialed>> broken_dial(
    flow& of, const net::resolver::answer& to, std::chrono::milliseconds limit) {
    const auto* fault = of.faults ? of.faults->before_bytes(fault::place::connect) : nullptr;
    if (fault == nullptr) co_return std::nullopt;
    const endpoint address{to.event.addresses.front(), to.port};
    const bool refuses = fault->what == fault::find_kind("refuse");
    const duration wanted(fault->value("time"));
    const bool for_ever = !refuses && (wanted == duration{} || wanted >= limit);
    of.faults->tell(
        *fault, refuses    ? "refuses the connection"
                : for_ever ? "lets nobody answer the connection"
                           : "delays the connection");
    if (refuses || for_ever) of.tell(model::connecting{address});
    if (refuses) co_return failed(of, address, {}, net::asio::error::connection_refused);
    net::asio::steady_timer wait(co_await net::asio::this_coro::executor);
    wait.expires_after(std::chrono::duration_cast<std::chrono::steady_clock::duration>(
        for_ever ? duration(limit) : wanted));
    co_await wait.async_wait(net::as_result); // comes back early when the client has gone
    if (!for_ever) co_return std::nullopt;
    co_return failed(of, address, limit, net::asio::error::timed_out);
}

} // namespace helloscope::relay
