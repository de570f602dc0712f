#include "serve_values.hpp"

#include "helloscope/net/x509/make.hpp"

#include <filesystem>
#include <fmt/format.h>

namespace helloscope::app {

CLI::Validator server_name() {
    const auto check = [](const std::string& text) -> std::string {
        if (net::x509::is_server_name(text)) return "";
        return fmt::format(
            "'{}' is not a DNS name or an IP address, such as registry.test or 127.0.0.1", text);
    };
    return CLI::Validator(check, "");
}

CLI::Validator existing_folder() {
    const auto check = [](const std::string& text) -> std::string {
        std::error_code error;
        if (std::filesystem::is_directory(text, error)) return "";
        return fmt::format("'{}' is not a folder", text);
    };
    return CLI::Validator(check, "");
}

} // namespace helloscope::app
