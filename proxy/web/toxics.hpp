// Toxics as JSON, in the form that Toxiproxy's clients send and expect.
#pragma once

#include "helloscope/fault/toxic.hpp"
#include "json_text.hpp"

#include <span>
#include <vector>

namespace helloscope::web {

// {"attributes":{"latency":100,"jitter":0},"name":"latency_downstream","type":"latency",…}
json::object to_json(const fault::toxic& one);

// With Toxiproxy's defaults for what the body does not say.
result<fault::toxic> read_toxic(const json::value& body);
// Another toxicity, other attributes; all else stays, whatever the body says.
result<fault::toxic> change_toxic(fault::toxic one, const json::value& body);

// Those of a listener's faults that are toxics: upstream first, as Toxiproxy lists them.
std::vector<fault::toxic> toxics_among(std::span<const fault::spec> faults);

} // namespace helloscope::web
