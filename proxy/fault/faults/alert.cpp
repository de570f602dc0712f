// alert:unrecognized_name@sni: the client gets this alert in the clear (RFC 8446 section 6) and
// the server nothing more. A fatal one is the last of a connection, a warning lets it go on.
#include "answered.hpp"
#include "faults.hpp"
#include "helloscope/wire/tls/names.hpp"
#include "helloscope/wire/tls/record.hpp"

#include <fmt/format.h>

namespace helloscope::fault {
namespace {

bytes record_of(std::uint8_t level, std::uint8_t description) {
    writer out;
    wire::tls::write_record_header(
        out, {static_cast<std::uint8_t>(wire::tls::content_type::alert), 0x0303, 2});
    return out.u8(level).u8(description).take();
}

std::string did(std::uint8_t level, std::uint8_t description) {
    const auto name = wire::tls::alert_name(description);
    return fmt::format(
        "sends alert {} ({})", name.empty() ? fmt::format("{}", description) : std::string(name),
        wire::tls::alert_level_name(level));
}

class effect_of final : public answered {
  public:
    explicit effect_of(const making& from)
        : effect_of(
              from, static_cast<std::uint8_t>(from.value("level")),
              static_cast<std::uint8_t>(from.value("description"))) {}

  private:
    effect_of(const making& from, std::uint8_t level, std::uint8_t description)
        : answered(from, record_of(level, description), did(level, description), level == 2) {}
};

constexpr parameter parameters[] = {
    {"description", unit::alert, 0, 255, 40, true}, {"level", unit::level, 1, 2, 2}};

} // namespace

constinit const kind faults::alert{
    "alert", "answers with a TLS alert", parameters, place::answer, make<effect_of>};

} // namespace helloscope::fault
