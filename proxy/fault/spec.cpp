#include "helloscope/fault/spec.hpp"

#include "trigger.hpp"
#include "values.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace helloscope::fault {
namespace {

// Reads one fault from the front of its text. The first error stays: what is behind it is not read.
class spec_reader {
  public:
    explicit spec_reader(std::string_view text) : text_(text) {}

    result<spec> read() {
        skip_spaces();
        read_direction();
        read_kind();
        for (skip_spaces(); !done(); skip_spaces()) read_modifier();
        if (!error_) check_ways();
        if (error_) return std::unexpected(*error_);
        return std::move(made_);
    }

  private:
    bool done() const { return error_ || at_ == text_.size(); }
    std::string_view rest() const { return text_.substr(at_); }
    void skip_spaces() {
        while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    }
    // Up to one of `ends`, which stays.
    std::string_view take_until(std::string_view ends) {
        const auto word = rest().substr(0, rest().find_first_of(ends));
        at_ += word.size();
        return word;
    }
    bool take(char expected) {
        const bool there = rest().starts_with(expected);
        if (there) ++at_;
        return there;
    }

    void fail(std::size_t where, std::string_view what) {
        if (!error_)
            error_ = failure{fmt::format("fault \"{}\", character {}: {}", text_, where + 1, what)};
    }

    void read_direction() {
        for (const auto way : {direction::to_server, direction::to_client}) {
            const auto word = to_string(way);
            if (!rest().starts_with(word) || !rest().substr(word.size()).starts_with(' ')) continue;
            made_.way = way;
            at_ += word.size();
            skip_spaces();
        }
    }

    void read_kind() {
        const auto where = at_;
        const auto name = take_until(" :@");
        made_.what = find_kind(name);
        if (made_.what == nullptr) {
            std::string all;
            for (const auto* one : kinds())
                all += (all.empty() ? "" : ", ") + std::string(one->name);
            fail(
                where, name.empty()
                           ? fmt::format("a fault is expected: {}", all)
                           : fmt::format("there is no fault \"{}\"; there are {}", name, all));
            return;
        }
        given_.resize(made_.what->parameters.size());
        made_.values.resize(made_.what->parameters.size());
        if (take(':')) do
                read_parameter();
            while (!error_ && take(','));
        fill_in(where);
        if (take('@')) read_trigger();
        if (!done() && !rest().starts_with(' '))
            fail(at_, fmt::format("\"{}\" is not understood", rest()));
    }

    void read_parameter() {
        const auto where = at_;
        const auto name_or_value = take_until("=,@ ");
        const auto all = made_.what->parameters;
        const parameter* which = nullptr;
        auto value = name_or_value;
        if (take('=')) {
            which = made_.what->find(name_or_value);
            value = take_until(",@ ");
        } else if (!all.empty() && all.front().bare && !given_.front()) {
            which = &all.front();
        }
        if (which == nullptr) {
            fail(where, fmt::format("{} takes {}", made_.what->name, parameter_names()));
            return;
        }
        const auto index = static_cast<std::size_t>(which - all.data());
        const auto got = parse_value(which->of, value);
        const auto bounds = which->of == unit::alert ? unit::count : which->of;
        if (given_[index]) fail(where, fmt::format("{} is given twice", which->name));
        if (!got)
            fail(
                where,
                fmt::format("\"{}\" is not {} ({})", value, looks_of(which->of), which->name));
        else if (*got < which->least || *got > which->most)
            fail(
                where, fmt::format(
                           "{} is {} to {}", which->name, text_of(bounds, which->least),
                           text_of(bounds, which->most)));
        else
            made_.values[index] = *got;
        given_[index] = true;
    }

    std::string parameter_names() const {
        std::string all;
        for (const auto& one : made_.what->parameters)
            all += fmt::format("{}{}=", all.empty() ? "" : ", ", one.name);
        return all.empty() ? "no parameters" : all;
    }

    void fill_in(std::size_t where) {
        for (std::size_t i = 0; i < given_.size(); ++i) {
            const auto& one = made_.what->parameters[i];
            if (given_[i]) continue;
            if (!one.fallback)
                fail(
                    where, fmt::format(
                               "{} needs {}{}, {}", made_.what->name, one.name, one.bare ? "" : "=",
                               looks_of(one.of)));
            made_.values[i] = one.fallback.value_or(0);
        }
    }

    void read_trigger() {
        const auto where = at_;
        const auto word = take_until(" ");
        const auto when = parse_trigger(word);
        if (!when)
            fail(where, fmt::format("\"{}\" is no trigger: {}", word, looks_of_trigger()));
        else if (made_.what != nullptr && at_a_place_of_its_own())
            fail(
                where,
                fmt::format("{} has no trigger: it acts before a byte passes", made_.what->name));
        else
            made_.when = *when;
    }

    bool at_a_place_of_its_own() const {
        return made_.what->where == place::resolve || made_.what->where == place::connect;
    }

    void read_modifier() {
        const auto where = at_;
        const auto key = take_until("= ");
        if (!take('=')) {
            fail(where, fmt::format("\"{}\" is none of toxicity=, seed=, name=", key));
        } else if (key == "toxicity") {
            read_toxicity();
        } else if (key == "seed") {
            read_seed();
        } else if (key == "name") {
            made_.name = take_text();
        } else {
            fail(where, fmt::format("\"{}=\" is none of toxicity=, seed=, name=", key));
        }
    }

    void read_toxicity() {
        const auto where = at_;
        const auto word = take_until(" ");
        const auto [end, failed] = std::from_chars(
            word.data(), word.data() + word.size(), made_.toxicity);
        if (failed != std::errc() || end != word.data() + word.size() ||
            !(made_.toxicity >= 0 && made_.toxicity <= 1))
            fail(where, fmt::format("\"{}\" is not a probability from 0 to 1 (toxicity)", word));
    }

    void read_seed() {
        const auto where = at_;
        const auto word = take_until(" ");
        const auto [end, failed] = std::from_chars(
            word.data(), word.data() + word.size(), made_.seed);
        if (failed != std::errc() || end != word.data() + word.size())
            fail(where, fmt::format("\"{}\" is not a whole number (seed)", word));
    }

    std::string take_text() {
        if (!take('"')) return std::string(take_until(" "));
        const auto where = at_ - 1;
        std::string out;
        while (!done() && !take('"')) {
            take('\\');
            if (at_ < text_.size()) out += text_[at_++];
        }
        if (text_[at_ - 1] != '"' || at_ < where + 2) fail(where, "the quote is not closed");
        return out;
    }

    // A fault that could never act is a mistake.
    void check_ways() {
        if (at_a_place_of_its_own() && made_.way)
            fail(
                0,
                fmt::format("{} has no direction: it acts before a byte passes", made_.what->name));
        const auto only = made_.when.way();
        if (!made_.way || !only || *only == *made_.way || made_.what->where == place::answer)
            return;
        fail(
            0, fmt::format(
                   "{} goes {}: a fault {} does not meet it", to_string(made_.when),
                   to_string(*only), to_string(*made_.way)));
    }

    std::string_view text_;
    std::size_t at_ = 0;
    spec made_;
    std::vector<bool> given_; // by parameter
    std::optional<failure> error_;
};

bool is_plain(std::string_view name) {
    return !name.empty() && name.find_first_of(" \"\\") == std::string_view::npos;
}

std::string quoted(std::string_view name) {
    std::string out = "\"";
    for (const auto one : name) {
        if (one == '"' || one == '\\') out += '\\';
        out += one;
    }
    return out + '"';
}

} // namespace

std::int64_t spec::value(std::string_view parameter_name) const {
    const auto* which = what->find(parameter_name);
    return which == nullptr ? 0 : values[static_cast<std::size_t>(which - what->parameters.data())];
}

bool spec::listens(direction passing) const {
    if (what->where == place::resolve || what->where == place::connect) return false;
    if (what->where == place::stream)
        return way.value_or(passing) == passing && when.way().value_or(passing) == passing;
    // An answer goes where its trigger's bytes come from, or takes the place of what it was.
    const auto goes = way.value_or(direction::to_client);
    if (when.what == trigger::at::first_byte) return passing == opposite(goes);
    return passing == when.way().value_or(goes);
}

result<spec> parse_spec(std::string_view text) { return spec_reader(text).read(); }

std::string short_text(const spec& fault) {
    if (fault.what == nullptr) return "";
    std::string out(fault.what->name);
    char before = ':';
    for (std::size_t i = 0; i < fault.values.size(); ++i) {
        const auto& one = fault.what->parameters[i];
        if (one.fallback == fault.values[i]) continue;
        out += before;
        if (!one.bare) out += std::string(one.name) + "=";
        out += text_of(one.of, fault.values[i]);
        before = ',';
    }
    if (fault.when.what != trigger::at::first_byte) out += "@" + to_string(fault.when);
    return out;
}

std::string to_string(const spec& fault) {
    std::string out;
    if (fault.way) out = std::string(to_string(*fault.way)) + " ";
    out += short_text(fault);
    if (fault.toxicity != 1) out += fmt::format(" toxicity={}", fault.toxicity);
    if (fault.seed != 1) out += fmt::format(" seed={}", fault.seed);
    if (!fault.name.empty())
        out += " name=" + (is_plain(fault.name) ? fault.name : quoted(fault.name));
    return out;
}

} // namespace helloscope::fault
