#include "common/config/parameter_tables.h"

namespace millrace {
namespace {

constexpr Parameter kServer =
    text("odpsServer", "Address, like https://service.cn-hangzhou.maxcompute.aliyun.com/api.")
        .also("endpoint,odpsEndpoint")
        .needed()
        .in(Role::kAddress)
        .as("URL");
constexpr Parameter kTunnel =
    text("tunnelServer", "Address of the Tunnel; not given: the service is asked.")
        .also("tunnelEndpoint")
        .otherwise("\"\"")
        .in(Role::kConnection)
        .as("URL");
constexpr Parameter kProject = text("project", "The project.").needed().in(Role::kAddress);
constexpr Parameter kSchema =
    text("schema", "The schema, in projects that have them.").otherwise("\"\"").in(Role::kAddress);
constexpr Parameter kRegion =
    text("region", "Like cn-hangzhou. With it requests are signed with V4, else with V2.")
        .otherwise("\"\"")
        .in(Role::kConnection);
constexpr Parameter kMaxRetryTime = integer("maxRetryTime", "How often one request is tried again.")
                                        .otherwise("10")
                                        .from(0)
                                        .to(1000);
constexpr Parameter kCompress = boolean("isCompress", "Compresses what goes through the Tunnel.")
                                    .also("compress")
                                    .otherwise("false");
constexpr Parameter kZone =
    text("timeZone", "The zone of dates without one; not given: that of the setting.")
        .in(Role::kBytes);
constexpr Parameter kAccountType = text("accountType", "There is one kind of account.").ignored();
constexpr Parameter kPreSql = any("preSql", "Statements before the run.").otherwise("[]").refused();
constexpr Parameter kPostSql =
    any("postSql", "Statements after the run.").otherwise("[]").refused();
constexpr Parameter kGuid = any("guid", "A name of the hosted service.").ignored();

constexpr Parameter kReaderParameters[] = {
    datasource("\"my_maxcompute\""),
    kServer,
    kTunnel,
    kProject,
    kSchema,
    access_id(),
    access_key(),
    security_token(),
    kRegion,
    text("table", "The table; no view.").needed().in(Role::kAddress).like("\"person\""),
    patterns("partition",
             "Partitions with all their levels, \"pt=20171107/hh=*\"; * stands for any characters. "
             "Needed for partitioned tables.")
        .otherwise("[]")
        .in(Role::kAddress)
        .like("[\"pt=${bdp.system.bizdate}\"]"),
    texts("column",
          "Names of columns, also of partition columns; \"'x'\" is the text x in every row, \"*\" "
          "all columns but those of partitions. [] = [\"*\"].")
        .otherwise("[]")
        .in(Role::kBytes)
        .like("[\"id\", \"name\"]"),
    text("splitMode", "record: partitions are cut into pieces. partition: one piece of each.")
        .otherwise("\"record\"")
        .in(Role::kBytes)
        .one_of("record,partition"),
    integer("sliceRows", "Rows of such a piece.")
        .otherwise("1000000")
        .in(Role::kBytes)
        .from(1)
        .to(1000000000)
        .as("rows"),
    boolean("successOnNoPartition", "Without any partition there are no rows; false: an error.")
        .otherwise("false"),
    kCompress,
    kMaxRetryTime,
    kZone,
    kAccountType,
    kGuid,
    kPreSql,
    kPostSql,
    text("packageAuthorizedProject", "Tables of packages.").otherwise("\"\"").refused(),
};

constexpr Parameter kWriterParameters[] = {
    datasource("\"my_maxcompute\""),
    kServer,
    kTunnel,
    kProject,
    kSchema,
    access_id(),
    access_key(),
    security_token(),
    kRegion,
    text("table", "The table; it must exist.").needed().in(Role::kAddress).like("\"person\""),
    text("partition",
         "The partition with all its levels, pt=20171107,hh=09; made when it is not there. Blank "
         "for tables without partitions.")
        .otherwise("\"\"")
        .in(Role::kAddress)
        .like("\"pt=${bdp.system.bizdate}\""),
    texts("column",
          "The columns that get the reader's columns, in order; others are null. [] and [\"*\"] = "
          "all but those of partitions.")
        .otherwise("[]")
        .in(Role::kBytes)
        .like("[\"id\", \"name\"]"),
    boolean("truncate",
            "true: what was there is replaced, see truncateScope. false: rows are added.")
        .needed()
        .in(Role::kBytes)
        .like("true"),
    text("truncateScope",
         "With truncate, of an otsstream reader. partition: the first window of this job into a "
         "partition replaces it, later windows add to it, and a replay takes them all together "
         "(--whole-partition). instance: every window replaces it, as DataX does. Whole tables "
         "replace it every time.")
        .otherwise("\"partition\"")
        .in(Role::kBytes)
        .one_of("partition,instance"),
    boolean("emptyAsNull", "Empty texts are written as null.").otherwise("false").in(Role::kBytes),
    integer("blockBytes",
            "A block is cut at the first row end from here on; each slot holds two in memory.")
        .otherwise("16777216")
        .in(Role::kBytes)
        .from(1024)
        .to(536870912)
        .as("bytes"),
    integer("blockSizeInMB", "DataX's name for blockBytes.")
        .in(Role::kBytes)
        .from(1)
        .to(512)
        .as("MB"),
    kCompress,
    kMaxRetryTime,
    kZone,
    text("overLengthRule", "What happens to texts that are too long. keepOn: they are dirty.")
        .otherwise("\"keepOn\"")
        .in(Role::kBytes)
        .one_of("keepOn", "truncate,setNull"),
    integer("maxFieldLength", "The service takes 8 MiB.").ignored(),
    integer("maxOdpsFieldLength", "The service takes 8 MiB.").ignored(),
    boolean("enableOverLengthOutput", "Texts that are too long are dirty records.").ignored(),
    integer("maxOverLengthOutputCount", "Texts that are too long are dirty records.").ignored(),
    boolean("consistencyCommit", "A run is always committed as a whole.").ignored(),
    integer("writeTimeoutInMs", "A request is given up after 20 s without a byte.").ignored(),
    boolean("checkWithGetSize", "The blocks are always compared before the commit.").ignored(),
    boolean("useDateWithCalendar", "Dates are read in timeZone.").ignored(),
    text("calendarType", "Dates are read in timeZone.").ignored(),
    text("calendarTimeZone", "Dates are read in timeZone.").ignored(),
    kAccountType,
    kGuid,
    text("tableComment", "Tables are not made.").ignored(),
    boolean("supportDynamicPartition", "Partitions from column values.")
        .otherwise("false")
        .in(Role::kBytes)
        .refused(),
    any("partitionColumnMapping", "Partitions from column values.").otherwise("[]").refused(),
    any("customPartitionColumns", "Partitions from column values.").otherwise("[]").refused(),
    text("partitionFormatType", "Partitions from column values.").otherwise("\"\"").refused(),
    kPreSql,
    kPostSql,
};

constexpr Parameter kSourceParameters[] = {
    text("odpsServer", "Address, with /api.").also("endpoint,odpsEndpoint").needed().as("URL"),
    text("tunnelServer", "Address of the Tunnel.").also("tunnelEndpoint").as("URL"),
    text("project", "The project.").needed(),
    text("schema", "The schema, in projects that have them."),
    text("region", "Like cn-hangzhou."),
    text("accessId", "AccessKey id.").needed(),
    source_key(),
    source_token(),
};

}  // namespace

std::span<const Parameter> odps_reader_parameters() {
    return kReaderParameters;
}
std::span<const Parameter> odps_writer_parameters() {
    return kWriterParameters;
}
std::span<const Parameter> odps_source_parameters() {
    return kSourceParameters;
}

}  // namespace millrace
