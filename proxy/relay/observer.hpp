// Reads along with one flow: what passes becomes TLS records and messages, events, and the pieces
// of the recording. It changes nothing, and knows no socket. One a flow, on the flow's thread.
#pragma once

#include "helloscope/model/event.hpp"
#include "helloscope/model/record_runs.hpp"
#include "helloscope/trace/piece.hpp"
#include "helloscope/wire/tls/conversation.hpp"

#include <array>

namespace helloscope::relay {

// Where the observer's findings go.
struct observer_sink {
    virtual ~observer_sink() = default;
    virtual void happened(model::happening what, timestamp when) = 0;
    virtual void kept(trace::piece bytes) = 0;
};

struct observer_detail {
    bool pieces = true;       // somebody keeps them
    bool payload_all = false; // whole bytes instead of headers and handshakes
    bool detail_all = false;  // each record singly
};

class observer final : private wire::tls::conversation_sink {
  public:
    observer(observer_sink& sink, observer_detail detail);

    // All that was read from one side, in one read.
    void saw(direction way, bytes_view read, timestamp now);
    // The same in parts, some of which passed unseen: bodies of application data, or bytes that are
    // only counted. Between begin and end, of one direction at a time.
    void begin_read(direction way, timestamp now);
    void saw_part(direction way, bytes_view part);
    void unseen_part(direction way, std::uint64_t size);
    void end_read(direction way);
    // What comes is not TLS, and is not meant to be: from here on it is counted, not read.
    void expect_plain();
    // The other way round, after that: what comes next begins anew.
    void expect_tls();
    // The direction's stream has ended: what was incomplete is told.
    void ended(direction way, timestamp now);
    // Runs of records that have become old are told.
    void tick(timestamp now);

    // The client's first flight was not TLS, or the handshake has come to data.
    bool handshake_over() const;
    std::uint64_t total(direction way) const { return side(way).total; }
    // What comes is no TLS: its bytes are counted and not looked at.
    bool only_counts(direction way) const { return side(way).lost; }
    // Where the direction stands, as long as it is TLS.
    const wire::tls::record_walker& walker(direction way) const {
        return conversation_.walker(way);
    }

  private:
    struct side_state {
        model::record_runs runs;
        std::uint64_t total = 0;     // bytes seen
        std::uint64_t accounted = 0; // of them, told in pieces
        std::uint64_t omitted = 0;   // of them, told by their number in the next piece
        timestamp record_began{};
        bool lost = false;
        bool ended = false;
        model::bytes_read opaque; // bytes of no record, not yet told
        timestamp opaque_last{};
        std::uint64_t opaque_told = 0; // how many such events there were
        std::uint32_t encrypted_records = 0;
    };

    side_state& side(direction way) { return sides_[static_cast<std::size_t>(way)]; }
    const side_state& side(direction way) const { return sides_[static_cast<std::size_t>(way)]; }

    void on_piece(direction way, const wire::tls::piece& piece, bool clear) override;
    void on_record(
        direction way, const wire::tls::record_header& header, std::uint64_t offset,
        bool clear) override;
    void on_handshake(direction way, wire::tls::handshake_message&& message) override;
    void on_alert(direction way, wire::tls::alert alert) override;
    void on_lost(direction way, const wire::tls::lost_at& at) override;

    bool add(const model::record& one);
    void gather(const model::record& one);
    void tell_gathered();
    void tell(model::happening what);
    void tell_unfinished(direction way);
    void saw_opaque(direction way, std::uint64_t length);
    void tell_opaque(direction way);
    void keep_header(direction way, const wire::tls::record_header& header, std::uint64_t body);
    void keep_opaque(direction way, std::uint64_t length);
    void keep_clear();
    trace::piece new_piece(direction way);
    void keep(trace::piece bytes);

    observer_sink& sink_;
    observer_detail detail_;
    wire::tls::conversation conversation_;
    std::array<side_state, 2> sides_;
    timestamp now_{};
    std::uint64_t read_from_ = 0; // where this read began, or what of it is only counted
    trace::piece clear_;            // handshake bytes of this read, not yet told
    // Data records that this read brought whole, not yet told: the first, and all if there are
    // more.
    std::optional<model::record> gathered_;
    model::records gathered_run_;
};

} // namespace helloscope::relay
