#include "lengths_file.hpp"

#include "broken.hpp"

#include <fstream>

namespace bench {

namespace {

class runs {
  public:
    void add(sent_record record) {
        if (count_ > 0 && record.type == last_.type && record.length == last_.length) {
            ++count_;
            return;
        }
        end_run();
        last_ = record;
        count_ = 1;
    }

    std::string text() {
        end_run();
        return text_;
    }

  private:
    void end_run() {
        if (count_ == 0) return;
        text_ += fmt::format(
            "{}[{},{},{}]", text_.empty() ? "" : ",", last_.type, last_.length, count_);
        count_ = 0;
    }

    std::string text_;
    sent_record last_{};
    std::uint64_t count_ = 0;
};

std::string sent_by(
    side from, const tunnel& of, std::uint64_t bulk, const record_pattern& pattern) {
    constexpr std::uint8_t application_data = 23;
    runs found;
    for (const auto& message : *of.says) {
        if (message.from != from) continue;
        for (const auto record : records_in(message.bytes)) found.add(record);
    }
    for (const auto length : pattern.lengths(bulk)) found.add({application_data, length});
    return found.text();
}

} // namespace

void note_ports(const std::vector<tunnel*>& of) {
    for (auto* each : of) each->client_port = port_of(each->client);
}

void write_lengths(
    const options& given, const std::vector<tunnel*>& of, const record_pattern& pattern) {
    if (given.lengths_file.empty()) return;
    std::ofstream file(given.lengths_file);
    const auto sender = given.way == way::down ? side::server : side::client;
    for (const auto* each : of) {
        for (const auto from : {side::client, side::server}) {
            const auto bulk = from == sender ? each->bulk_sent : 0;
            file << fmt::format(
                R"({{"client_port":{},"dir":"{}","records":[{}]}})", each->client_port,
                from == side::client ? "to_server" : "to_client",
                sent_by(from, *each, bulk, pattern));
            file << '\n';
        }
    }
    if (!file.flush()) fail("{}: cannot be written", given.lengths_file);
}

} // namespace bench
