#include "common/config/parameter_tables.h"

namespace millrace {
namespace {

constexpr Parameter kOtsstreamParameters[] = {
    datasource("\"my_tablestore\""),
    text("endpoint", "Address of the instance, like https://school.cn-hangzhou.ots.aliyuncs.com.")
        .needed()
        .in(Role::kAddress)
        .as("URL"),
    text("instanceName", "Name of the instance. A dot at its end is left out.")
        .needed()
        .in(Role::kAddress),
    access_id(),
    access_key(),
    security_token(),
    text("region", "Like cn-hangzhou. With it requests are signed with V4, else with V2.")
        .otherwise("\"\"")
        .in(Role::kConnection),
    text("dataTable", "The table whose Stream is read. Its Stream must be on.")
        .needed()
        .in(Role::kAddress)
        .like("\"user_info\""),
    text("statusTable", "DataX's status table. Read to go on where DataX stopped; may be absent.")
        .otherwise("\"\""),
    integer("startTimestampMillis", "Start of the window, with endTimestampMillis.")
        .in(Role::kWindow)
        .as("ms since 1970"),
    integer("endTimestampMillis", "End of the window, not itself in it.")
        .in(Role::kWindow)
        .as("ms since 1970"),
    text("startTimeString", "Start of the window, with endTimeString.")
        .in(Role::kWindow)
        .as("yyyyMMddHHmmss")
        .like("\"${start_time}\""),
    text("endTimeString", "End of the window, not itself in it.")
        .in(Role::kWindow)
        .as("yyyyMMddHHmmss")
        .like("\"${end_time}\""),
    text("date",
         "The window is this whole day. Exactly one of the three forms must stand in the "
         "script.")
        .in(Role::kWindow)
        .as("yyyyMMdd"),
    text("mode",
         "single_version_and_update_only: one row per change with the columns of `column`, "
         "deletes dropped. Absent: multi_version, one row per changed cell.")
        .otherwise("\"multi_version\"")
        .in(Role::kAddress)
        .one_of("multi_version,single_version_and_update_only")
        .like("\"single_version_and_update_only\""),
    columns("column",
            "The columns of a row, in order; key columns too. Only in "
            "single_version_and_update_only mode.")
        .otherwise("[]")
        .in(Role::kBytes)
        .like("[{\"name\": \"uid\"}, {\"name\": \"name\"}]"),
    boolean("isExportSequenceInfo", "Adds a last column with the sequence of the change.")
        .otherwise("false")
        .in(Role::kBytes),
    integer("maxRetries", "How often one request is tried again.").otherwise("30").from(0).to(1000),
    text("latency",
         "batch: windows that lie 5 minutes back. realtime: records are written as they come; "
         "without start and end keys window follows window until the job is stopped.")
        .otherwise("\"batch\"")
        .one_of("batch,realtime"),
    integer("windowSeconds", "Length of a window with \"latency\": \"realtime\".")
        .otherwise("60")
        .from(1)
        .to(3600),
    text("responseMd5",
         "Whether the MD5 of an answer is checked. auto: on for http, off for https.")
        .otherwise("\"auto\"")
        .one_of("auto,on,off"),
    boolean("compress", "Asks for compressed answers.").otherwise("false"),
    boolean("isTimeseriesTable", "Time-series tables.")
        .otherwise("false")
        .in(Role::kBytes)
        .refused(),
    boolean("enableSeekIterator", "Where no position is known the start is always sought by time.")
        .ignored(),
    boolean("enableTableGroupSupport", "An empty page with more to come is always followed.")
        .ignored(),
    integer("threadNum", "Set speed.concurrent instead.").ignored(),
    boolean("confSimplifyEnable", "How DataX hands shards to its tasks.").ignored(),
};

constexpr Parameter kOtsSourceParameters[] = {
    text("endpoint", "Address of the instance.").needed().as("URL"),
    text("instance", "Name of the instance.").also("instanceName").needed(),
    text("accessId", "AccessKey id.").needed(),
    source_key(),
    text("region", "Like cn-hangzhou."),
    source_token(),
};

}  // namespace

std::span<const Parameter> otsstream_parameters() {
    return kOtsstreamParameters;
}
std::span<const Parameter> ots_source_parameters() {
    return kOtsSourceParameters;
}

}  // namespace millrace
