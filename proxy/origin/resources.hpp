// What each path of the server answers. A resource takes the body of a request piece by piece, then
// gives the reply; a new one is a row in the table of resources.cpp.
#pragma once

#include "reply.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace helloscope::origin {

constexpr std::size_t echo_limit = 16 << 20;

class resource {
  public:
    virtual ~resource() = default;
    virtual void take(bytes_view piece) = 0;
    virtual reply answer() = 0; // once, after the last piece
};

// Never null: an unknown path is a resource that answers 404, a wrong method one that answers 405.
std::unique_ptr<resource> find_resource(
    std::string_view method, std::string_view target, const std::filesystem::path& files);

} // namespace helloscope::origin
