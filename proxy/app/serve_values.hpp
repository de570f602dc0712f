// Checks for option values that `certs` and `serve` share.
#pragma once

#include <CLI/Error.hpp> // which Validators.hpp of 2.1.2 forgets
#include <CLI/Validators.hpp>

namespace helloscope::app {

CLI::Validator server_name(); // what a certificate can be for: a DNS name or an IP address
CLI::Validator existing_folder();

} // namespace helloscope::app
