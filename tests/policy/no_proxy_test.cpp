#include "helloscope/policy/no_proxy.hpp"

#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::policy;

TEST_CASE("NO_PROXY covers what Go lets it cover") {
    struct row {
        const char* list;
        const char* target;
        bool covered;
    };
    for (const auto& [list, target, covered] : {
             row{"", "a.test:443", false},
             row{",, ,", "a.test:443", false},
             row{"*", "a.test:443", true},
             row{"b.test, * ", "192.0.2.1:80", true},
             row{"*:443", "a.test:443", false},

             row{"corp.test", "corp.test:443", true},
             row{"corp.test", "a.b.corp.test:80", true},
             row{"corp.test", "acorp.test:443", false},
             row{"corp.test", "corp.test.evil:443", false},
             row{"corp.test", "corp.test.:443", false},
             row{" CORP.Test ,x", "A.corp.TEST:443", true},
             row{".corp.test", "a.corp.test:443", true},
             row{".corp.test", "corp.test:443", false},
             row{"*.corp.test", "a.corp.test:443", true},
             row{"*.corp.test", "corp.test:443", false},
             row{"*corp.test", "a.corp.test:443", false},
             row{"a.test b.test", "a.test:443", false}, // Go parts at commas alone
             row{"a.test,b.test", "b.test:443", true},
             row{"test", "a.test:443", true},
             row{".", "a.test.:443", true},

             row{"corp.test:443", "corp.test:443", true},
             row{"corp.test:443", "corp.test:80", false},
             row{".corp.test:443", "a.corp.test:443", true},
             row{"corp.test:", "corp.test:80", true},
             row{"corp.test:https", "corp.test:443", false},
             row{":443", "corp.test:443", false},

             row{"192.0.2.1", "192.0.2.1:443", true},
             row{"192.0.2.1", "192.0.2.10:443", false},
             row{"192.0.2.1:443", "192.0.2.1:443", true},
             row{"192.0.2.1:443", "192.0.2.1:80", false},
             row{"0.2.1", "192.0.2.1:443", false}, // an address lies under no name
             row{"192.0.2.1", "a.192.0.2.1:443", false},
             row{"192.0.2.1", "[::ffff:192.0.2.1]:443", true},
             row{"::ffff:192.0.2.1", "192.0.2.1:443", true},
             row{"2001:db8::1", "[2001:db8::1]:443", true},
             row{"2001:DB8:0::1", "[2001:db8::1]:443", true},
             row{"[2001:db8::1]", "[2001:db8::1]:443", true},
             row{"[2001:db8::1]:443", "[2001:db8::1]:443", true},
             row{"[2001:db8::1]:443", "[2001:db8::1]:80", false},

             row{"[192.0.2.1]:443", "192.0.2.1:443", true},
             row{"[corp.test]:443", "a.corp.test:443", true},
             row{"[]:443", "a.test:443", false},

             row{"10.0.0.0/8", "10.255.0.1:443", true},
             row{"10.0.0.0/8", "11.0.0.1:443", false},
             row{"10.1.2.3/8", "10.255.0.1:443", true}, // as Go's ParseCIDR
             row{"10.0.0.0/8", "a.test:443", false},    // names are not looked up
             row{"2001:db8::/32", "[2001:db8:ffff::1]:443", true},
             row{"2001:db8::/32", "[2001:db9::1]:443", false},
             row{"0.0.0.0/0", "[2001:db8::1]:443", false},
             row{"10.0.0.0/8:443", "10.0.0.1:443", false},
             row{"10.0.0.0/33", "10.0.0.1:443", false},
         }) {
        CAPTURE(list, target);
        CHECK(no_proxy::parse(list).covers(*parse_host_port(target)) == covered);
    }
}

TEST_CASE("loopback is never proxied, whatever the list") {
    for (const char* target :
         {"localhost:80", "LocalHost:443", "127.0.0.1:80", "127.9.9.9:443", "[::1]:443",
          "[::ffff:127.0.0.1]:80"}) {
        CAPTURE(target);
        CHECK(no_proxy{}.covers(*parse_host_port(target)));
        CHECK(no_proxy::parse("corp.test").covers(*parse_host_port(target)));
        CHECK(no_proxy::is_loopback(*parse_host_port(target)));
    }
    for (const char* target : {"a.localhost:80", "localhost.test:80", "128.0.0.1:80", "[::2]:80"}) {
        CAPTURE(target);
        CHECK_FALSE(no_proxy{}.covers(*parse_host_port(target)));
        CHECK_FALSE(no_proxy::is_loopback(*parse_host_port(target)));
    }
}
