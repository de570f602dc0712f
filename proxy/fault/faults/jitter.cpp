// jitter:20ms: each piece by another time up to that, in order all the same.
#include "delayed.hpp"
#include "faults.hpp"

#include <fmt/format.h>

namespace helloscope::fault {
namespace {

class effect_of final : public delayed {
  public:
    explicit effect_of(const making& from) : most_(from.time("most")), luck_(from.luck) {}

  private:
    duration draw() override { return duration(luck_.up_to(most_.count())); }
    std::string did() const override { return fmt::format("delays by up to {}", words_of(most_)); }

    duration most_;
    chance luck_;
};

constexpr parameter parameters[] = {{"most", unit::time, 0, longest_time, {}, true}};

} // namespace

constinit const kind faults::jitter{
    "jitter", "delays what passes, each piece by another time", parameters, place::stream,
    make<effect_of>};

} // namespace helloscope::fault
