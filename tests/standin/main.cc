// millrace-standin: starts the services and says where they are in one JSON line.
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "tests/standin/admin.h"
#include "tests/standin/demo.h"
#include "tests/standin/odps_service.h"
#include "tests/standin/opensearch_service.h"
#include "tests/standin/oss_service.h"
#include "tests/standin/ots_error.h"
#include "tests/standin/ots_service.h"

namespace millrace::standin {
namespace {

struct Options {
    uint16_t ots_port = 0, oss_port = 0, odps_port = 0, opensearch_port = 0, admin_port = 0;
    Account account{"standin", "standin-secret", true};
    std::string instance = "school";
    std::string bucket = "millrace-demo";
    std::string project = "millrace_demo";
    std::string app = "demo_app", app_tables = "main:id", app_edition = "advanced";
    bool demo = false, calm = false, until_stdin_closes = false, any_date = false;
    uint64_t seed = 1;
    unsigned threads = 2;
    size_t page_cache_mb = 0;
};

// Blocks until a signal asks to stop, or standard input ends when that was asked for.
void wait_for_end(bool until_stdin_closes, int signals) {
    pollfd watched[] = {{signals, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
    for (;;) {
        if (poll(watched, until_stdin_closes ? 2 : 1, -1) < 0) continue;
        if (watched[0].revents) return;
        char ignored[256];
        if (watched[1].revents && read(STDIN_FILENO, ignored, sizeof ignored) <= 0) return;
    }
}

int serve(const Options& options) {
    // Before any thread begins, so that all of them leave the signals to us.
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, nullptr);
    const int signals = signalfd(-1, &set, SFD_CLOEXEC);

    const SystemClock real;
    ServerClock clock(real);
    Database database(clock, options.calm ? Hostility::calm() : Hostility(), options.seed);
    Faults faults(options.seed);
    RequestCounters counters;
    OtsService ots(options.account, options.instance, database, options.page_cache_mb << 20);
    const auto oss = make_oss_service(options.account, options.bucket, clock, options.seed);
    const auto odps = make_odps_service(
        options.account, options.project, clock, [&] { return database.hostility(); },
        options.seed);
    const auto opensearch =
        make_opensearch_service(options.account,
                                {.name = options.app,
                                 .edition = options.app_edition,
                                 .tables = parse_opensearch_tables(options.app_tables)},
                                clock);
    if (options.demo) make_demo(database);
    Admin admin(
        {database, clock, faults, counters, {&ots, oss.get(), odps.get(), opensearch.get()}});

    const auto serve = [&](uint16_t port, Service& service) {
        return HttpServer::create(
            {.port = port, .threads = options.threads}, [&](const Request& request) {
                const std::string action = service.action_of(request);
                Response response = handle_with_faults(service, faults, action, request);
                counters.add(service.name(), action, request, response);
                return response;
            });
    };
    auto ots_server = serve(options.ots_port, ots);
    auto oss_server = serve(options.oss_port, *oss);
    auto odps_server = serve(options.odps_port, *odps);
    auto opensearch_server = serve(options.opensearch_port, *opensearch);
    auto admin_server =
        HttpServer::create({.port = options.admin_port},
                           [&](const Request& request) { return admin.handle(request); });
    for (const auto* server :
         {&ots_server, &oss_server, &odps_server, &opensearch_server, &admin_server})
        if (!server->ok()) {
            std::fprintf(stderr, "millrace-standin: %s\n", server->status().text().c_str());
            return 1;
        }
    nlohmann::ordered_json ready = {
        {"ots", (*ots_server)->url()},     {"oss", (*oss_server)->url()},
        {"odps", (*odps_server)->url()},   {"opensearch", (*opensearch_server)->url()},
        {"admin", (*admin_server)->url()}, {"seed", options.seed}};
    std::printf("%s\n", ready.dump().c_str());
    std::fflush(stdout);
    wait_for_end(options.until_stdin_closes, signals);
    return 0;
}

int run(int argc, char** argv) {
    Options options;
    CLI::App app{
        "A small local cloud for tests: Tablestore, OSS, MaxCompute and Alibaba OpenSearch on "
        "127.0.0.1."};
    app.add_option("--ots-port", options.ots_port, "Tablestore; 0 = a free port");
    app.add_option("--oss-port", options.oss_port, "OSS; 0 = a free port");
    app.add_option("--odps-port", options.odps_port, "MaxCompute; 0 = a free port");
    app.add_option("--opensearch-port", options.opensearch_port,
                   "Alibaba OpenSearch; 0 = a free port");
    app.add_option("--admin-port", options.admin_port, "admin API; 0 = a free port");
    app.add_option("--access-id", options.account.access_id, "the one key id it knows");
    app.add_option("--access-key", options.account.access_key, "and its secret");
    app.add_option("--instance", options.instance, "Tablestore instance");
    app.add_option("--bucket", options.bucket, "OSS bucket that exists from the start");
    app.add_option("--project", options.project, "MaxCompute project");
    app.add_option("--app", options.app, "OpenSearch application");
    app.add_option("--app-tables", options.app_tables, "its tables, each with its key field");
    app.add_option("--app-edition", options.app_edition, "of the application")
        ->check(CLI::IsMember({"advanced", "standard"}));
    app.add_flag("--demo", options.demo, "with table user_info and some hours of changes");
    app.add_flag("--calm", options.calm, "no short or empty pages, no late shards");
    app.add_option("--seed", options.seed, "repeats a history and its pages");
    app.add_option("--threads", options.threads, "per service")->check(CLI::Range(1, 64));
    app.add_option("--page-cache-mb", options.page_cache_mb,
                   "keeps answers with stream records, for measuring");
    app.add_flag("--any-date", options.any_date, "takes requests however old they are");
    app.add_flag("--until-stdin-closes", options.until_stdin_closes, "ends with its parent");
    app.footer("Example: millrace-standin --demo --access-id me --access-key secret");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    options.account.check_skew = !options.any_date;
    try {
        return serve(options);
    } catch (const OtsError& error) {
        std::fprintf(stderr, "millrace-standin: %s\n", error.message.c_str());
        return 1;
    }
}

}  // namespace
}  // namespace millrace::standin

int main(int argc, char** argv) {
    return millrace::standin::run(argc, argv);
}
