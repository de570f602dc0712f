#include "fronts.hpp"

#include "helloscope/wire/front/socks_server.hpp"
#include "pump.hpp"

#include <fmt/format.h>

namespace helloscope::relay::fronts {

using net::asio::awaitable;
using wire::front::proxy_error;
using wire::front::socks_login;
using wire::front::socks_server;

namespace {

std::string text_of(const bytes& octets) { return std::string(as_text(octets)); }

class socks final : public front {
  public:
    explicit socks(socks_server dialogue) : dialogue_(std::move(dialogue)) {}
    std::string established(const endpoint& local) const override {
        return text_of(dialogue_.established(local));
    }
    std::string refused(const refusal& why) const override {
        return text_of(dialogue_.refused(why.spec.error));
    }

  private:
    socks_server dialogue_;
};

void tell_request(flow& of, const socks_server& dialogue, std::size_t length) {
    model::requested event;
    event.front = fmt::format("socks{}", dialogue.version());
    event.host = dialogue.target().host;
    event.port = dialogue.target().port;
    event.length = static_cast<std::uint32_t>(length);
    of.tell(std::move(event));
}

// One answer of ours within the dialogue; false when the client does not take it.
awaitable<bool> answer(flow& of, bytes what) {
    of.tell_dialogue(direction::to_client, as_text(what));
    const auto gone = co_await write_all(*of.client, what);
    if (gone && !of.aborted) of.tell_broken(model::leg::client, gone);
    if (gone) of.abort();
    co_return !gone;
}

} // namespace

awaitable<std::optional<request>> read_socks(
    flow& of, stream_reader& from, const net::deadline& time) {
    const auto& logins = of.around.common.options.access.logins;
    socks_server dialogue(logins ? socks_login::password : socks_login::none);
    std::size_t length = 0;
    while (true) {
        auto step = dialogue.feed(from.unused());
        // A user's name and password are in it: its length is all that is kept.
        if (step.used > 0) of.tell_unseen(direction::to_server, trace::legs::client, step.used);
        from.spend(step.used);
        length += step.used;
        const bool goes_on = step.used > 0;
        if (step.what == socks_server::next::check_login)
            step = dialogue.login_checked(!logins || logins->accepts(dialogue.login()));
        if (step.what == socks_server::next::refuse) {
            tell_request(of, dialogue, length);
            co_await answer_and_close(of, 0, std::move(step.why), "", text_of(step.answer));
            co_return std::nullopt;
        }
        if (!step.answer.empty() && !co_await answer(of, std::move(step.answer)))
            co_return std::nullopt;
        if (step.what == socks_server::next::connect) break;
        if (goes_on) continue;
        if (const auto failed = co_await from.more()) {
            const auto kind = dialogue.version() == 4 ? wire::front::first_bytes::socks4
                                                      : wire::front::first_bytes::socks5;
            co_await left_early(of, from, kind, failed, time.fired());
            co_return std::nullopt;
        }
    }
    tell_request(of, dialogue, length);
    request asked;
    asked.target = dialogue.target();
    asked.by = std::make_unique<socks>(dialogue);
    asked.via = dialogue.via();
    auto why = may_use(of) ? came_back(of, asked.via) : forbidden(of);
    if (!why) co_return asked;
    co_await refuse(of, *asked.by, std::move(*why));
    co_return std::nullopt;
}

} // namespace helloscope::relay::fronts
