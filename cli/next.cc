#include "cli/next.h"

#include "common/config/time_forms.h"
#include "coordinator/windows.h"

namespace millrace::cli {
namespace {

constexpr auto kLength = std::chrono::minutes(5);
constexpr auto kUnsettled = std::chrono::minutes(5);
constexpr auto kForgotten = std::chrono::minutes(10);

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
    MILLRACE_ASSIGN(const auto datax, coordinator.source_side().datax_time());
    if (datax) return *datax;
    return config_error(
        "this job has no committed window yet, and DataX left none in the status table: say where "
        "to "
        "begin with --from yyyyMMddHHmmss or --from earliest");
}

}  // namespace

Result<std::optional<MillisPoint>> given_start(const Options& options, Embedded& embedded) {
    if (options.from.empty()) return std::optional<MillisPoint>();
    MILLRACE_ASSIGN(const TimeZone zone, TimeZone::find(embedded.job().time_zone));
    MILLRACE_ASSIGN(const MillisPoint from, first_start(options, embedded, zone));
    return std::optional<MillisPoint>(from);
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
