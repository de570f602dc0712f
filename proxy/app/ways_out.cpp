#include "ways_out.hpp"

#include "files.hpp"
#include "helloscope/policy/netrc.hpp"
#include "helloscope/policy/route.hpp"
#include "values.hpp"

#include <fmt/format.h>

namespace helloscope::app {
namespace {

constexpr auto group_out = "Ways out";

std::string check_via(const std::string& text) {
    const auto got = policy::parse_via(text);
    if (got) return "";
    return fmt::format(
        "{}: expected [http|https|socks5|socks5h://][USER:PASSWORD@]HOST[:PORT], or direct",
        to_string(got.error()));
}

result<void> add_parents(const ways_out_options& options, policy::ways_out& ways) {
    for (const auto& text : options.via) {
        auto parent = *policy::parse_via(text);
        if (parent)
            ways.via.push_back(std::move(*parent));
        else
            ways.direct = true;
    }
    if (ways.direct && !ways.via.empty())
        return std::unexpected(failure{"--via direct goes with no other --via"});
    return {};
}

void log_in(wire::front::proxy_url& parent, const std::vector<policy::netrc_entry>& known) {
    if (parent.login) return;
    if (const auto* login = policy::find_login(known, parent.at.host)) parent.login = *login;
}

result<std::vector<policy::netrc_entry>> read_credentials(const std::string& file) {
    if (file.empty()) return {};
    const auto text = read_file(file);
    if (!text) return std::unexpected(failure{"--via-credentials: " + text.error().message});
    auto known = policy::parse_netrc(*text, file);
    if (!known) return std::unexpected(failure{"--via-credentials " + known.error().message});
    return known;
}

result<void> add_credentials(const std::string& file, policy::ways_out& ways) {
    const auto known = read_credentials(file);
    if (!known) return std::unexpected(known.error());
    for (auto& parent : ways.via) log_in(parent, *known);
    if (ways.https_proxy) log_in(*ways.https_proxy, *known);
    if (ways.http_proxy) log_in(*ways.http_proxy, *known);
    return {};
}

bool speaks_tls(const std::optional<wire::front::proxy_url>& parent) {
    return parent && parent->scheme == wire::front::proxy_scheme::https;
}

result<void> add_trust(const ways_out_options& options, bool needed, relay::options& plan) {
    if (plan.parent_trust || (!needed && options.proxy_cacert.empty())) return {};
    auto made = net::tls_client_context::make(
        options.proxy_cacert,
        options.proxy_insecure ? net::peer_check::accept_any : net::peer_check::verify);
    if (!made) return std::unexpected(failure{"--proxy-cacert " + made.error().message});
    plan.parent_trust = std::move(*made);
    return {};
}

} // namespace

void add_ways_out(CLI::App& command, ways_out_options& options) {
    command
        .add_option(
            "--via", options.via,
            "through this parent proxy: http://, https://, socks5:// or socks5h://; repeated: a "
            "chain, nearest first; direct: through none [HTTPS_PROXY, HTTP_PROXY, ALL_PROXY]")
        ->type_name("URL")
        ->check(CLI::Validator(std::function(check_via), ""))
        ->allow_extra_args(false)
        ->group(group_out);
    command
        .add_option_function<std::string>(
            "--noproxy",
            [&options](const std::string& list) {
                options.noproxy = list;
                options.noproxy_given = true;
            },
            "hosts and networks reached without a parent, with ',' between [NO_PROXY]")
        ->type_name("LIST")
        ->group(group_out);
    command
        .add_option(
            "--via-credentials", options.via_credentials,
            "names and passwords for parents, as netrc has them: machine, login, password")
        ->type_name("FILE")
        ->group(group_out);
    command
        .add_option(
            "--proxy-cacert", options.proxy_cacert,
            "the CA of https:// parents (PEM) [the system's]")
        ->type_name("FILE")
        ->group(group_out);
    command
        .add_flag(
            "--proxy-insecure", options.proxy_insecure,
            "take any certificate of an https:// parent")
        ->group(group_out);
    command
        .add_option(
            "--haproxy-protocol", options.haproxy_protocol,
            "tell the server who the client is, by a PROXY protocol header")
        ->type_name("v1|v2")
        ->check(one_of({"v1", "v2"}))
        ->group(group_out);
    command.add_option("--interface", options.interface, "the interface that connections leave by")
        ->type_name("NAME")
        ->group(group_out);
    command
        .add_option("--source", options.source, "the address of this machine that they come from")
        ->type_name("ADDRESS")
        ->check(ip_address_text())
        ->group(group_out);
}

result<void> equip_parents(
    const ways_out_options& options, std::vector<wire::front::proxy_url>& parents,
    relay::options& plan) {
    const auto known = read_credentials(options.via_credentials);
    if (!known) return std::unexpected(known.error());
    bool needed = false;
    for (auto& parent : parents) {
        log_in(parent, *known);
        needed = needed || speaks_tls(parent);
    }
    return add_trust(options, needed, plan);
}

result<void> plan_ways_out(
    const ways_out_options& options, const environment& lookup, relay::options& plan) {
    auto& ways = plan.ways_out;
    if (auto done = add_parents(options, ways); !done) return done;
    const bool asks = ways.via.empty() && !ways.direct; // else a bad variable is nobody's business
    policy::proxy_environment from{asks ? lookup : [&](const char* name) -> const char* {
        const std::string_view text(name);
        return text == "NO_PROXY" || text == "no_proxy" ? lookup(name) : nullptr;
    }};
    if (auto done = policy::read_environment(ways, from); !done) return done;
    if (options.noproxy_given) {
        ways.exceptions = policy::no_proxy::parse(options.noproxy);
        ways.exceptions_source = "--noproxy";
    }
    if (auto done = add_credentials(options.via_credentials, ways); !done) return done;
    bool needed = speaks_tls(ways.https_proxy) || speaks_tls(ways.http_proxy);
    for (const auto& parent : ways.via) needed = needed || speaks_tls(parent);
    if (auto done = add_trust(options, needed, plan); !done) return done;
    if (!options.haproxy_protocol.empty())
        plan.haproxy_version = options.haproxy_protocol == "v1" ? 1 : 2;
    if (!options.source.empty()) plan.leave_by.source = parse_ip_address(options.source);
    plan.leave_by.interface = options.interface;
    return {};
}

} // namespace helloscope::app
