#include "common/config/parameter_tables.h"

namespace millrace {
namespace {

constexpr Parameter kElasticsearchParameters[] = {
    datasource("\"my_elasticsearch\""),
    text("endpoint", "Address, like https://127.0.0.1:9200; several with commas between them.")
        .needed()
        .in(Role::kAddress)
        .as("URL"),
    text("username", "User name. Blank: no login.")
        .also("accessId")
        .otherwise("\"\"")
        .in(Role::kConnection),
    text("password", "Password.").also("accessKey").hidden().in(Role::kConnection),
    text("index", "Name of the index; small letters.")
        .needed()
        .in(Role::kAddress)
        .like("\"school_index\""),
    text("type", "Types ended with Elasticsearch 7.").also("indexType").ignored(),
    text("esVersion", "The server is asked.").ignored(),
    boolean("cleanup",
            "Deletes the index before the first run. Refused when windows follow each other.")
        .also("truncate")
        .otherwise("false"),
    map("settings", "Settings of an index that this job creates.").otherwise("{}"),
    boolean("dynamic", "true: no mapping is put.").otherwise("false"),
    columns("column", "The columns, in the order of the reader: name and type.")
        .needed()
        .in(Role::kBytes)
        .like("[{\"name\": \"uid\", \"type\": \"id\"}, {\"name\": \"name\", \"type\": \"text\"}]"),
    text("fieldDelimiter", "Stands between the values of several id columns; blank: a comma.")
        .otherwise("\"\"")
        .in(Role::kBytes),
    text("deletes",
         "drop: deletes are dropped and counted, as in DataX. propagate: they delete the "
         "document.")
        .otherwise("\"drop\"")
        .in(Role::kBytes)
        .one_of("drop,propagate"),
    boolean("enableWriteNull", "Absent values are written as null; false: left out.")
        .otherwise("true")
        .in(Role::kBytes),
    integer("batchSize", "Rows per bulk request.")
        .otherwise("1024")
        .in(Role::kBytes)
        .from(1)
        .to(100000)
        .as("rows"),
    integer("trySize", "How often a bulk request is tried.").otherwise("30").from(1).to(1000),
    integer("tryInterval", "Longest pause between two tries.")
        .otherwise("60000")
        .from(1)
        .to(3600000)
        .as("ms"),
    integer("timeout", "Longest time of one request.")
        .otherwise("600000")
        .from(1000)
        .to(3600000)
        .as("ms"),
    boolean("compress", "Compresses requests.").also("compression").otherwise("true"),
    boolean("ignoreWriteError",
            "true: a batch that fails after all tries is counted as dirty, and the job goes "
            "on.")
        .otherwise("false"),
    boolean("ignoreParseError",
            "A document that the server refuses is a dirty record; false: it fails the job.")
        .otherwise("true"),
    text("alias", "An alias that the index gets at the end.").otherwise("\"\""),
    text("aliasMode", "exclusive: other indices lose the alias.")
        .otherwise("\"append\"")
        .one_of("append,exclusive"),
    boolean("discovery", "Requests go to the addresses of endpoint.").ignored(),
    text("discoveryFilter", "Requests go to the addresses of endpoint.").ignored(),
    boolean("multiThread", "Set speed.concurrent instead.").ignored(),
    integer("maxTotalConnection", "There is one connection per work item.").ignored(),
    text("mode", "DataX does not read it either.").ignored(),
    text("masterTimeout", "timeout holds for all requests.").ignored(),
    integer("retryTimes", "trySize holds for all requests.").ignored(),
    integer("sleepTimeInMilliSecond", "tryInterval holds for all requests.").ignored(),
    boolean("versioning", "Every document carries the version of its change.").ignored(),
    any("version", "Every document carries the version of its change.").ignored(),
    text("dstDynamic", "How the mapping treats unknown fields: strict, false, true.")
        .otherwise("\"\""),
    text("splitter", "Array columns.").otherwise("\"-,-\"").refused(),
    text("actionType", "Every change is written as a whole document.")
        .otherwise("\"index\"")
        .refused(),
    any("deleteBy", "Deletes by column values.").otherwise("[]").refused(),
    any("primaryKeyInfo", "Ids from other columns; use columns of type id.")
        .in(Role::kBytes)
        .refused(),
    any("esPartitionColumn", "Routing by column values.")
        .otherwise("[]")
        .in(Role::kBytes)
        .refused(),
    map("urlParams", "Extra parameters of requests.").otherwise("{}").refused(),
    any("includeSettingKeys", "Settings kept by cleanup.").refused(),
    boolean("enableRedundantColumn", "More reader columns than writer columns.")
        .otherwise("false")
        .refused(),
};

constexpr Parameter kElasticsearchColumnParameters[] = {
    text("name", "Name of the field.").needed().in(Role::kBytes),
    text("type", "id makes the column part of the document id.")
        .needed()
        .in(Role::kBytes)
        .one_of("id,string,text,keyword,long,integer,short,byte,double,float,boolean,date,binary,"
                "object,nested,ip",
                "parent,routing,version,integer_range,float_range,long_range,double_range,date_"
                "range,geo_point,geo_shape,ip_range,completion,token_count"),
    text("format", "Form of the dates.").in(Role::kBytes),
    text("timezone", "Zone of the dates.").in(Role::kBytes),
    boolean("origin", "Dates are written as they are.").in(Role::kBytes),
    text("analyzer", "Mapping.").in(Role::kBytes),
    boolean("norms", "Mapping.").in(Role::kBytes),
    text("index_options", "Mapping.").in(Role::kBytes),
    boolean("index", "Mapping.").in(Role::kBytes),
    boolean("doc_values", "Mapping.").in(Role::kBytes),
    integer("ignore_above", "Mapping.").in(Role::kBytes),
    boolean("eager_global_ordinals", "Mapping.").in(Role::kBytes),
    map("fields", "Mapping.").in(Role::kBytes),
    any("dynamic", "Mapping.").in(Role::kBytes),
    map("other_params", "Mapping, as it is.").in(Role::kBytes),
    text("dstFormat", "Form of the dates in the mapping, with origin.").in(Role::kBytes),
    boolean("array", "Array columns.").otherwise("false").refused(),
    boolean("dstArray", "Array columns.").otherwise("false").refused(),
    boolean("json_array", "Array columns.").otherwise("false").refused(),
    texts("combineFields", "Several columns in one.").otherwise("[]").refused(),
    text("combineFieldsValueSeparator", "Several columns in one.").otherwise("\"-\"").refused(),
    text("tree", "Geographic shapes.").refused(),
    text("precision", "Geographic shapes.").refused(),
};

constexpr Parameter kElasticsearchSourceParameters[] = {
    text("endpoint", "Address; several with commas between them.").needed().as("URL"),
    text("username", "User name.").also("accessId"),
    text("password", "Password, best as \"${env:NAME}\".").also("accessKey").hidden(),
};

}  // namespace

std::span<const Parameter> elasticsearch_parameters() {
    return kElasticsearchParameters;
}
std::span<const Parameter> elasticsearch_column_parameters() {
    return kElasticsearchColumnParameters;
}
std::span<const Parameter> elasticsearch_source_parameters() {
    return kElasticsearchSourceParameters;
}

}  // namespace millrace
