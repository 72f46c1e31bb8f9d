#include "common/config/parameter_tables.h"

namespace millrace {
namespace {

constexpr Parameter kOssParameters[] = {
    text("datasource",
         "Name of an entry of the data sources file that gives the address and the keys; "
         "then they need not stand in the script.")
        .in(Role::kConnection)
        .like("\"my_oss\""),
    text("endpoint",
         "Address of the service, without the bucket, like "
         "https://oss-cn-hangzhou.aliyuncs.com.")
        .needed()
        .in(Role::kAddress)
        .as("URL"),
    text("bucket", "The bucket; it must exist.").needed().in(Role::kAddress),
    text("accessId", "AccessKey id.").needed().in(Role::kConnection),
    text("accessKey", "AccessKey secret.").needed().hidden().in(Role::kConnection),
    text("securityToken", "Token of temporary keys (STS).").hidden().in(Role::kConnection),
    text("region",
         "Like cn-hangzhou. With it, or when the endpoint tells it, requests are signed "
         "with V4, else with V1.")
        .otherwise("\"\"")
        .in(Role::kConnection),
    text("object",
         "Beginning of the objects' names. {date} or ${date} is the day of the window's "
         "start, yyyyMMdd.")
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
         "does DataX when nothing is given.")
        .otherwise("\"text\"")
        .in(Role::kBytes)
        .one_of("csv,text,txt", "parquet,orc,sql")
        .like("\"csv\""),
    text("encoding", "Encoding of the objects.")
        .otherwise("\"UTF-8\"")
        .in(Role::kBytes)
        .one_of("UTF-8", "GBK,GB18030,UTF-16"),
    text("nullFormat", "What stands for an absent value; may be empty.")
        .otherwise("\"null\"")
        .in(Role::kBytes),
    text("dateFormat", "Form of dates (Java). Checked; Tablestore has no dates.")
        .otherwise("\"\"")
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
    boolean("generateEmptyFile", "Writes an object also for a window without rows.")
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
    any("column", "Rows are written in the order of the reader.").ignored(),
    text("compress", "Compressed objects.").otherwise("\"\"").in(Role::kBytes).refused(),
    any("partition", "Column values in the name.").otherwise("[]").in(Role::kBytes).refused(),
    boolean("writeSingleObject", "One object of all shards.")
        .otherwise("false")
        .in(Role::kBytes)
        .refused(),
    boolean("encrypt", "Encryption by the service.").otherwise("false").refused(),
    map("csvWriterConfig", "Other csv rules.").otherwise("{}").in(Role::kBytes).refused(),
    text("parquetSchema", "Parquet objects.").otherwise("\"\"").refused(),
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
    text("accessKey", "AccessKey secret, best as \"${env:NAME}\".").needed().hidden(),
    text("securityToken", "Token of temporary keys (STS).").hidden(),
};

}  // namespace

std::span<const Parameter> oss_parameters() {
    return kOssParameters;
}
std::span<const Parameter> oss_source_parameters() {
    return kOssSourceParameters;
}

}  // namespace millrace
