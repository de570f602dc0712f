#include "flow_faults.hpp"

#include "flow.hpp"
#include "pump.hpp"

namespace helloscope::relay {

using model::leg;

void flow_faults::wrap(const net::asio::any_io_executor& executor, bool v6) {
    std::vector<net::fault_stream*> made;
    for (const auto way : {direction::to_server, direction::to_client}) {
        auto& stream = way == direction::to_server ? of_.server : of_.client;
        if (!stream || towards(way) != nullptr) continue;
        net::fault_setup setup;
        setup.under.passing = way;
        setup.under.sent = segments_of(way, v6);
        setup.under.flow = of_.number();
        setup.fixed = fixed_;
        setup.live = live_;
        setup.clock = of_.clock;
        setup.hook = this;
        auto around = std::make_unique<net::fault_stream>(
            std::move(stream), executor, std::move(setup));
        made.push_back(around.get());
        stream = std::move(around);
    }
    for (auto* one : made) one->begin();
}

// A full segment of ours as the kernel would cut it; of the server as its MSS option from us
// allows. On the way to the client it is the server's segments that a broken path loses.
fault::segments flow_faults::segments_of(direction passing, bool v6) const {
    fault::segments made;
    made.v6 = v6;
    const auto sample = of_.server ? of_.server->path() : std::nullopt;
    if (!sample) return made;
    made.options = sample->timestamps.value_or(true) ? 12 : 0;
    if (passing == direction::to_server)
        made.data = sample->snd_mss.value_or(made.data);
    else if (sample->advmss.value_or(0) > made.options)
        made.data = *sample->advmss - made.options;
    return made;
}

const fault::spec* flow_faults::before_bytes(fault::place where) {
    before_ = fixed_;
    if (const auto more = live_ ? live_() : nullptr) {
        before_.insert(before_.end(), more->begin(), more->end());
    }
    for (const auto& one : before_)
        if (one.what->where == where && fault::plays(one, of_.number())) return &one;
    return nullptr;
}

void flow_faults::tell(const fault::spec& fault, std::string did) {
    model::faulted event;
    event.fault = short_text(fault);
    event.name = fault.name;
    event.did = std::move(did);
    of_.tell(std::move(event));
}

void flow_faults::look() {
    for (const auto way : {direction::to_server, direction::to_client})
        if (auto* leg = towards(way)) leg->look();
}

bool flow_faults::stuck() const {
    const auto* up = towards(direction::to_server);
    const auto* down = towards(direction::to_client);
    return (up != nullptr && up->stuck()) || (down != nullptr && down->stuck());
}

net::awaitable<void> flow_faults::settle() {
    for (const auto way : {direction::to_server, direction::to_client})
        if (auto* leg = towards(way)) co_await leg->settle();
}

net::awaitable<void> flow_faults::finish() {
    if (how_ == fault::ending::none) co_return;
    for (const auto which : {leg::client, leg::server}) {
        const auto& stream = which == leg::client ? of_.client : of_.server;
        if (stream) co_await drain(*stream);
        of_.tell_path(which);
    }
    const bool reset = how_ == fault::ending::reset;
    for (const auto which : {leg::client, leg::server}) {
        const auto& stream = which == leg::client ? of_.client : of_.server;
        if (!stream) continue;
        of_.tell_closed(which, "helloscope", reset ? "rst" : "fin", "fault " + last_);
        if (reset)
            stream->reset();
        else
            stream->close();
    }
}

// ---- what the faults want

void flow_faults::faulted(
    direction passing, const fault::spec& fault, std::string did, std::uint64_t offset) {
    model::faulted event;
    event.dir = passing;
    event.fault = last_ = short_text(fault);
    event.name = fault.name;
    event.did = std::move(did);
    event.offset = offset;
    of_.tell(std::move(event));
}

void flow_faults::answered(direction passing, bytes octets, bool closes) {
    if (auto* leg = towards(opposite(passing))) leg->inject(std::move(octets), closes);
}

void flow_faults::ended(direction, fault::ending how) {
    if (how_ != fault::ending::none || of_.aborted) return;
    how_ = how;
    of_.cut();
}

net::fault_stream* flow_faults::towards(direction way) const {
    return dynamic_cast<net::fault_stream*>(
        way == direction::to_server ? of_.server.get() : of_.client.get());
}

} // namespace helloscope::relay
