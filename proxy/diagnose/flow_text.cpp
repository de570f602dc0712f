#include "helloscope/diagnose/report.hpp"

#include "drawing.hpp"
#include "fault_rows.hpp"
#include "heal_rows.hpp"
#include "helloscope/diagnose/units.hpp"
#include "helloscope/model/facts.hpp"
#include "helloscope/wire/tls/names.hpp"
#include "inquiry_rows.hpp"
#include "items.hpp"
#include "notes.hpp"
#include "outcome.hpp"
#include "shape_rows.hpp"
#include "way_rows.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace helloscope::diagnose {
namespace {

using model::leg;
using model::stage;
using model::timeline;
namespace tls = wire::tls;

std::string code(std::string_view name, unsigned number) {
    return name.empty() ? fmt::format("0x{:04x}", number) : std::string(name);
}

void add_heading(page& to, const timeline& flow) {
    items line;
    line.add(fmt::format("flow {}", flow.flow)).add(target_of(flow));
    if (!target_of(flow).starts_with("from ")) line.add("from " + to_string(client_of(flow)));
    line.add(front_of(flow));
    line.add(flow.user_agent);
    to.paragraph(0, line.text(), ink::bold);
}

// The sentence, what it rests on, what to do: the flow itself comes behind.
void add_verdict(page& to, const model::verdict& verdict, const timeline& flow) {
    const bool healed = was_healed(flow);
    to.paragraph(
        0,
        fmt::format(
            "{} {} ({})", healed ? "✓ healed:" : "✗", verdict.id, to_string(verdict.how_sure)),
        healed ? ink::good : ink::bad);
    to.paragraph(2, verdict.summary, ink::bold);
    constexpr std::size_t indent = page::label_width + 2;
    const auto drawing = drawing_of(model::make_facts(flow), to.width() - indent);
    if (!drawing.empty()) to.gap();
    for (const auto& line : drawing) to.line(indent, line);
    if (!drawing.empty()) to.gap();
    items facts;
    for (const auto& fact : verdict.facts) facts.add(fact.name + ": " + fact.value);
    add_row(to, "evidence", facts);
    if (!verdict.others.empty())
        to.row("may also be", fmt::format("{}", fmt::join(verdict.others, ", ")));
    for (const auto& open : verdict.missing) to.row("not known", open);
    for (const auto& remedy : verdict.remedies) {
        if (!remedy.text.empty()) to.row("try", fmt::format("{}: {}", remedy.who, remedy.text));
        if (!remedy.command.empty()) to.line(page::label_width + 4, remedy.command, ink::command);
    }
    for (const auto& note : verdict.notes) to.row("beside it", note.id + ": " + note.text);
    to.row("more", "helloscope explain " + verdict.id);
    to.gap();
}

void add_stages(page& to, const timeline& flow) {
    struct name {
        stage which;
        std::string_view text;
    };
    constexpr name names[] = {
        {stage::front, "front"},
        {stage::resolve, "dns"},
        {stage::connect, "tcp"},
        {stage::parent, "parent"},
        {stage::hello, "hello"},
        {stage::server_flight, "server flight"},
        {stage::client_finish, "client finish"},
        {stage::data, "data"},
    };
    const auto until = flow.closings.empty() ? flow.latest : flow.closings.front().time;
    items line;
    for (const auto& [which, text] : names) {
        const auto& span = flow.of(which);
        if (!span.begin ||
            (which == stage::resolve && flow.names && flow.names->source == "literal"))
            continue;
        const auto took = span.end.value_or(std::max(until, *span.begin)) - *span.begin;
        line.add(fmt::format("{} {}{}", text, text_of(took), span.end ? "" : ", not over"));
    }
    add_row(to, "stages", line);
}

// What makes it big comes first.
std::string largest_extensions(const tls::client_hello& hello) {
    auto sorted = hello.extensions;
    std::ranges::stable_sort(sorted, std::greater{}, &tls::extension::size);
    items line;
    for (std::size_t i = 0; i < sorted.size() && i < 3 && sorted[i].size >= 16; ++i)
        line.add(fmt::format(
            "{} {}", code(tls::extension_name(sorted[i].id), sorted[i].id),
            text_of_number(sorted[i].size)));
    return line.text();
}

template <class Name> std::string names(const std::vector<std::uint16_t>& codes, Name name) {
    std::string out;
    for (const auto one : codes)
        if (!tls::is_grease(one)) out += (out.empty() ? "" : ", ") + code(name(one), one);
    return out;
}

void add_hello(page& to, const timeline& flow) {
    if (!flow.client_hello) return;
    const auto& hello = *flow.client_hello;
    const auto size = flow.hello_bytes > 0 ? flow.hello_bytes : hello.size;
    items weight;
    weight.add(text_of_bytes(size));
    if (const auto& path = flow.of(leg::server); path && path->snd_mss.value_or(0) > 0) {
        const auto segments = (size + *path->snd_mss - 1) / *path->snd_mss;
        weight.add(fmt::format(
            "{} of up to {}", text_of_count(segments, "segment"), text_of_number(*path->snd_mss)));
    }
    weight.add(largest_extensions(hello));
    add_row(to, "hello", weight);

    items offer;
    offer.add(hello.server_name ? hello.server_name->host : "no server name");
    if (hello.ech != tls::ech_kind::none) offer.add("ECH or GREASE of it");
    offer.add(fmt::format("{}", fmt::join(hello.alpn, ", ")));
    offer.add(
        hello.supported_versions.empty()
            ? code(tls::version_name(hello.legacy_version), hello.legacy_version)
            : names(hello.supported_versions, tls::version_name));
    std::string shares;
    for (const auto& share : hello.key_shares)
        if (!tls::is_grease(share.group))
            shares += fmt::format(
                "{}{} {}", shares.empty() ? "" : ", ",
                code(tls::group_name(share.group), share.group), text_of_number(share.size));
    offer.add(shares.empty() ? "" : "key shares " + shares);
    if (hello.pre_shared_key) offer.add("resumes");
    if (hello.early_data) offer.add("early data");
    add_row(to, "", offer);
    if (!flow.ja4.empty()) to.row("", "JA4 " + flow.ja4);
}

void add_answer(page& to, const timeline& flow) {
    items line;
    if (flow.retried) line.add("HelloRetryRequest first");
    if (flow.server_hello) {
        const auto& hello = *flow.server_hello;
        line.add(code(tls::version_name(hello.version), hello.version));
        line.add(code(tls::cipher_suite_name(hello.cipher_suite), hello.cipher_suite));
        if (hello.group) line.add(code(tls::group_name(*hello.group), *hello.group));
        if (hello.selected_psk) line.add("resumed");
        if (hello.alpn) line.add(*hello.alpn);
    }
    const auto& chain = flow.of(direction::to_client).certificate_sizes;
    if (!chain.empty()) {
        std::uint64_t sum = 0;
        for (const auto size : chain) sum += size;
        line.add(
            fmt::format("{}, {}", text_of_count(chain.size(), "certificate"), text_of_bytes(sum)));
    }
    add_row(to, "answer", line);
}

// "▂··▄··█": one character a bound, against the fullest.
std::string bars(const model::stream& way) {
    static constexpr std::string_view blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    const auto most = *std::ranges::max_element(way.lengths);
    std::string out;
    for (const auto count : way.lengths)
        out += count == 0 ? "·" : blocks[count == most ? 7 : count / (most / 8 + 1)];
    return out;
}

void add_records(
    page& to, std::string_view label, const model::stream& way, std::string_view if_none) {
    if (way.bytes == 0 && way.records == 0) return;
    if (way.records == 0) {
        to.row(label, text_of_bytes(way.bytes) + std::string(if_none));
        return;
    }
    static constexpr std::string_view bounds[] = {"≤64", "≤256", "≤1K", "≤4K",
                                                  "≤8K", "≤16K", ">16K"};
    items line;
    line.add(text_of_count(way.records, "record")).add(text_of_bytes(way.bytes));
    std::string sizes = bars(way);
    for (std::size_t i = 0; i < way.lengths.size(); ++i)
        if (way.lengths[i] > 0)
            sizes += fmt::format("  {}: {}", bounds[i], text_of_number(way.lengths[i]));
    if (way.records > 1) line.add(sizes);
    to.row(label, line.text());
}

void add_path(page& to, std::string_view label, const std::optional<model::path_sample>& leg) {
    if (!leg) return;
    const auto& p = *leg;
    items line;
    if (p.rtt)
        line.add(
            "rtt " + text_of(*p.rtt) +
            (p.min_rtt ? ", min " + text_of(*p.min_rtt) : std::string()));
    if (p.snd_mss) line.add(fmt::format("mss {}", text_of_number(*p.snd_mss)));
    if (p.pmtu) line.add(fmt::format("path mtu {}", text_of_number(*p.pmtu)));
    if (p.total_retrans.value_or(0) > 0)
        line.add(text_of_number(*p.total_retrans) + " sent again");
    else if (p.total_retrans)
        line.add("nothing sent again");
    if (p.unacked.value_or(0) > 0)
        line.add(text_of_count(*p.unacked, "segment") + " not acknowledged");
    if (p.rcv_ooopack.value_or(0) > 0) line.add(text_of_number(*p.rcv_ooopack) + " out of order");
    add_row(to, label, line);
}

// "client closed (FIN)", "server reset (RST, ECONNRESET)", "helloscope ended the client leg
// (timeout)".
std::string end_of(const model::closed& what) {
    const auto error = what.error.empty() ? "" : ", " + what.error;
    if (what.by != "peer")
        return fmt::format(
            "helloscope ended the {} leg ({}{})", to_string(what.of), what.how, error);
    if (what.how == "fin") return fmt::format("{} closed (FIN{})", to_string(what.of), error);
    if (what.how == "rst") return fmt::format("{} reset (RST{})", to_string(what.of), error);
    return fmt::format("{} ended ({}{})", to_string(what.of), what.how, error);
}

void add_end(page& to, const timeline& flow) {
    items line;
    for (const auto& [what, time] : flow.closings)
        if (what.by == "peer" || &what == &flow.closings.front().what) line.add(end_of(what));
    line.add((flow.ended ? "after " : "open for ") + text_of(lasted(flow)));
    add_row(to, "end", line);
}

} // namespace

std::string flow_text(const timeline& flow, const report_options& options) {
    page out(options.width, options.colour);
    add_heading(out, flow);
    const auto verdict = verdict_of(flow);
    if (verdict) {
        add_verdict(out, *verdict, flow);
    } else {
        out.paragraph(0, outcome_of(flow, nullptr), ink::good);
        if (flow.ended)
            for (const auto& note : notes_of(model::make_facts(flow)))
                if (note.id == "closed-without-request" || note.id == "silent-at-the-end")
                    out.row("note", note.id + ": " + note.text);
    }
    add_way_rows(out, flow);
    add_fault_rows(out, flow);
    add_stages(out, flow);
    add_hello(out, flow);
    add_shape_rows(out, flow);
    add_answer(out, flow);
    add_heal_rows(out, flow);
    add_inquiry_rows(out, flow);
    const std::string_view if_none = flow.plain_http() ? "" : ", no TLS records";
    add_records(out, "to server", flow.of(direction::to_server), if_none);
    add_records(out, "to client", flow.of(direction::to_client), if_none);
    add_path(out, "server path", flow.of(leg::server));
    const auto& client = flow.of(leg::client);
    const bool noteworthy = client && (client->total_retrans.value_or(0) > 0 ||
                                       client->rcv_ooopack.value_or(0) > 0);
    if (noteworthy || options.verbose) add_path(out, "client path", flow.of(leg::client));
    add_end(out, flow);
    return out.take();
}

} // namespace helloscope::diagnose
