// What the same path did with the same flight sent otherwise: attempts of healing and tests of
// --investigate read alike. An intervention is what turns a suspicion into a cause.
#pragma once

#include "rule.hpp"

namespace helloscope::diagnose {

// What was changed against the flight as it came.
enum class change : std::uint8_t {
    nothing,          // a hello of our own, as large and in one write
    smaller_segments, // a clamp of the MSS
    pieces,           // TCP segments cut on purpose, of full size at most
    records,          // TLS records made anew
    smaller_hello,    // without the post-quantum share
    small_in_pieces,  // the smaller one, cut in two
    older_version,    // no TLS 1.3
    padding,          // as large, but not by a post-quantum share
};

struct trial {
    change what{};
    std::string how;   // "mss:1360"
    std::string words; // "sent again with mss:1360", "a small hello, 517 bytes"
    bool answered = false;
    std::string outcome; // "answered", "silent", "rst", …
    duration took{};
};

// What a test of --investigate was, for people.
std::string words_of_test(const model::investigated& one);

// In the order in which they were made; those that nobody knows the end of are left out.
std::vector<trial> trials_of(const facts& f);
// The first that was answered; one that was made and was not.
std::optional<trial> answered(const facts& f, change what);
std::optional<trial> refused(const facts& f, change what);

// Another attempt than the first was joined to the client: without it this flow had failed.
bool is_healed(const facts& f);

// How the first flight fared on the connection on which it went as it came: this flow's own, or
// where healing joined another, that of its first attempt.
model::leg_facts first_try(const facts& f);

// Whether this hello was refused or not answered, by whoever it reached: with an alert, an end, or
// silence that lasts.
bool hello_failed(const facts& f);

// Takes from `others` what trials have ruled out.
void drop_tested(finding& from, const facts& f);

// "Sent again with mss:1360 it was answered after 3.1 ms." as evidence, for each trial.
void says_trials(finding& to, const facts& f);

} // namespace helloscope::diagnose
