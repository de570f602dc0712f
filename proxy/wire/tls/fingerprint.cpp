#include "helloscope/wire/tls/fingerprint.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <md5.h>
#include <sha2.h>

namespace helloscope::wire::tls {

namespace {

std::vector<std::uint16_t> without_grease(std::vector<std::uint16_t> list) {
    std::erase_if(list, is_grease);
    return list;
}

std::vector<std::uint16_t> extension_ids(const client_hello& hello) {
    std::vector<std::uint16_t> ids;
    ids.reserve(hello.extensions.size());
    for (const auto& extension : hello.extensions) ids.push_back(extension.id);
    return without_grease(std::move(ids));
}

std::string sha256_prefix(const std::string& text) {
    char hex[SHA256_DIGEST_STRING_LENGTH];
    SHA256Data(as_bytes(text).data(), text.size(), hex);
    return std::string(hex, 12);
}

std::string_view ja4_version(std::uint16_t version) {
    switch (version) {
    case 0x0304: return "13";
    case 0x0303: return "12";
    case 0x0302: return "11";
    case 0x0301: return "10";
    case 0x0300: return "s3";
    case 0x0002: return "s2";
    default: return "00";
    }
}

// First and last character of the first protocol; of its hex form when either is not alphanumeric.
std::string ja4_alpn(const client_hello& hello) {
    if (hello.alpn.empty() || hello.alpn[0].empty()) return "00";
    const auto name = as_bytes(hello.alpn[0]);
    const auto plain = [](int c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    };
    if (plain(name.front()) && plain(name.back()))
        return {static_cast<char>(name.front()), static_cast<char>(name.back())};
    return fmt::format("{:x}{:x}", name.front() >> 4, name.back() & 0x0f);
}

std::string ja4_hex_list(const std::vector<std::uint16_t>& list) {
    return fmt::format("{:04x}", fmt::join(list, ","));
}

std::string ja4_ciphers(std::vector<std::uint16_t> ciphers) {
    if (ciphers.empty()) return "000000000000";
    std::ranges::sort(ciphers);
    return sha256_prefix(ja4_hex_list(ciphers));
}

// SNI and ALPN change with the destination and are told before, so they are left out.
std::string ja4_extensions(std::vector<std::uint16_t> ids, const client_hello& hello) {
    std::erase(ids, extension_type::server_name);
    std::erase(ids, extension_type::alpn);
    if (ids.empty()) return "000000000000";
    std::ranges::sort(ids);
    auto text = ja4_hex_list(ids);
    const auto schemes = without_grease(hello.signature_algorithms);
    if (!schemes.empty()) text.append("_").append(ja4_hex_list(schemes));
    return sha256_prefix(text);
}

// GREASE apart, which is another in each hello of one client.
template <class T, class Number>
bool same_numbers(const std::vector<T>& a, const std::vector<T>& b, Number number) {
    auto x = a.begin(), y = b.begin();
    while (true) {
        while (x != a.end() && is_grease(number(*x))) ++x;
        while (y != b.end() && is_grease(number(*y))) ++y;
        if (x == a.end() || y == b.end()) return x == a.end() && y == b.end();
        if (number(*x++) != number(*y++)) return false;
    }
}

// All that the fingerprints are made of.
bool same_kind(const client_hello& a, const client_hello& b) {
    const auto id = [](const extension& one) { return one.id; };
    const auto itself = [](std::uint16_t one) { return one; };
    const auto protocol = [](const client_hello& one) {
        return one.alpn.empty() ? std::string_view() : std::string_view(one.alpn.front());
    };
    return a.legacy_version == b.legacy_version && a.highest_version() == b.highest_version() &&
           same_numbers(a.cipher_suites, b.cipher_suites, itself) &&
           same_numbers(a.extensions, b.extensions, id) &&
           same_numbers(a.supported_groups, b.supported_groups, itself) &&
           same_numbers(a.signature_algorithms, b.signature_algorithms, itself) &&
           a.ec_point_formats == b.ec_point_formats && protocol(a) == protocol(b);
}

} // namespace

std::string ja3_string(const client_hello& hello) {
    return fmt::format(
        "{},{},{},{},{}", hello.legacy_version, fmt::join(without_grease(hello.cipher_suites), "-"),
        fmt::join(extension_ids(hello), "-"),
        fmt::join(without_grease(hello.supported_groups), "-"),
        fmt::join(hello.ec_point_formats, "-"));
}

std::string ja3(const client_hello& hello) {
    char hex[MD5_DIGEST_STRING_LENGTH];
    const auto text = ja3_string(hello);
    MD5Data(as_bytes(text).data(), text.size(), hex);
    return hex;
}

std::string ja4(const client_hello& hello) {
    const auto ciphers = without_grease(hello.cipher_suites);
    const auto ids = extension_ids(hello);
    return fmt::format(
        "t{}{}{:02}{:02}{}_{}_{}", ja4_version(hello.highest_version()),
        hello.find(extension_type::server_name) ? 'd' : 'i',
        std::min<std::size_t>(ciphers.size(), 99), std::min<std::size_t>(ids.size(), 99),
        ja4_alpn(hello), ja4_ciphers(ciphers), ja4_extensions(ids, hello));
}

const fingerprints& fingerprint_memory::of(const client_hello& hello) {
    for (const auto& one : known_)
        if (one && same_kind(one->hello, hello)) return one->prints;
    auto& made = known_[next_];
    next_ = (next_ + 1) % known_.size();
    return made.emplace(known{hello, {ja3(hello), ja4(hello)}}).prints;
}

} // namespace helloscope::wire::tls
