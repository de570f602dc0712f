// Any text as what the environment says of parents: a URL, a list of exceptions, a login.
#include "helloscope/policy/ways_out.hpp"

#include <cstdlib>

using namespace helloscope;
using namespace helloscope::wire::front;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void read_url(std::string_view text) {
    const auto url = parse_proxy_url(text);
    if (!url) {
        require(url.error().offset <= text.size());
        require(!policy::parse_parent("--via", text));
        return;
    }
    require(url->at.port != 0 && !url->at.host.empty());
    auto again = parse_proxy_url(to_string(*url));
    require(again && !again->login);
    again->login = url->login;
    require(again == url);
    if (!url->login || url->login->user.find(':') != std::string::npos) return;
    require(parse_basic_authorization(basic_authorization(*url->login)) == url->login);
}

void read_list(std::string_view text) {
    const auto exceptions = policy::no_proxy::parse(text);
    require(exceptions.covers({"localhost", 1}));
    for (const auto* host : {"a.test", "192.0.2.1", "2001:db8::1"}) exceptions.covers({host, 443});
    if (const auto network = parse_network(text)) {
        require(network->contains(network->address));
        require(parse_network(to_string(*network)) == network);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = as_text({data, size});
    read_url(text);
    read_list(text);
    if (const auto login = parse_basic_authorization(text))
        require(login->user.find(':') == std::string::npos);
    return 0;
}
