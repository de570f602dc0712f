#include "../parents.hpp"
#include "rules.hpp"

namespace helloscope::diagnose::rules {

std::optional<finding> dns_failure(const facts& f) {
    // Behind a parent of the kind socks5 the server's name is looked up here, too.
    if (f.resolve_error.empty() || (f.parents.empty() && !f.attempts.empty()) ||
        parent_has_no_address(f))
        return std::nullopt;
    const auto& name = f.looked_up.empty() ? f.host : f.looked_up;
    auto out = found(
        "dns-failure", name_is_unknown(f) ? certainty::confirmed : certainty::likely,
        fmt::format("The name {} could not be resolved: {}.", name, f.resolve_error));
    says(out, "name", name);
    says(out, "resolver", f.resolve_error);
    out.remedies.push_back(
        {"host", "Ask the resolver of this machine", "getent ahosts " + word(name)});
    out.remedies.push_back(
        {"helloscope", "If you know the address, give it to helloscope run",
         fmt::format("--resolve {}:{}:ADDRESS", word(name), f.port)});
    if (f.parents.size() == 1)
        out.remedies.push_back(
            {"helloscope", "Or let the parent proxy look it up: name it with socks5h://",
             "--via " + word("socks5h://" + to_string(address_of(f.parents.front())))});
    return out;
}

} // namespace helloscope::diagnose::rules
