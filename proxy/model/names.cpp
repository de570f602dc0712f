#include "names.hpp"

namespace helloscope::model {

std::string_view to_string(leg value) { return names_of<leg>[static_cast<std::size_t>(value)]; }

std::string_view to_string(stage value) { return names_of<stage>[static_cast<std::size_t>(value)]; }

std::string_view to_string(certainty value) {
    return names_of<certainty>[static_cast<std::size_t>(value)];
}

std::string_view event_name(const happening& what) { return events[what.index()].name; }

} // namespace helloscope::model
