// A number that may be unknown, in the memory of the number: its largest value stands for unknown.
// Used as std::optional is, which takes twice as much. For numbers that never get so large.
#pragma once

#include <concepts>
#include <limits>
#include <optional>

namespace helloscope {

template <class T> class known {
  public:
    using value_type = T;

    constexpr known() = default;
    constexpr known(std::nullopt_t) {}
    template <std::convertible_to<T> U> constexpr known(U value) : value_(static_cast<T>(value)) {}
    constexpr known(const std::optional<T>& value) : value_(value.value_or(unknown)) {}

    constexpr bool has_value() const { return value_ != unknown; }
    constexpr explicit operator bool() const { return has_value(); }
    constexpr T operator*() const { return value_; }
    constexpr T value_or(T otherwise) const { return has_value() ? value_ : otherwise; }
    constexpr void reset() { value_ = unknown; }
    template <std::convertible_to<T> U> constexpr operator std::optional<U>() const {
        return has_value() ? std::optional<U>(value_) : std::nullopt;
    }

    // As std::optional's: what is unknown is less than any number.
    friend constexpr bool operator==(known, known) = default;
    friend constexpr auto operator<=>(known a, known b) {
        const auto order = a.has_value() <=> b.has_value();
        return order != 0 || !a ? order : std::strong_ordering(*a <=> *b);
    }

  private:
    static constexpr T largest() {
        if constexpr (requires { T::max(); })
            return T::max(); // a duration
        else
            return std::numeric_limits<T>::max();
    }
    static constexpr T unknown = largest();
    T value_ = unknown;
};

} // namespace helloscope
