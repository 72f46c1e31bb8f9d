#include "common/config/parameter_tables.h"

namespace millrace {
namespace {

constexpr Parameter kOpenSearchParameters[] = {
    datasource("\"my_opensearch\""),
    text("host", "Address of the service, like https://opensearch-cn-hangzhou.aliyuncs.com.")
        .needed()
        .in(Role::kAddress)
        .as("URL"),
    text("endpoint", "Another name of host; when both stand there, host is used.").as("URL"),
    access_id(),
    access_key(),
    security_token(),
    text("indexName", "Name of the application.").needed().in(Role::kAddress).like("\"school\""),
    text("table", "The table of the application.").needed().in(Role::kAddress).like("\"main\""),
    texts(
        "column",
        "The fields that get the reader's columns, in order; the key is one of them. [\"*\"]: they "
        "have the names of the reader's columns.")
        .needed()
        .in(Role::kBytes)
        .like("[\"uid\", \"name\"]"),
    text("writeMode",
         "add: whole documents. update: only the fields that a change wrote; not every edition "
         "takes it.")
        .needed()
        .in(Role::kBytes)
        .one_of("add,update")
        .like("\"add\""),
    integer("batchSize", "Documents of one push.")
        .otherwise("300")
        .in(Role::kBytes)
        .from(1)
        .to(1000)
        .as("documents"),
    integer("batchBytes", "Bytes of one push before encoding.")
        .otherwise("2000000")
        .in(Role::kBytes)
        .from(1000)
        .to(2097152)
        .as("bytes"),
    text("deletes",
         "drop: deletes are dropped and counted, as in DataX. propagate: they delete the "
         "document.")
        .otherwise("\"drop\"")
        .in(Role::kBytes)
        .one_of("drop,propagate"),
    text(
        "timestamps",
        "Whether documents carry the time of their change, so that nothing older wins. auto: where "
        "the edition takes it.")
        .otherwise("\"auto\"")
        .in(Role::kBytes)
        .one_of("auto,on,off"),
    boolean("skipDirtyRecord",
            "true: documents that can never be written go to the quarantine and are counted, "
            "errorLimit judges. false: the first one fails the job.")
        .otherwise("false"),
    boolean("ignoreWriteError",
            "true: a push that fails after all tries is counted as dirty, and the job goes on.")
        .otherwise("false"),
    text("version",
         "The interface of the service. v2: of old applications; documents are written whole, "
         "without "
         "timestamps unless these are on.")
        .otherwise("\"v3\"")
        .in(Role::kBytes)
        .one_of("v3,v2"),
    integer("maxRetries", "How often one push is tried again.").otherwise("30").from(0).to(1000),
};

constexpr Parameter kOpenSearchSourceParameters[] = {
    text("host", "Address of the service.").also("endpoint").needed().as("URL"),
    text("indexName", "Name of the application."),
    text("accessId", "AccessKey id.").needed(),
    source_key(),
    source_token(),
};

}  // namespace

std::span<const Parameter> opensearch_parameters() {
    return kOpenSearchParameters;
}
std::span<const Parameter> opensearch_source_parameters() {
    return kOpenSearchSourceParameters;
}

}  // namespace millrace
