// A recording, design in proxy/README.md: a pcapng file with two interfaces, "client leg" and
// "server leg", both LINKTYPE_NULL, packets synthesized from what was read and written, and each
// event as a systemd Journal Export Block. Values in, bytes out: files are the recorder's business.
// Any prefix of what it appends is a valid file as far as it goes.
#pragma once

#include "helloscope/model/event.hpp"
#include "helloscope/trace/piece.hpp"

#include <memory>

namespace helloscope::trace {

class recording_writer {
  public:
    explicit recording_writer(model::recording_opened about);
    ~recording_writer();

    // A file begins: section, interfaces, the recording_opened event. Called again when the
    // recording goes on in another file: flows that are open are told there again (flow_opened,
    // requested and connected, with the times when that was) and go on with their sequence numbers.
    void begin(timestamp now, bytes& out);

    // The event's journal block, and the packets that it implies: connections opened (flow_opened,
    // connected) and ended (closed, flow_closed). A verdict is also a comment on the next packet of
    // its flow; so that there is one, the packet that ends a leg is written at flow_closed, with
    // the time when it was. Appends to `out`; what it keeps of a flow is in the memory of one that
    // has ended, so that flow after flow allocates nothing else.
    void write(const model::event& event, bytes& out);

    // The packets of one piece, on each of its legs that are open. Nothing of a flow whose
    // flow_opened was not written. Legs with the same addresses and ports would be one connection
    // to Wireshark: in `connected`, such a leg needs another port.
    void write(const piece& piece, bytes& out);

  private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

} // namespace helloscope::trace
