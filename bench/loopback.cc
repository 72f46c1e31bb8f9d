// Stand-in -> csv object over real HTTP on loopback: what the in-process figures leave out.
#include "bench/flow.h"
#include "bench/goals.h"
#include "bench/measure.h"
#include "bench/standin.h"
#include "common/codec/crc64.h"
#include "common/net/curl_client.h"
#include "common/services/oss/client.h"
#include "common/services/oss/staging.h"

namespace millrace::bench {
namespace {

// Makes the objects of all parts visible and compares their checksums.
Status complete(const FlowSpec& flow, const FlowOutcome& outcome, HttpClient& http) {
    SystemClock clock;
    SystemRandom random;
    const CallContext context{http, clock, random, {}, {}};
    MILLRACE_ASSIGN(oss::Config config, oss::make_config({.endpoint = flow.sink,
                                                          .bucket = "school-backup",
                                                          .access_id = flow.access_id,
                                                          .access_key = Secret(flow.access_key)}));
    oss::Client client(context, std::move(config));
    std::map<uint32_t, std::vector<oss::StagedPart>> objects;
    for (const Part& part : outcome.parts) {
        MILLRACE_ASSIGN(oss::StagedPart staged, oss::StagedPart::parse(part.data));
        objects[part.object].push_back(std::move(staged));
    }
    for (const auto& [object, parts] : objects) {
        std::vector<oss::CompletedPart> list;
        uint64_t crc = 0;
        for (const oss::StagedPart& part : parts) {
            list.push_back({part.number, part.etag});
            crc = crc64_combine(crc, part.crc64, part.bytes);
        }
        MILLRACE_ASSIGN(const oss::ObjectInfo info,
                        client.complete_multipart(parts[0].name, parts[0].upload, list, false));
        if (info.crc64 != crc) return fatal_error(parts[0].name + " has another CRC-64");
    }
    return {};
}

}  // namespace

Result<Figures> run_loopback(const Options& options) {
    MILLRACE_ASSIGN(const Standin cloud, Standin::start(options.records));
    FlowSpec flow;
    flow.ots = cloud.ots;
    flow.sink = cloud.oss;
    flow.access_id = Standin::kAccessId;
    flow.access_key = Standin::kAccessKey;
    flow.stream = cloud.stream;
    flow.shard = cloud.shard;
    flow.window = cloud.window;
    SystemClock clock;
    std::vector<double> cpu, rate;
    double bytes = 0;
    for (int round = 0; round <= options.rounds; ++round) {
        CurlClient http(clock);
        Status status;
        const Spent spent = spent_by([&] {
            const Result<FlowOutcome> outcome = run_flow(flow, http);
            status = outcome.status();
            if (!status.ok()) return;
            if (outcome->counts.acknowledged != options.records) {
                status =
                    fatal_error(std::to_string(outcome->counts.acknowledged) + " records arrived");
                return;
            }
            bytes = static_cast<double>(outcome->counts.source_bytes);
            status = complete(flow, *outcome, http);
        });
        MILLRACE_TRY(status);
        if (round == 0) continue;
        cpu.push_back(spent.cpu_us / static_cast<double>(options.records));
        rate.push_back(static_cast<double>(options.records) / spent.wall_us * 1e6);
    }
    const double per_record = bytes / static_cast<double>(options.records);
    Figure time{"cpu", median(cpu), "us/record"};
    time.note = std::to_string(static_cast<int>(per_record)) +
                " bytes per record; two threads, libcurl; the server's CPU is not in it";
    Figure resident{"resident", resident_peak_mib(), "MiB"};
    resident.goal = kResidentGoalMib;
    resident.note = "one slot; highest of the whole process, largest of all rounds";
    return Figures{with_goals(time, goals_of(TargetKind::kCsv).cpu_us),
                   {.name = "rate",
                    .value = median(rate),
                    .unit = "records/s",
                    .note = "the server makes its records on the same cores"},
                   resident};
}

}  // namespace millrace::bench
