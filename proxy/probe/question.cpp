#include "helloscope/probe/question.hpp"

namespace helloscope::probe {

using namespace wire::tls;

namespace {

struct kind_row {
    std::string_view name; // the whole test, or what stands before its shape
    hello_wish (*of)(hello_wish);
};

hello_wish padded(hello_wish wish) {
    const auto size = wish.size;
    wish = without_post_quantum(std::move(wish));
    wish.size = size;
    return wish;
}

constexpr kind_row kinds[] = {
    {"whole", [](hello_wish wish) { return wish; }},
    {"padded", padded},
    {"without-post-quantum", without_post_quantum},
    {"tls1.2", up_to_tls12},
};

} // namespace

result<question> make_question(
    std::string_view test, const client_hello& seen, std::uint32_t size,
    const random_source& random) {
    question made;
    made.test = test;
    auto wish = wish_like(seen, size);
    auto left = test;
    for (const auto& [name, of] : kinds) {
        if (!test.starts_with(name)) continue;
        left.remove_prefix(name.size());
        if (left.starts_with('|')) left.remove_prefix(1);
        wish = of(std::move(wish));
        break;
    }
    auto how = shape::parse_shape(left);
    if (!how) return std::unexpected(how.error());
    made.how = std::move(*how);
    made.hello = make_hello(wish, random);
    return made;
}

} // namespace helloscope::probe
