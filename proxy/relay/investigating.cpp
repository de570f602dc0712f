#include "investigating.hpp"

#include "helloscope/net/streams/tcp_stream.hpp"
#include "helloscope/policy/route.hpp"

#include <fmt/format.h>

namespace helloscope::relay {

using namespace std::chrono_literals;
using net::asio::awaitable;

namespace {

// A flow that stands still for so long is asked about while its client still waits.
constexpr auto stall = 2s;

// What it takes to go the flow's way again.
struct way_back {
    request asked;
    server_leg like;

    way_back(const request& again, const server_leg& leg) {
        asked.target = again.target;
        asked.what = again.what;
        asked.authorization = again.authorization;
        asked.via = again.via;
        like.local = leg.local;
        like.address = leg.address;
        like.addresses = {leg.address.address};
        like.way = leg.way;
    }
};

awaitable<probe::leg> open_again(
    flow& of, std::shared_ptr<const way_back> back, std::optional<shape::clamp> limit) {
    if (!limit && of.route) limit = of.route->shaping.limit;
    auto made = co_await open_leg_beside(of, back->asked, back->like, 0, limit);
    probe::leg leg;
    leg.stream = std::move(made.stream);
    leg.early = std::move(made.early);
    leg.error = std::move(made.error);
    co_return leg;
}

awaitable<probe::leg> open_beyond(flow& of, host_port target) {
    const auto& options = of.around.common.options;
    probe::leg leg;
    const auto to = co_await of.around.common.resolver.resolve(
        net::apply_connect_to(options.names, target), options.limits.resolve);
    if (to.event.addresses.empty()) {
        leg.error = fmt::format("cannot resolve {}: {}", target.host, to.event.error);
        co_return leg;
    }
    net::dial_limits dialing;
    dialing.total = options.limits.connect;
    dialing.binding = options.leave_by;
    net::dial_report untold = [](model::happening) {};
    auto dialed = co_await net::dial(to.event.addresses, to.port, dialing, std::move(untold));
    if (dialed.socket)
        leg.stream = net::make_tcp_stream(std::move(*dialed.socket));
    else
        leg.error = dialed.unusable.empty() ? net::error_name(dialed.error) : dialed.unusable;
    co_return leg;
}

} // namespace

investigating::investigating(
    flow& of, const net::asio::any_io_executor& executor, ways how, probe::limits within)
    : of_(of), how_(std::move(how)),
      asking_(
          executor,
          [&] {
              probe::surroundings around;
              around.open = how_.again;
              around.open_beyond = how_.beyond;
              around.facts = [this] { return of_.facts(); };
              around.tell = [this](model::happening what) { tell(std::move(what)); };
              around.may = [this](probe::question_kind what) { return may(what); };
              around.name = how_.target.host.empty() ? to_string(how_.address.address)
                                                     : how_.target.host;
              around.trusted = of_.around.common.options.trusted;
              return around;
          }(),
          within) {}

void investigating::tick() {
    const bool open = of_.stage() >= model::stage::hello && of_.stage() < model::stage::data;
    if (asking_.begun() || !open || !of_.concluded() || of_.clock.now() - of_.last_byte < stall)
        return;
    asking_.look();
}

awaitable<void> investigating::finish() {
    if (over_) co_return;
    auto& count = of_.around.common.count.investigations;
    if (!std::exchange(counted_, true)) {
        ++count;
        of_.end_story();
    }
    co_await asking_.finish();
    over_ = true;
    --count;
}

void investigating::stop() { asking_.stop(); }

void investigating::tell(model::happening what) {
    of_.tell(std::move(what));
    of_.conclude(flow::telling::news);
}

bool investigating::may(probe::question_kind what) const {
    const auto place = fmt::format(
        "{} {} {}", static_cast<int>(what), to_string(how_.address), to_string(how_.target));
    return of_.around.common.investigated.begin(place, of_.clock.now());
}

std::unique_ptr<investigating> make_investigating(
    flow& of, const net::asio::any_io_executor& executor, const request& asked,
    const server_leg& like) {
    const auto& options = of.around.common.options;
    if (!options.investigate || (of.route && !of.route->faults.empty())) return nullptr;
    const auto back = std::make_shared<const way_back>(asked, like);
    investigating::ways how;
    how.again = [&of, back](std::optional<shape::clamp> limit) {
        return open_again(of, back, limit);
    };
    if (!like.way.parents.empty())
        how.beyond = [&of, target = asked.target](std::optional<shape::clamp>) {
            return open_beyond(of, target);
        };
    how.address = like.address;
    how.target = asked.target;
    return std::make_unique<investigating>(of, executor, std::move(how));
}

} // namespace helloscope::relay
