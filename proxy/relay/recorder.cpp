#include "helloscope/relay/recorder.hpp"

#include "chunk_queue.hpp"
#include "doorbell.hpp"
#include "helloscope/trace/recording_writer.hpp"
#include "recording_file.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <fmt/format.h>
#include <thread>
#include <utility>

namespace helloscope::relay {

namespace {

constexpr std::size_t queue_capacity = 8'192;
constexpr std::size_t crowded_bytes = 16UL << 20; // of payload queued by one thread
constexpr int most_in_turn = 1'024;               // items of one thread, before the next one's
constexpr std::size_t batch_bytes = 256UL << 10;  // handed to the file at once

timestamp now() { return std::chrono::time_point_cast<duration>(std::chrono::system_clock::now()); }

using item =
    std::variant<std::monostate, model::event, trace::piece, std::unique_ptr<model::timeline>>;

class way final : public recorder::inlet {
  public:
    way(doorbell& bell, const recording_options& where, bool recording)
        : queue_(queue_capacity), bell_(bell), waits_(where.payload_all), recording_(recording) {}

    void event(model::event happened) override {
        if (!finished_.empty()) push_finished();
        if (queue_.push(std::move(happened)))
            call();
        else
            lost_events.fetch_add(1, std::memory_order_relaxed);
    }
    void piece(trace::piece bytes) override {
        const auto size = bytes.body.size();
        const bool too_much = !waits_ &&
                              queued_bytes_.load(std::memory_order_relaxed) > crowded_bytes;
        if (too_much || !queue_.push(std::move(bytes))) {
            lost_packets.fetch_add(1, std::memory_order_relaxed);
            return;
        }
        queued_bytes_.fetch_add(size, std::memory_order_relaxed);
        call();
    }
    // A finished flow is not lost: it waits for room in the queue.
    void flow(std::unique_ptr<model::timeline> over) override {
        finished_.push_back(std::move(over));
        push_finished();
    }
    // The writing thread has ended: what is left goes straight to the recorder.
    std::deque<std::unique_ptr<model::timeline>> take_finished() {
        return std::exchange(finished_, {});
    }
    bool wants_pieces() const override { return recording_; }
    bool crowded() const override {
        return waits_ && (queued_bytes_.load(std::memory_order_relaxed) > crowded_bytes ||
                          queue_.size() > queue_.capacity() / 2);
    }

    // The oldest of what waits, null when nothing does; it is there until dropped.
    item* oldest() { return queue_.front(); }
    void drop() {
        if (const auto* bytes = std::get_if<trace::piece>(queue_.front()))
            queued_bytes_.fetch_sub(bytes->body.size(), std::memory_order_relaxed);
        queue_.pop();
    }

    std::atomic<std::uint64_t> lost_events{0};
    std::atomic<std::uint64_t> lost_packets{0};

    bool empty() const { return queue_.size() == 0; }

  private:
    void call() {
        bell_.press(
            queue_.size() > queue_.capacity() / 8 ||
            queued_bytes_.load(std::memory_order_relaxed) > crowded_bytes / 4);
    }
    void push_finished() {
        while (!finished_.empty()) {
            item next(std::move(finished_.front()));
            if (!queue_.push(std::move(next))) {
                finished_.front() = std::move(std::get<std::unique_ptr<model::timeline>>(next));
                return;
            }
            finished_.pop_front();
            call();
        }
    }

    std::deque<std::unique_ptr<model::timeline>> finished_; // the writing thread's
    chunk_queue<item> queue_;
    doorbell& bell_;
    bool waits_;
    bool recording_;
    std::atomic<std::size_t> queued_bytes_{0};
};

model::recording_opened about(const recording_options& where) {
    model::recording_opened event;
    event.helloscope = HELLOSCOPE_VERSION;
    event.packets = "synthesized";
    event.payload = where.payload_all ? "all" : "handshake";
    event.detail = where.detail_all ? "all" : "runs";
    return event;
}

class recorder_thread final : public recorder {
  public:
    recorder_thread(
        const recording_options& where, unsigned inlets, onlookers to,
        std::optional<recording_file> file)
        : to_(std::move(to)), file_(std::move(file)), writer_(about(where)) {
        for (unsigned i = 0; i < inlets; ++i)
            ways_.push_back(std::make_unique<way>(bell_, where, file_.has_value()));
        thread_ = std::thread([this] { run(); });
    }

    ~recorder_thread() override {
        if (thread_.joinable()) stop();
    }

    inlet& way_in(unsigned index) override { return *ways_.at(index); }

    recorder_totals stop() override {
        stopping_ = true;
        bell_.wake();
        thread_.join();
        for (auto& one : ways_)
            for (auto& over : one->take_finished())
                if (to_.flow) to_.flow(std::move(*over));
        recorder_totals totals;
        totals.lost_events = lost_.events;
        totals.lost_packets = lost_.packets;
        if (file_) totals.path = file_->path();
        return totals;
    }

  private:
    void run() {
        while (true) {
            const bool last = stopping_; // read before the queues: what came earlier is in them
            bool work = false;
            while (drain()) work = true;
            if (last) return;
            bell_.sleep(work, [this] {
                return std::any_of(
                    ways_.begin(), ways_.end(), [](const auto& one) { return !one->empty(); });
            });
        }
    }

    // One batch from all queues, each in its turn; false when there was nothing.
    bool drain() {
        bool any = false;
        if (file_ && !begun_) {
            // Before the batch: it may end flows that this file must know of.
            head_.clear();
            writer_.begin(now(), head_);
        }
        for (std::size_t i = 0; i < ways_.size(); ++i) {
            auto& one = *ways_[(first_ + i) % ways_.size()];
            for (int taken = 0; taken < most_in_turn && out_.size() < batch_bytes; ++taken) {
                auto* oldest = one.oldest();
                if (oldest == nullptr) break;
                any = true;
                take(*oldest);
                one.drop();
            }
        }
        first_ = (first_ + 1) % ways_.size(); // one alone may fill a batch
        mark_losses();
        flush();
        return any;
    }

    void take(item& got) {
        if (auto* event = std::get_if<model::event>(&got)) {
            if (to_.event) to_.event(*event);
            if (file_) writer_.write(*event, out_);
            ++batch_events_;
        } else if (auto* bytes = std::get_if<trace::piece>(&got)) {
            if (file_) writer_.write(*bytes, out_);
            ++batch_packets_;
        } else if (auto* over = std::get_if<std::unique_ptr<model::timeline>>(&got)) {
            if (to_.flow) to_.flow(std::move(**over));
        }
    }

    // What the queues had no room for, told where it is missing.
    void mark_losses() {
        model::lost missing;
        for (auto& one : ways_) {
            missing.events += one->lost_events.exchange(0, std::memory_order_relaxed);
            missing.packets += one->lost_packets.exchange(0, std::memory_order_relaxed);
        }
        if (missing.events == 0 && missing.packets == 0) return;
        missing.reason = "queue full";
        tell_lost(std::move(missing));
    }

    void tell_lost(model::lost missing) {
        lost_.events += missing.events;
        lost_.packets += missing.packets;
        model::event event{0, now(), std::move(missing)};
        if (to_.event) to_.event(event);
        if (file_) writer_.write(event, out_);
    }

    void flush() {
        if (file_ && (!out_.empty() || !begun_)) {
            if (const auto error = append())
                begin_trouble(error);
            else
                rotate();
        }
        out_.clear();
        batch_events_ = batch_packets_ = 0;
    }

    // The batch; before it, what a new file begins with and what a disk that refused has not got.
    std::error_code append() {
        if (begun_) return file_->append(out_);
        if (disk_refused()) writer_.write(model::event{0, now(), unwritten_}, head_);
        head_.insert(head_.end(), out_.begin(), out_.end());
        if (const auto error = file_->append(head_)) return error;
        head_ = bytes(); // it tells of all open flows: megabytes, when thousands are idle
        begun_ = true;
        if (disk_refused())
            tell(fmt::format(
                "recording goes on in {}; {} events and {} packets are missing",
                file_->path().string(), unwritten_.events, unwritten_.packets));
        unwritten_ = {};
        return {};
    }

    bool disk_refused() const { return !unwritten_.reason.empty(); }

    void begin_trouble(const std::error_code& error) {
        if (!disk_refused())
            tell(fmt::format(
                "cannot write {}: {}: flows go on unrecorded; free space, or use --record "
                "with another disk",
                file_->path().string(), error.message()));
        begun_ = false; // what comes after the gap is a section of its own, with the open flows
        unwritten_.reason = error.message();
        unwritten_.events += batch_events_;
        unwritten_.packets += batch_packets_;
        lost_.events += batch_events_;
        lost_.packets += batch_packets_;
    }

    void rotate() {
        if (!file_->wants_successor(now())) return;
        if (const auto opened = file_->succeed(now())) {
            begun_ = rotation_failed_ = false;
        } else if (!std::exchange(rotation_failed_, true)) {
            tell(opened.error().message);
        }
    }

    void tell(std::string_view what) {
        if (to_.trouble) to_.trouble(what);
    }

    onlookers to_;
    std::optional<recording_file> file_;
    trace::recording_writer writer_;
    doorbell bell_;
    std::vector<std::unique_ptr<way>> ways_;
    std::size_t first_ = 0; // whose turn is first in the next batch
    bytes out_;
    bytes head_; // what the file begins with, until that is written
    std::uint64_t batch_events_ = 0, batch_packets_ = 0;
    model::lost unwritten_; // since the disk refused
    model::lost lost_;      // in all
    bool begun_ = false;    // the current file has its head
    bool rotation_failed_ = false;
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

} // namespace

result<std::unique_ptr<recorder>> recorder::start(
    const recording_options& where, unsigned inlets, onlookers to) {
    std::optional<recording_file> file;
    if (!where.file.empty() || !where.directory.empty()) {
        auto created = recording_file::create(where, now());
        if (!created) return std::unexpected(created.error());
        file.emplace(std::move(*created));
    }
    return std::make_unique<recorder_thread>(where, inlets, std::move(to), std::move(file));
}

} // namespace helloscope::relay
