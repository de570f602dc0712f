// Bulk data through open tunnels in one direction: one end sends from the shared pattern, the other
// throws away what comes and counts it.
#pragma once

#include "record_pattern.hpp"
#include "tunnels.hpp"

#include <limits>

namespace bench {

class transfer final : public tunnel_user {
  public:
    transfer(loop&, tunnels&, const options&, const record_pattern&);

    // Each tunnel sends `most` bytes, up to the end of the record that they end in, and stays open.
    void start(const std::vector<tunnel*>&, std::uint64_t most = unlimited);
    // Senders end with the record they are at, then both ends close. Nothing may be missing.
    void finish();

    std::uint64_t received() const { return received_; }
    // Tunnels that have all that was sent, once there is a bound, or are closed.
    std::size_t done() const { return done_; }

    void opened(tunnel&) override {}
    void ready(tunnel&, side, std::uint32_t events) override;

    static constexpr auto unlimited = std::numeric_limits<std::uint64_t>::max();

  private:
    void send_some(tunnel&);
    void receive_some(tunnel&);
    void end_sending(tunnel&);
    void end_receiving(tunnel&);
    void hear_end(tunnel&);

    loop& loop_;
    tunnels& tunnels_;
    const record_pattern& pattern_;
    writing writing_;
    side sender_;
    std::vector<tunnel*> started_;
    std::uint64_t most_ = unlimited;
    std::uint64_t received_ = 0;
    std::size_t done_ = 0;
    bool finishing_ = false;
};

} // namespace bench
