// The admin API: a port of its own, on which tests and people change a relay while it runs and look
// at its flows. It speaks Toxiproxy's HTTP API 2.x and, under /helloscope/v1, what that cannot say;
// proxy/web/README.md lists the resources.
#pragma once

#include "helloscope/model/timeline.hpp"
#include "helloscope/relay/control.hpp"

#include <memory>
#include <string>

namespace helloscope::web {

struct admin_options {
    endpoint at;                  // port 0 picks a free one
    relay::access_options access; // who may come, where that is not loopback
    std::string version;          // of helloscope
};

class admin {
  public:
    // The port is taken; who asks waits until serve(). The failure says who has the port.
    static result<std::unique_ptr<admin>> open(admin_options wanted);

    // What the relay is to tell it, on the recorder's thread. From open() to the end of its life.
    virtual void event(const model::event& happened) = 0;
    virtual void flow(const model::timeline& over) = 0;

    // Answers, on a thread of its own, until stop(); `relay` outlives that.
    virtual void serve(relay::control& relay) = 0;
    virtual void stop() = 0;

    virtual const endpoint& at() const = 0;
    virtual ~admin() = default;
};

} // namespace helloscope::web
