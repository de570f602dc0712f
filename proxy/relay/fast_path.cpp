#include "fast_path.hpp"

#include "batch.hpp"

#include <algorithm>

namespace helloscope::relay {

using net::moved;

namespace {

constexpr std::size_t least_reach = 16 * 1024; // a record
constexpr std::size_t most_reach = net::pipe::wanted_capacity;
// Records so small that looking at each costs more than copying them.
constexpr std::size_t small_record = 2 * 1024;

} // namespace

fast_path::fast_path(flow& moving, direction way) : flow_(moving), way_(way), reach_(least_reach) {}

// The legs of a flow that heals are plain sockets only when that is over.
bool fast_path::can() const {
    const auto& common = flow_.around.common;
    return common.path != data_path::copy && !common.options.recording.payload_all &&
           flow_.from(way_).plain_socket() >= 0 && flow_.to(way_).plain_socket() >= 0;
}

fast_path::step fast_path::move(net::pipe& through) {
    step done;
    if (flow_.watching.only_counts(way_))
        done = move_opaque(through);
    else if (flow_.around.common.path == data_path::peek)
        done = move_peeked(through);
    else
        done = move_teed(through);
    adapt(done);
    return done;
}

// Bytes of no TLS, of which only the number is wanted.
fast_path::step fast_path::move_opaque(net::pipe& through) {
    step done;
    done.read = through.fill(flow_.from(way_).plain_socket(), reach_);
    done.drained = done.read.size < reach_;
    if (done.read.size == 0) return done;
    done.written = through.drain(flow_.to(way_).plain_socket());
    flow_.watching.begin_read(way_, flow_.touch());
    flow_.watching.unseen_part(way_, done.read.size);
    flow_.watching.end_read(way_);
    return done;
}

fast_path::step fast_path::move_peeked(net::pipe& through) {
    step done;
    batch ahead;
    if (!look_) look_.emplace(flow_.from(way_).plain_socket());
    bool nothing = false; // no byte waits where the last peek looked
    plan_batch(ahead, flow_.watching.walker(way_), reach_, [&](std::size_t at, auto into) {
        const auto seen = look_->at(at, into);
        const bool fine = !seen.error || seen.error == net::asio::error::would_block ||
                          seen.error == net::asio::error::eof;
        if (!fine) broken_ = seen.error;
        nothing = seen.error == net::asio::error::would_block;
        return seen.size;
    });
    if (ahead.size == 0) {
        if (nothing) done.read.error = net::asio::error::would_block;
        done.unable = !nothing;
        return done;
    }
    done.read = through.fill(flow_.from(way_).plain_socket(), ahead.size);
    done.drained = nothing || done.read.size < ahead.size;
    if (done.read.size == 0) return done;
    done.written = through.drain(flow_.to(way_).plain_socket());

    auto& observer = flow_.watching;
    observer.begin_read(way_, flow_.touch());
    std::size_t told = 0;
    for (std::size_t i = 0; i < ahead.count && ahead.headers[i].offset < done.read.size; ++i) {
        const auto& header = ahead.headers[i];
        observer.unseen_part(way_, header.offset - told);
        const auto came = std::min<std::size_t>(header.size, done.read.size - header.offset);
        observer.saw_part(way_, header.view().first(came));
        told = header.offset + came;
    }
    observer.unseen_part(way_, done.read.size - told);
    observer.end_read(way_);
    if (ahead.count == batch::most_headers && ahead.size < ahead.count * small_record) doubt();
    return done;
}

fast_path::step fast_path::move_teed(net::pipe& through) {
    step done;
    auto second = flow_.around.pipes.borrow();
    // Where the kernel grants no more pages, a later pipe is smaller and could not hold all.
    if (!second || (*second)->capacity() < through.capacity()) {
        done.unable = true;
        return done;
    }
    auto& copy = **second;
    done.read = through.fill(flow_.from(way_).plain_socket(), reach_);
    done.drained = done.read.size < reach_;
    if (done.read.size == 0) return done;
    if (through.share_with(copy) < done.read.size) {
        done.written.error = net::asio::error::no_buffer_space;
        return done;
    }
    done.written = through.drain(flow_.to(way_).plain_socket());

    flow_.watching.begin_read(way_, flow_.touch());
    if (flow_.around.common.path == data_path::tee_whole)
        read_whole(copy);
    else
        read_headers(copy, done.read.size);
    flow_.watching.end_read(way_);
    return done;
}

void fast_path::read_whole(net::pipe& copy) {
    auto buffer = flow_.around.buffers.borrow();
    while (copy.held() > 0) {
        const auto came = copy.read(buffer.span());
        flow_.watching.saw_part(way_, bytes_view(buffer.span()).first(came));
    }
}

// Of `size` bytes; the bodies of application data are skipped.
void fast_path::read_headers(net::pipe& copy, std::size_t size) {
    auto& observer = flow_.watching;
    std::array<std::uint8_t, 512> seen; // of what must be read: headers, alerts
    const auto read = [&](std::size_t most) {
        const auto came = copy.read(std::span(seen).first(std::min(most, seen.size())));
        observer.saw_part(way_, bytes_view(seen).first(came));
    };
    std::size_t records = 0;
    while (copy.held() > 0) {
        const auto& walker = observer.walker(way_);
        const auto unseen = observer.only_counts(way_)
                                ? copy.held()
                                : std::min<std::size_t>(walker.remaining(), copy.held());
        if (unseen == 0) {
            read(wire::tls::record_header_size - walker.partial_header().size());
            ++records;
        } else if (
            observer.only_counts(way_) ||
            walker.current().is(wire::tls::content_type::application_data)) {
            copy.discard(unseen);
            observer.unseen_part(way_, unseen);
        } else {
            read(unseen);
        }
    }
    if (size < records * small_record) doubt();
}

// Little at once while little waits, so that both ends work at the same time; much when much does.
// A turn begins with half of what the last one moved, and doubles: two steps for what is as usual.
void fast_path::begin_turn() {
    reach_ = std::clamp(total_ / 2, least_reach, most_reach);
    total_ = 0;
}

void fast_path::adapt(const step& done) {
    total_ += done.read.size;
    reach_ = std::min(2 * reach_, most_reach);
    if (done.drained && total_ < worth_it) pays_ = false;
}

void fast_path::doubt() {
    pays_ = false;
    doubts_ = 64;
}

} // namespace helloscope::relay
