// latency:100ms,jitter=20ms: 80 to 120 ms. Many pieces may be on their way at once.
#include "delayed.hpp"
#include "faults.hpp"

#include <fmt/format.h>

namespace helloscope::fault {
namespace {

class effect_of final : public delayed {
  public:
    explicit effect_of(const making& from)
        : delay_(from.time("delay")), jitter_(from.time("jitter")), luck_(from.luck) {}

  private:
    duration draw() override {
        if (jitter_.count() == 0) return delay_;
        const duration more(luck_.up_to(2 * jitter_.count()));
        return std::max(duration{}, delay_ - jitter_ + more);
    }
    std::string did() const override {
        if (jitter_.count() == 0) return fmt::format("delays by {}", words_of(delay_));
        return fmt::format("delays by {}, {} more or less", words_of(delay_), words_of(jitter_));
    }

    duration delay_, jitter_;
    chance luck_;
};

constexpr parameter parameters[] = {
    {"delay", unit::time, 0, longest_time, {}, true}, {"jitter", unit::time, 0, longest_time, 0}};

} // namespace

constinit const kind faults::latency{
    "latency", "delays what passes", parameters, place::stream, make<effect_of>};

} // namespace helloscope::fault
