#include "resources.hpp"

#include "files.hpp"
#include "helloscope/origin/content.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <openssl/evp.h>

namespace helloscope::origin {
namespace {

// What of the target lies behind the row's prefix, and the query.
struct asked {
    std::string_view rest;
    std::string_view query;
    const std::filesystem::path& files;
};

struct row {
    std::string_view prefix; // ends in '/': something follows
    std::string_view methods;
    std::unique_ptr<resource> (*make)(const asked& asked);
};

// ---- resources that need no body ----

class prepared : public resource {
  public:
    explicit prepared(reply reply) : reply_(std::move(reply)) {}
    void take(bytes_view) override {}
    reply answer() override { return std::move(reply_); }

  private:
    reply reply_;
};

std::unique_ptr<resource> say(reply reply) { return std::make_unique<prepared>(std::move(reply)); }

template <class T> std::optional<T> number(std::string_view text, T lowest, T highest) {
    T value{};
    const auto [end, error] = std::from_chars(text.begin(), text.end(), value);
    if (error != std::errc() || end != text.end() || value < lowest || value > highest) return {};
    return value;
}

std::optional<std::string_view> query_value(std::string_view query, std::string_view name) {
    while (!query.empty()) {
        const std::string_view pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(pair.size() + 1, query.size()));
        const std::size_t equals = std::min(pair.find('='), pair.size());
        if (pair.substr(0, equals) == name) return pair.substr(std::min(equals + 1, pair.size()));
    }
    return {};
}

std::unique_ptr<resource> root(const asked&) {
    return say(text_reply(200, "helloscope serve: the TLS handshake worked\n"));
}

class generated : public body_source {
  public:
    generated(std::uint64_t size, std::uint64_t seed) : size_(size), seed_(seed) {}
    std::size_t read(std::span<std::uint8_t> into) override {
        const auto size = static_cast<std::size_t>(
            std::min<std::uint64_t>(into.size(), size_ - at_));
        fill(into.first(size), at_, seed_);
        at_ += size;
        return size;
    }

  private:
    std::uint64_t size_, seed_, at_ = 0;
};

std::unique_ptr<resource> some_bytes(const asked& asked) {
    const auto size = number<std::uint64_t>(asked.rest, 0, std::uint64_t{1} << 40);
    const auto write_size = number<std::size_t>(
        query_value(asked.query, "chunk").value_or("65536"), 1, 1 << 20);
    const auto seed = number<std::uint64_t>(
        query_value(asked.query, "seed").value_or("0"), 0, ~0ull);
    if (!size || !write_size || !seed) {
        return say(text_reply(
            400,
            "/bytes/N?chunk=SIZE&seed=S: N to 1099511627776, SIZE 1 to 1048576, S a number\n"));
    }
    reply reply;
    reply.content_type = "application/octet-stream";
    // Whoever asks for chunks of a size gets HTTP chunks of that size, each its own write to TLS.
    if (!query_value(asked.query, "chunk")) reply.length = *size;
    reply.write_size = *write_size;
    reply.body = std::make_unique<generated>(*size, *seed);
    return say(std::move(reply));
}

std::unique_ptr<resource> slow(const asked& asked) {
    const auto wait = number<unsigned>(asked.rest, 0, 600'000);
    if (!wait) return say(text_reply(400, "/slow/MS: milliseconds, 0 to 600000\n"));
    reply reply = text_reply(200, fmt::format("after {} ms\n", *wait));
    reply.delay = std::chrono::milliseconds(*wait);
    return say(std::move(reply));
}

std::unique_ptr<resource> closing(const asked&) {
    reply reply = text_reply(200, "closed without close_notify\n");
    reply.after = ending::cut;
    return say(std::move(reply));
}

std::unique_ptr<resource> file(const asked& asked) {
    if (asked.files.empty()) return say(text_reply(404, "no folder is served: --dir\n"));
    return say(file_reply(asked.files, asked.rest));
}

// ---- resources that read the body ----

class echo : public resource {
  public:
    void take(bytes_view piece) override {
        too_large_ = too_large_ || body_.size() + piece.size() > echo_limit;
        if (!too_large_) body_ += as_text(piece);
    }
    reply answer() override {
        if (too_large_) return text_reply(413, fmt::format("/echo takes {} bytes\n", echo_limit));
        reply reply = text_reply(200, std::move(body_));
        reply.content_type = "application/octet-stream";
        return reply;
    }

  private:
    std::string body_;
    bool too_large_ = false;
};

class upload : public resource {
  public:
    upload() { EVP_DigestInit_ex(digest_.get(), EVP_sha256(), nullptr); }
    void take(bytes_view piece) override {
        length_ += piece.size();
        EVP_DigestUpdate(digest_.get(), piece.data(), piece.size());
    }
    reply answer() override {
        unsigned char sum[32];
        EVP_DigestFinal_ex(digest_.get(), sum, nullptr);
        std::string hex;
        for (const unsigned char octet : sum) hex += fmt::format("{:02x}", octet);
        reply reply = text_reply(
            200, fmt::format(
                     R"({{"length":{},"sha256":"{}"}})"
                     "\n",
                     length_, hex));
        reply.content_type = "application/json";
        return reply;
    }

  private:
    struct free {
        void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    };
    std::unique_ptr<EVP_MD_CTX, free> digest_{EVP_MD_CTX_new()};
    std::uint64_t length_ = 0;
};

template <class T> std::unique_ptr<resource> reads_body(const asked&) {
    return std::make_unique<T>();
}

constexpr row rows[] = {
    {"/", "GET, HEAD", root},
    {"/bytes/", "GET, HEAD", some_bytes},
    {"/slow/", "GET, HEAD", slow},
    {"/close", "GET, HEAD", closing},
    {"/files/", "GET, HEAD", file},
    {"/echo", "POST, PUT", reads_body<echo>},
    {"/upload", "POST, PUT", reads_body<upload>},
};

bool matches(const row& row, std::string_view path) {
    const bool has_rest = row.prefix.size() > 1 && row.prefix.ends_with('/');
    return has_rest ? path.starts_with(row.prefix) : path == row.prefix;
}

bool allows(const row& row, std::string_view method) {
    const std::size_t at = row.methods.find(method);
    if (method.empty() || at == std::string_view::npos) return false;
    const std::string_view behind = row.methods.substr(at + method.size());
    return (at == 0 || row.methods[at - 1] == ' ') && (behind.empty() || behind.starts_with(','));
}

std::unique_ptr<resource> not_allowed(const row& row) {
    reply reply = text_reply(405, fmt::format("{} takes {}\n", row.prefix, row.methods));
    reply.allow = row.methods;
    return say(std::move(reply));
}

} // namespace

std::unique_ptr<resource> find_resource(
    std::string_view method, std::string_view target, const std::filesystem::path& files) {
    const std::size_t mark = std::min(target.find('?'), target.size());
    const std::string_view path = target.substr(0, mark);
    const auto* row = std::ranges::find_if(rows, [&](auto& one) { return matches(one, path); });
    if (row == std::end(rows)) {
        return say(text_reply(
            404, "there is / /bytes/N /slow/MS /close /files/PATH, and POST /echo /upload\n"));
    }
    if (!allows(*row, method)) return not_allowed(*row);
    const asked asked{
        path.substr(row->prefix.size()), target.substr(std::min(mark + 1, target.size())), files};
    return row->make(asked);
}

} // namespace helloscope::origin
