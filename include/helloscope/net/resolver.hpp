// Names to addresses as the client's own machine would do it (getaddrinfo, so hosts files, search
// lists and NSS apply), on a few threads of its own: a lookup that hangs delays nobody else's.
// `resolve` may be called from any thread and comes back on the caller's executor.
#pragma once

#include "helloscope/model/event.hpp"
#include "helloscope/net/asio.hpp"

#include <chrono>
#include <memory>
#include <vector>

namespace helloscope::net {

// curl's --resolve HOST:PORT:ADDR[,ADDR]…; host and port "*" match any.
struct resolve_rule {
    std::string host;
    std::uint16_t port = 0; // 0: any
    std::vector<ip_address> addresses;
};
result<resolve_rule> parse_resolve_rule(std::string_view text);

// curl's --connect-to HOST1:PORT1:HOST2:PORT2; an empty HOST1 or PORT1 matches any, an empty HOST2
// or PORT2 keeps what was asked for.
struct connect_to_rule {
    std::string host;
    std::uint16_t port = 0;
    std::string to_host;
    std::uint16_t to_port = 0;
};
result<connect_to_rule> parse_connect_to_rule(std::string_view text);

struct resolve_tables {
    std::vector<resolve_rule> resolve;
    std::vector<connect_to_rule> connect_to;
};

// Where a target is to be connected to: the first --connect-to that matches.
host_port apply_connect_to(const resolve_tables& tables, const host_port& target);

class resolver {
  public:
    explicit resolver(resolve_tables tables = {}, unsigned threads = 8);
    ~resolver(); // waits for no lookup; who still waits in resolve() does so until its limit

    struct answer {
        model::resolved event; // `took` and `error` filled in
        std::uint16_t port = 0;
        bool timed_out = false;
        answer() = default;
    };
    // The addresses of a name or literal, or why there are none, within `limit`. --connect-to is
    // the caller's: a parent proxy is never exchanged by it.
    awaitable<answer> resolve(host_port target, std::chrono::milliseconds limit);

  private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

} // namespace helloscope::net
