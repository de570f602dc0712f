// The members of a JSON object as a resource wants them. The first that is not as it should be is
// kept; check once at the end.
#pragma once

#include "json_text.hpp"

#include <cstdint>
#include <optional>
#include <span>

namespace helloscope::web {

class fields {
  public:
    // `of` outlives it.
    explicit fields(const json::value& of);

    // Each leaves what it is given when the member is missing or null.
    void text(std::string_view name, std::string& value);
    void yes_or_no(std::string_view name, bool& value);
    void chance(std::string_view name, double& value);                         // 0 to 1
    void count(std::string_view name, std::int64_t& value, std::int64_t most); // from 0
    void texts(std::string_view name, std::vector<std::string>& value); // one, or an array of them
    const json::value* find(std::string_view name) const; // null: it is missing, or null

    // A member that is none of these is an error.
    void only(std::span<const std::string_view> known, std::string_view what);

    const std::optional<failure>& wrong() const { return wrong_; }

  private:
    void expect(std::string_view name, std::string_view what, const json::value& got);

    const json::object* of_ = nullptr;
    std::optional<failure> wrong_;
};

} // namespace helloscope::web
