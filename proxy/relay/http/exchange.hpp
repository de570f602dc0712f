// One HTTP request and its answer between two legs that stand. Both directions run at once: an
// interim answer passes while the body still waits for it, and a server may answer before it has
// read all.
#pragma once

#include "../flow.hpp"
#include "../stream_reader.hpp"
#include "head.hpp"
#include "helloscope/wire/front/answer.hpp"

namespace helloscope::relay::http {

struct outcome {
    enum class ending : std::uint8_t {
        done,
        upgraded,  // both sides speak another protocol from here on
        no_answer, // nothing has been said to the client yet; `words` say why
        cut,       // it broke in the middle: both legs have ended
    };
    ending how = ending::done;
    bool server_stays = false, client_stays = false;
    std::uint16_t answered = 0; // the status that the server gave; `words` are its reason then
    bool may_repeat = false;    // it is harmless, and the server has seen no more than a head
    std::uint16_t status = 502; // of what the client is to be told
    wire::front::proxy_error error = wire::front::proxy_error::connection_terminated;
    std::string words; // "closed the connection without an answer"
};

class exchange {
  public:
    exchange(
        flow& of, stream_reader& from_client, stream_reader& from_server, const request_plan& asked,
        std::string head)
        : of_(of), client_(from_client), server_(from_server), asked_(asked),
          head_(std::move(head)) {}

    net::awaitable<outcome> run();

  private:
    net::awaitable<void> send_request();
    net::awaitable<void> wait_for_client();
    net::awaitable<void> receive_answer();
    net::awaitable<bool> pass_answer(response_plan plan);
    // How a body ended.
    enum class passed : std::uint8_t { whole, source_cut, source_bad, target_broken };
    net::awaitable<passed> pass_body(body& moving, direction way);
    net::awaitable<passed> pass_plain(body& moving, direction way);
    net::awaitable<net::error_code> say(direction way, std::string_view head);

    void no_answer(wire::front::proxy_error error, std::string words);
    void cut();
    void finish();

    flow& of_;
    stream_reader &client_, &server_;
    const request_plan& asked_;
    std::string head_;
    outcome out_;
    std::uint64_t sent_ = 0, received_ = 0; // content
    std::string bad_;                       // what is wrong with a body
    bool asked_all_ = false;                // the request has gone out whole
    bool answered_ = false;                 // to the end, or the exchange is over otherwise
    bool answer_begun_ = false;
};

} // namespace helloscope::relay::http
