#include "ways_in.hpp"

#include "certs_folder.hpp"
#include "files.hpp"
#include "helloscope/relay/access.hpp"
#include "values.hpp"

#include <fmt/format.h>

namespace helloscope::app {
namespace {

relay::listening listening_on(relay::way_in how, const endpoint& at) {
    relay::listening made;
    made.how = how;
    made.at = at;
    return made;
}

constexpr auto group_in = "Ways in";
constexpr auto group_access = "Access";

failure bad(std::string_view value, std::string_view expected) {
    return {fmt::format("'{}' is not {}", value, expected)};
}

result<relay::listening> parse_reverse(std::string_view text) {
    constexpr auto expected = "[ADDRESS:PORT=]HOST:PORT, such as 127.0.0.1:8443=registry.test:443";
    auto where = listening_on(relay::way_in::reverse, {{false, {127, 0, 0, 1}}, 0});
    const auto equals = text.find('=');
    const bool says_where = equals != std::string_view::npos;
    const auto target = parse_host_port(says_where ? text.substr(equals + 1) : text);
    if (!target) return std::unexpected(bad(text, expected));
    where.target = *target;
    if (!says_where) return where;
    const auto at = parse_endpoint(text.substr(0, equals));
    if (!at) return std::unexpected(bad(text, expected));
    where.at = *at;
    return where;
}

// "true" is what CLI11 makes of the flag alone, and what a configuration file may say.
result<relay::listening> parse_transparent(std::string_view text) {
    constexpr auto expected = "[redirect|tproxy][@ADDRESS:PORT], such as redirect@127.0.0.1:8485";
    auto where = listening_on(relay::way_in::redirect, {{false, {127, 0, 0, 1}}, 8485});
    const auto at_sign = std::min(text.find('@'), text.size());
    const auto mode = text.substr(0, at_sign);
    if (mode == "tproxy")
        where.how = relay::way_in::tproxy;
    else if (!mode.empty() && mode != "redirect" && text != "true")
        return std::unexpected(bad(text, expected));
    if (at_sign == text.size()) return where;
    const auto at = parse_endpoint(text.substr(at_sign + 1));
    if (!at) return std::unexpected(bad(text, expected));
    where.at = *at;
    return where;
}

result<std::vector<network>> parse_networks(std::string_view list) {
    std::vector<network> out;
    for (std::size_t at = 0; at <= list.size();) {
        const auto comma = std::min(list.find(',', at), list.size());
        const auto one = parse_network(list.substr(at, comma - at));
        if (!one)
            return std::unexpected(
                bad(list.substr(at, comma - at), "a network, such as 10.0.0.0/8 or fd00::/8"));
        out.push_back(*one);
        at = comma + 1;
    }
    return out;
}

// A check by the function that will read the value.
template <class Parse> CLI::Validator readable(Parse parse) {
    const auto check = [parse](const std::string& text) -> std::string {
        const auto got = parse(text);
        return got ? "" : got.error().message;
    };
    return CLI::Validator(check, "");
}

CLI::Option* add_many(
    CLI::App& command, const char* name, std::vector<std::string>& values, const char* meaning,
    const char* type, const char* group) {
    return command.add_option(name, values, meaning)
        ->type_name(type)
        ->allow_extra_args(false)
        ->group(group);
}

void add_listeners(const ways_in_options& options, bool with_command, relay::options& plan) {
    using relay::way_in;
    plan.listeners.clear();
    for (const auto& text : options.listen)
        plan.listeners.push_back(listening_on(way_in::proxy, *parse_endpoint(text)));
    for (const auto& text : options.listen_tls)
        plan.listeners.push_back(listening_on(way_in::tls_proxy, *parse_endpoint(text)));
    if (plan.listeners.empty() && with_command)
        plan.listeners.push_back(listening_on(way_in::proxy, {{false, {127, 0, 0, 1}}, 0}));
    for (const auto& text : options.reverse) plan.listeners.push_back(*parse_reverse(text));
    for (const auto& text : options.transparent) plan.listeners.push_back(*parse_transparent(text));
    if (plan.listeners.empty()) plan.listeners.emplace_back();
}

result<void> add_identity(const ways_in_options& options, relay::options& plan) {
    if (options.listen_tls.empty()) return {};
    pem_pair files{options.cert, options.key};
    if (!options.certs.empty()) files = files_of(options.certs, "leaf");
    if (files.certificate.empty() || files.key.empty())
        return std::unexpected(failure{
            "--listen-tls needs a certificate: --certs DIR, as helloscope certs --out DIR makes "
            "it, or --cert FILE and --key FILE"});
    const auto flag = [&](std::string_view alone, const failure& why) {
        const auto name = options.certs.empty() ? alone : "--certs";
        return std::unexpected(failure{fmt::format("{}: {}", name, why.message)});
    };
    const auto chain = read_file(files.certificate);
    if (!chain) return flag("--cert", chain.error());
    const auto key = read_file(files.key);
    if (!key) return flag("--key", key.error());
    auto made = net::tls_server_context::make(*chain, *key);
    if (!made)
        return std::unexpected(failure{fmt::format(
            "--listen-tls with {} and {}: {}", files.certificate.string(), files.key.string(),
            made.error().message)});
    plan.identity = std::move(*made);
    return {};
}

result<void> add_logins(const ways_in_options& options, relay::options& plan) {
    if (options.proxy_auth.empty()) return {};
    const auto text = read_file(options.proxy_auth);
    if (!text) return std::unexpected(failure{"--proxy-auth: " + text.error().message});
    auto logins = relay::passwords::parse(*text, options.proxy_auth);
    if (!logins) return std::unexpected(failure{"--proxy-auth " + logins.error().message});
    plan.access.logins = std::move(*logins);
    return {};
}

std::string_view flag_of(relay::way_in how) {
    switch (how) {
    case relay::way_in::proxy: return "--listen";
    case relay::way_in::tls_proxy: return "--listen-tls";
    case relay::way_in::reverse: return "--reverse";
    default: return "--transparent";
    }
}

// Open to nobody by accident.
result<void> check_access(const relay::options& plan) {
    for (const auto& where : plan.listeners) {
        if (relay::is_guarded(where, plan.access)) continue;
        const bool asks = relay::asks_for_password(where.how);
        return std::unexpected(failure{fmt::format(
            "{} {}: everybody who reaches the port could use this proxy: say who may with "
            "--allow-from CIDR{}",
            flag_of(where.how), to_string(where.at),
            asks ? ", or ask for a password with --proxy-auth FILE"
                 : " (this way in cannot ask for a password)")});
    }
    return {};
}

bool is_transparent(const relay::listening& where) {
    return where.how == relay::way_in::redirect || where.how == relay::way_in::tproxy;
}

std::string_view family_of(const relay::listening& where) {
    return where.at.address.v6 ? "ipv6" : "ipv4";
}

constexpr std::string_view ports = "{ 80, 443 }";

// One chain with a rule for each listener.
std::string chain(std::string_view name, std::string_view head, const std::string& rules) {
    if (rules.empty()) return "";
    return fmt::format("    chain {} {{\n        {}\n{}    }}\n", name, head, rules);
}

// What a packet goes through; a mark leads those that TPROXY takes to the local stack.
struct rule_set {
    std::string forwarded, own, marked, routes;

    void add(const relay::listening& where, unsigned user) {
        const auto family = family_of(where);
        if (where.how == relay::way_in::tproxy) {
            const auto address = to_string(where.at.address);
            const bool v6 = where.at.address.v6;
            marked += fmt::format(
                "        meta nfproto {} tcp dport {} meta mark set 0x6853 tproxy {} to {}:{} "
                "accept\n",
                family, ports, v6 ? "ip6" : "ip", v6 ? "[" + address + "]" : address,
                where.at.port);
            routes += fmt::format(
                "ip{0} rule add fwmark 0x6853 lookup 26707\n"
                "ip{0} route add local default dev lo table 26707\n",
                v6 ? " -6" : "");
            return;
        }
        const auto rule = fmt::format(
            "        meta nfproto {} tcp dport {} redirect to :{}\n", family, ports, where.at.port);
        if (!where.at.address.is_loopback()) forwarded += rule; // loopback takes none from outside
        own += fmt::format("        meta skuid {} return # helloscope's own\n{}", user, rule);
    }
};

} // namespace

void add_ways_in(CLI::App& command, ways_in_options& options) {
    add_many(
        command, "--listen", options.listen,
        "a proxy port: CONNECT, http:// URLs, SOCKS4, 4a and 5; port 0 picks a free one; "
        "repeatable [127.0.0.1:8484, or a free port with a COMMAND]",
        "ADDRESS:PORT", group_in)
        ->check(address_and_port());
    add_many(
        command, "--listen-tls", options.listen_tls,
        "the same for clients that speak TLS to their proxy; repeatable", "ADDRESS:PORT", group_in)
        ->check(address_and_port());
    auto* certs = command.add_option(
        "--certs", options.certs, "for --listen-tls: a folder made by helloscope certs");
    certs->type_name("DIR")->group(group_in);
    auto* cert = command.add_option(
        "--cert", options.cert, "for --listen-tls: its chain, leaf first (PEM)");
    cert->type_name("FILE")->group(group_in)->excludes(certs);
    auto* key = command.add_option("--key", options.key, "for --listen-tls: its private key (PEM)");
    key->type_name("FILE")->group(group_in)->excludes(certs);
    cert->needs(key);
    key->needs(cert);
    add_many(
        command, "--reverse", options.reverse,
        "whatever comes in goes to HOST:PORT; without ADDRESS:PORT on a free port; repeatable",
        "[ADDRESS:PORT=]HOST:PORT", group_in)
        ->check(readable(parse_reverse));
    add_many(
        command, "--transparent", options.transparent,
        "connections that nft redirects here, or those of TPROXY; repeatable, say for IPv4 and "
        "IPv6 [redirect@127.0.0.1:8485]",
        "[redirect|tproxy][@ADDRESS:PORT]", group_in)
        ->type_size(0, 1)
        ->option_text("[redirect|tproxy][@ADDRESS:PORT]")
        ->check(readable(parse_transparent));
    command
        .add_flag(
            "--print-rules", options.print_rules,
            "print the rules that --transparent needs, and end")
        ->group(group_in)
        ->configurable(false);
    command
        .add_flag(
            "--accept-haproxy-protocol", options.accept_haproxy,
            "every connection begins with a PROXY protocol header, v1 or v2")
        ->group(group_in);
    command
        .add_option(
            "--client-mss", options.client_mss,
            "limit segments to and from clients to N bytes, on every listener")
        ->check(whole_number(shape::least_mss, shape::greatest_mss))
        ->type_name("N")
        ->group(group_in);
    add_many(
        command, "--allow-from", options.allow_from,
        "who may use listeners that are not on loopback; repeatable", "CIDR[,CIDR]", group_access)
        ->check(readable(parse_networks));
    command
        .add_option(
            "--proxy-auth", options.proxy_auth,
            "who may log in: lines user:HASH, as htpasswd -B and mkpasswd make them")
        ->type_name("FILE")
        ->group(group_access);
}

result<void> plan_ways_in(const ways_in_options& options, bool with_command, relay::options& plan) {
    add_listeners(options, with_command, plan);
    for (const auto& list : options.allow_from) {
        const auto networks = *parse_networks(list);
        plan.access.allow_from.insert(
            plan.access.allow_from.end(), networks.begin(), networks.end());
    }
    if (auto done = add_identity(options, plan); !done) return done;
    if (auto done = add_logins(options, plan); !done) return done;
    if (options.client_mss != 0)
        for (auto& where : plan.listeners) where.client_mss = options.client_mss;
    plan.accept_haproxy = options.accept_haproxy;
    return check_access(plan);
}

std::string transparent_rules(const std::vector<relay::listening>& listeners, unsigned user) {
    rule_set rules;
    for (const auto& one : listeners)
        if (is_transparent(one)) rules.add(one, user);
    return fmt::format(
        "# As root. To undo: nft delete table inet helloscope{}\n{}nft -f - <<'RULES'\n"
        "table inet helloscope {{\n{}{}{}}}\nRULES\n",
        rules.routes.empty() ? "" : "; the ip lines with del for add", rules.routes,
        chain("forwarded", "type nat hook prerouting priority dstnat;", rules.forwarded),
        chain("own", "type nat hook output priority -100;", rules.own),
        chain("marked", "type filter hook prerouting priority mangle;", rules.marked));
}

} // namespace helloscope::app
