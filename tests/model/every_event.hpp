// One event of each kind with every field filled, each value different from its neighbours'.
#pragma once

#include "describe.hpp"

namespace helloscope::test {

class field_filler {
  public:
    template <class T> void operator()(std::string_view, T&& value, std::string_view) {
        fill(value);
    }

  private:
    void fill(bool& to) { to = true; }
    void fill(std::string& to) { to = "text \"" + std::to_string(++count_) + "\" \xc3\xa4\n"; }
    void fill(duration& to) { to = duration(1'000'000'007LL * ++count_); }
    void fill(timestamp& to) {
        to = timestamp(std::chrono::microseconds(1'795'213'175'897'790 + ++count_));
    }
    void fill(ip_address& to) { to = *parse_ip_address("192.0.2." + std::to_string(++count_)); }
    void fill(endpoint& to) {
        to = *parse_endpoint("[2001:db8::" + std::to_string(++count_) + "]:443");
    }
    template <std::unsigned_integral T> void fill(T& to) {
        to = static_cast<T>(++count_ + (std::uint64_t{1} << (8 * sizeof(T) - 1)));
    }
    template <class T>
    requires std::is_enum_v<T>
    void fill(T& to) { to = static_cast<T>(1); }
    template <class T> void fill(std::optional<T>& to) { fill(to.emplace()); }
    template <class T> void fill(known<T>& to) {
        T value{};
        fill(value);
        to = value;
    }
    template <class T> void fill(std::shared_ptr<const T>& to) {
        auto made = std::make_shared<T>();
        fill(*made);
        to = made;
    }
    template <class T> void fill(std::vector<T>& to) {
        fill(to.emplace_back());
        fill(to.emplace_back());
    }
    template <class T, std::size_t N> void fill(std::array<T, N>& to) {
        for (auto& one : to) fill(one);
    }
    template <class T> void fill(model::named<T>& code) { fill(code.value); }
    template <class T> void fill(model::hex<T>& number) { fill(number.value); }
    template <class T> void fill(model::octets<T>& raw) { fill(raw.value); }
    template <class T>
    requires std::is_class_v<T>
    void fill(T& to) { model::describe(*this, to); }

    std::int64_t count_ = 0;
};

template <std::size_t I = 0> std::vector<model::event> every_event() {
    if constexpr (I == std::variant_size_v<model::happening>) {
        return {};
    } else {
        auto out = every_event<I + 1>();
        model::event made{7, {}, model::happening(std::in_place_index<I>)};
        field_filler fill;
        fill("t", made.time, {});
        model::describe(fill, std::get<I>(made.what));
        out.push_back(std::move(made));
        return out;
    }
}

} // namespace helloscope::test
