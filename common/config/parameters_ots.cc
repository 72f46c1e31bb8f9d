#include "common/config/parameter_tables.h"

namespace millrace {
namespace {

constexpr Parameter kEndpoint =
    text("endpoint", "Address of the instance, like https://school.cn-hangzhou.ots.aliyuncs.com.")
        .needed()
        .in(Role::kAddress)
        .as("URL");
constexpr Parameter kInstance =
    text("instanceName", "Name of the instance. A dot at its end is left out.")
        .needed()
        .in(Role::kAddress);
constexpr Parameter kOtsRegion =
    text("region", "Like cn-hangzhou. With it requests are signed with V4, else with V2.")
        .otherwise("\"\"")
        .in(Role::kConnection);
constexpr Parameter kOtsMaxRetryTime =
    integer("maxRetryTime", "How often one request is tried again.")
        .also("maxRetries")
        .otherwise("18")
        .from(0)
        .to(1000);
constexpr Parameter kNewVersion =
    boolean("newVersion", "Which of DataX's two clients is used.").ignored();
constexpr Parameter kTimeseries = boolean("isTimeseriesTable", "Time-series tables.")
                                      .otherwise("false")
                                      .in(Role::kBytes)
                                      .refused();
constexpr Parameter kIoThreads =
    integer("ioThreadCount", "Set speed.concurrent instead.").ignored();
constexpr Parameter kSocketTimeout =
    integer("socketTimeoutInMillisecond", "A request is given up after 20 s without a byte.")
        .ignored();
constexpr Parameter kConnectTimeout =
    integer("connectTimeoutInMillisecond", "Connecting is given up after 5 s.").ignored();

constexpr Parameter kOtsReaderParameters[] = {
    datasource("\"my_tablestore\""),
    kEndpoint,
    kInstance,
    access_id(),
    access_key(),
    security_token(),
    kOtsRegion,
    text("table", "The table.").needed().in(Role::kAddress).like("\"user_info\""),
    text("mode",
         "normal: one row per row. multiVersion: one row per version of a cell: keys, column name, "
         "timestamp, value.")
        .otherwise("\"normal\"")
        .in(Role::kAddress)
        .one_of("normal,multiVersion"),
    any("column",
        "The columns of a row, in order: {\"name\": \"uid\"} of the table, keys too, or {\"type\": "
        "\"string\", \"value\": \"x\"} for the same value in every row (string, int, double, bool, "
        "binary in base64). [] = the keys, the defined columns, then the names that the first "
        "1,000 "
        "rows show. multiVersion: names of attribute columns only, [] = all.")
        .otherwise("[]")
        .in(Role::kBytes)
        .like("[{\"name\": \"uid\"}, {\"name\": \"name\"}]"),
    map("range",
        "begin, end and split: lists of {\"type\": \"INF_MIN\"}, INF_MAX, or {\"type\": "
        "\"STRING\", "
        "\"value\": \"a\"}, INT, BINARY (base64), one per key column. What is missing at the end "
        "of "
        "begin and end is filled; a begin behind the end reads backwards. split: values of the "
        "first key column at which the range is cut; empty: the service proposes them.")
        .otherwise("{}")
        .in(Role::kBytes)
        .like(
            "{\"begin\": [{\"type\": \"INF_MIN\"}], \"end\": [{\"type\": \"INF_MAX\"}], \"split\": "
            "[]}"),
    map("timeRange",
        "multiVersion: {\"begin\": ms, \"end\": ms}: versions from begin on, before end.")
        .in(Role::kBytes),
    integer("maxVersion", "multiVersion: at most so many versions of a column, the newest.")
        .in(Role::kBytes)
        .from(1)
        .to(2147483647),
    kOtsMaxRetryTime,
    text("responseMd5",
         "Whether the MD5 of an answer is checked. auto: on for http, off for https.")
        .otherwise("\"auto\"")
        .one_of("auto,on,off"),
    boolean("compress", "Asks for compressed answers.").otherwise("false"),
    kNewVersion,
    integer("retryPauseInMillisecond", "Pauses grow by themselves.").ignored(),
    kIoThreads,
    integer("maxConnectionCount", "Set speed.concurrent instead.").ignored(),
    kSocketTimeout,
    kConnectTimeout,
    kTimeseries,
    text("measurementName", "Time-series tables.").otherwise("\"\"").in(Role::kBytes).refused(),
    text("metaMode", "Descriptions of tables instead of rows.")
        .otherwise("\"\"")
        .in(Role::kBytes)
        .refused(),
};

constexpr Parameter kOtsWriterParameters[] = {
    datasource("\"my_tablestore\""),
    kEndpoint,
    kInstance,
    access_id(),
    access_key(),
    security_token(),
    kOtsRegion,
    text("table", "The table; it must exist.").needed().in(Role::kAddress).like("\"user_info\""),
    any("primaryKey",
        "The key columns in the order of the reader's first columns: {\"name\": \"uid\", \"type\": "
        "\"string\"}, int or binary; or names only. Number, names and types are those of the "
        "table.")
        .needed()
        .in(Role::kBytes)
        .like("[{\"name\": \"uid\", \"type\": \"string\"}]"),
    columns("column",
            "normal: the attribute columns in the order of the reader's other columns: name and "
            "type: string, int, double, bool, binary.")
        .otherwise("[]")
        .in(Role::kBytes)
        .like("[{\"name\": \"name\", \"type\": \"string\"}]"),
    text(
        "writeMode",
        "normal: PutRow replaces the row, nulls are left out. UpdateRow keeps other columns, nulls "
        "delete theirs. DeleteRow deletes the row. multiVersion: always UpdateRow.")
        .otherwise("\"\"")
        .in(Role::kBytes)
        .one_of("PutRow,UpdateRow,DeleteRow")
        .like("\"PutRow\""),
    text("mode",
         "normal: a row per row, without timestamps. multiVersion: keys, column name, timestamp, "
         "value; a null value deletes that version.")
        .otherwise("\"normal\"")
        .in(Role::kBytes)
        .one_of("normal,multiVersion"),
    text("columnNamePrefixFilter",
         "multiVersion: column names must begin with it and lose it; others are dirty.")
        .otherwise("\"\"")
        .in(Role::kBytes),
    integer(
        "defaultTimestampInMillisecond",
        "Timestamp of all cells, with multiVersion of those that bring none; -1: the service's.")
        .also("defaultTimestampInMillionSecond")
        .otherwise("-1")
        .in(Role::kBytes)
        .from(-1)
        .as("ms since 1970"),
    text("deletes",
         "Of an otsstream reader. drop: deletes are dropped and counted, as in DataX. propagate: "
         "they delete the row.")
        .otherwise("\"drop\"")
        .in(Role::kBytes)
        .one_of("drop,propagate"),
    integer("batchWriteCount", "Rows of one request.")
        .otherwise("200")
        .in(Role::kBytes)
        .from(1)
        .to(200)
        .as("rows"),
    integer("requestTotalSizeLimitation", "Bytes of names and values of one request.")
        .otherwise("2097152")
        .in(Role::kBytes)
        .from(1)
        .to(4194304)
        .as("bytes"),
    kOtsMaxRetryTime,
    kNewVersion,
    integer("retrySleepInMillisecond", "Pauses grow by themselves.").ignored(),
    integer("concurrencyWrite", "One request per work item: the order per key stays.").ignored(),
    kIoThreads,
    kSocketTimeout,
    kConnectTimeout,
    boolean("enableAutoIncrement",
            "A key that the service makes up is a new one when a request is repeated: rows would "
            "stand twice.")
        .otherwise("false")
        .in(Role::kBytes)
        .never(),
    kTimeseries,
    text("timeunit", "Time-series tables.")
        .otherwise("\"MICROSECONDS\"")
        .in(Role::kBytes)
        .refused(),
};

}  // namespace

std::span<const Parameter> ots_reader_parameters() {
    return kOtsReaderParameters;
}
std::span<const Parameter> ots_writer_parameters() {
    return kOtsWriterParameters;
}

}  // namespace millrace
