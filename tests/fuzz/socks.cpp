// Any bytes as a SOCKS client's and as a SOCKS parent's: a dialogue goes the same way whole and
// byte by byte. The first byte chooses the side and the login.
#include "helloscope/wire/front/socks_client.hpp"
#include "helloscope/wire/front/socks_server.hpp"

#include <cstdlib>

using namespace helloscope;
using namespace helloscope::wire::front;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

template <class Next> struct ending {
    Next what{};
    std::size_t used = 0;
    bytes sent;
    bool operator==(const ending&) const = default;

    void add(Next next, std::size_t bytes_used, const bytes& answer) {
        what = next;
        used += bytes_used;
        sent.insert(sent.end(), answer.begin(), answer.end());
    }
};

ending<socks_server::next> serve(socks_server server, bytes_view input, std::size_t piece) {
    using next = socks_server::next;
    ending<next> end;
    for (std::size_t arrived = std::min(piece, input.size()); end.what == next::more;) {
        const auto step = server.feed(input.first(arrived).subspan(end.used));
        require(step.used <= arrived - end.used);
        require((step.what == next::refuse) == !step.why.empty());
        end.add(step.what, step.used, step.answer);
        if (step.what == next::check_login) {
            const auto checked = server.login_checked(server.login().user != "wrong");
            end.add(checked.what, 0, checked.answer);
        } else if (step.what == next::more && step.used == 0) {
            require(arrived - end.used < 1024);
            if (arrived == input.size()) break;
            arrived = std::min(arrived + piece, input.size());
        }
    }
    if (end.what != next::connect) return end;
    require(server.target().port != 0 && !server.target().host.empty());
    require(
        server.target().host.find_first_of(std::string_view("\0\r\n\t @/", 7)) ==
        std::string::npos);
    require(!server.established({}).empty());
    require(!server.refused(proxy_error::connection_refused).empty());
    return end;
}

ending<socks_client::next> ask(socks_client client, bytes_view input, std::size_t piece) {
    using next = socks_client::next;
    ending<next> end;
    end.sent = client.greeting();
    for (std::size_t arrived = std::min(piece, input.size());;) {
        const auto step = client.feed(input.first(arrived).subspan(end.used));
        require(step.used <= arrived - end.used);
        end.add(step.what, step.used, step.to_send);
        if (step.what == next::send) continue;
        if (step.what != next::more) return end;
        require(arrived - end.used < 262);
        if (arrived == input.size()) return end;
        arrived = std::min(arrived + piece, input.size());
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const bytes_view input{data + 1, size - 1};
    if (data[0] & 1) {
        const socks_server server{data[0] & 2 ? socks_login::password : socks_login::none};
        require(serve(server, input, 1) == serve(server, input, input.size()));
    } else {
        std::optional<credentials> login;
        if (data[0] & 2) login = credentials{"user", "password"};
        const socks_client client{{data[0] & 4 ? "a.test" : "2001:db8::1", 443}, login};
        require(ask(client, input, 1) == ask(client, input, input.size()));
    }
    return 0;
}
