#include "face_options.hpp"

#include "helloscope/policy/route.hpp"
#include "support/catch.hpp"

using namespace helloscope;

TEST_CASE("deadlines of an embedded proxy are those of the program") {
    const auto made = relay::make_options({});
    REQUIRE(made);
    const relay::deadlines ours;
    CHECK(made->limits.front == ours.front);
    CHECK(made->limits.resolve == ours.resolve);
    CHECK(made->limits.connect == ours.connect);
    CHECK(made->limits.parent == ours.parent);
    CHECK(made->limits.idle == ours.idle);
}

TEST_CASE("an embedded proxy listens on a free loopback port and records nothing by itself") {
    const auto made = relay::make_options({});
    REQUIRE(made);
    REQUIRE(made->listeners.size() == 1);
    CHECK(made->listeners[0].how == relay::way_in::proxy);
    CHECK(to_string(made->listeners[0].at) == "127.0.0.1:0");
    CHECK(made->recording.file.empty());
    CHECK(made->recording.directory.empty());
}

TEST_CASE("each option of an embedded proxy arrives") {
    proxy_options wanted;
    wanted.listen = "[::]:0";
    wanted.allow_from = {"10.0.0.0/8", "fd00::/8"};
    wanted.reverse = "registry.test:443";
    wanted.resolve = {"a.test:443:192.0.2.1,192.0.2.2", "*:80:192.0.2.3"};
    wanted.connect_to = {"b.test:443:c.test:8443"};
    wanted.via = {"http://user:word@near.test:3128", "socks5h://far.test"};
    wanted.record = "a.pcapng";
    wanted.front_timeout = std::chrono::milliseconds(1);
    wanted.resolve_timeout = std::chrono::milliseconds(2);
    wanted.connect_timeout = std::chrono::milliseconds(3);
    wanted.parent_timeout = std::chrono::milliseconds(4);
    wanted.idle_timeout = std::chrono::milliseconds(5);
    const auto made = relay::make_options(wanted);
    REQUIRE(made);
    CHECK(to_string(made->listeners.at(0).at) == "[::]:0");
    CHECK(made->listeners.at(0).how == relay::way_in::reverse);
    CHECK(to_string(made->listeners.at(0).target) == "registry.test:443");
    CHECK(made->access.allow_from.size() == 2);
    CHECK(made->names.resolve.at(0).addresses.size() == 2);
    CHECK(made->names.resolve.at(1).host == "*");
    CHECK(made->names.connect_to.at(0).to_host == "c.test");
    REQUIRE(made->ways_out.via.size() == 2);
    CHECK(made->ways_out.via[0].login->password == "word");
    CHECK(to_string(made->ways_out.via[1].at) == "far.test:1080");
    CHECK(made->recording.file == "a.pcapng");
    CHECK(made->limits.front.count() == 1);
    CHECK(made->limits.resolve.count() == 2);
    CHECK(made->limits.connect.count() == 3);
    CHECK(made->limits.parent.count() == 4);
    CHECK(made->limits.idle.count() == 5);
}

TEST_CASE("a wrong option of an embedded proxy is named, with what is expected") {
    struct row {
        std::string name;
        std::string expected;
        proxy_options wanted;
    };
    std::vector<row> rows;
    const auto add = [&](std::string name, std::string expected) -> proxy_options& {
        return rows.emplace_back(row{std::move(name), std::move(expected), {}}).wanted;
    };
    add("no port", "listen: 'localhost' is not an address and a port").listen = "localhost";
    add("open to all", "listen: everybody who reaches 0.0.0.0:0 could").listen = "0.0.0.0:0";
    add("no network", "allow_from: '10.0.0.1/8' is not a network").allow_from = {"10.0.0.1/8"};
    add("no target", "reverse: 'registry.test' is not HOST:PORT").reverse = "registry.test";
    add("resolve", "--resolve 'a.test:443': too few parts").resolve = {"*:1:::1", "a.test:443"};
    add("connect-to", "--connect-to 'a:b:c:d': not a port").connect_to = {"a:b:c:d"};
    add("via", "via: ").via = {"ftp://parent.test"};
    auto& trust = add("CA", "proxy_cacert: ");
    trust.via = {"https://parent.test"};
    trust.proxy_cacert = "/no/such/ca.pem";
    for (const auto& [name, expected, wanted] : rows) {
        INFO(name);
        const auto made = relay::make_options(wanted);
        REQUIRE_FALSE(made);
        INFO(made.error().message);
        CHECK(made.error().message.starts_with(expected));
    }
}

TEST_CASE("what an embedded proxy does with flows is said in the words of the flags") {
    proxy_options wanted;
    wanted.mss = "1360";
    wanted.shape = "split:sni";
    wanted.faults = {"to_server stall@1460"};
    wanted.routes = {"host=*.test shape=none fault=none", "name=other host=b.example heal=on"};
    const auto made = relay::make_options(wanted);
    REQUIRE(made);
    const auto done_with = [&](const char* host) { return made->routes->match({host, 443}, {}); };
    CHECK(to_string(done_with("any.example")->shaping) == "mss:1360|split:sni");
    CHECK(done_with("any.example")->faults.size() == 1);
    CHECK(done_with("a.test")->changes_nothing());
    CHECK(done_with("b.example")->name == "other");
    CHECK(done_with("b.example")->heal);
    CHECK(relay::make_options({})->routes->match({"any.example", 443}, {}) == nullptr);
}

TEST_CASE("what cannot be done with flows is named") {
    const auto error = [](proxy_options wanted) {
        const auto made = relay::make_options(wanted);
        return made ? "" : made.error().message;
    };
    CHECK(error({.mss = "1"}).starts_with("mss, mtu and shape: "));
    CHECK(error({.mss = "1360", .mtu = "1400"}) != "");
    CHECK(error({.shape = "splat"}).starts_with("mss, mtu and shape: "));
    CHECK(error({.faults = {"stal"}}).starts_with("faults: "));
    CHECK(error({.routes = {"hots=a"}}).starts_with("routes: "));
    CHECK(error({.routes = {"host=a", "host=a"}}).starts_with("routes: "));
}

TEST_CASE("an embedded proxy asks servers when told to") {
    CHECK_FALSE(relay::make_options({})->investigate);
    proxy_options wanted;
    wanted.investigate = true;
    CHECK(relay::make_options(wanted)->trusted);
    wanted.cacert = "none.pem";
    const auto made = relay::make_options(wanted);
    REQUIRE(!made);
    CHECK(made.error().message.starts_with("cacert: cannot use the CA certificates in none.pem"));
}
