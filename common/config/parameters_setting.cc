#include "common/config/parameter_tables.h"

namespace millrace {
namespace {

constexpr Parameter kSettingParameters[] = {
    number("speed.mbps",
           "Limit on what is read from the source, over the whole job, in bytes of source "
           "records. 0 = no limit.")
        .from(0)
        .as("MB/s (1,048,576 bytes)"),
    integer("speed.concurrent", "How many work items (shards) run at the same time.")
        .also("speed.channel")
        .otherwise("1")
        .from(1)
        .to(1024),
    number("speed.byte", "As mbps, in bytes per second. -1 or 0 = no limit.")
        .from(-1)
        .as("bytes/s"),
    number("speed.record",
           "Limit on the change records read, over the whole job. -1 or 0 = no limit.")
        .from(-1)
        .as("records/s"),
    boolean("speed.throttle", "false switches mbps off.").otherwise("true"),
    integer("speed.dmu", "A size of the hosted service.").ignored(),
    integer("errorLimit.record",
            "How many dirty records are allowed; one more fails the job. Wins over "
            "percentage. Without either of them 0 (DataX would drop any number).")
        .from(0)
        .as("records"),
    number("errorLimit.percentage", "Which share of the records read may be dirty.")
        .from(0)
        .to(1)
        .as("share, 0 to 1"),
    text("timeZone",
         "In which time strings, dates and schedule expressions are read: an IANA name.")
        .otherwise("\"Asia/Shanghai\"")
        .in(Role::kWindow),
    text("jvmOption", "There is no Java here.").ignored(),
    text("keyVersion", "Values encrypted by DataX.").refused(),
    boolean("dryRun", "Use `millrace plan` instead.").otherwise("false").refused(),
};

}  // namespace

std::span<const Parameter> setting_parameters() {
    return kSettingParameters;
}

}  // namespace millrace
