// A value that is seldom there, and takes a pointer's memory when it is not. Used as std::optional
// is, and copied as it is.
#pragma once

#include <memory>
#include <optional>
#include <utility>

namespace helloscope {

template <class T> class rare {
  public:
    using value_type = T;

    rare() = default;
    rare(T value) : value_(std::make_unique<T>(std::move(value))) {}
    rare(const rare& other) : value_(other ? std::make_unique<T>(*other) : nullptr) {}
    rare(rare&&) noexcept = default;
    rare& operator=(const rare& other) {
        value_ = other ? std::make_unique<T>(*other) : nullptr;
        return *this;
    }
    rare& operator=(rare&&) noexcept = default;
    ~rare() = default;

    bool has_value() const { return value_ != nullptr; }
    explicit operator bool() const { return has_value(); }
    T& operator*() { return *value_; }
    const T& operator*() const { return *value_; }
    T* operator->() { return value_.get(); }
    const T* operator->() const { return value_.get(); }
    void reset() { value_.reset(); }
    operator std::optional<T>() const { return value_ ? std::optional<T>(*value_) : std::nullopt; }

  private:
    std::unique_ptr<T> value_;
};

} // namespace helloscope
