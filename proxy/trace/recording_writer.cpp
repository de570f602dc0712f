#include "helloscope/trace/recording_writer.hpp"

#include "helloscope/model/json.hpp"
#include "helloscope/wire/packet/link.hpp"
#include "helloscope/wire/pcapng/block_writer.hpp"
#include "open_flows.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace helloscope::trace {
namespace {

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
    void write_journal(std::uint64_t id, std::string_view name, timestamp time, bytes& out) const;
    void write_again(std::uint64_t id, const opening& told, bytes& out);
    bytes_view kept_of(const piece& piece);

    model::recording_opened about;
    open_flows flows;
    std::string json; // of the event that is written; these two keep their memory
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
    for (const auto& [id, flow] : impl_->flows) impl_->write_again(id, flow.told, out);
}

void recording_writer::write(const model::event& event, bytes& out) {
    impl_->write_journal(event, out);

    auto& flows = impl_->flows;
    if (std::holds_alternative<model::flow_opened>(event.what)) flows.open(event.flow);
    auto* flow = flows.find(event.flow);
    if (!flow) return;
    flow->told.keep(event.what, impl_->json);
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
    write_journal(event.flow, model::event_name(event.what), event.time, out);
}

void recording_writer::impl::write_journal(
    std::uint64_t id, std::string_view name, timestamp time, bytes& out) const {
    const fmt::format_int number(id);
    wire::pcapng::journal_entry(out, time, name.size() + number.size() + json.size())
        .line("SYSLOG_IDENTIFIER=helloscope\nHELLOSCOPE_EVENT=", name)
        .line("HELLOSCOPE_FLOW=", {number.data(), number.size()})
        .line("MESSAGE=", json);
}

void recording_writer::impl::write_again(std::uint64_t id, const opening& told, bytes& out) {
    for (const auto& [name, time, rest] : told.all()) {
        json = fmt::format(R"({{"event":"{}","flow":{},{})", name, id, rest);
        write_journal(id, name, time, out);
    }
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
