// The network between a process and the stand-in's services: requests and answers take time, get
// lost, come late, and go on when who sent them has died.
#pragma once

#include <functional>
#include <map>

#include "common/net/http.h"
#include "tests/sim/history.h"
#include "tests/sim/scheduler.h"
#include "tests/standin/service.h"

namespace millrace::sim {

struct HttpFaults {
    double lost = 0;         // never arrives
    double answer_lost = 0;  // is applied, the sender hears nothing
    double late = 0;         // is applied long after its sender has given up
    double refused = 0;      // 5xx, or too many
    double slow = 0;
    double rows_refused = 0;  // percent of the rows of a bulk
    double commit_lost = 0;   // the answer to what makes staged work visible
    Duration usual{12'000};   // how long the way there or back takes at most, mostly less
};

// A service behind a port.
struct Site {
    standin::Service* service = nullptr;
    // How long after its sender gave it up a request may still be applied. Where no version guards
    // a row this is less than the margin of a lease.
    Duration late_max{0};
    std::vector<std::pair<int, std::string>> refusals;  // statuses and codes
};

// What is told of each request when it is applied, before the service sees it.
using OnRequest = std::function<void(const Process& sender, uint64_t tag, const standin::Request&,
                                     const std::string& action)>;

struct Network {
    Scheduler& scheduler;
    History& history;
    HttpFaults faults;
    std::map<int, Site> sites;  // by port
    OnRequest on_request;
};

// Of one process.
class SimHttp final : public HttpClient {
  public:
    // `boot` is what the process's monotonic clock showed when the world began.
    SimHttp(Network& network, Process& process, Duration boot)
        : network_(network), process_(process), boot_(boot) {}

    Ticket submit(HttpRequest request) override;
    Result<HttpAnswer> wait(Ticket ticket) override;
    void cancel(Ticket ticket) override;

    // Who a thread works for: requests that it submits carry this.
    std::map<const Thread*, uint64_t> tags;

  private:
    struct Exchange {
        std::optional<Result<HttpAnswer>> answer;
        std::shared_ptr<Thread> waiting;
        Duration gives_up{0};  // when the sender takes it for lost
        bool by_lease = false;
        bool abandoned = false;
        bool applied = false;
    };
    struct Sent {
        standin::Request request;
        std::string action;
        uint64_t tag = 0;
        bool head = false;
        Site* site = nullptr;
    };
    using ExchangePtr = std::shared_ptr<Exchange>;

    void travel(const ExchangePtr& exchange, const std::shared_ptr<Sent>& sent);
    void apply(const ExchangePtr& exchange, const std::shared_ptr<Sent>& sent, bool answer_lost);
    void refuse(const ExchangePtr& exchange, const std::shared_ptr<Sent>& sent);
    void answer_later(const ExchangePtr& exchange, Result<HttpAnswer> answer);

    Network& network_;
    Process& process_;
    const Duration boot_;
    std::map<Ticket, ExchangePtr> exchanges_;
    Ticket last_ = 0;
};

}  // namespace millrace::sim
