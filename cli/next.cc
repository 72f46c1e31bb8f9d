#include "cli/next.h"

#include "common/config/otsstream_reader.h"
#include "common/config/time_forms.h"
#include "coordinator/shards/datax_status.h"

namespace millrace::cli {
namespace {

constexpr auto kLength = std::chrono::minutes(5);
constexpr auto kUnsettled = std::chrono::minutes(5);
constexpr auto kForgotten = std::chrono::minutes(10);

MillisPoint to_grid(MillisPoint time, std::chrono::milliseconds length) {
    const auto past = time.time_since_epoch() % length;
    return past.count() == 0 ? time : time - past + length;
}

Result<MillisPoint> first_start(const Options& options, Embedded& embedded, const TimeZone& zone) {
    JobCoordinator& coordinator = embedded.coordinator();
    if (options.from == "earliest") {
        const SourceFacts& source = coordinator.source();
        const auto oldest = source.server_time - source.retention + kForgotten;
        return to_grid(std::chrono::ceil<std::chrono::milliseconds>(oldest), kLength);
    }
    if (!options.from.empty()) {
        MILLRACE_ASSIGN(const TimeZone::Instant from, parse_time_string(options.from, zone));
        return from.time;
    }
    MILLRACE_ASSIGN(const StreamReaderConfig reader, read_otsstream_reader(embedded.job().reader));
    if (!reader.status_table.empty()) {
        tablestore::Client client(embedded.context(), reader.address);
        MILLRACE_ASSIGN(const auto datax, newest_datax_time(client, reader.status_table,
                                                            coordinator.source().stream));
        if (datax) return *datax;
    }
    return config_error(
        "this job has no committed window yet, and DataX left none in the status table: say where "
        "to "
        "begin with --from yyyyMMddHHmmss or --from earliest");
}

}  // namespace

std::vector<Window> cut_windows(MillisPoint from, MillisPoint to,
                                std::chrono::milliseconds length) {
    std::vector<Window> windows;
    for (MillisPoint start = from;;) {
        const MillisPoint end = to_grid(start + std::chrono::milliseconds(1), length);
        if (end > to) return windows;
        windows.push_back({start, end});
        start = end;
    }
}

Result<std::vector<Window>> next_windows(const Options& options, Embedded& embedded,
                                         const std::string& time_zone) {
    MILLRACE_ASSIGN(const TimeZone zone, TimeZone::find(time_zone));
    MILLRACE_ASSIGN(const std::vector<InstanceView> history, embedded.coordinator().history());
    std::optional<MillisPoint> start = next_start(history);
    if (!start) {
        MILLRACE_ASSIGN(start, first_start(options, embedded, zone));
    }
    const auto settled = embedded.coordinator().source().server_time - kUnsettled;
    return cut_windows(*start, std::chrono::floor<std::chrono::milliseconds>(settled), kLength);
}

}  // namespace millrace::cli
