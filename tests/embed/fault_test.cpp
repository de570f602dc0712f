// usage: fault_test PORT CA; https://registry.test is served on 127.0.0.1:PORT
#include <helloscope/helloscope.hpp>

#include <cstdlib>
#include <iostream>

namespace {

// A server that stops answering in the middle of a handshake, and one that is back again.
bool gives_up_and_recovers(helloscope::proxy& proxy, const std::string& client) {
    const auto fault = proxy.add_fault("to_server stall@sni name=frozen");
    const bool gave_up = fault && std::system(client.c_str()) != 0;
    const auto flow = proxy.wait_for_flow(std::chrono::seconds(20));
    if (!gave_up || !flow || !flow->verdict || flow->verdict->id != "fault-injected") return false;
    return proxy.remove_fault(*fault) && std::system(client.c_str()) == 0;
}

} // namespace

int main(int, char** arguments) {
    const std::string server = "127.0.0.1:" + std::string(arguments[1]);
    auto proxy = helloscope::proxy::start({.connect_to = {"registry.test:443:" + server}});
    if (!proxy) {
        std::cerr << proxy.error().message << '\n';
        return 1;
    }
    const std::string client = "curl -sS -m 2 -o /dev/null --noproxy '' --cacert " +
                               std::string(arguments[2]) + " https://registry.test/ --proxy ";
    if (!gives_up_and_recovers(*proxy, client + proxy->url())) {
        for (const auto& flow : proxy->stop()) std::cerr << to_string(flow);
        return 1;
    }
    // Another way in, and a route for what comes by any.
    const auto other = proxy->add_listener("other");
    const auto routed = proxy->set_routes({"name=broken host=registry.test fault=reset@record:1"});
    if (!other || !routed) return 1;
    if (std::system((client + "http://" + to_string(*other)).c_str()) == 0) return 1;
    const auto removed = proxy->remove_listener("other");
    const auto flows = proxy->stop();
    if (!removed || flows.empty()) return 1;
    std::cout << "route " << flows.back().route << ", faults";
    for (const auto& fault : flows.back().faults) std::cout << ' ' << fault;
    std::cout << '\n';
    return 0;
}
