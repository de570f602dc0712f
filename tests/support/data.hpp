// Where the tests' own files are.
#pragma once

#include <filesystem>

namespace helloscope::test {

std::filesystem::path tests_folder(); // of the checkout

} // namespace helloscope::test
