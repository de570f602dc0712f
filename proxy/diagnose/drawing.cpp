#include "drawing.hpp"

#include "data_stall.hpp"
#include "page.hpp"
#include "trials.hpp"

#include <algorithm>

namespace helloscope::diagnose {
namespace {

enum class fate : std::uint8_t { arrived, lost, nothing };

struct arrow {
    direction way{};
    fate end{};
    std::string size;
    std::string remark;
};

std::string times_again(const std::optional<std::uint32_t>& times) {
    return times.value_or(0) > 0 ? ", sent again " + text_of_count(*times, "time") : "";
}

// Segments that all fared alike are one arrow.
arrow sent(std::uint64_t bytes, std::uint64_t segments, fate end, std::string remark) {
    auto size = text_of_bytes(bytes);
    if (segments > 1) size = fmt::format("{} segments, {}", segments, size);
    return {direction::to_server, end, std::move(size), std::move(remark)};
}

// What we sent, cut at the MSS: the acknowledged beginning, the piece that is stuck, what is
// behind.
void draw_sent(std::vector<arrow>& rows, const facts& f, const model::leg_facts& leg) {
    const auto total = leg.out.sent.value_or(f.hello_bytes);
    const auto acked = std::min(leg.out.acked.value_or(total), total);
    const std::uint64_t mss = std::max<std::uint64_t>(leg.snd_mss.value_or(1448), 1);
    if (acked == total) {
        rows.push_back(sent(total, (total + mss - 1) / mss, fate::arrived, "acknowledged"));
        return;
    }
    if (acked > 0)
        rows.push_back(sent(acked, (acked + mss - 1) / mss, fate::arrived, "acknowledged"));
    const auto piece = std::min(mss, total - acked);
    rows.push_back(
        sent(piece, 1, fate::lost, "never acknowledged" + times_again(leg.out.retransmits)));
    const auto rest = total - acked - piece;
    if (rest == 0) return;
    const auto behind = (rest + mss - 1) / mss;
    const std::uint64_t sacked = std::min<std::uint64_t>(
        later_piece_arrived(leg) ? std::max(leg.out.sacked.value_or(1), 1u) : 0, behind);
    const auto arrived = sacked == 0 ? 0 : rest - (behind - sacked) * mss;
    if (behind > sacked)
        rows.push_back(
            sent(rest - arrived, behind - sacked, fate::lost, "not acknowledged either"));
    if (sacked > 0) rows.push_back(sent(arrived, sacked, fate::arrived, "arrived, behind the gap"));
}

// What came in answer.
void draw_received(std::vector<arrow>& rows, const facts& f, const model::leg_facts& leg) {
    const auto back = direction::to_client;
    const auto received = std::max(f.from_server, is_healed(f) ? 0 : leg.in.bytes.value_or(0));
    const auto came = is_healed(f) ? leg.in.bytes.value_or(0) : received;
    const bool ended = f.server_left() && !is_healed(f);
    if (came > (ended ? 1u : 0u))
        rows.push_back({back, fate::arrived, text_of_bytes(came), "arrived"});
    if (gap_stands(leg)) {
        rows.push_back({back, fate::lost, "?", "never arrives"});
        rows.push_back(
            {back, fate::arrived, text_of_count(leg.in.out_of_order.value_or(1), "segment"),
             leg.in.largest_arrived
                 ? fmt::format(
                       "behind the gap, {} at most", text_of_number(*leg.in.largest_arrived))
                 : "behind the gap"});
        return;
    }
    if (ended)
        rows.push_back(
            {back, fate::arrived, f.first_end->how == "rst" ? "RST" : "FIN",
             text_of(f.waited.value_or(f.lasted)) + " after the ClientHello"});
    else if (f.stuck() && came == 0)
        rows.push_back({back, fate::nothing, "", "nothing in " + text_of(silence_of(f))});
}

// A stall in the data stage has two legs to happen on; only the far one is drawn.
std::vector<arrow> rows_of(const facts& f) {
    std::vector<arrow> rows;
    const auto leg = first_try(f);
    if (!f.connected() || !f.client_hello || !leg.out.acked) return rows;
    if (f.established && !is_healed(f) && !data_stall_of(f)) return rows;
    draw_sent(rows, f, leg);
    draw_received(rows, f, leg);
    if (f.client_first_encrypted && !f.established)
        rows.push_back(
            {direction::to_server, fate::arrived, text_of_bytes(*f.client_first_encrypted),
             "the client's answer"});
    return rows;
}

std::string repeated(std::string_view what, std::size_t times) {
    std::string out;
    while (times-- > 0) out += what;
    return out;
}

std::string track(const arrow& row, std::size_t columns) {
    const bool up = row.way == direction::to_server;
    const auto part = columns / 2;
    switch (row.end) {
    case fate::arrived:
        return up ? repeated("─", columns - 1) + "▶" : "◀" + repeated("─", columns - 1);
    case fate::lost:
        return up ? repeated("─", part) + "✗" + std::string(columns - part - 1, ' ')
                  : std::string(columns - part - 1, ' ') + "✗" + repeated("─", part);
    case fate::nothing: break;
    }
    return "◀" + std::string(columns - 1, ' ');
}

} // namespace

std::vector<std::string> drawing_of(const facts& f, std::size_t width) {
    const auto rows = rows_of(f);
    if (rows.empty()) return {};
    std::size_t sizes = 0, remarks = 0;
    for (const auto& row : rows) {
        sizes = std::max(sizes, columns_of(row.size));
        remarks = std::max(remarks, columns_of(row.remark));
    }
    constexpr std::size_t shortest = 12, longest = 34;
    const auto left = width > sizes + remarks + 2 ? width - sizes - remarks - 2 : 0;
    const auto columns = std::clamp(left, shortest, longest);
    std::vector<std::string> lines;
    const auto room = width > sizes + 13 ? width - sizes - 13 : 1;
    const auto peer = fitted(peer_of(f), std::min(columns_of(peer_of(f)), room));
    const auto gap = columns > 10 + columns_of(peer) ? columns - columns_of(peer) - 10 : 2;
    lines.push_back(std::string(sizes + 1, ' ') + "helloscope" + std::string(gap, ' ') + peer);
    for (const auto& row : rows) {
        auto line = std::string(sizes - columns_of(row.size), ' ') + row.size + ' ' +
                    track(row, columns) + ' ' + row.remark;
        if (columns_of(line) > width) line = fitted(line, width);
        lines.push_back(std::move(line));
    }
    return lines;
}

} // namespace helloscope::diagnose
