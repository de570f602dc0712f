#include "helloscope/fault/kind.hpp"

#include "faults/faults.hpp"

namespace helloscope::fault {
namespace {

constexpr const kind* table[] = {
    &faults::latency,    &faults::jitter,     &faults::throttle,   &faults::slice,
    &faults::stall,      &faults::blackhole,  &faults::drop_tail,  &faults::reset,
    &faults::close,      &faults::half_close, &faults::truncate,   &faults::corrupt,
    &faults::alert,      &faults::not_tls,    &faults::slow_close, &faults::timeout,
    &faults::limit_data, &faults::refuse,     &faults::dns_fail,   &faults::connect_stall,
};

} // namespace

const parameter* kind::find(std::string_view parameter_name) const {
    for (const auto& one : parameters)
        if (one.name == parameter_name) return &one;
    return nullptr;
}

std::span<const kind* const> kinds() { return table; }

const kind* find_kind(std::string_view name) {
    for (const auto* one : table)
        if (one->name == name) return one;
    return nullptr;
}

} // namespace helloscope::fault
