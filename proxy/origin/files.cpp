#include "files.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <fstream>

namespace helloscope::origin {
namespace {

namespace fs = std::filesystem;

class file_source : public body_source {
  public:
    file_source(std::ifstream file, std::uint64_t left) : file_(std::move(file)), left_(left) {}
    // No more than was announced, should the file grow meanwhile.
    std::size_t read(std::span<std::uint8_t> into) override {
        const auto wanted = std::min<std::uint64_t>(into.size(), left_);
        file_.read(reinterpret_cast<char*>(into.data()), static_cast<std::streamsize>(wanted));
        left_ -= static_cast<std::uint64_t>(file_.gcount());
        return static_cast<std::size_t>(file_.gcount());
    }

  private:
    std::ifstream file_;
    std::uint64_t left_;
};

bool is_inside(const fs::path& root, const fs::path& path) {
    return std::ranges::mismatch(root, path).in1 == root.end();
}

std::optional<fs::path> locate(const fs::path& root, std::string_view encoded) {
    const auto decoded = percent_decoded(encoded);
    if (!decoded || decoded->find('\0') != std::string::npos) return std::nullopt;
    std::error_code error;
    const fs::path top = fs::canonical(root, error);
    if (error) return std::nullopt;
    const fs::path found = fs::canonical(top / fs::path(*decoded), error);
    if (error || !is_inside(top, found) || !fs::is_regular_file(found, error)) return std::nullopt;
    return found;
}

std::string content_type(const fs::path& path) {
    const std::string extension = path.extension().string();
    if (extension == ".json") return "application/json";
    if (extension == ".html") return "text/html; charset=utf-8";
    if (extension == ".txt" || extension == ".bazel") return "text/plain; charset=utf-8";
    return "application/octet-stream";
}

} // namespace

reply file_reply(const fs::path& root, std::string_view path) {
    const auto found = locate(root, path);
    if (!found) return text_reply(404, fmt::format("no file {} is served here\n", path));
    std::error_code error;
    const auto size = fs::file_size(*found, error);
    std::ifstream file(*found, std::ios::binary);
    if (error || !file) return text_reply(403, fmt::format("{} cannot be read\n", path));
    reply reply;
    reply.content_type = content_type(*found);
    reply.length = size;
    reply.body = std::make_unique<file_source>(std::move(file), size);
    return reply;
}

std::optional<std::string> percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        const std::string_view digits = text.substr(i + 1, 2);
        unsigned octet = 0;
        const auto [end, error] = std::from_chars(digits.begin(), digits.end(), octet, 16);
        if (digits.size() != 2 || error != std::errc() || end != digits.end()) return std::nullopt;
        out += static_cast<char>(octet);
        i += 2;
    }
    return out;
}

} // namespace helloscope::origin
