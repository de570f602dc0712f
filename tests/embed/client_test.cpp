// usage: client_test PORT CA; https://registry.test is served on 127.0.0.1:PORT
#include <helloscope/helloscope.hpp>

#include <cstdlib>
#include <iostream>

int main(int, char** arguments) {
    auto proxy = helloscope::proxy::start(
        {.connect_to = {"registry.test:443:127.0.0.1:" + std::string(arguments[1])}});
    if (!proxy) {
        std::cerr << proxy.error().message << '\n';
        return 1;
    }
    const std::string client = "curl -sS -o /dev/null --noproxy '' --cacert " +
                               std::string(arguments[2]) + " --proxy " + proxy->url();
    if (std::system((client + " https://registry.test/").c_str()) != 0) return 1;

    bool fits = true;
    for (const auto& flow : proxy->stop()) {
        std::cout << flow.sni << ": ClientHello of " << flow.client_hello_bytes << " bytes\n";
        for (const auto& record : flow.records())
            std::cout << to_string(record.way) << " at " << record.offset << ": "
                      << +record.content_type << ", " << record.length << " bytes\n";
        if (flow.client_hello_bytes > 1'400) { // more than a packet carries on every path
            std::cerr << to_string(flow);
            fits = false;
        }
    }
    return fits ? 0 : 1;
}
