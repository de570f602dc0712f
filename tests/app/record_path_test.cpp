#include "record_path.hpp"

#include "support/catch.hpp"

#include <cstdlib>
#include <string>

using namespace helloscope::app;

namespace {

// An environment variable for one scope.
class variable {
  public:
    variable(const char* name, const char* value) : name_(name) {
        if (const char* before = std::getenv(name)) before_ = before;
        if (value != nullptr)
            ::setenv(name, value, 1);
        else
            ::unsetenv(name);
    }
    ~variable() {
        if (before_.empty())
            ::unsetenv(name_);
        else
            ::setenv(name_, before_.c_str(), 1);
    }
    variable(const variable&) = delete;
    variable& operator=(const variable&) = delete;

  private:
    const char* name_;
    std::string before_;
};

} // namespace

TEST_CASE("recordings go to the state directory of the XDG specification") {
    const variable home("HOME", "/home/somebody");
    {
        const variable state("XDG_STATE_HOME", "/state");
        CHECK(default_record_directory() == "/state/helloscope");
    }
    {
        const variable relative("XDG_STATE_HOME", "state"); // to be ignored, says the specification
        CHECK(default_record_directory() == "/home/somebody/.local/state/helloscope");
    }
    const variable none("XDG_STATE_HOME", nullptr);
    CHECK(default_record_directory() == "/home/somebody/.local/state/helloscope");
    const variable homeless("HOME", nullptr);
    CHECK(default_record_directory().empty());
}
