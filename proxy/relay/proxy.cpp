#include "helloscope/relay/proxy.hpp"

#include "helloscope/net/kernel/listen.hpp"
#include "worker.hpp"

#include <thread>

namespace helloscope::relay {

namespace {

class running final : public proxy {
  public:
    explicit running(const options& wanted) : resolver_(wanted.names) {
        for (unsigned i = 0; i < wanted.threads; ++i)
            workers_.push_back(std::make_unique<worker>());
    }

    // First the address, then the recording: one that is in use must not empty an old file.
    result<void> serve(const options& wanted, onlookers to) {
        std::vector<net::asio::io_context*> contexts;
        for (auto& one : workers_) contexts.push_back(&one->context());
        auto acceptors = net::listen(contexts, wanted.listen);
        if (!acceptors) return std::unexpected(acceptors.error());
        auto record = recorder::start(wanted.recording, wanted.threads, std::move(to));
        if (!record) return std::unexpected(record.error());
        record_ = std::move(*record);

        const auto listener = net::from_asio(acceptors->front().local_endpoint());
        shared_.emplace(wanted, listener, resolver_);
        for (unsigned i = 0; i < workers_.size(); ++i)
            threads_.emplace_back([this, i, acceptor = std::move((*acceptors)[i])]() mutable {
                workers_[i]->run(*shared_, record_->way_in(i), std::move(acceptor));
            });
        return {};
    }

    endpoint listener() const override { return shared_->listener; }
    std::uint64_t open_flows() const override { return shared_->count.open; }
    std::uint64_t flows() const override { return shared_->count.flows; }

    recorder_totals stop() override {
        for (auto& one : workers_) one->stop();
        for (auto& one : threads_) one.join();
        threads_.clear();
        return record_->stop();
    }

    ~running() override {
        if (!threads_.empty()) stop();
    }

  private:
    // In the order in which they need each other; they end in the other order.
    std::unique_ptr<recorder> record_;
    std::vector<std::unique_ptr<worker>> workers_;
    net::resolver resolver_; // gone before the contexts that its answers go to
    std::optional<shared> shared_;
    std::vector<std::thread> threads_;
};

} // namespace

result<std::unique_ptr<proxy>> proxy::start(options wanted, onlookers to) {
    auto made = std::make_unique<running>(wanted);
    if (auto served = made->serve(wanted, std::move(to)); !served)
        return std::unexpected(served.error());
    return made;
}

} // namespace helloscope::relay
