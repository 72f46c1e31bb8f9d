#include "common/config/parameter_tables.h"

namespace millrace {
namespace {

constexpr Parameter kOssParameters[] = {
    datasource("\"my_oss\""),
    text("endpoint",
         "Address of the service, without the bucket, like "
         "https://oss-cn-hangzhou.aliyuncs.com.")
        .needed()
        .in(Role::kAddress)
        .as("URL"),
    text("bucket", "The bucket; it must exist.").needed().in(Role::kAddress),
    access_id(),
    access_key(),
    security_token(),
    text("region",
         "Like cn-hangzhou. With it, or when the endpoint tells it, requests are signed "
         "with V4, else with V1.")
        .otherwise("\"\"")
        .in(Role::kConnection),
    text("object",
         "Beginning of the objects' names. {date} or ${date} is the day of the window's "
         "start, of a whole table that of the run, yyyyMMdd.")
        .needed()
        .in(Role::kAddress)
        .like("\"school/user_info/{date}\""),
    text("writeMode",
         "truncate: objects that earlier runs of this job wrote for windows inside this "
         "one are removed after the commit. append: nothing is removed. nonConflict: "
         "refused when an object with this beginning is there.")
        .needed()
        .in(Role::kBytes)
        .one_of("truncate,append,nonConflict")
        .like("\"truncate\""),
    text("fileFormat",
         "csv: fields are quoted where they must be. text, txt: they are joined as they are; so "
         "does DataX when nothing is given. parquet: Apache Parquet.")
        .otherwise("\"text\"")
        .in(Role::kBytes)
        .one_of("csv,text,txt,parquet", "orc,sql")
        .like("\"csv\""),
    text("encoding", "Encoding of the objects.")
        .otherwise("\"UTF-8\"")
        .in(Role::kBytes)
        .one_of("UTF-8", "GBK,GB18030,UTF-16"),
    text("nullFormat", "What stands for an absent value; may be empty.")
        .otherwise("\"null\"")
        .in(Role::kBytes),
    text("dateFormat",
         "Form of dates, in Java's letters y M d H m s S X Z; without it yyyy-MM-dd HH:mm:ss, and "
         "yyyy-MM-dd for days.")
        .otherwise("\"\"")
        .in(Role::kBytes),
    text("timeZone", "The zone that dates are written in; not given: that of the setting.")
        .in(Role::kBytes),
    text("fieldDelimiter", "What stands between two fields: one ASCII character.")
        .otherwise("\",\"")
        .in(Role::kBytes),
    text("lineDelimiter", "What ends a line; csv: one character.")
        .otherwise("\"\\n\"")
        .in(Role::kBytes),
    texts("header", "First line of each object.").otherwise("[]").in(Role::kBytes),
    text("suffix", "End of the objects' names; a dot is put before it.")
        .otherwise("\"\"")
        .in(Role::kBytes),
    boolean("trimFields", "Strips the blanks around every field, as DataX does.")
        .otherwise("false")
        .in(Role::kBytes),
    text("byteEncoding",
         "base64: how binary values are written. Without it they must be UTF-8 text.")
        .otherwise("\"\"")
        .in(Role::kBytes)
        .one_of("base64"),
    boolean("generateEmptyFile",
            "Writes an object also for a window without rows. Whole tables: true when not given.")
        .otherwise("false")
        .in(Role::kBytes),
    integer("partBytes", "An upload part is cut at the first row end from here on.")
        .otherwise("8388608")
        .in(Role::kBytes)
        .from(102400)
        .to(5368709120.0)
        .as("bytes"),
    integer("objectRows", "An object ends at this many rows.")
        .otherwise("1000000")
        .in(Role::kBytes)
        .from(1)
        .as("rows"),
    integer("objectBytes", "An object ends at the first row end from here on.")
        .otherwise("268435456")
        .in(Role::kBytes)
        .from(1024)
        .to(50000000000000.0)
        .as("bytes"),
    integer("blockSizeInMB", "DataX's name for partBytes.")
        .in(Role::kBytes)
        .from(1)
        .to(5120)
        .as("MB"),
    integer("maxFileSize", "DataX's name for objectBytes.")
        .in(Role::kBytes)
        .from(1)
        .to(47000000)
        .as("MB"),
    any("column",
        "Parquet: name and type of every column, in the order of the reader: boolean, tinyint, "
        "smallint, int, bigint, float, double, string, varchar, char, binary, date, timestamp, "
        "decimal(p,s); \"repeated\": true makes it a list. Without it and parquetSchema the types "
        "are those of the source. csv and text: rows are written in the order of the reader.")
        .in(Role::kBytes),
    text("parquetSchema", "Parquet: the columns as a schema of Parquet: message m { … }.")
        .otherwise("\"\"")
        .in(Role::kBytes),
    text("compress", "Parquet: how pages are compressed. csv and text: not built yet.")
        .otherwise("\"\"")
        .in(Role::kBytes)
        .one_of("none,snappy,zstd,gzip", "lzo,lz4,brotli,bzip2,zip"),
    integer("rowGroupRows", "Parquet: rows of a row group.")
        .otherwise("65536")
        .in(Role::kBytes)
        .from(1)
        .to(10000000)
        .as("rows"),
    any("partition", "Column values in the name.").otherwise("[]").in(Role::kBytes).refused(),
    boolean("writeSingleObject", "One object of all shards.")
        .otherwise("false")
        .in(Role::kBytes)
        .refused(),
    text("path", "A part of object by DataX's writer of Parquet; use object.")
        .otherwise("\"\"")
        .in(Role::kBytes)
        .refused(),
    text("fileName", "A part of object by DataX's writer of Parquet; use object.")
        .otherwise("\"\"")
        .in(Role::kBytes)
        .refused(),
    text("syncMode", "Copies of files.").otherwise("\"\"").in(Role::kBytes).refused(),
    boolean("binary", "Copies of files.").otherwise("false").in(Role::kBytes).refused(),
    text("truncateMode", "Other ways of truncate.").otherwise("\"\"").in(Role::kBytes).refused(),
    boolean("encrypt", "Encryption by the service.").otherwise("false").refused(),
    map("csvWriterConfig", "Other csv rules.").otherwise("{}").in(Role::kBytes).refused(),
    boolean("cname", "A domain name of your own.").otherwise("false").refused(),
    text("proxyHost", "A proxy.").otherwise("\"\"").refused(),
    text("proxyPort", "A proxy.").otherwise("\"\"").refused(),
    text("proxyUsername", "A proxy.").otherwise("\"\"").refused(),
    text("proxyPassword", "A proxy.").otherwise("\"\"").hidden().refused(),
};

constexpr Parameter kOssReaderParameters[] = {
    datasource("\"my_oss\""),
    text("endpoint",
         "Address of the service, without the bucket, like "
         "https://oss-cn-hangzhou.aliyuncs.com.")
        .needed()
        .in(Role::kAddress)
        .as("URL"),
    text("bucket", "The bucket.").needed().in(Role::kAddress),
    access_id(),
    access_key(),
    security_token(),
    text("region",
         "Like cn-hangzhou. With it, or when the endpoint tells it, requests are signed "
         "with V4, else with V1.")
        .otherwise("\"\"")
        .in(Role::kConnection),
    patterns("object",
             "Names of objects; * stands for any characters, ? for one. {date} or ${date} is the "
             "day of the run, yyyyMMdd.")
        .needed()
        .in(Role::kAddress)
        .like("[\"school/user_info/{date}*\"]"),
    text("fileFormat", "csv: fields may be quoted. text: they are split as they are.")
        .otherwise("\"csv\"")
        .in(Role::kBytes)
        .one_of("csv,text,txt,parquet", "orc,excel,binary")
        .like("\"csv\""),
    any("column",
        "The columns of a row: {\"index\": 0, \"type\": \"long\"} is a field of the object "
        "(parquet: "
        "also by \"name\"), {\"value\": \"x\", \"type\": \"string\"} the same value in every row. "
        "Types: "
        "string, long, double, boolean, date with a \"format\", bytes. [\"*\"]: all fields, of csv "
        "and text as strings.")
        .needed()
        .in(Role::kBytes)
        .like("[{\"index\": 0, \"type\": \"string\"}, {\"index\": 1, \"type\": \"long\"}]"),
    text("fieldDelimiter", "What stands between two fields: one ASCII character.")
        .otherwise("\",\"")
        .in(Role::kBytes),
    text("encoding", "Encoding of the objects.")
        .otherwise("\"UTF-8\"")
        .in(Role::kBytes)
        .one_of("UTF-8", "GBK,GB18030,UTF-16"),
    text("nullFormat", "Fields with exactly this text are null. Not given: none is.")
        .in(Role::kBytes),
    boolean("skipHeader", "The first line of each object is left out.")
        .otherwise("false")
        .in(Role::kBytes),
    text("compress", "How the objects are compressed; those of parquet say it themselves.")
        .otherwise("\"\"")
        .in(Role::kBytes)
        .one_of("none,gzip", "bzip2,zip,lzo,lzo_deflate,snappy,hadoop-snappy,framing-snappy"),
    boolean("successOnNoObject", "Without any object there are no rows; false: it is an error.")
        .otherwise("false"),
    text("timeZone", "The zone of dates without one; not given: that of the setting.")
        .in(Role::kBytes),
    integer("balanceThreshold", "How DataX deals objects to its tasks.").ignored(),
    boolean("enableInnerSplit", "How DataX cuts objects.").ignored(),
    map("csvReaderConfig", "Other csv rules.").otherwise("{}").in(Role::kBytes).refused(),
    boolean("cname", "A domain name of your own.").otherwise("false").refused(),
    text("proxyHost", "A proxy.").otherwise("\"\"").refused(),
    text("proxyPort", "A proxy.").otherwise("\"\"").refused(),
    text("proxyUsername", "A proxy.").otherwise("\"\"").refused(),
    text("proxyPassword", "A proxy.").otherwise("\"\"").hidden().refused(),
};

constexpr Parameter kOssSourceParameters[] = {
    text("endpoint", "Address of the service, without the bucket.").needed().as("URL"),
    text("bucket", "The bucket.").needed(),
    text("region", "Like cn-hangzhou."),
    text("accessId", "AccessKey id.").needed(),
    source_key(),
    source_token(),
};

}  // namespace

std::span<const Parameter> oss_parameters() {
    return kOssParameters;
}
std::span<const Parameter> oss_reader_parameters() {
    return kOssReaderParameters;
}
std::span<const Parameter> oss_source_parameters() {
    return kOssSourceParameters;
}

}  // namespace millrace
