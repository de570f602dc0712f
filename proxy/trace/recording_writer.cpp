#include "helloscope/trace/recording_writer.hpp"

#include "helloscope/model/json.hpp"
#include "helloscope/wire/packet/link.hpp"
#include "helloscope/wire/pcapng/block_writer.hpp"
#include "leg_packets.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <numeric>

namespace helloscope::trace {
namespace {

// Far more than can be open: bounds what is kept of flows whose flow_closed was lost.
constexpr std::size_t most_flows = 65'536;

// Flows that have ended lend their memory to those to come; after a burst only so many do.
constexpr std::size_t most_spare = 64;
constexpr std::size_t largest_spare = 4'096; // of what is told again

// What is told again of an open flow when the recording goes on in another file: the journal blocks
// of the last of each of these, in this order.
struct place_in_opening {
    static constexpr std::size_t nowhere = 6;

    std::size_t operator()(const model::flow_opened&) const { return 0; }
    std::size_t operator()(const model::requested&) const { return 1; }
    std::size_t operator()(const model::routed&) const { return 2; }
    std::size_t operator()(const model::connected&) const { return 3; }
    std::size_t operator()(const model::parent_answered&) const { return 4; }
    std::size_t operator()(const model::answered&) const { return 5; }
    std::size_t operator()(const auto&) const { return nowhere; }
};

class opening {
  public:
    void keep(std::size_t place, bytes_view block);
    void clear(); // keeps its memory, unless that has become large
    const bytes& blocks() const { return blocks_; }

  private:
    bytes blocks_; // one behind the other
    std::array<std::uint32_t, place_in_opening::nowhere> sizes_{};
};

struct open_flow {
    std::array<std::optional<leg_packets>, 2> legs; // client, server
    opening told;
    std::string comment; // for the next packet

    std::optional<leg_packets>& at(model::leg of) { return legs[static_cast<std::size_t>(of)]; }
    void clear();
};

// By id, so the oldest is first.
class open_flows {
  public:
    void open(std::uint64_t id);
    void close(std::uint64_t id);
    open_flow* find(std::uint64_t id) {
        const auto found = flows_.find(id);
        return found == flows_.end() ? nullptr : &found->second;
    }
    auto begin() const { return flows_.begin(); }
    auto end() const { return flows_.end(); }

  private:
    using by_id = std::map<std::uint64_t, open_flow>;
    by_id flows_;
    std::vector<by_id::node_type> spare_;
};

// Visits what happened to a flow: appends the packets that it implies.
struct packets_of {
    open_flow& flow;
    const model::event& event;
    bytes& out;

    void operator()(const model::flow_opened& what) const;
    void operator()(const model::connected& what) const;
    void operator()(const model::closed& what) const;
    void operator()(const model::verdict& what) const;
    void operator()(const model::flow_closed& what) const;
    void operator()(const auto&) const {} // the others imply none

    void open(model::leg of, const endpoint& client, const endpoint& server) const;
    void end(model::leg of) const; // our side ends what is still open
};

} // namespace

struct recording_writer::impl {
    void write_journal(const model::event& event, bytes& out);
    bytes_view kept_of(const piece& piece);

    model::recording_opened about;
    open_flows flows;
    std::string json; // these two keep their memory from call to call
    bytes joined;
};

recording_writer::recording_writer(model::recording_opened about)
    : impl_(std::make_unique<impl>()) {
    impl_->about = std::move(about);
}

recording_writer::~recording_writer() = default;

void recording_writer::begin(timestamp now, bytes& out) {
    const auto application = fmt::format("helloscope {}", impl_->about.helloscope);
    const auto schema = fmt::format("helloscope events, schema {}", impl_->about.schema);
    wire::pcapng::section section;
    section.application = application;
    section.comments = {schema};
    wire::pcapng::write_section(out, section);
    for (const std::string_view name : {"client leg", "server leg"}) {
        wire::pcapng::interface leg;
        // Not LINKTYPE_RAW, though the packets are: libpcap compares the number of every further
        // interface with its own number for the first, 12 for 101, and then refuses the file.
        leg.linktype = wire::packet::linktype::null;
        leg.name = name;
        leg.description = "synthesized from reads and writes: a read is not a segment";
        wire::pcapng::write_interface(out, leg);
    }
    impl_->write_journal({0, now, impl_->about}, out);
    for (const auto& [id, flow] : impl_->flows) {
        const auto& told = flow.told.blocks();
        out.insert(out.end(), told.begin(), told.end());
    }
}

void recording_writer::write(const model::event& event, bytes& out) {
    const auto before = out.size();
    impl_->write_journal(event, out);

    auto& flows = impl_->flows;
    if (std::holds_alternative<model::flow_opened>(event.what)) flows.open(event.flow);
    auto* flow = flows.find(event.flow);
    if (!flow) return;
    const auto place = std::visit(place_in_opening{}, event.what);
    if (place != place_in_opening::nowhere) flow->told.keep(place, bytes_view(out).subspan(before));
    std::visit(packets_of{*flow, event, out}, event.what);
    if (std::holds_alternative<model::flow_closed>(event.what)) flows.close(event.flow);
}

void recording_writer::write(const piece& piece, bytes& out) {
    auto* flow = impl_->flows.find(piece.flow);
    if (!flow) return;

    const auto kept = impl_->kept_of(piece);
    const auto length = std::max<std::uint64_t>(piece.length, kept.size());
    const auto put = [&](model::leg of) {
        auto& leg = flow->at(of);
        if (!leg) return;
        leg->skip(piece.dir, piece.omitted);
        leg->data(piece.dir, kept, length, piece.time, {out, flow->comment});
    };
    // As the bytes travel.
    const bool upwards = piece.dir == direction::to_server;
    if (piece.on != legs::server && upwards) put(model::leg::client);
    if (piece.on != legs::client) put(model::leg::server);
    if (piece.on != legs::server && !upwards) put(model::leg::client);
}

void recording_writer::impl::write_journal(const model::event& event, bytes& out) {
    json.clear();
    model::write_json(event, json);
    const fmt::format_int id(event.flow);
    wire::pcapng::write_journal(
        out, event.time,
        {{"SYSLOG_IDENTIFIER", "helloscope"},
         {"HELLOSCOPE_EVENT", model::event_name(event.what)},
         {"HELLOSCOPE_FLOW", {id.data(), id.size()}},
         {"MESSAGE", json}});
}

// One view of what a piece keeps: a packet's checksum is over bytes that stand together.
bytes_view recording_writer::impl::kept_of(const piece& piece) {
    const auto header = bytes_view(piece.header).first(piece.header_size);
    if (header.empty()) return piece.body;
    if (piece.body.empty()) return header;
    joined.assign(header.begin(), header.end());
    joined.insert(joined.end(), piece.body.begin(), piece.body.end());
    return joined;
}

namespace {

void opening::keep(std::size_t place, bytes_view block) {
    const auto before = std::accumulate(sizes_.begin(), sizes_.begin() + place, std::ptrdiff_t{0});
    const auto at = blocks_.begin() + before;
    blocks_.insert(blocks_.erase(at, at + sizes_[place]), block.begin(), block.end());
    sizes_[place] = static_cast<std::uint32_t>(block.size());
}

void opening::clear() {
    if (blocks_.capacity() > largest_spare) blocks_ = {};
    blocks_.clear();
    sizes_ = {};
}

void open_flow::clear() {
    legs = {};
    told.clear();
    comment.clear();
}

void open_flows::open(std::uint64_t id) {
    close(id);
    if (flows_.size() == most_flows) flows_.erase(flows_.begin());
    if (spare_.empty()) {
        flows_.try_emplace(id);
        return;
    }
    auto node = std::move(spare_.back());
    spare_.pop_back();
    node.key() = id;
    flows_.insert(std::move(node));
}

void open_flows::close(std::uint64_t id) {
    auto node = flows_.extract(id);
    if (!node || spare_.size() == most_spare) return;
    node.mapped().clear();
    spare_.push_back(std::move(node));
}

void packets_of::operator()(const model::flow_opened& what) const {
    open(model::leg::client, what.client, what.listener);
}

void packets_of::operator()(const model::connected& what) const {
    end(model::leg::server); // of an earlier attempt
    open(model::leg::server, what.local, what.address);
}

void packets_of::operator()(const model::closed& what) const {
    auto& leg = flow.at(what.of);
    if (!leg) return;
    const bool fin = what.how == "fin";
    const bool peer = what.by == "peer" && (fin || what.how == "rst"); // else we gave it up
    const auto way = peer ? peer_sends(what.of) : opposite(peer_sends(what.of));
    fin ? leg->finish(way, event.time, {out, flow.comment}) : leg->reset(way, event.time);
}

void packets_of::operator()(const model::verdict& what) const {
    if (!flow.comment.empty()) flow.comment += '\n';
    flow.comment += fmt::format(
        "{} ({}): {}", what.id, model::to_string(what.how_sure), what.summary);
}

void packets_of::operator()(const model::flow_closed&) const {
    end(model::leg::client);
    end(model::leg::server);
}

void packets_of::open(model::leg of, const endpoint& client, const endpoint& server) const {
    auto& leg = flow.at(of);
    leg.reset();
    if (client.address.v6 != server.address.v6) return; // no packet could hold both
    // Another start for each flow: Wireshark would take a SYN from a reused port for one sent
    // again.
    const auto start = static_cast<std::uint32_t>(event.flow * 0x9e3779b1);
    leg.emplace(of, wire::packet::synthetic_stream(client, server, start));
    leg->open(event.time, {out, flow.comment});
}

void packets_of::end(model::leg of) const {
    auto& leg = flow.at(of);
    if (!leg) return;
    leg->finish(opposite(peer_sends(of)), event.time, {out, flow.comment});
    leg->release({out, flow.comment});
}

} // namespace
} // namespace helloscope::trace
