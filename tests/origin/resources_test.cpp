#include "resources.hpp"

#include "body.hpp"
#include "helloscope/origin/content.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::origin;

namespace {

reply ask(std::string_view method, std::string_view target, std::string_view body = "") {
    const auto resource = find_resource(method, target, {});
    while (!body.empty()) { // in pieces, as it comes from a socket
        const auto piece = body.substr(0, 3);
        resource->take(as_bytes(piece));
        body.remove_prefix(piece.size());
    }
    return resource->answer();
}

} // namespace

TEST_CASE("each path has its answer") {
    struct row {
        std::string_view method, target;
        unsigned status;
    };
    const row rows[] = {
        {"GET", "/", 200},
        {"HEAD", "/", 200},
        {"GET", "/?a=b", 200},
        {"POST", "/", 405},
        {"GET", "/echo", 405},
        {"", "/", 405},
        {"ET", "/", 405},
        {"PUT", "/echo", 200},
        {"POST", "/upload", 200},
        {"GET", "/slow/10", 200},
        {"GET", "/slow/x", 400},
        {"GET", "/slow/600001", 400},
        {"GET", "/close", 200},
        {"GET", "/close/x", 404},
        {"GET", "/files/a", 404},
        {"GET", "/none", 404},
        {"GET", "", 404},
        {"GET", "*", 404},
        {"GET", "/bytes/", 400},
        {"GET", "/bytes/-1", 400},
        {"GET", "/bytes/1x", 400},
        {"GET", "/bytes/99999999999999999999", 400},
        {"GET", "/bytes/5?chunk=0", 400},
        {"GET", "/bytes/5?seed=x", 400},
        {"GET", "/bytes/5?chunk=", 400},
        {"GET", "/bytes/5?other&&=", 200},
    };
    for (const auto& [method, target, status] : rows) {
        INFO(method << ' ' << target);
        CHECK(ask(method, target).status == status);
    }
    CHECK(ask("DELETE", "/upload").allow == "POST, PUT");
}

TEST_CASE("bytes are those of the seed, with a length or in chunks") {
    bytes wanted(1'000);
    fill(wanted, 0, 7);
    const reply whole = ask("GET", "/bytes/1000?seed=7");
    CHECK(whole.length == 1'000);
    CHECK(whole_body(whole, 333) == as_text(wanted));
    const reply chunked = ask("GET", "/bytes/1000?chunk=64&seed=7");
    CHECK_FALSE(chunked.length);
    CHECK(chunked.write_size == 64);
    CHECK(whole_body(chunked, 64) == as_text(wanted));
    CHECK(whole_body(ask("GET", "/bytes/0")).empty());
}

TEST_CASE("echo gives the body back, and refuses more than it holds") {
    CHECK(whole_body(ask("POST", "/echo", "a body")) == "a body");
    CHECK(ask("PUT", "/echo").length == 0);
    const auto resource = find_resource("POST", "/echo", {});
    const bytes megabyte(1 << 20);
    for (int i = 0; i < 17; ++i) resource->take(megabyte);
    CHECK(resource->answer().status == 413);
}

TEST_CASE("upload answers length and hash") {
    CHECK(
        whole_body(ask("POST", "/upload", "abc")) ==
        "{\"length\":3,\"sha256\":"
        "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"}"
        "\n");
    CHECK(ask("PUT", "/upload").content_type == "application/json");
}

TEST_CASE("slow and close say what comes after") {
    CHECK(ask("GET", "/slow/250").delay == std::chrono::milliseconds(250));
    CHECK(ask("GET", "/close").after == ending::cut);
    CHECK(ask("GET", "/").after == ending::keep_alive);
}
