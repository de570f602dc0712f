// The words that rules and the report share about parent proxies: which one, on the way to what,
// and what to try about it.
#pragma once

#include "rule.hpp"

namespace helloscope::diagnose {

// "http://near:3128 → socks5h://far:1080 (--via)"; "direct (NO_PROXY)"; empty where nothing was
// chosen.
std::string way_out(const std::vector<std::string>& parents, std::string_view source);

// The parent that said no, or has not spoken yet.
std::string parent_of(const facts& f);
// Where it was to lead: the next parent, or the server.
std::string beyond_parent(const facts& f);
// Its name and port, where its text has them.
host_port address_of(std::string_view parent);
// The last name that was looked up was the nearest parent's, and without success.
bool parent_has_no_address(const facts& f);
// It answered with one of `errors` (model::parent_answered).
bool parent_said(const facts& f, std::initializer_list<std::string_view> errors);
// Plain HTTP goes to the last parent as it is, and we gave up with one of these errors of RFC 9209.
bool parent_failed_plainly(const facts& f, std::initializer_list<std::string_view> errors);
// "403 Forbidden by policy", "connection not allowed by ruleset (SOCKS reply 2)".
std::string words_of(const model::parent_answered& answer);

// A finding about that parent, with the way out as its first evidence.
finding found_at_parent(const facts& f, std::string id, certainty how_sure, std::string summary);
// The same request with curl, past helloscope; `more` are further options of it.
void add_curl(finding& to, const facts& f, std::string text, std::string_view more = "");
// " -proxy proxy.corp:3128": what openssl s_client needs to go the same way, where it can.
std::string openssl_proxy(const facts& f);
// Past the parent: for this host, or for all.
void add_ways_around(finding& to, const facts& f);

} // namespace helloscope::diagnose
