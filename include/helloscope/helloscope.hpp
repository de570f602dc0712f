// helloscope in a C++ program of your own, most often a test: start a proxy on a free port, point
// the client under test at it, stop it, and see what each connection sent, record by record.
// Link helloscope::helloscope of find_package(helloscope). Needs C++23, the standard library and
// the headers installed beside this one: no Boost, OpenSSL or spdlog.
#pragma once

#include "helloscope/base/result.hpp"
#include "helloscope/model/event.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace helloscope {

// Each field is the flag of `helloscope run` of its name, with the same texts. No environment
// variable is read.
struct proxy_options {
    std::string listen = "127.0.0.1:0";       // ADDRESS:PORT; port 0: a free one
    std::vector<std::string> allow_from = {}; // CIDR; needed where `listen` is not on loopback
    std::string reverse = {}; // HOST:PORT: all that comes to `listen` goes there, as it is

    std::vector<std::string> resolve = {};    // HOST:PORT:ADDR[,ADDR]
    std::vector<std::string> connect_to = {}; // HOST1:PORT1:HOST2:PORT2
    std::vector<std::string> via = {};        // URLs of parents, nearest first; never for loopback
    std::string proxy_cacert = {};            // PEM file, for https:// parents; empty: the system's

    // How flows are sent on, and what is broken of them, in the words of the flags of these names;
    // the first of `routes` that names a flow's destination applies instead.
    std::string mss = {}, mtu = {};       // "1360"
    std::string shape = {};               // "split:sni"
    std::vector<std::string> faults = {}; // "to_server stall@1460"
    std::vector<std::string> routes = {}; // "host=*.test port=443 shape=split:sni"
    bool heal = false;

    // A server that failed a flow is asked again beside it; `cacert` is a PEM file of the CAs that
    // its certificates are verified with; empty: the system's.
    bool investigate = false;
    std::string cacert = {};

    std::string record = {}; // the file to record to; empty: nothing is recorded

    std::chrono::milliseconds front_timeout{30'000};
    std::chrono::milliseconds resolve_timeout{10'000};
    std::chrono::milliseconds connect_timeout{30'000};
    std::chrono::milliseconds parent_timeout{30'000};
    std::chrono::milliseconds idle_timeout{3'600'000}; // 0: never
};

// One TLS record (RFC 8446 section 5.1) as it passed.
struct record {
    direction way{};
    std::uint8_t content_type = 0; // helloscope/wire/tls/names.hpp has the names
    std::uint16_t version = 0;
    std::uint32_t length = 0;      // of the body: without the five bytes of the header
    std::uint64_t offset = 0;      // of the header in the stream of its direction
    std::optional<timestamp> time; // when the header had come; empty inside a run of bulk
    bool encrypted = false;
    std::optional<std::uint32_t> cut_at; // body bytes that came, when the stream ended inside
    bool operator==(const record&) const = default;
};

// One connection of a client, from its accept to its end. What has not been seen is empty.
struct flow {
    std::uint64_t number = 0; // counts from 1, in the order in which they were accepted
    std::string front;        // how the client asked: "connect", "http", "socks5", "reverse", …
    std::string host;         // whom it asked for, last
    std::uint16_t port = 0;

    std::string sni;
    // On the wire: the records that carry the first ClientHello, with their headers; as far as it
    // came, if it never came whole.
    std::uint64_t client_hello_bytes = 0;
    // As the ServerHello chose: "TLS 1.3", "TLS_AES_128_GCM_SHA256"; "0x0399" where there is no
    // name.
    std::string tls_version, cipher_suite;
    std::shared_ptr<const wire::tls::client_hello> client_hello; // the first one
    std::shared_ptr<const wire::tls::server_hello> server_hello; // the last one

    std::string route;               // that applied: its name, or its text; empty: none
    std::string shape;               // how its first flight was to be sent; empty: as it came
    std::vector<std::string> faults; // that acted on it, each once: "stall@1460", or its name

    std::uint64_t to_server = 0; // bytes relayed, without what was said to the proxy itself
    std::uint64_t to_client = 0;
    std::optional<model::verdict> verdict; // what went wrong: id, certainty, summary, evidence

    std::vector<model::event> events; // all of the above and everything else, in order
    bool complete = true; // false: under great load events were lost, so some may be missing

    // In order of time, each direction in the order of its stream. Of bulk, which is what follows
    // the first 64 records of a direction without a pause of 50 ms, the lengths are known and
    // few of the times. Makes one `record` for each that passed: 48 bytes for 16 KiB of a download.
    std::vector<record> records() const;
};

// What `helloscope run` reports of the flow, in several lines: for the message of a failed test.
std::string to_string(const flow& told);

// A running proxy. Its threads serve until stop() or the end of its life. Thread-safe but for the
// move and the end; stop() may be called while other threads wait for flows.
//
// A finished flow is kept, some 400 bytes an event, until it is handed out: to whom waits for one,
// or to whom stops the proxy, once. Warnings, of a full disk or too few descriptors, go to spdlog's
// default logger.
class proxy {
  public:
    // Accepts connections when it returns. The failure says what is wrong with which option, who
    // holds the port, or why the recording cannot be begun.
    static result<proxy> start(const proxy_options& wanted = {});

    endpoint address() const; // where it listens: 127.0.0.1:41235
    std::uint16_t port() const { return address().port; }
    // For HTTPS_PROXY and the like: "http://127.0.0.1:41235". With `reverse` it is no proxy to its
    // clients, and this is empty.
    std::string url() const;

    // ---- while it runs; each happens whole, or not at all and the failure says why

    // Instead of those that there are. Flows that run keep the route that they found.
    result<void> set_routes(const std::vector<std::string>& routes);
    // One more way in; where it listens. `reverse` as in the options; empty: a proxy.
    result<endpoint> add_listener(
        const std::string& name, const std::string& reverse = {},
        const std::string& listen = "127.0.0.1:0");
    result<void> remove_listener(const std::string& name); // its flows end
    // On all flows of a listener, those that run too: "to_server stall@1460 name=frozen". Its name,
    // which is its text if it says none. No listener is named: the first one.
    result<std::string> add_fault(const std::string& fault, const std::string& listener = {});
    result<void> remove_fault(const std::string& name, const std::string& listener = {});

    // The flow that ended first among those not handed out yet; waits for one for up to `limit`.
    // Nothing if none ended, or when the proxy is stopped meanwhile.
    std::optional<flow> wait_for_flow(std::chrono::milliseconds limit);

    // Waits up to `limit` for the open flows to end by themselves, because a client's end may be
    // just on its way, then accepts no more and ends what is still open. The flows not handed out
    // yet, by number; none at a second call. The recording is whole when it returns.
    std::vector<flow> stop(std::chrono::milliseconds limit = std::chrono::seconds(1));

    proxy(proxy&&) noexcept; // what was moved from can be assigned to and destroyed
    proxy& operator=(proxy&&) noexcept;
    ~proxy(); // stops at once

  private:
    struct running;
    explicit proxy(std::unique_ptr<running> made);
    std::string name_of(const std::string& listener) const;
    std::unique_ptr<running> running_;
};

} // namespace helloscope
