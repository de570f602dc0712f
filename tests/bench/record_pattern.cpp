#include "record_pattern.hpp"

#include <algorithm>
#include <random>

namespace bench {

namespace {

constexpr std::size_t header_size = 5;
constexpr std::size_t least = 17; // a content type and a tag: an empty TLS 1.3 record

// Runs of full records with single smaller ones between them, always the same.
std::vector<std::uint16_t> varied_lengths() {
    std::vector<std::uint16_t> lengths;
    std::minstd_rand random(1);
    for (int i = 0; i < 40; ++i) {
        const auto full = random() % 4;
        lengths.insert(lengths.end(), full, 16'401);
        lengths.push_back(static_cast<std::uint16_t>(least + random() % (16'401 - least)));
    }
    return lengths;
}

} // namespace

record_pattern::record_pattern(const options& given) : chunk_(given.chunk) {
    records_ = given.record == 0
                   ? varied_lengths()
                   : std::vector<std::uint16_t>{static_cast<std::uint16_t>(given.record)};
    for (const auto length : records_) {
        bytes_ += {
            '\x17', '\x03', '\x03', static_cast<char>(length >> 8), static_cast<char>(length)};
        bytes_.append(length, '\0');
        ends_.push_back(bytes_.size());
    }
    if (given.content == content::plain) std::fill(bytes_.begin(), bytes_.end(), 'p');
    const auto round = bytes_.size();
    bytes_.reserve(round + chunk_);
    while (bytes_.size() < round + chunk_)
        bytes_.append(bytes_, 0, std::min(round, round + chunk_ - bytes_.size()));
}

std::size_t record_pattern::end_of_record(std::size_t at) const {
    return *std::upper_bound(ends_.begin(), ends_.end(), at);
}

std::string_view record_pattern::next(std::uint64_t sent, writing how) const {
    const auto at = static_cast<std::size_t>(sent % ends_.back());
    const auto size = how == writing::chunks ? chunk_ : end_of_record(at) - at;
    return std::string_view(bytes_).substr(at, size);
}

std::string_view record_pattern::rest_of_record(std::uint64_t sent) const {
    const auto at = static_cast<std::size_t>(sent % ends_.back());
    if (at == 0 || std::binary_search(ends_.begin(), ends_.end(), at)) return {};
    return std::string_view(bytes_).substr(at, end_of_record(at) - at);
}

std::vector<std::uint16_t> record_pattern::lengths(std::uint64_t sent) const {
    std::vector<std::uint16_t> found;
    for (std::uint64_t at = 0; at < sent; at += header_size + found.back())
        found.push_back(records_[found.size() % records_.size()]);
    return found;
}

} // namespace bench
