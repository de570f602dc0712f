// Who may use a proxy that asks for a password: a file of `user:HASH` lines, as htpasswd -B and
// mkpasswd write them (crypt(5): bcrypt, yescrypt, SHA-512 and SHA-256). Immutable; a right
// password is remembered, because such hashes are slow on purpose. Thread-safe.
#pragma once

#include "helloscope/base/result.hpp"
#include "helloscope/wire/front/credentials.hpp"

#include <memory>
#include <string_view>

namespace helloscope::relay {

class passwords {
  public:
    // The failure names the file and the line: a second user of a name, a hash that crypt does not
    // know, an empty file.
    static result<passwords> parse(std::string_view text, std::string_view file_name);

    // Takes as long for a user that is not there.
    bool accepts(const wire::front::credentials& login) const;

  private:
    struct table;
    std::shared_ptr<table> table_;
};

} // namespace helloscope::relay
