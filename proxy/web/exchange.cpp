#include "exchange.hpp"

#include "json_text.hpp"

namespace helloscope::web {

answer refuse(unsigned status, std::string_view why) {
    return {status, write(json::object{{"error", why}, {"status", status}})};
}

} // namespace helloscope::web
