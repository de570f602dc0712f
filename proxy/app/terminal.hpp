// What a descriptor's terminal can show.
#pragma once

#include <unistd.h>

namespace helloscope::app {

bool wants_colour(int descriptor);       // a terminal, and NO_COLOR is not set (no-color.org)
unsigned terminal_width(int descriptor); // columns; 100 where there is no terminal

} // namespace helloscope::app
