#include "healing.hpp"

#include "helloscope/policy/route.hpp"
#include "race.hpp"

namespace helloscope::relay {

namespace {

// The flow's server leg. Once the race is over and what it held was read, just that leg.
class racing_leg final : public net::stream {
  public:
    racing_leg(flow& of, std::unique_ptr<race> begun) : of_(of), race_(std::move(begun)) {
        of_.beside = race_.get();
    }

    net::moved read_now(std::span<std::uint8_t> into) override {
        if (!race_) return leg_->read_now(into);
        const auto got = race_->take(into);
        leave_race();
        return got;
    }
    net::moved write_now(bytes_view from) override { return written(from, now().write_now(from)); }
    net::moved write_segment_now(bytes_view from) override {
        return written(from, now().write_segment_now(from));
    }
    net::awaitable<net::error_code> wait_readable() override {
        return race_ ? race_->wait_for_answer() : leg_->wait_readable();
    }
    net::awaitable<net::error_code> wait_writable() override { return now().wait_writable(); }
    void when_readable(net::readable_sink& to, const net::asio::any_io_executor& on) override {
        race_ ? race_->when_answered(to) : leg_->when_readable(to, on);
    }
    void stop_waiting() override {
        if (race_) race_->stop();
        now().stop_waiting();
    }
    void shutdown_send() override {
        if (race_) race_->give_up();
        now().shutdown_send();
    }
    void reset() override {
        if (race_) race_->stop();
        now().reset();
    }
    void close() override {
        if (race_) race_->stop();
        now().close();
    }
    net::error_code ended() const override { return race_ ? race_->ended() : leg_->ended(); }
    std::size_t unacknowledged() const override { return now().unacknowledged(); }
    std::optional<model::path_sample> path() const override { return now().path(); }
    // While the race lasts, what is to be read is not in it.
    int plain_socket() const override { return race_ ? -1 : leg_->plain_socket(); }

  private:
    net::stream& now() const { return race_ ? race_->leg() : *leg_; }

    net::moved written(bytes_view wanted, net::moved sent) {
        if (!race_) return sent;
        if (sent.error && sent.error != net::asio::error::would_block)
            race_->give_up();
        else
            race_->wrote(wanted.first(sent.size), sent.size < wanted.size());
        return sent;
    }

    void leave_race() {
        leg_ = race_->only_leg();
        if (!leg_) return;
        of_.beside = nullptr;
        race_.reset();
    }

    flow& of_;
    std::unique_ptr<race> race_;       // null: it is over,
    std::unique_ptr<net::stream> leg_; // and this is left
};

} // namespace

bool heals(const flow& of) {
    if (!of.route || !of.route->heal || !of.route->faults.empty()) return false;
    return !of.route->shaping.holds_first_flight() && !of.route->shaping.hello_mss;
}

void heal_leg(
    flow& of, const net::asio::any_io_executor& executor, request&& asked, server_leg&& like,
    leg_opener&& open) {
    if (!like.early.empty()) return;
    auto begun = std::make_unique<race>(
        of, executor, std::move(asked), std::move(like), std::move(open));
    of.server = std::make_unique<racing_leg>(of, std::move(begun));
}

} // namespace helloscope::relay
