#include "support/data.hpp"

namespace helloscope::test {

// Its path is given to this file alone: all others are the same in every checkout.
std::filesystem::path tests_folder() { return HELLOSCOPE_TESTS; }

} // namespace helloscope::test
