// What the ledger in Redis costs: items claimed, checkpointed and finished over one connection.
#include <filesystem>
#include <thread>

#include "bench/child.h"
#include "bench/measure.h"
#include "bench/workload.h"
#include "common/base/clock.h"
#include "common/base/random.h"
#include "common/store/redis/redis_store.h"

namespace millrace::bench {
namespace {

constexpr int kItems = 4'000;  // of one round
constexpr Duration kTtl = std::chrono::seconds(30);

// A redis-server as a cluster has it, in a folder of its own.
struct Server {
    std::filesystem::path folder;
    std::unique_ptr<Background> program;
    RedisOptions options;

    ~Server() {
        program.reset();
        if (!folder.empty()) std::filesystem::remove_all(folder);
    }

    Result<std::unique_ptr<RedisStore>> start(Clock& clock) {
        SystemRandom random;
        folder = std::filesystem::temp_directory_path() / ("millrace-bench-" + random.hex(8));
        std::filesystem::create_directories(folder);
        options.port = 20'000 + static_cast<int>(random.below(20'000));
        MILLRACE_ASSIGN(
            program,
            Background::start({"/bin/sh", "-c",
                               "echo starts; exec redis-server --bind 127.0.0.1 --port " +
                                   std::to_string(options.port) + " --dir " + folder.string() +
                                   " --logfile log --save '' --appendonly yes"}));
        for (int attempt = 0; attempt < 500; ++attempt) {
            auto store = RedisStore::open(options, "bench", Token(1), clock);
            if (store.status().code() != Code::kUnreachable) return store;
            clock.sleep(std::chrono::milliseconds(10), {});
        }
        return fatal_error("redis-server does not answer; is it installed?");
    }
};

std::string run_name(int round) {
    return "run" + std::to_string(round);
}
ItemId item_name(int round, int number) {
    return ItemId(run_name(round) + "/" + std::to_string(number));
}

Status make_run(LiveStore& store, int round) {
    LiveRun run;
    run.instance.run = RunId(run_name(round));
    run.instance.task = TaskId("0123456789abcdef");
    run.instance.control.concurrent = kItems;
    for (int i = 0; i < kItems; ++i) {
        ItemRow& item = run.items.emplace_back();
        item.item = item_name(round, i);
        item.run = run.instance.run;
        item.shard = ShardId("shard-" + std::to_string(i));
        item.start = R"({"position":"0123456789abcdef"})";
    }
    return store.restore(run);
}

Progress some_progress() {
    Progress progress;
    progress.position = R"({"token":"0123456789abcdef0123456789abcdef","skipped":0})";
    progress.staging = R"({"object":"changes-000001.csv","upload":"0123456789abcdef"})";
    progress.counts.read = progress.counts.put = progress.counts.acknowledged = 20'000;
    progress.counts.rows = 20'000;
    progress.counts.source_bytes = progress.counts.output_bytes = 20'000'000;
    progress.new_parts = {{0, 1, R"({"etag":"0123456789abcdef0123456789abcdef","size":8388608})"}};
    return progress;
}

// One in `threads` of the items of a round.
Status work(StateStore& store, int round, int first, int threads) {
    const Progress progress = some_progress();
    for (int i = first; i < kItems; i += threads) {
        const ClaimId id("0123456789abcdef" + std::to_string(i));
        MILLRACE_ASSIGN(const Claimed claimed, store.claim(item_name(round, i), id, kTtl));
        MILLRACE_TRY(store.checkpoint(claimed.fence, progress));
        MILLRACE_TRY(store.finish(claimed.fence, progress, {EndKind::kBorder, "end"}));
    }
    return {};
}

Result<Figure> rate(LiveStore& store, int& round, int rounds, int threads) {
    std::vector<double> rates;
    std::vector<double> cpu;
    for (int n = 0; n < rounds; ++n, ++round) {
        MILLRACE_TRY(make_run(store, round));
        std::vector<Status> ended(static_cast<size_t>(threads));
        const Spent spent = spent_by([&] {
            std::vector<std::jthread> all;
            for (int t = 0; t < threads; ++t) {
                all.emplace_back(
                    [&, t] { ended[static_cast<size_t>(t)] = work(store, round, t, threads); });
            }
        });
        for (const Status& status : ended) MILLRACE_TRY(status);
        rates.push_back(kItems / (spent.wall_us / 1e6));
        cpu.push_back(spent.cpu_us / kItems);
        MILLRACE_TRY(store.forget(RunId(run_name(round))));
    }
    Figure figure{"items_" + std::to_string(threads) + "_threads", median(rates), "items/s"};
    figure.note = "claim + checkpoint + finish, one part each, appendonly everysec; " +
                  std::to_string(static_cast<int>(median(cpu))) + " us CPU of the client each";
    return figure;
}

}  // namespace

Result<Figures> run_redis_verbs(const Options& options) {
    SystemClock clock;
    Server server;
    MILLRACE_ASSIGN(const auto store, server.start(clock));
    MILLRACE_ASSIGN(const std::string identity, store->begin_rebuild(Token(0), Token(1), 0));
    MILLRACE_TRY(store->end_rebuild(identity));
    MILLRACE_TRY(store->raise_ceiling(1'000'000'000));
    Figures figures;
    int round = 0;
    for (const int threads : {1, 4}) {
        MILLRACE_ASSIGN(Figure figure, rate(*store, round, options.rounds, threads));
        figures.push_back(std::move(figure));
    }
    return figures;
}

}  // namespace millrace::bench
