#include "tunnels.hpp"

#include "broken.hpp"

#include <array>
#include <sys/epoll.h>
#include <sys/socket.h>

namespace bench {

namespace {

constexpr int opened_at_once = 64;
constexpr std::chrono::seconds most_to_open(60);
constexpr std::string_view asked = "CONNECT ";
constexpr std::string_view head_end = "\r\n\r\n";

bool not_now() { return errno == EAGAIN || errno == EINTR; }

std::string first_line(std::string_view text) {
    return std::string(text.substr(0, text.find_first_of("\r\n")));
}

} // namespace

std::string_view name_of(side which) { return which == side::client ? "client" : "server"; }

void no_use::ready(tunnel& broken, side which, std::uint32_t) {
    fail(
        "tunnel {}: bytes or an end at its {}, where nothing was sent", broken.number,
        name_of(which));
}

tunnels::tunnels(loop& with, const options& given)
    : loop_(with), path_(given.path), listener_(listen_on(given.serve)) {
    const auto port = port_of(listener_);
    target_ = given.path == path::direct ? address_of("127.0.0.1", port)
                                         : address_of(given.relay_host, given.relay_port);
    request_ = fmt::format("CONNECT 127.0.0.1:{0} HTTP/1.1\r\nHost: 127.0.0.1:{0}\r\n\r\n", port);
    loop_.watch(listener_, *this, EPOLLIN);
}

tunnels::~tunnels() {
    for (auto& left : tunnels_)
        for (const auto which : {side::client, side::server}) close(left, which);
    loop_.close(listener_);
}

tunnel& tunnels::add() {
    auto& added = tunnels_.emplace_back();
    added.number = static_cast<std::uint32_t>(tunnels_.size() - 1);
    return added;
}

tunnels::end& tunnels::end_of(int socket) {
    const auto at = static_cast<std::size_t>(socket);
    if (ends_.size() <= at) ends_.resize(at + 1024);
    return ends_[at];
}

void tunnels::open(tunnel& opening, const dialogue& says, tunnel_user& user) {
    opening.says = &says;
    opening.user = &user;
    opening.step = opening.sent = opening.received = 0;
    opening.bulk_sent = opening.bulk_received = 0;
    opening.blocked = false;
    opening.at = path_ == path::connect ? tunnel::stage::asking : tunnel::stage::playing;
    opening.client = connect_to(target_);
    end_of(opening.client) = {&opening, side::client};
    loop_.watch(opening.client, *this, EPOLLIN);
    push(opening);
}

void tunnels::close(tunnel& closing, side which) {
    auto& socket = which == side::client ? closing.client : closing.server;
    if (socket < 0) return;
    end_of(socket) = {};
    loop_.close(socket);
    socket = -1;
    closing.at = tunnel::stage::closed;
}

std::vector<tunnel*> tunnels::open_all(int count, const dialogue& says, tunnel_user& user) {
    std::vector<tunnel*> added;
    const auto limit = clock::now() + most_to_open;
    std::size_t first_pending = 0;
    while (first_pending < static_cast<std::size_t>(count)) {
        while (added.size() < static_cast<std::size_t>(count) &&
               added.size() - first_pending < opened_at_once)
            open(*added.emplace_back(&add()), says, user);
        loop_.turn();
        while (first_pending < added.size() && added[first_pending]->at == tunnel::stage::open)
            ++first_pending;
        if (clock::now() > limit)
            fail("{} of {} tunnels stood after a minute", first_pending, count);
    }
    return added;
}

void tunnels::ready(int socket, std::uint32_t events) {
    if (socket == listener_) return accept();
    const auto& found = end_of(socket);
    if (!found.of) return arrive(socket);
    auto& of = *found.of;
    switch (of.at) {
    case tunnel::stage::asking:
        if (events & EPOLLOUT && of.blocked)
            push(of);
        else
            take_answer(of);
        return;
    case tunnel::stage::playing: return play(of, found.which, events);
    default: return of.user->ready(of, found.which, events);
    }
}

void tunnels::accept() {
    for (int socket = accept_from(listener_); socket >= 0; socket = accept_from(listener_)) {
        end_of(socket) = {nullptr, side::server};
        loop_.watch(socket, *this, EPOLLIN);
    }
}

// What came before in too small a piece, and this.
std::string tunnels::with_early(int socket, std::string_view now) {
    std::string text;
    if (const auto before = early_.find(socket); before != early_.end()) {
        text = std::move(before->second);
        early_.erase(before);
    }
    return text.append(now);
}

// Our server reads which tunnel this is. A relay that passes CONNECT on is answered as by a proxy.
void tunnels::arrive(int socket) {
    std::array<char, 2048> buffer;
    const auto size = recv(socket, buffer.data(), buffer.size(), 0);
    if (size < 0 && not_now()) return;
    if (size <= 0) fail("a connection ended before its first byte at our server");
    auto text = with_early(socket, {buffer.data(), static_cast<std::size_t>(size)});
    if (text.starts_with(asked)) {
        const auto head = text.find(head_end);
        constexpr std::string_view yes = "HTTP/1.1 200 OK\r\n\r\n";
        if (head != text.npos) {
            text.erase(0, head + head_end.size());
            if (send(socket, yes.data(), yes.size(), MSG_NOSIGNAL) < 0)
                fail("our server's answer to CONNECT: {}", error_text());
        }
    }
    if (text.starts_with(asked) || text.size() < number_at + number_size) {
        if (!text.empty()) early_[socket] = text;
        return;
    }
    const auto number = read_number(text.data());
    if (number >= tunnels_.size() || tunnels_[number].server >= 0 ||
        tunnels_[number].at != tunnel::stage::playing)
        fail("what arrived at our server is none of our hellos: {}", first_line(text));
    auto& known = tunnels_[number];
    known.server = socket;
    end_of(socket).of = &known;
    known.received = text.size();
    if (known.received == known.says->front().bytes.size()) next_step(known);
}

std::string_view tunnels::to_send(const tunnel& of) {
    if (of.at == tunnel::stage::asking) return request_;
    const auto& message = (*of.says)[of.step];
    if (of.step > 0) return message.bytes;
    hello_ = message.bytes;
    write_number(hello_, of.number);
    return hello_;
}

void tunnels::push(tunnel& of) {
    const auto text = to_send(of);
    const auto from = of.at == tunnel::stage::asking ? side::client : (*of.says)[of.step].from;
    const int socket = of.socket(from);
    while (of.sent < text.size()) {
        const auto rest = text.substr(of.sent);
        const auto size = send(socket, rest.data(), rest.size(), MSG_NOSIGNAL);
        if (size >= 0) {
            of.sent += static_cast<std::size_t>(size);
        } else if (!not_now()) {
            fail("tunnel {}: its {} cannot send: {}", of.number, name_of(from), error_text());
        } else {
            if (!of.blocked) loop_.change(socket, EPOLLIN | EPOLLOUT);
            of.blocked = true;
            return;
        }
    }
    if (of.blocked) loop_.change(socket, EPOLLIN);
    of.blocked = false;
}

void tunnels::take_answer(tunnel& of) {
    std::array<char, 2048> buffer;
    const auto size = recv(of.client, buffer.data(), buffer.size(), 0);
    if (size < 0 && not_now()) return;
    if (size <= 0)
        fail(
            "tunnel {}: the relay ended without an answer to CONNECT: {}", of.number,
            size < 0 ? error_text() : "end of stream");
    const auto text = with_early(of.client, {buffer.data(), static_cast<std::size_t>(size)});
    const auto head = text.find(head_end);
    if (head == text.npos && text.size() < buffer.size()) {
        early_[of.client] = text;
        return;
    }
    if (!text.starts_with("HTTP/1.") || text.find(" 200") != 8 ||
        head + head_end.size() != text.size())
        fail("tunnel {}: the relay's answer to CONNECT: {}", of.number, first_line(text));
    of.at = tunnel::stage::playing;
    of.sent = 0;
    push(of);
}

void tunnels::play(tunnel& of, side which, std::uint32_t events) {
    const auto from = (*of.says)[of.step].from;
    if (which == other(from)) return take(of);
    if (events & EPOLLOUT && of.blocked) return push(of);
    expect_nothing(of, which);
}

void tunnels::take(tunnel& of) {
    const auto& message = (*of.says)[of.step];
    const auto which = other(message.from);
    std::array<char, 8192> buffer;
    const auto left = std::min(message.bytes.size() - of.received, buffer.size());
    const auto size = recv(of.socket(which), buffer.data(), left, 0);
    if (size < 0 && not_now()) return;
    if (size <= 0)
        fail(
            "tunnel {}: {} at its {} after {} of {} bytes of message {}", of.number,
            size < 0 ? error_text() : "end of stream", name_of(which), of.received,
            message.bytes.size(), of.step);
    of.received += static_cast<std::size_t>(size);
    if (of.received == message.bytes.size()) next_step(of);
}

void tunnels::next_step(tunnel& of) {
    of.sent = of.received = 0;
    if (++of.step < of.says->size()) return push(of);
    of.at = tunnel::stage::open;
    of.user->opened(of);
}

void tunnels::expect_nothing(const tunnel& of, side which) const {
    char byte;
    const auto size = recv(of.socket(which), &byte, 1, MSG_PEEK);
    if (size < 0 && not_now()) return;
    fail(
        "tunnel {}: {} at its {} before message {} had arrived", of.number,
        size < 0    ? error_text()
        : size == 0 ? "end of stream"
                    : "bytes",
        name_of(which), of.step);
}

} // namespace bench
