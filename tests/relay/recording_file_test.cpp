#include "recording_file.hpp"

#include "support/catch.hpp"
#include "support/folder.hpp"

#include <csignal>
#include <fstream>
#include <set>
#include <sys/resource.h>
#include <sys/stat.h>

using namespace helloscope;
using namespace helloscope::relay;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

constexpr timestamp start{1'795'213'175s}; // 2026-11-20T22:19:35Z

recording_options into_file(const fs::path& path) {
    recording_options where;
    where.file = path;
    return where;
}

recording_options into_directory(const fs::path& path) {
    recording_options where;
    where.directory = path;
    return where;
}

std::set<std::string> names_in(const fs::path& directory) {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(directory))
        names.insert(entry.path().filename().string());
    return names;
}

std::string content_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace

TEST_CASE("a recording is for its owner alone, and replaces what was there") {
    const test::folder folder;
    const auto path = folder.path() / "a.pcapng";
    std::ofstream(path) << "something old and longer";
    fs::permissions(path, fs::perms(0644));
    {
        auto file = recording_file::create(into_file(path), start);
        REQUIRE(file);
        CHECK_FALSE(file->append(as_bytes("blocks")));
    }
    CHECK(content_of(path) == "blocks");
    CHECK((fs::status(path).permissions() & fs::perms::all) == fs::perms(0600));
    const auto fresh = folder.path() / "b.pcapng";
    auto file = recording_file::create(into_file(fresh), start);
    CHECK((fs::status(fresh).permissions() & fs::perms::all) == fs::perms(0600));
}

TEST_CASE("a path that cannot be written is refused by name") {
    const test::folder folder;
    for (const auto& path : {folder.path() / "missing/a.pcapng", folder.path()}) {
        const auto refused = recording_file::create(into_file(path), start);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().message.starts_with("cannot record to " + path.string() + ": "));
    }
    std::ofstream(folder.path() / "file") << "x";
    const auto refused = recording_file::create(
        into_directory(folder.path() / "file/below"), start);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.starts_with("cannot record into "));
}

TEST_CASE("a file that is being recorded to is not taken away") {
    const test::folder folder;
    const auto path = folder.path() / "a.pcapng";
    auto first = recording_file::create(into_file(path), start);
    REQUIRE(first);
    CHECK_FALSE(first->append(as_bytes("mine")));
    const auto second = recording_file::create(into_file(path), start);
    REQUIRE_FALSE(second);
    CHECK(second.error().message.find("another helloscope is recording") != std::string::npos);
    CHECK(content_of(path) == "mine");
}

TEST_CASE("a full file and an old file want a successor with a number") {
    const test::folder folder;
    auto where = into_file(folder.path() / "a.pcapng");
    where.file_size = 10;
    where.file_age = 60s;
    auto file = recording_file::create(where, start);
    REQUIRE(file);
    CHECK_FALSE(file->wants_successor(start + 59s));
    CHECK(file->wants_successor(start + 60s));
    CHECK_FALSE(file->append(as_bytes("ten bytes.")));
    CHECK(file->wants_successor(start));
    REQUIRE(file->succeed(start + 1s));
    CHECK_FALSE(file->wants_successor(start + 2s));
    CHECK_FALSE(file->append(as_bytes("next")));
    REQUIRE(file->succeed(start + 2s));
    CHECK(names_in(folder.path()) == std::set<std::string>{"a.pcapng", "a.1.pcapng", "a.2.pcapng"});
    CHECK(content_of(folder.path() / "a.1.pcapng") == "next");
}

TEST_CASE("a directory keeps the newest files within its size, and those in use") {
    const test::folder folder;
    auto where = into_directory(folder.path() / "new/state");
    where.total_size = 25;
    auto in_use = recording_file::create(where, start);
    REQUIRE(in_use);
    const auto first = in_use->path();
    CHECK(first.filename().string().starts_with("helloscope-20261120T221935Z-"));
    CHECK_FALSE(in_use->append(as_bytes("ten bytes.")));
    // Two that nobody uses any more, and one that is not ours.
    for (const auto* name :
         {"helloscope-20200101T000000Z-1.pcapng", "helloscope-20200102T000000Z-1.pcapng",
          "notes.pcapng"}) {
        std::ofstream(where.directory / name) << "ten bytes.";
        fs::last_write_time(where.directory / name, fs::file_time_type::clock::now() - 48h);
    }
    fs::last_write_time(
        where.directory / "helloscope-20200101T000000Z-1.pcapng",
        fs::file_time_type::clock::now() - 72h);
    REQUIRE(in_use->succeed(start + 1s));
    const auto left = names_in(where.directory);
    CHECK_FALSE(left.contains("helloscope-20200101T000000Z-1.pcapng"));
    CHECK(left.contains("helloscope-20200102T000000Z-1.pcapng"));
    CHECK(left.contains("notes.pcapng"));
    CHECK(left.contains(in_use->path().filename().string()));
}

TEST_CASE("a write that fails leaves whole blocks behind, and the next may succeed") {
    const test::folder folder;
    const auto path = folder.path() / "a.pcapng";
    auto file = recording_file::create(into_file(path), start);
    REQUIRE(file);
    CHECK_FALSE(file->append(as_bytes("first block ")));
    // The file size limit stands for a full disk: the write is cut in the middle, the next one
    // fails.
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit little{20, before.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &little);
    const auto error = file->append(as_bytes("a block that does not fit "));
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    CHECK(error == std::errc::file_too_large);
    CHECK(content_of(path) == "first block ");
    CHECK_FALSE(file->append(as_bytes("another")));
    CHECK(content_of(path) == "first block another");
}
