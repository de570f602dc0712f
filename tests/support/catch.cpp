// Gives the precompiled test header a translation unit of its own to be built with.
#include "support/catch.hpp"
