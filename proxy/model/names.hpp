// The words that JSON, reports and metrics use for the closed sets of the model, one table each.
#pragma once

#include "helloscope/model/event.hpp"

#include <array>

namespace helloscope::model {

// names_of<E>[i] is the name of the value i; the enumerations count from 0 without a gap.
template <class E> inline constexpr std::array<std::string_view, 0> names_of{};

template <>
inline constexpr std::array<std::string_view, 2> names_of<direction>{"to_server", "to_client"};
template <> inline constexpr std::array<std::string_view, 2> names_of<leg>{"client", "server"};
template <>
inline constexpr std::array<std::string_view, 9> names_of<stage>{
    "front",         "resolve",       "connect", "parent", "hello",
    "server_flight", "client_finish", "data",    "close"};
template <>
inline constexpr std::array<std::string_view, 3> names_of<certainty>{
    "suspected", "likely", "confirmed"};
template <>
inline constexpr std::array<std::string_view, 3> names_of<wire::tls::ech_kind>{
    "none", "outer", "inner"};
template <>
inline constexpr std::array<std::string_view, 3> names_of<wire::tls::downgrade>{
    "none", "to_tls12", "to_tls11_or_below"};

struct event_entry {
    std::string_view name;
    std::string_view meaning;
};

// In the order of `happening`.
inline constexpr std::array<event_entry, std::variant_size_v<happening>> events{{
    {"recording_opened", "a recording begins"},
    {"lost", "events or packets that could not be recorded"},
    {"flow_opened", "a client connected"},
    {"proxy_protocol", "a PROXY protocol header that came from the client or went to the server"},
    {"requested", "what the client asked for, and how"},
    {"routed", "the way out that was chosen: parent proxies, or direct"},
    {"resolved", "a name was looked up, or taken as it is"},
    {"connecting", "an address is tried"},
    {"connected", "an address answered"},
    {"connect_failed", "an address did not answer, or refused"},
    {"parent_answered", "what a parent proxy said, or why it said nothing"},
    {"answered", "our answer to the client's request"},
    {"exchanged", "one exchange of plain HTTP, request and response"},
    {"bytes_read", "bytes that belong to no TLS record, by their number"},
    {"record", "a TLS record"},
    {"records", "application_data records of one read, or in bulk"},
    {"handshake", "a handshake message in the clear"},
    {"alert", "an alert in the clear"},
    {"not_tls", "a direction's bytes are no TLS from here on"},
    {"path", "what the kernel knows of a leg (TCP_INFO); fields it cannot know are left out"},
    {"stalled", "nothing has moved for a while"},
    {"closed", "how a leg ended, or its peer's sending"},
    {"verdict", "what was concluded about the flow"},
    {"flow_closed", "the last event of a flow"},
    {"clamped", "a leg's MSS was limited"},
    {"shaped", "the first flight went on otherwise than it came"},
    {"segmented", "in how many segments a shaped flight left"},
    {"faulted", "a fault acted on the flow"},
    {"heal_attempt", "healing makes an attempt with the same first flight"},
    {"heal_attempt_ended", "how an attempt of healing went"},
    {"healed", "which attempt was joined to the client"},
    {"seen_before", "what flows before this one saw on the same way"},
    {"investigated", "a test of the same server beside the flow"},
    {"chain_fetched", "the server's certificates, fetched beside the flow"},
    {"host_settings", "settings of this machine that decide what happens on a broken path"},
}};

} // namespace helloscope::model
