// Tunnels: connections whose client and server are both ours, with the relay between them. Opening
// one plays a dialogue through it; what passes then is its user's affair.
#pragma once

#include "dialogue.hpp"
#include "loop.hpp"
#include "sockets.hpp"

#include <deque>
#include <map>
#include <string_view>

namespace bench {

class tunnel_user;

struct tunnel {
    enum class stage { closed, asking, playing, open };

    std::uint32_t number = 0;
    int client = -1, server = -1; // sockets
    stage at = stage::closed;
    const dialogue* says = nullptr;
    tunnel_user* user = nullptr;
    std::size_t step = 0;               // message of the dialogue
    std::size_t sent = 0, received = 0; // bytes of that message
    bool blocked = false;               // its sender waits
    std::uint16_t client_port = 0;      // known where asked for, by note_port
    // Bytes of bulk data, for the tunnel's user.
    std::uint64_t bulk_sent = 0, bulk_received = 0;

    int socket(side which) const { return which == side::client ? client : server; }
};

inline side other(side which) { return which == side::client ? side::server : side::client; }

class tunnel_user {
  public:
    // The dialogue has been played: the last message has arrived.
    virtual void opened(tunnel&) = 0;
    virtual void ready(tunnel&, side, std::uint32_t events) = 0;

  protected:
    ~tunnel_user() = default;
};

class tunnels final : handler {
  public:
    tunnels(loop&, const options&);
    ~tunnels();
    tunnels(const tunnels&) = delete;
    tunnels& operator=(const tunnels&) = delete;

    // A closed tunnel with a number of its own; it stays where it is.
    tunnel& add();
    // The dialogue and the user outlive the tunnel's connection.
    void open(tunnel&, const dialogue&, tunnel_user&);
    void close(tunnel&, side);
    // Adds and opens `count` tunnels, some at a time; throws when that takes more than a minute.
    std::vector<tunnel*> open_all(int count, const dialogue&, tunnel_user&);

  private:
    struct end {
        tunnel* of = nullptr; // unknown until our server has read the hello
        side which{};
    };

    void ready(int socket, std::uint32_t events) override;
    void accept();
    void arrive(int socket);
    std::string with_early(int socket, std::string_view now);
    std::string_view to_send(const tunnel&);
    void push(tunnel&);
    void take_answer(tunnel&);
    void play(tunnel&, side, std::uint32_t events);
    void take(tunnel&);
    void next_step(tunnel&);
    void expect_nothing(const tunnel&, side) const;
    end& end_of(int socket);

    loop& loop_;
    bench::path path_;
    int listener_;
    sockaddr_in target_;
    std::string request_;
    std::string hello_; // of the tunnel that sends it
    std::deque<tunnel> tunnels_;
    std::vector<end> ends_;            // by socket
    std::map<int, std::string> early_; // what arrived in pieces
};

// For tunnels that nobody uses: whatever comes is an error.
class no_use final : public tunnel_user {
  public:
    void opened(tunnel&) override {}
    void ready(tunnel&, side, std::uint32_t events) override;
};

std::string_view name_of(side);

} // namespace bench
