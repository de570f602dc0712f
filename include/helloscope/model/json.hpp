// JSON of events: one object an event, as `--json`, the REST API and recordings have it.
//
//     {"event":"record","flow":7,"t":1795213175.897790,"dir":"to_server",…}
//
// Times are seconds since the epoch to the microsecond: no reader that keeps numbers as doubles
// could hold more. Durations are seconds to the nanosecond. Empty strings, lists and optionals are
// left out. events.schema.json beside the sources documents every field.
#pragma once

#include "helloscope/base/result.hpp"
#include "helloscope/model/event.hpp"

namespace helloscope::model {

// Appends one object, without a newline. Bytes that are no UTF-8 become U+FFFD. Allocates nothing
// but what `out` needs to grow.
void write_json(const event& event, std::string& out);

// Reads what write_json wrote, of this version or a later one: unknown fields are passed over. An
// unknown event or a field of the wrong type fails with its name.
result<event> read_json(std::string_view text);

// The JSON Schema (2020-12) of all events.
std::string events_schema();

} // namespace helloscope::model
