#include "value_completion.hpp"

#include "support/catch.hpp"

using namespace helloscope::app;

TEST_CASE("the name of a type says how its values are completed") {
    struct row {
        std::string type;
        value_completion how;
    };
    const row rows[] = {
        {"FILE", value_completion::files},      {"FILE|DIR", value_completion::files},
        {"DIR", value_completion::folders},     {"CIDR[,CIDR]", value_completion::nothing},
        {"PROFILE", value_completion::nothing}, {"ADDRESS:PORT", value_completion::nothing},
        {"COMMAND", value_completion::command}, {"", value_completion::nothing},
    };
    for (const auto& [type, how] : rows) {
        INFO(type);
        option_row option;
        option.type = type;
        CHECK(completion_of(option) == how);
        option.choices = {"FILE", "none"};
        CHECK(completion_of(option) == value_completion::choices);
    }
}
