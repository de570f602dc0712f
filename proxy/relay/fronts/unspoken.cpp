#include "fronts.hpp"

#include <fmt/format.h>

namespace helloscope::relay::fronts {

using net::asio::awaitable;
using wire::front::proxy_error;

namespace {

class wordless final : public front {
  public:
    std::string established(const endpoint&) const override { return {}; }
    std::string refused(const refusal&) const override { return {}; }
};

std::string_view name_of(way_in how) {
    switch (how) {
    case way_in::redirect: return "redirect";
    case way_in::tproxy: return "tproxy";
    default: return "reverse";
    }
}

void tell_request(flow& of, const host_port& target) {
    model::requested event;
    event.front = name_of(of.came.in.how);
    event.host = target.host;
    event.port = target.port;
    of.tell(std::move(event));
}

// Where the client was going: by our own setting, or as the kernel knows.
result<host_port> target_of(const arrival& came) {
    if (came.in.how == way_in::reverse) return came.in.target;
    if (!came.destination) return std::unexpected(came.destination.error());
    return host_port{to_string(came.destination->address), came.destination->port};
}

} // namespace

awaitable<std::optional<request>> read_unspoken(flow& of) {
    auto target = target_of(of.came);
    tell_request(of, target.value_or(host_port()));
    std::optional<refusal> why;
    if (!may_use(of)) why = forbidden(of);
    if (of.came.in.how == way_in::redirect) {
        // A flow of ours that leads here may only now learn its own end.
        co_await net::asio::post(co_await net::asio::this_coro::executor, net::asio::use_awaitable);
        if (of.around.common.ends.has(of.came.from))
            why = refusal(
                502, proxy_error::proxy_loop_detected,
                "the connection is helloscope's own, redirected back to it: the rules must leave "
                "out its user (--print-rules as that user)");
    }
    if (!target && !why)
        why = refusal(proxy_error::proxy_configuration_error, target.error().message);
    if (why) {
        co_await refuse(of, wordless(), std::move(*why));
        co_return std::nullopt;
    }
    request asked;
    asked.target = std::move(*target);
    asked.by = std::make_unique<wordless>();
    co_return asked;
}

} // namespace helloscope::relay::fronts
