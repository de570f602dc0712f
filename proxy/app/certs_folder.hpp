// A folder of test certificates: ca.pem and ca.key, and a KIND.pem and KIND.key for each chain.
// certs/README.md describes it.
#pragma once

#include "helloscope/net/x509/chains.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace helloscope::app {

struct pem_pair {
    std::filesystem::path certificate, key;
};
pem_pair files_of(const std::filesystem::path& folder, std::string_view name); // "ca", "leaf", …

struct test_ca {
    net::x509::identity identity;
    bool made = false; // else it was there, and clients may trust it already
};

// The CA of the folder, made when there is none. Fails on half a CA, on a pair that does not belong
// together, and on a CA that ends before a chain with these options would.
result<test_ca> open_ca(
    const std::filesystem::path& folder, const net::x509::chain_options& options);
// A new CA, whatever was there: what trusts the old one does not trust this one.
result<test_ca> replace_ca(
    const std::filesystem::path& folder, const net::x509::chain_options& options);

result<void> write_chain(
    const std::filesystem::path& folder, std::string_view name, const net::x509::chain& chain);

} // namespace helloscope::app
