// A rule: a pure function from facts to a finding or nothing, one a file in rules/, one row in
// diagnose.cpp. And the few words that rules share.
#pragma once

#include "helloscope/diagnose/units.hpp"
#include "helloscope/model/facts.hpp"

#include <fmt/format.h>

namespace helloscope::diagnose {

using model::certainty;
using model::facts;
using model::verdict;

// What one rule concluded; the first of a flow becomes its verdict.
using finding = verdict;
using rule = std::optional<finding> (*)(const facts&);

inline finding found(std::string id, certainty how_sure, std::string summary) {
    finding made;
    made.id = std::move(id);
    made.how_sure = how_sure;
    made.summary = std::move(summary);
    return made;
}

// "releases.bazel.build:443", or the address where no name is known.
std::string server_of(const facts& f);
// "releases.bazel.build", or the address.
std::string host_of(const facts& f);

// Who answers TCP on the server leg, and acknowledges: the server, or the nearest parent.
std::string peer_of(const facts& f);

// We gave up with one of these error types of RFC 9209.
bool gave_up_with(const facts& f, std::initializer_list<std::string_view> errors);

// The resolver's failure is an answer, and not the lack of one.
bool name_is_unknown(const facts& f);

// As one word of a shell's command, in quotes where it needs them.
std::string word(std::string_view text);

// "https://releases.bazel.build/", with the port where it is not the scheme's own.
std::string url_of(std::string_view scheme, const host_port& at);

// Adds `name: value` to the evidence where the value is known.
void says(finding& to, std::string name, std::string value);
void says(finding& to, std::string name, const std::optional<std::uint32_t>& value);
void says_bytes(finding& to, std::string name, const std::optional<std::uint64_t>& value);

// The attempts at the server that failed with one of `errors`, when no address stands; those at a
// parent are parent_unreachable's.
std::vector<const model::attempt*> failed_with(
    const facts& f, std::initializer_list<std::string_view> errors);
// "ECONNREFUSED after 0.30 ms", for each.
void says_failed(finding& to, const std::vector<const model::attempt*>& attempts);
// "192.0.2.1:443 and [2001:db8::1]:443"
std::string addresses_of(const std::vector<const model::attempt*>& attempts);

// Segments that `bytes` need on the server leg; empty where its MSS is not known.
std::optional<std::uint64_t> segments_of(const facts& f, std::uint64_t bytes);

// A complete ClientHello left and the handshake is not over; nobody has said why.
bool handshake_unfinished(const facts& f);
// And the server has not sent a byte.
bool unanswered(const facts& f);

// How long nothing has come while something is owed.
duration silence_of(const facts& f);
// What chance loss and a slow link need to sort themselves out at this round trip: where it is
// short a third retransmission (RFC 6298: after 0.2, 0.6 and 1.4 s) has had its answer.
duration patience_of(const facts& f);
// Segments wait behind one that never comes.
bool gap_stands(const model::leg_facts& leg);
// Whether segments as long as we allow have come: then it is not for its length that one is lost.
// Empty where the longest is not known, or what we allow.
std::optional<bool> full_segments_came(const model::leg_facts& leg);
// The piece that is sent again and again: the first one that is not acknowledged.
std::optional<std::uint32_t> stuck_piece(const facts& f, const model::leg_facts& leg);
// A later, shorter piece got through, so the path is alive and takes what is short.
bool later_piece_arrived(const model::leg_facts& leg);
// The name of the server stands in the first `size` bytes behind `from` of the first flight, or it
// is not known where.
bool name_is_within(const facts& f, std::uint64_t from, std::uint64_t size);

// Length of a TLS 1.3 record that holds an alert and nothing else: two bytes, one of content type,
// the suite's tag.
std::uint32_t encrypted_alert_size(const facts& f);
// Of one that holds a Finished and nothing else: four bytes of header and the hash of the suite.
std::uint32_t finished_size(const facts& f);
// Whether a record of TLS 1.3 is too short for a Finished. Java pads its alerts with 16 bytes.
bool sized_as_alert(const facts& f, std::uint32_t length);
// In TLS 1.3 the client answered the server's flight with an alert, and nobody goes on.
bool alert_instead_of_finished(const facts& f);
using wire::tls::is_tls13;

void may_be(finding& to, std::string id); // once

} // namespace helloscope::diagnose
