// Files of tests/data/tls, whole; its README.md says what they are.
#pragma once

namespace bench {

extern const char* const curl_hello;     // hello-curl-7.88.hex
extern const char* const tls13_dialogue; // tls13.dialogue

} // namespace bench
