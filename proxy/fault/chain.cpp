#include "helloscope/fault/chain.hpp"

#include "effect.hpp"
#include "scanner.hpp"
#include "values.hpp"

#include <utility>

namespace helloscope::fault {
namespace {

using what = trigger::at;

// Each flow decides once for both directions.
bool lets_act(const spec& fault, std::uint64_t flow) {
    return chance(fault.seed, flow, short_text(fault) + fault.name).part() < fault.toxicity;
}

// A fault in its place, with what waits for it.
struct stage {
    spec fault;
    bool plays = false;
    pieces in;
    std::unique_ptr<effect> does; // from its trigger on
    bool told = false;

    // Where and when it was put in: what its trigger counts from.
    std::uint64_t since_byte = 0, since_record = 0;
    timestamp since;
    std::optional<std::uint64_t> from;   // the trigger, when it is known
    std::optional<std::uint64_t> behind; // the same for one that waits for the next record
    std::uint64_t passed = 0;            // where the bytes end that went through

    bool in_place(direction passing) const {
        return fault.what->where == place::answer &&
               fault.way.value_or(direction::to_client) == passing;
    }
};

bool needs_records(const stage& one) {
    return !one.does && one.plays && !one.from &&
           (one.behind || one.fault.when.what == what::record ||
            one.fault.when.what == what::content || one.fault.when.what == what::message);
}

bool needs_name(const stage& one) {
    return !one.does && one.plays && !one.from &&
           (one.fault.when.what == what::sni || one.fault.when.what == what::midsni);
}

class stage_turn final : public turn {
  public:
    stage_turn(timestamp now, stage& whose, chain_sink& to) : turn(now), stage_(whose), to_(to) {}
    void acted(std::string did, std::uint64_t offset) override {
        if (!std::exchange(stage_.told, true)) to_.acted(stage_.fault, std::move(did), offset);
    }
    void answer(bytes octets, bool closes) override { to_.answer(std::move(octets), closes); }

  private:
    stage& stage_;
    chain_sink& to_;
};

} // namespace

struct chain::state {
    conditions under;
    scanner reads;
    pieces entry; // where the scanner has not seen enough yet
    std::vector<stage> stages;
    pieces leaving;
    bool ended = false; // by the writer
    bool over = false;  // an end has left: nothing passes behind it

    explicit state(conditions given) : under(given) {}

    stage make_stage(spec fault, timestamp now) const {
        stage made;
        made.plays = lets_act(fault, under.flow);
        made.fault = std::move(fault);
        made.since_byte = made.passed = reads.fed();
        made.since_record = reads.records();
        made.since = now;
        if (made.fault.when.what == what::byte) {
            const auto at = made.since_byte + static_cast<std::uint64_t>(made.fault.when.number);
            (made.in_place(under.passing) && at > reads.fed() ? made.behind : made.from) = at;
        }
        return made;
    }

    // A landmark was found: whose trigger is it?
    void found(const landmark& mark) {
        for (auto& one : stages)
            if (!one.does && !one.from) found(mark, one);
    }
    void found(const landmark& mark, stage& one) {
        const auto& when = one.fault.when;
        const bool record = mark.kind == landmark::what::record;
        if (one.behind) {
            if (record && mark.at >= *one.behind) one.from = mark.at;
            return;
        }
        bool meant = false;
        switch (when.what) {
        case what::record:
            meant = record &&
                    reads.records() == one.since_record + static_cast<std::uint64_t>(when.number);
            break;
        case what::content: meant = record && mark.type == when.number; break;
        case what::message:
            meant = mark.kind == landmark::what::message && mark.type == when.number;
            break;
        case what::sni:
        case what::midsni:
            if (mark.kind == landmark::what::name) one.from = reads.place_of(when);
            return;
        default: return;
        }
        if (!meant) return;
        // What takes the place of records begins where one does.
        const bool inside = mark.at != reads.last_record();
        (inside && one.in_place(under.passing) ? one.behind : one.from) = mark.at;
    }

    std::uint64_t decided() const {
        bool records = false, names = false;
        for (const auto& one : stages) {
            records = records || needs_records(one);
            names = names || needs_name(one);
        }
        return ended || !(records || names) ? reads.fed() : reads.decided(names);
    }

    // Bytes before `at`, and what else comes before it.
    static void pass_before(pieces& in, pieces& out, std::uint64_t at) {
        while (!in.empty() && in.front().offset < at) {
            if (in.front().end() <= at)
                out.push(in.pop());
            else
                out.push(in.pop(static_cast<std::size_t>(at - in.front().offset)));
        }
    }

    static void pass(stage& one, pieces& out, std::size_t size) {
        auto next = one.in.pop(size);
        one.passed = std::max(one.passed, next.end());
        out.push(std::move(next));
    }
    static void pass_all(stage& one, pieces& out) {
        while (!one.in.empty()) pass(one, out, one.in.front().size());
    }

    // Whether its trigger has come; what was written before it has passed then.
    bool triggered(stage& one, pieces& out, timestamp now) const {
        const auto& when = one.fault.when;
        if (when.what == what::first_byte) return !one.in.empty();
        if (when.what == what::time && !one.from && now >= one.since + when.after)
            one.from = one.in_place(under.passing) ? reads.next_border() : one.passed;
        if (!one.from) {
            pass_all(one, out);
            return false;
        }
        while (!one.in.empty() && one.in.front().offset < *one.from) {
            const bool ends = one.in.front().what != mark::none;
            pass(one, out, ends ? 0 : static_cast<std::size_t>(*one.from - one.in.front().offset));
        }
        return !one.in.empty() || one.passed >= *one.from;
    }

    void run(stage& one, pieces& out, timestamp now, chain_sink& to) const {
        if (!one.plays) return pass_all(one, out);
        if (!one.does && triggered(one, out, now)) begin(one, now);
        if (!one.does) return;
        stage_turn turn(now, one, to);
        one.does->pass(one.in, out, turn);
    }

    void begin(stage& one, timestamp now) const {
        const making from{
            one.fault, under.passing, under.sent,
            chance(
                one.fault.seed, 2 * under.flow + index_of(under.passing),
                short_text(one.fault) + one.fault.name),
            now};
        one.does = one.fault.what->make(from);
    }

    pieces& behind(std::size_t index) {
        return index + 1 < stages.size() ? stages[index + 1].in : leaving;
    }
};

segments segments::with_mss(std::uint32_t mss) const {
    auto made = *this;
    if (mss > options) made.data = mss - options;
    return made;
}

chain::chain(conditions under, std::vector<spec> faults, timestamp now)
    : state_(std::make_unique<state>(under)) {
    for (auto& one : faults)
        if (one.listens(under.passing))
            state_->stages.push_back(state_->make_stage(std::move(one), now));
}

chain::~chain() = default;
chain::chain(chain&&) noexcept = default;
chain& chain::operator=(chain&&) noexcept = default;

std::size_t chain::room() const {
    if (state_->over) return limit; // all the same
    auto held = state_->entry.bytes_held() + state_->leaving.bytes_held();
    for (const auto& one : state_->stages) held += one.in.bytes_held();
    return held < limit ? limit - held : 0;
}

void chain::take(bytes_view written, timestamp now) {
    auto& my = *state_;
    if (my.over || written.empty()) return;
    my.entry.push(piece{to_bytes(written), 0, my.reads.fed(), now, mark::none});
    my.reads.feed(written, [&my](const landmark& mark) { my.found(mark); });
}

void chain::take_end(timestamp now) {
    auto& my = *state_;
    if (my.over || std::exchange(my.ended, true)) return;
    my.entry.push(mark::end, my.reads.fed(), now);
}

void chain::inject(bytes octets, bool closes, timestamp now) {
    auto& my = *state_;
    if (my.over) return;
    my.entry.push(piece{std::move(octets), 0, my.reads.fed(), now, mark::none});
    if (closes) my.entry.push(mark::close, my.reads.fed(), now);
    my.ended = my.ended || closes;
}

void chain::run(timestamp now, chain_sink& to) {
    auto& my = *state_;
    auto& first = my.stages.empty() ? my.leaving : my.stages.front().in;
    if (my.ended)
        my.entry.pass_all(first);
    else
        state::pass_before(my.entry, first, my.decided());
    for (std::size_t i = 0; i < my.stages.size(); ++i) my.run(my.stages[i], my.behind(i), now, to);
}

bytes_view chain::ready() const {
    const auto& out = state_->leaving;
    return out.empty() ? bytes_view() : out.front().view();
}

void chain::sent(std::size_t bytes) { state_->leaving.pop(bytes); }

ending chain::next_end() const {
    const auto& out = state_->leaving;
    if (out.empty()) return ending::none;
    switch (out.front().what) {
    case mark::none: break;
    case mark::end: return ending::end;
    case mark::close: return ending::close;
    case mark::reset: return ending::reset;
    }
    return ending::none;
}

void chain::end_done() {
    auto& my = *state_;
    my.over = true;
    my.entry.clear();
    for (auto& one : my.stages) one.in.clear();
    my.leaving.clear();
}

std::optional<timestamp> chain::wake() const {
    std::optional<timestamp> soonest;
    if (state_->over) return soonest;
    const auto consider = [&](std::optional<timestamp> when) {
        if (when && (!soonest || *when < *soonest)) soonest = when;
    };
    for (const auto& one : state_->stages) {
        if (one.does)
            consider(one.does->wake());
        else if (one.plays && one.fault.when.what == what::time && !one.from)
            consider(one.since + one.fault.when.after);
    }
    return soonest;
}

bool chain::holds() const {
    const auto& my = *state_;
    if (!my.entry.empty() || !my.leaving.empty()) return true;
    return std::ranges::any_of(my.stages, [](const stage& one) { return !one.in.empty(); });
}

void chain::change(std::vector<spec> faults, timestamp now, chain_sink& to) {
    auto& my = *state_;
    auto old = std::exchange(my.stages, {});
    if (my.over) return; // nothing passes any more
    std::vector<bool> stays(old.size());
    std::vector<std::size_t> became(old.size()); // the stage behind which its bytes go on
    std::size_t next = 0;
    for (auto& wanted : faults) {
        if (!wanted.listens(my.under.passing)) continue;
        const auto same = std::find_if(
            old.begin() + static_cast<std::ptrdiff_t>(next), old.end(),
            [&](const stage& one) { return one.fault == wanted; });
        if (same == old.end()) {
            my.stages.push_back(my.make_stage(std::move(wanted), now));
            continue;
        }
        const auto index = static_cast<std::size_t>(same - old.begin());
        for (; next < index; ++next) became[next] = my.stages.size();
        stays[index] = true;
        next = index + 1;
        my.stages.push_back(std::move(*same));
    }
    for (; next < old.size(); ++next) became[next] = my.stages.size();
    // From the last on, so that bytes stay in order: those behind a fault are older.
    for (auto i = old.size(); i-- > 0;) {
        if (stays[i]) continue;
        auto& out = became[i] < my.stages.size() ? my.stages[became[i]].in : my.leaving;
        stage_turn turn(now, old[i], to);
        if (old[i].does) old[i].does->taken_away(out, turn);
        old[i].in.pass_all(out);
    }
}

bool plays(const spec& fault, std::uint64_t flow) { return lets_act(fault, flow); }

std::string words_of(duration time) {
    auto words = text_of(unit::time, time.count());
    words.insert(words.find_first_not_of("0123456789"), " ");
    return words;
}

} // namespace helloscope::fault
