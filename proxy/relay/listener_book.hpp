// The listeners of a running relay, and their changes: the one place where they are opened, closed
// and broken on purpose after the start. Thread-safe; changes happen one after the other.
#pragma once

#include "worker.hpp"

#include <functional>
#include <map>

namespace helloscope::relay {

class listener_book {
  public:
    // `workers` outlive it.
    explicit listener_book(std::vector<std::unique_ptr<worker>>& workers) : workers_(workers) {}

    // Those of the options, opened before any worker runs; they then say where they really are.
    result<void> open_given(options& wanted);
    // From here on, there are changes. `common` outlives it.
    void begin(shared& common) { common_ = &common; }
    // No change is made any more.
    void end();

    std::vector<listener_state> all() const;
    changed<listener_state> find(std::string_view name) const;
    changed<listener_state> add(listener_wish wanted);
    changed<std::vector<listener_state>> put(std::vector<listener_wish> wanted);
    changed<void> remove(std::string_view name);

    changed<void> add_fault(std::string_view listener, fault::spec one);
    changed<void> replace_fault(std::string_view listener, fault::spec one);
    changed<void> remove_fault(std::string_view listener, std::string_view name);

  private:
    struct entry {
        std::shared_ptr<entrance> now;
        bool open = true;
        bool given = false;
    };
    // A wish that can be granted, with all it needs.
    struct plan;
    using faults = std::vector<fault::spec>;

    static listener_state state_of(const entry& one);
    static std::string name_of(const listening& where);
    const entry* look(std::string_view name) const;
    entry* look(std::string_view name);
    std::optional<change_error> objection(const listener_wish& wanted) const;
    changed<plan> prepare(listener_wish wanted);
    listener_state carry_out(plan what);
    void publish();
    changed<void> change_faults(
        std::string_view listener, const std::function<std::optional<change_error>(faults&)>& how);
    void exchange_faults(entrance& of, faults next);
    void on_workers(const std::function<void(worker&, std::size_t)>& what);

    std::vector<std::unique_ptr<worker>>& workers_;
    shared* common_ = nullptr;
    mutable std::mutex mutex_;
    std::vector<entry> entries_; // the given ones first
    bool over_ = false;
};

} // namespace helloscope::relay
