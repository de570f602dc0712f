#include "config_layers.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace helloscope::app {
namespace {

class merge {
  public:
    explicit merge(std::span<const option_row> options) {
        for (const auto& row : options) {
            if (row.option->count() == 0) continue;
            into_.origins[row.option] = "--" + row.key;
            // --no-record=false is as good as a flag that is not there, but overrides a weaker one.
            if (row.kind == value_kind::flag && row.option->results().back() == "false")
                row.option->clear();
        }
    }

    result<void> add(const settings& layer) {
        const settings open = select(layer);
        if (const auto fits = check_excludes(open); !fits) return fits;
        for (const auto& setting : open)
            if (const auto set = apply(setting); !set) return set;
        applied_.insert(applied_.end(), open.begin(), open.end());
        return {};
    }

    // CLI11 checks this too, but cannot say where the lonely value stands.
    result<void> check_needs() const {
        for (const auto& setting : applied_) {
            if (setting.values.empty()) continue;
            for (const auto* needed : setting.option->get_needs())
                if (needed->count() == 0)
                    return std::unexpected(failure{fmt::format(
                        "{}{} requires {}", setting.at, setting.name, needed->get_name())});
        }
        return {};
    }

    effective_settings result_of_all() { return std::move(into_); }

  private:
    // Of a layer what no stronger one has said or excluded.
    settings select(const settings& layer) {
        settings open;
        for (const auto& setting : layer) {
            if (into_.origins.contains(setting.option)) continue;
            if (!setting.values.empty() && is_set_aside(setting)) continue;
            open.push_back(setting);
        }
        // What needs an option that was set aside goes with it, and what needs that one.
        while (std::erase_if(
                   open, [&](const auto& setting) { return lost_what_it_needs(setting); }) > 0) {}
        return open;
    }

    bool is_set_aside(const setting& setting) {
        for (const auto* other : setting.option->get_excludes()) {
            if (other->count() == 0) continue;
            set_aside(setting, other->get_name());
            return true;
        }
        return false;
    }

    bool lost_what_it_needs(const setting& setting) {
        for (const auto* needed : setting.option->get_needs()) {
            const auto lost = into_.set_aside.find(needed);
            if (lost == into_.set_aside.end() || needed->count() > 0) continue;
            set_aside(setting, lost->second);
            return true;
        }
        return false;
    }

    void set_aside(const setting& setting, const std::string& by) {
        into_.set_aside[setting.option] = by;
    }

    static result<void> check_excludes(const settings& layer) {
        for (auto later = layer.begin(); later != layer.end(); ++later) {
            const auto excluded = later->option->get_excludes();
            for (auto other = layer.begin(); other != later; ++other) {
                if (other->values.empty() || later->values.empty()) continue;
                if (std::ranges::find(excluded, other->option) == excluded.end()) continue;
                return std::unexpected(
                    failure{fmt::format("{}{} excludes {}", later->at, later->name, other->name)});
            }
        }
        return {};
    }

    result<void> apply(const setting& setting) {
        for (const auto& value : setting.values) {
            auto text = value.text;
            if (const auto wrong = complaint_of(*setting.option, text); !wrong.empty())
                return std::unexpected(
                    failure{fmt::format("{}{}: {}", value.at, setting.name, wrong)});
            setting.option->add_result(value.text);
        }
        into_.origins[setting.option] = setting.origin;
        try {
            if (!setting.values.empty()) setting.option->run_callback();
        } catch (const CLI::ParseError& error) { // a value that its checks let through
            return std::unexpected(
                failure{fmt::format("{}{}: {}", setting.at, setting.name, error.what())});
        }
        return {};
    }

    effective_settings into_;
    settings applied_;
};

} // namespace

result<effective_settings> apply_layers(
    std::span<const option_row> options, std::span<const settings> layers) {
    merge merge(options);
    for (const auto& layer : layers)
        if (const auto added = merge.add(layer); !added) return std::unexpected(added.error());
    if (const auto whole = merge.check_needs(); !whole) return std::unexpected(whole.error());
    return merge.result_of_all();
}

} // namespace helloscope::app
