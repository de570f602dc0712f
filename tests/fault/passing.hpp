// A chain at work with a clock that stands still: a test says what is written when, and sees what
// had been sent at which moment.
#pragma once

#include "helloscope/fault/chain.hpp"

#include "support/catch.hpp"

namespace helloscope::test {

using namespace std::chrono_literals;

inline std::vector<fault::spec> specs(std::initializer_list<std::string_view> texts) {
    std::vector<fault::spec> made;
    for (const auto text : texts) {
        auto got = fault::parse_spec(text);
        INFO(text);
        REQUIRE(got);
        made.push_back(std::move(*got));
    }
    return made;
}

class passing final : public fault::chain_sink {
  public:
    static constexpr timestamp start{std::chrono::seconds(1'000'000)};

    explicit passing(
        std::initializer_list<std::string_view> faults, direction way = direction::to_client,
        fault::segments carried = {}, std::uint64_t flow = 1)
        : chain_({way, carried, flow}, specs(faults), start) {}

    passing& takes(std::string_view text) { return takes(as_bytes(text)); }
    passing& takes(bytes_view octets) {
        chain_.take(octets, now_);
        return look();
    }
    passing& takes_end() {
        chain_.take_end(now_);
        return look();
    }
    passing& injects(std::string_view text, bool closes) {
        chain_.inject(to_bytes(as_bytes(text)), closes, now_);
        return look();
    }
    passing& becomes(std::initializer_list<std::string_view> faults) {
        chain_.change(specs(faults), now_, *this);
        return look();
    }
    // The clock goes on, and the chain is woken as often as it wants.
    passing& at(duration since_start) {
        const auto until = start + since_start;
        while (const auto next = chain_.wake()) {
            if (*next > until) break;
            now_ = std::max(now_, *next);
            look();
        }
        now_ = until;
        return look();
    }

    std::string sent;                // all of it
    std::vector<std::string> writes; // one by one
    std::vector<duration> times;     // of them
    std::vector<std::string> did;    // "stall: holds back everything, from 0"
    std::string answered;            // sent the other way
    bool answer_closes = false;
    fault::ending ended = fault::ending::none;
    duration ended_at{};

    const fault::chain& chain() const { return chain_; }

  private:
    void acted(const fault::spec& fault, std::string words, std::uint64_t offset) override {
        did.push_back(short_text(fault) + ": " + words + ", from " + std::to_string(offset));
    }
    void answer(bytes octets, bool closes) override {
        answered.append(as_text(octets));
        answer_closes = closes;
    }
    passing& look() {
        chain_.run(now_, *this);
        while (true) {
            const auto ready = chain_.ready();
            if (!ready.empty()) {
                writes.emplace_back(as_text(ready));
                times.push_back(now_ - start);
                sent += writes.back();
                chain_.sent(ready.size());
            } else if (chain_.next_end() != fault::ending::none) {
                ended = chain_.next_end();
                ended_at = now_ - start;
                chain_.end_done();
            } else {
                return *this;
            }
        }
    }

    fault::chain chain_;
    timestamp now_ = start;
};

using strings = std::vector<std::string>;
using durations = std::vector<duration>;

} // namespace helloscope::test
