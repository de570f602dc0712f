#include "helloscope/trace/recording_reader.hpp"

#include "helloscope/model/json.hpp"
#include "helloscope/wire/pcapng/capture_reader.hpp"

#include <fmt/format.h>
#include <utility>

namespace helloscope::trace {

struct recording_reader::impl {
    explicit impl(wire::pcapng::capture_reader reader) : blocks(std::move(reader)) {}

    std::optional<model::event> read();
    // Nothing when the block holds no event of ours.
    std::optional<result<model::event>> event_of(const wire::pcapng::block& block);
    void stop(const std::string& why);

    wire::pcapng::capture_reader blocks;
    bool section_read = false;
    bool helloscope_wrote = false; // says a section
    std::optional<model::event> first;
    std::optional<failure> trouble;
    std::uint64_t events = 0;
    std::uint64_t packets = 0;
};

result<recording_reader> recording_reader::open(bytes_view file) {
    auto blocks = wire::pcapng::capture_reader::open(file);
    if (!blocks) return std::unexpected(blocks.error());
    // Tools that copy a capture put their own name into its section: the events decide.
    auto out = std::make_unique<impl>(*std::move(blocks));
    out->first = out->read();
    if (out->first || out->helloscope_wrote) return recording_reader(std::move(out));
    if (!out->section_read && out->trouble) return std::unexpected(*out->trouble);
    return std::unexpected(
        failure{"this capture holds no helloscope events: it was not written by helloscope run"});
}

std::optional<model::event> recording_reader::next() {
    return impl_->first ? std::exchange(impl_->first, std::nullopt) : impl_->read();
}

const std::optional<failure>& recording_reader::trouble() const { return impl_->trouble; }

std::uint64_t recording_reader::packets() const { return impl_->packets; }

recording_reader::recording_reader(std::unique_ptr<impl> opened) : impl_(std::move(opened)) {}
recording_reader::recording_reader(recording_reader&&) noexcept = default;
recording_reader& recording_reader::operator=(recording_reader&&) noexcept = default;
recording_reader::~recording_reader() = default;

std::optional<model::event> recording_reader::impl::read() {
    while (!trouble && !blocks.at_end()) {
        const auto at = blocks.offset();
        const auto block = blocks.next();
        if (!block) {
            const auto& error = block.error();
            stop(
                error.code == errc::need_more
                    ? fmt::format("the file ends within the block at byte {}", at)
                    : fmt::format("in the block at byte {}: {}", at, to_string(error)));
            break;
        }
        auto event = event_of(*block);
        if (!event) continue;
        if (*event) {
            ++events;
            return **std::move(event);
        }
        stop(fmt::format("in the event at byte {}: {}", at, event->error().message));
    }
    return std::nullopt;
}

std::optional<result<model::event>> recording_reader::impl::event_of(
    const wire::pcapng::block& block) {
    if (const auto* section = std::get_if<wire::pcapng::section>(&block)) {
        section_read = true;
        helloscope_wrote |= section->application.starts_with("helloscope ");
    }
    if (std::holds_alternative<wire::pcapng::packet>(block)) ++packets;
    const auto* entry = std::get_if<wire::pcapng::journal>(&block);
    if (!entry || entry->find("SYSLOG_IDENTIFIER") != "helloscope") return std::nullopt;
    const auto message = entry->find("MESSAGE");
    if (!message) return std::unexpected(failure{"it has no MESSAGE"});
    return model::read_json(*message);
}

void recording_reader::impl::stop(const std::string& why) {
    trouble = failure{fmt::format("{}; before it: {} events, {} packets", why, events, packets)};
}

} // namespace helloscope::trace
