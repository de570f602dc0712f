// An environment variable for one scope.
#pragma once

#include <cstdlib>
#include <optional>
#include <string>

namespace helloscope::test {

class variable {
  public:
    variable(const char* name, const char* value) : name_(name) { // nullptr: not set
        if (const char* before = std::getenv(name)) before_ = before;
        set(value);
    }
    ~variable() { set(before_ ? before_->c_str() : nullptr); }
    variable(const variable&) = delete;
    variable& operator=(const variable&) = delete;

  private:
    void set(const char* value) const {
        if (value != nullptr)
            ::setenv(name_, value, 1);
        else
            ::unsetenv(name_);
    }

    const char* name_;
    std::optional<std::string> before_;
};

} // namespace helloscope::test
