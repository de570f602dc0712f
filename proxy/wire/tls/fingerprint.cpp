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

} // namespace helloscope::wire::tls
