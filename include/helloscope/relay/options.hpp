// What a relay is asked to do. Every deadline and limit has a flag of `helloscope run` of that
// name.
#pragma once

#include "helloscope/base/endpoint.hpp"
#include "helloscope/base/network.hpp"
#include "helloscope/heal/decide.hpp"
#include "helloscope/net/dialers/happy_eyeballs.hpp"
#include "helloscope/net/resolver.hpp"
#include "helloscope/net/streams/tls_context.hpp"
#include "helloscope/net/x509/verify.hpp"
#include "helloscope/policy/ways_out.hpp"
#include "helloscope/relay/passwords.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace helloscope::policy {
class routes;
}

namespace helloscope::relay {

// How clients come in. All but the first two need no proxy setting in the client.
enum class way_in : std::uint8_t {
    proxy,     // CONNECT, absolute-form HTTP/1.1, SOCKS 4, 4a and 5: the first bytes decide
    tls_proxy, // the same inside TLS to us
    reverse,   // to one server, whatever the client says
    redirect,  // where the client was going before nft redirected it (SO_ORIGINAL_DST)
    tproxy,    // the same without address translation (TPROXY): the socket is bound to it
};

struct listening {
    way_in how = way_in::proxy;
    endpoint at{{false, {127, 0, 0, 1}}, 8484}; // port 0 picks a free one
    host_port target;                           // of `reverse`
    std::optional<std::uint32_t> client_mss;    // advertised to clients, and kept to
    std::string name;                           // of one that was made at run time
};

// Who may use the listeners. Both hold where both are given.
struct access_options {
    std::vector<network> allow_from; // empty: anybody; loopback always may
    std::optional<passwords> logins; // for Basic (RFC 7617) and SOCKS5 (RFC 1929)
};

// Where a recording goes, and how much of it. Nowhere when both paths are empty.
struct recording_options {
    std::filesystem::path file;      // a.pcapng, and its successors a.1.pcapng, a.2.pcapng …
    std::filesystem::path directory; // a file per run, old ones pruned
    std::uint64_t file_size = 64ULL << 20;   // bytes; a larger file is followed by another
    std::chrono::milliseconds file_age{0};   // the same by time; 0: never
    std::uint64_t total_size = 512ULL << 20; // bytes in the directory; older files are removed
    bool payload_all = false;                // every byte is kept, and a slow disk makes us wait
    bool detail_all = false;                 // every record singly
};

// How bytes in bulk get from leg to leg. Every record header is seen on all of these.
enum class data_path : std::uint8_t {
    automatic, // the best on this machine
    copy,      // through our memory
    tee,       // in the kernel; headers are read from a second handle on the same pages
    tee_whole, // the same, but all is read: copying instead of two system calls for each record
    peek,      // in the kernel; headers are peeked at before (SO_PEEK_OFF, Linux 6.9)
};

struct deadlines {
    std::chrono::milliseconds front{30'000}; // for the request head
    std::chrono::milliseconds resolve{10'000};
    std::chrono::milliseconds connect{30'000}; // for all addresses together
    std::chrono::milliseconds parent{30'000};  // for each answer of a parent proxy
    std::chrono::milliseconds hold{3'000}; // for the ClientHello to be whole, before it is shaped
    std::chrono::milliseconds idle{3'600'000}; // no byte either way
};

// How flows are healed whose route says so.
struct healing_options {
    heal::ladder ladder = heal::default_ladder();
    heal::limits limits;
    std::chrono::seconds keep{7 * 24 * 3600}; // what worked is remembered; 0: never
};

struct options {
    std::vector<listening> listeners{1};             // at least one
    std::optional<net::tls_server_context> identity; // of tls_proxy listeners
    bool accept_haproxy = false; // every connection begins with a PROXY protocol header
    access_options access;

    policy::ways_out ways_out;
    std::optional<net::tls_client_context> parent_trust; // for https:// parents
    std::optional<int> haproxy_version; // the PROXY protocol header that servers get
    net::local_binding leave_by;
    std::shared_ptr<const policy::routes> routes; // shapes, faults, … by destination; null: none

    unsigned threads = 1;
    unsigned max_flows = 8'000; // open at once; more wait in the listen queue
    deadlines limits;
    data_path path = data_path::automatic;
    net::resolve_tables names;
    recording_options recording;
    healing_options healing;
    std::filesystem::path heal_memory;       // the file of what healing has learned; empty: none
    bool investigate = false;                // a server that failed a flow is asked again beside it
    std::optional<net::x509::roots> trusted; // of those who sign its certificates
    bool breakable = false; // faults of listeners may come while flows run: no byte goes past us
};

} // namespace helloscope::relay
