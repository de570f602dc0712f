// What healing has learned, in a file that all helloscopes of a user share. Each change reads the
// file anew under a lock and replaces it whole, so that nobody's lines are lost and no reader ever
// sees half of it. Mode 0600: it says where its user goes.
#pragma once

#include "helloscope/heal/memory.hpp"

#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>

namespace helloscope::relay {

// A file that is not there is an empty memory. The failure names the file, and the line if it is
// one.
result<heal::memory> read_heal_memory(const std::filesystem::path& file);

// Applies `change`, which says whether there was one. A file that cannot be read as a memory is
// kept beside as FILE.bad, which `trouble` tells, and the memory begins anew.
result<void> change_heal_memory(
    const std::filesystem::path& file, const std::function<bool(heal::memory&)>& change,
    const std::function<void(const std::string&)>& trouble);

// The memory of a running relay, for all its threads. It is asked once a flow that heals and
// written when something was learned; what others changed is seen within a second. Trouble with
// the file is told once and harms no flow: the memory then lasts as long as the relay.
class heal_memory {
  public:
    // An empty path: the memory lasts as long as the relay. `keep`: how long after it last worked;
    // zero: nothing is remembered.
    heal_memory(std::filesystem::path file, duration keep); // trouble goes to the log
    heal_memory(
        std::filesystem::path file, duration keep, std::function<void(const std::string&)> trouble);

    // Whether there is anything to recall, of any place.
    bool knows_any(timestamp now);
    std::optional<shape::shape> recall(const heal::place& where, timestamp now);
    void learn(const heal::place& where, const shape::shape& how, timestamp now);
    void forget(const heal::place& where, timestamp now);

  private:
    struct stamp {
        std::filesystem::file_time_type written{};
        std::uintmax_t size = 0;
        bool operator==(const stamp&) const = default;
    };

    void look(timestamp now);
    void change(const std::function<bool(heal::memory&)>& what, timestamp now);
    stamp stamp_of_file() const;
    void tell(const std::string& why);

    const std::filesystem::path file_;
    const duration keep_;
    const std::function<void(const std::string&)> trouble_;
    std::mutex mutex_;
    heal::memory known_;
    std::optional<stamp> seen_;
    std::optional<timestamp> looked_;
    bool told_ = false;
};

} // namespace helloscope::relay
