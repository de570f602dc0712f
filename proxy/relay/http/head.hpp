// Heads as they go on from here (RFC 9110 section 7.6): without the fields that end at this hop,
// with our Via, framed as the body will be.
#pragma once

#include "body.hpp"
#include "helloscope/wire/front/absolute_target.hpp"
#include "helloscope/wire/front/proxy_url.hpp"
#include "helloscope/wire/front/response_head.hpp"

#include <optional>

namespace helloscope::relay::http {

// A request as it was understood; it owns what it needs, so that the reader may go on.
struct request_plan {
    std::string method;
    host_port target;
    int minor_version = 1;
    wire::front::body_framing framing;
    bool last = false;                    // the client wants no other after it
    bool ends_here = false;               // Max-Forwards: 0 (RFC 9110 section 7.6.2)
    bool upgrade = false;                 // and another protocol, if the server agrees
    bool to_nearest_parent = false;       // the one that may ask the client for a login
    std::string origin_head, parent_head; // in origin-form; in absolute-form for a parent
    std::size_t size = 0;                 // of the head as it came
};

// The error: what is wrong with a request that could be understood in two ways.
parsed<request_plan> plan_request(
    const wire::front::request_head& head, std::string_view pseudonym);
// The Proxy-Authorization that a parent gets, behind either head's last field.
std::string with_authorization(std::string head, std::string_view value);

struct response_plan {
    std::uint16_t status = 0;
    std::string reason;
    wire::front::body_framing framing;
    written_as out = written_as::as_it_is;
    bool server_stays = false; // open for another request
    bool client_stays = false;
    std::string head;
};

parsed<response_plan> plan_response(
    const wire::front::response_head& head, const request_plan& asked, std::string_view pseudonym);
// The client's connection ends behind this answer after all.
void end_client(response_plan& plan);

} // namespace helloscope::relay::http
