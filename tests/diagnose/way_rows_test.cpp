#include "way_rows.hpp"

#include "diagnose/told.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

namespace {

std::string rows_of(const test::flow& flow) {
    page out(100, false);
    add_way_rows(out, flow.told());
    return out.take();
}

bool row_says(const std::string& text, std::string_view words) {
    return text.find(words) != std::string::npos;
}

} // namespace

TEST_CASE("a flow that asked with CONNECT and went out directly has no row about it") {
    CHECK(rows_of(test::healthy()).empty());
}

TEST_CASE("what a parent did is said in a word, also before it has answered") {
    auto on = test::at_parent();
    CHECK(row_says(rows_of(on), "  via         http://proxy.corp:3128 (HTTPS_PROXY)\n"));
    on.then(1ms, model::parent_answered{test::proxy, 0, "timed out", 1ms, "tls"});
    CHECK(row_says(rows_of(on), "no TLS after 1.0 ms: timed out"));
    auto unanswered = test::asked_plainly();
    unanswered.then(1ms, model::exchanged{"GET", 0, 0, 0, 1ms});
    CHECK(row_says(rows_of(unanswered), "GET http://example.test/… no answer · 1 exchange"));
    unanswered.then(1ms, model::requested{"http", "PUT", "next.test", 80, "HTTP/1.1", 9, {}});
    CHECK(row_says(rows_of(unanswered), "GET http://example.test/… no answer · 1 exchange"));
}
