#include "tests/sim/http.h"

#include <algorithm>

namespace millrace::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

standin::Request request_of(const HttpRequest& request, size_t host, size_t slash) {
    standin::Request sent;
    sent.method = name_of(request.method);
    sent.target = request.url.substr(slash);
    sent.headers = request.headers;
    sent.headers.emplace_back("Host", request.url.substr(host, slash - host));
    sent.body = std::string(request.body);
    return sent;
}

HttpAnswer answer_of(const standin::Response& response, bool head) {
    HttpAnswer answer;
    answer.status = response.status;
    answer.headers = response.headers;
    for (auto& [name, value] : answer.headers) name = standin::lower(name);
    answer.headers.emplace_back("content-length", std::to_string(response.view().size()));
    if (!head) answer.body.append(response.view());
    return answer;
}

}  // namespace

HttpClient::Ticket SimHttp::submit(HttpRequest request) {
    Scheduler& scheduler = network_.scheduler;
    const auto exchange = std::make_shared<Exchange>();
    exchanges_.emplace(++last_, exchange);
    exchange->gives_up = scheduler.now() + std::min(request.timeouts.total, request.timeouts.stall);
    if (request.deadline) {
        const Duration deadline = request.deadline->time_since_epoch() - boot_;
        exchange->by_lease = deadline < exchange->gives_up;
        exchange->gives_up = std::min(exchange->gives_up, deadline);
    }
    if (exchange->gives_up <= scheduler.now()) return last_;  // nothing is sent
    const size_t host = request.url.find("://") + 3;
    const size_t slash = request.url.find('/', host);
    const size_t colon = request.url.rfind(':', slash);
    const auto sent = std::make_shared<Sent>();
    sent->site = &network_.sites.at(std::stoi(request.url.substr(colon + 1, slash - colon - 1)));
    sent->request = request_of(request, host, slash);
    sent->action = sent->site->service->action_of(sent->request);
    sent->head = request.method == Method::kHead;
    if (const auto found = tags.find(scheduler.current().get()); found != tags.end()) {
        sent->tag = found->second;
    }
    travel(exchange, sent);
    return last_;
}

// Decides at once what becomes of a request.
void SimHttp::travel(const ExchangePtr& exchange, const std::shared_ptr<Sent>& sent) {
    Scheduler& scheduler = network_.scheduler;
    Dice& dice = scheduler.dice();
    const HttpFaults& faults = network_.faults;
    if (dice.chance(faults.lost)) {
        network_.history.note(scheduler.now(), process_.name(), sent->action, "is lost");
        if (dice.chance(0.5)) answer_later(exchange, Status(Code::kUnreachable, "no connection"));
        return;
    }
    const Duration longest = dice.chance(faults.slow) ? Duration(seconds(6)) : faults.usual;
    Duration arrives = scheduler.now() + dice.mostly_short(milliseconds(1), longest);
    if (dice.chance(faults.late)) {
        arrives = exchange->gives_up + dice.between(Duration(0), sent->site->late_max);
    }
    arrives = std::min(arrives, exchange->gives_up + sent->site->late_max);
    if (dice.chance(faults.refused) && !sent->site->refusals.empty()) {
        scheduler.at(arrives, [this, exchange, sent] { refuse(exchange, sent); });
        return;
    }
    const bool commits =
        sent->action == "CommitUpload" || sent->action == "CompleteMultipartUpload";
    const bool answer_lost = dice.chance(commits ? faults.commit_lost : faults.answer_lost);
    scheduler.at(arrives,
                 [this, exchange, sent, answer_lost] { apply(exchange, sent, answer_lost); });
}

void SimHttp::apply(const ExchangePtr& exchange, const std::shared_ptr<Sent>& sent,
                    bool answer_lost) {
    Scheduler& scheduler = network_.scheduler;
    // What was broken off before its last byte arrived is not carried out, but who can tell?
    exchange->applied = true;
    if (network_.on_request) {
        network_.on_request(process_, sent->tag, sent->request, sent->action);
    }
    const standin::Response response = sent->site->service->handle(sent->request);
    network_.history.note(scheduler.now(), process_.name(), sent->action,
                          std::to_string(response.status) + " " +
                              sent->request.target.substr(0, 100) +
                              (exchange->abandoned ? " (given up before)" : ""));
    if (answer_lost) {
        answer_later(exchange, Status(Code::kUnknownOutcome, "the connection broke"));
    } else {
        answer_later(exchange, answer_of(response, sent->head));
    }
}

void SimHttp::refuse(const ExchangePtr& exchange, const std::shared_ptr<Sent>& sent) {
    const auto& refusals = sent->site->refusals;
    const auto& [status, code] = refusals[network_.scheduler.dice().below(refusals.size())];
    network_.history.note(network_.scheduler.now(), process_.name(), sent->action,
                          "refused: " + code);
    answer_later(exchange,
                 answer_of(sent->site->service->failure(sent->request, status, code, "for once"),
                           sent->head));
}

void SimHttp::answer_later(const ExchangePtr& exchange, Result<HttpAnswer> answer) {
    if (exchange->abandoned) return;
    const Duration way =
        network_.scheduler.dice().mostly_short(milliseconds(1), network_.faults.usual);
    const auto kept = std::make_shared<Result<HttpAnswer>>(std::move(answer));
    network_.scheduler.after(way, [this, exchange, kept] {
        if (exchange->abandoned || exchange->answer) return;
        exchange->answer.emplace(std::move(*kept));
        network_.scheduler.wake(exchange->waiting);
    });
}

Result<HttpAnswer> SimHttp::wait(Ticket ticket) {
    Scheduler& scheduler = network_.scheduler;
    const ExchangePtr exchange = exchanges_.extract(ticket).mapped();
    while (!exchange->answer && scheduler.now() < exchange->gives_up) {
        exchange->waiting = scheduler.current();
        (void)scheduler.wait_until(exchange->gives_up);
    }
    exchange->waiting = nullptr;
    exchange->abandoned = true;
    if (exchange->answer) return *std::move(exchange->answer);
    if (exchange->by_lease) return Status(Code::kLeaseLost, "the lease ended during the request");
    return Status(Code::kUnknownOutcome, "no answer in time");
}

void SimHttp::cancel(Ticket ticket) {
    const auto node = exchanges_.extract(ticket);
    if (!node.empty()) node.mapped()->abandoned = true;
}

}  // namespace millrace::sim
