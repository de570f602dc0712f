// What happened, for people: the verdict first, then what it rests on. Programs read the events.
#pragma once

#include "helloscope/model/timeline.hpp"

#include <span>

namespace helloscope::diagnose {

struct report_options {
    bool colour = false;  // ANSI
    unsigned width = 100; // columns; less than 60 are taken for 60
    bool verbose = false; // details of every flow
};

// One flow: its details. More: a line for each, then details of those that failed (flows that
// failed alike share them) and, of three or fewer, of all.
std::string report_text(std::span<const model::timeline> flows, const report_options& options);

// The details of one flow, ending with a newline.
std::string flow_text(const model::timeline& flow, const report_options& options);

// One line for a log, without a newline.
std::string one_line(const model::timeline& flow);

} // namespace helloscope::diagnose
