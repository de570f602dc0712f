#include "helloscope/fault/kind.hpp"

#include <limits>

namespace helloscope::fault {
namespace {

constexpr std::int64_t a_day = 86'400'000'000'000;
constexpr std::int64_t no_limit = std::numeric_limits<std::int64_t>::max();

constexpr parameter delay[] = {
    {"delay", unit::time, 0, a_day, {}, true}, {"jitter", unit::time, 0, a_day, 0}};
constexpr parameter most_delay[] = {{"most", unit::time, 0, a_day, {}, true}};
constexpr parameter rate[] = {{"rate", unit::rate, 0, no_limit, {}, true}};
constexpr parameter slices[] = {
    {"size", unit::bytes, 1, 1 << 30, {}, true},
    {"vary", unit::bytes, 0, 1 << 30, 0},
    {"pause", unit::time, 0, a_day, 0}};
constexpr parameter for_time[] = {{"time", unit::time, 0, a_day, 0, true}};
constexpr parameter path_mtu[] = {
    {"mtu", unit::count, 68, 65'535, {}}, {"mss", unit::count, 88, 65'535, 0}};
constexpr parameter tails[] = {
    {"mss", unit::count, 88, 65'535, 0}, {"below", unit::bytes, 1, 65'535, 700}};
constexpr parameter number_of_bytes[] = {{"bytes", unit::bytes, 0, no_limit, {}, true}};
constexpr parameter kept_bytes[] = {{"keep", unit::bytes, 0, no_limit, 0, true}};
constexpr parameter changed_bytes[] = {
    {"bytes", unit::bytes, 1, no_limit, 1, true}, {"skip", unit::bytes, 0, no_limit, 0}};
constexpr parameter alert_code[] = {
    {"description", unit::alert, 0, 255, 40, true}, {"level", unit::level, 1, 2, 2}};
constexpr parameter http_status[] = {{"status", unit::count, 200, 599, 400, true}};

constexpr kind latency{"latency", "delays what passes", delay};
constexpr kind jitter{"jitter", "delays what passes, each piece by another time", most_delay};
constexpr kind throttle{"throttle", "limits the rate", rate};
constexpr kind slice{"slice", "cuts what passes into small pieces", slices};
constexpr kind stall{"stall", "holds back everything", for_time};
constexpr kind blackhole{"blackhole", "segments too long for a path never arrive", path_mtu};
constexpr kind drop_tail{"drop-tail", "the last small segment of a flight never arrives", tails};
constexpr kind reset{"reset", "resets both connections", for_time};
constexpr kind close{"close", "closes both connections", for_time};
constexpr kind half_close{"half-close", "ends this direction alone"};
constexpr kind truncate{"truncate", "drops the rest and closes", kept_bytes};
constexpr kind corrupt{"corrupt", "changes bytes", changed_bytes};
constexpr kind alert{"alert", "answers with a TLS alert", alert_code, place::answer};
constexpr kind not_tls{"not-tls", "answers in plain HTTP", http_status, place::answer};
constexpr kind slow_close{"slow-close", "delays the end of a direction", for_time};
constexpr kind timeout{"timeout", "drops everything, and closes after a time", for_time};
constexpr kind limit_data{"limit-data", "closes after so many bytes", number_of_bytes};
constexpr kind refuse{"refuse", "the server refuses the connection", {}, place::connect};
constexpr kind dns_fail{"dns-fail", "the name does not resolve", {}, place::resolve};
constexpr kind connect_stall{
    "connect-stall", "the server does not answer the connection", for_time, place::connect};

constexpr const kind* table[] = {
    &latency,    &jitter,  &throttle,   &slice,    &stall,    &blackhole,     &drop_tail,
    &reset,      &close,   &half_close, &truncate, &corrupt,  &alert,         &not_tls,
    &slow_close, &timeout, &limit_data, &refuse,   &dns_fail, &connect_stall,
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
