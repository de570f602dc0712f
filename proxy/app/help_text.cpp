#include "help_text.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace helloscope::app {
namespace {

class help_text : public CLI::Formatter {
  public:
    std::string make_option_opts(const CLI::Option* option) const override {
        if (option->get_type_size_max() == 0) return ""; // a flag
        const std::string& standard = option->get_default_str();
        return " " + option->get_type_name() + (standard.empty() ? "" : " [" + standard + "]");
    }
};

} // namespace

void use_help_text(CLI::App& root) { root.formatter(std::make_shared<help_text>()); }

} // namespace helloscope::app
