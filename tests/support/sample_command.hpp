// `helloscope run` in small: one option of each sort that configuration, completion and the man
// page tell apart. What was parsed is there to be looked at.
#pragma once

#include "values.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>

namespace helloscope::test {

struct sample_command {
    CLI::App root{"helloscope: samples"};
    CLI::App* command = root.add_subcommand("run", "runs; or not");
    unsigned threads = 1;
    std::uint64_t size = 512;
    std::string port_file, detail = "runs", record, cert, key, certs, parent, mode;
    std::vector<std::string> listen, reverse, names{"a.test", "b.test"};
    bool no_record = false;
    int verbose = 0;
    std::vector<std::string> words;

    sample_command() {
        root.name("helloscope");
        command->add_option("--threads", threads, "threads that relay")
            ->type_name("N")
            ->check(app::whole_number(1, 256))
            ->capture_default_str();
        command->add_option("--size", size, "it's [large]")
            ->type_name("SIZE")
            ->transform(app::size());
        command->add_option("--port-file", port_file, "the port goes there")->type_name("FILE");
        command->add_option("--detail", detail, "how much")
            ->type_name("HOW")
            ->check(app::one_of({"runs", "all"}))
            ->capture_default_str();
        command->add_option("--listen", listen, "where: here")
            ->type_name("ADDRESS:PORT")
            ->check(app::address_and_port())
            ->allow_extra_args(false);
        command->add_option("--name", names, "who")
            ->type_name("NAME")
            ->allow_extra_args(false)
            ->default_str("a.test b.test");
        auto* recording = command->add_option("--record", record, "where to record");
        recording->type_name("FILE|DIR")->group("Recording");
        command->add_flag("--no-record", no_record, "record nothing")
            ->excludes(recording)
            ->group("Recording");
        auto* chain = command->add_option("--cert", cert, "a chain")->type_name("FILE");
        chain->needs(command->add_option("--key", key, "its key")->type_name("FILE")->needs(chain));
        command->add_option("--certs", certs, "a folder")->type_name("DIR")->excludes(chain);
        command->add_option("--via", parent, "a parent")->type_name("URL");
        command->add_option("--transparent", mode, "from nft")
            ->type_name("MODE")
            ->expected(0, 1)
            ->default_str("redirect");
        command->add_option("--reverse", reverse, "from anybody")
            ->type_name("[HOST]")
            ->allow_extra_args(false)
            ->type_size(0, 1);
        command->add_flag("-v,--verbose", verbose, "say more");
        command->add_option("COMMAND", words, "behind --");
        command->footer("Beware.\n\nExamples:\n  helloscope run -- true");
    }
    sample_command(const sample_command&) = delete;
    sample_command& operator=(const sample_command&) = delete;

    void parse(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), "run");
        std::ranges::reverse(arguments);
        root.parse(std::move(arguments));
    }
};

} // namespace helloscope::test
