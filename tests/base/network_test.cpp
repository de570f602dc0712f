#include "helloscope/base/network.hpp"

#include "support/catch.hpp"

using namespace helloscope;

TEST_CASE("networks are read strictly and written in one form") {
    struct row {
        const char* text;
        const char* canonical; // nullptr: refused
    };
    for (const auto& [text, canonical] : {
             row{"10.0.0.0/8", "10.0.0.0/8"},
             row{"0.0.0.0/0", "0.0.0.0/0"},
             row{"192.0.2.128/25", "192.0.2.128/25"},
             row{"192.0.2.1", "192.0.2.1/32"},
             row{"192.0.2.1/32", "192.0.2.1/32"},
             row{"::1", "::1/128"},
             row{"::/0", "::/0"},
             row{"2001:DB8::/33", "2001:db8::/33"},
             row{"::ffff:10.0.0.0/104", "10.0.0.0/8"},
             row{"::ffff:192.0.2.1", "192.0.2.1/32"},
             row{"::ffff:0:0/96", "0.0.0.0/0"},
             row{"10.0.0.1/8", nullptr},
             row{"192.0.2.129/25", nullptr},
             row{"2001:db8::1/64", nullptr},
             row{"::ffff:10.0.0.1/104", nullptr},
             row{"::ffff:0:0/95", nullptr},
             row{"10.0.0.0/33", nullptr},
             row{"::/129", nullptr},
             row{"10.0.0.0/", nullptr},
             row{"10.0.0.0/-1", nullptr},
             row{"10.0.0.0/8/8", nullptr},
             row{"10.0.0.0/255.0.0.0", nullptr},
             row{"10.0.0.0/65544", nullptr},
             row{"[::1]/128", nullptr},
             row{"localhost", nullptr},
             row{"/8", nullptr},
             row{"", nullptr},
         }) {
        CAPTURE(text);
        const auto network = parse_network(text);
        REQUIRE(network.has_value() == (canonical != nullptr));
        if (!network) continue;
        CHECK(to_string(*network) == canonical);
        CHECK(parse_network(to_string(*network)) == network);
    }
}

TEST_CASE("a network around an address drops the bits behind its prefix") {
    CHECK(to_string(*parse_network_around("10.1.2.3/8")) == "10.0.0.0/8");
    CHECK(to_string(*parse_network_around("192.0.2.255/25")) == "192.0.2.128/25");
    CHECK(to_string(*parse_network_around("2001:db8::1/47")) == "2001:db8::/47");
    CHECK_FALSE(parse_network_around("10.1.2.3"));
    CHECK_FALSE(parse_network_around("10.1.2.3/33"));
}

TEST_CASE("a network contains its own addresses, whichever socket saw them") {
    struct row {
        const char* network;
        const char* address;
        bool inside;
    };
    for (const auto& [text, address, inside] : {
             row{"10.0.0.0/8", "10.255.255.255", true},
             row{"10.0.0.0/8", "11.0.0.0", false},
             row{"10.0.0.0/8", "::ffff:10.1.2.3", true},
             row{"10.0.0.0/8", "::ffff:11.1.2.3", false},
             row{"10.0.0.0/8", "a00::", false},
             row{"::ffff:10.0.0.0/104", "10.1.2.3", true},
             row{"192.0.2.128/25", "192.0.2.127", false},
             row{"192.0.2.128/25", "192.0.2.128", true},
             row{"192.0.2.1", "192.0.2.1", true},
             row{"192.0.2.1", "192.0.2.0", false},
             row{"0.0.0.0/0", "192.0.2.1", true},
             row{"0.0.0.0/0", "::1", false},
             row{"::/0", "2001:db8::1", true},
             row{"::/0", "192.0.2.1", false}, // all of IPv6 says nothing about IPv4
             row{"::/0", "::ffff:192.0.2.1", false},
             row{"::1/128", "::1", true},
             row{"::1/128", "::2", false},
             row{"2001:db8::/33", "2001:db8:7fff::", true},
             row{"2001:db8::/33", "2001:db8:8000::", false},
         }) {
        CAPTURE(text, address);
        CHECK(parse_network(text)->contains(*parse_ip_address(address)) == inside);
    }
}
