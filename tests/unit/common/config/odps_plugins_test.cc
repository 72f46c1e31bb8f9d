// What odps reader and writer make of their parameters.
#include <gtest/gtest.h>

#include "common/config/odps_reader.h"
#include "common/config/odps_writer.h"

namespace millrace {
namespace {

using Json = nlohmann::json;

PluginSpec spec(const Json& more) {
    PluginSpec plugin;
    plugin.plugin = "odps";
    plugin.parameters = {{"odpsServer", "http://127.0.0.1:8083/api"},
                         {"project", "school"},
                         {"accessId", "id"},
                         {"table", "person"},
                         {"truncate", true}};
    plugin.parameters.update(more);
    plugin.secrets = {{"accessKey", Secret("key")}};
    return plugin;
}

TEST(OdpsPartition, IsReadAsDataxDoes) {
    const std::pair<const char*, const char*> cases[] = {
        {"", ""},
        {"  ", ""},
        {"pt=20171107", "pt=20171107"},
        {" pt = '20171107' , region = \"x y\" ", "pt=20171107,region=x y"},
        {"pt=20171107/region=x", "pt=20171107,region=x"},
        {"pt=20171107 / hh = 09", "pt=20171107,hh=09"},
    };
    for (const auto& [text, expected] : cases) {
        const Result<OdpsPartition> partition = parse_odps_partition(text);
        ASSERT_TRUE(partition.ok()) << text << ": " << partition.status().text();
        EXPECT_EQ(to_text(*partition), expected) << text;
    }
}

TEST(OdpsPartition, WrongFormsAreNamed) {
    const std::pair<const char*, const char*> cases[] = {
        {"20171107", "\"20171107\" must be name=value"},
        {"pt=", "\"pt\" has no value"},
        {"pt=''", "\"pt\" has no value"},
        {"=x", "\"\" is no name of a partition column"},
        {"p-t=x", "\"p-t\" is no name of a partition column"},
        {"pt=a=b", "the value of \"pt\" holds a ="},
        {"pt=a,PT=b", "\"pt\" stands twice"},
        {"pt=a,", "a separator stands at the end"},
        {"pt=2017*", "the value of \"pt\" holds a *: one partition is written"},
        {"a=1,b=1,c=1,d=1,e=1,f=1,g=1", "there are at most 6 levels"},
    };
    for (const auto& [text, expected] : cases) {
        const Result<OdpsPartition> partition = parse_odps_partition(text);
        EXPECT_EQ(partition.ok() ? "taken" : partition.status().text(), expected) << text;
    }
    EXPECT_TRUE(parse_odps_partition("pt=2017*", true).ok());
}

TEST(OdpsWriterConfig, ReadsAllOfIt) {
    const auto config = read_odps_writer(spec({{"tunnelServer", "http://127.0.0.1:8084"},
                                               {"schema", "s"},
                                               {"region", "cn-hangzhou"},
                                               {"partition", "pt='20171107'"},
                                               {"column", {"id", "colname"}},
                                               {"truncateScope", "instance"},
                                               {"emptyAsNull", true},
                                               {"blockBytes", 4096},
                                               {"isCompress", true},
                                               {"timeZone", "UTC"}}));
    ASSERT_TRUE(config.ok()) << config.status().text();
    EXPECT_EQ(config->address.endpoint, "http://127.0.0.1:8083/api");
    EXPECT_EQ(config->address.tunnel_endpoint, "http://127.0.0.1:8084");
    EXPECT_EQ(config->address.schema, "s");
    EXPECT_EQ(config->address.max_retries, 10);
    EXPECT_EQ(config->partition, (OdpsPartition{{"pt", "20171107"}}));
    EXPECT_EQ(config->columns, (std::vector<std::string>{"id", "colname"}));
    EXPECT_TRUE(config->truncate && config->empty_as_null && config->compress);
    EXPECT_EQ(config->truncate_scope, TruncateScope::kInstance);
    EXPECT_EQ(config->block_bytes, 4096u);
    EXPECT_EQ(config->time_zone, "UTC");
}

TEST(OdpsWriterConfig, StarIsAllColumnsAndTruncateMustBeSaid) {
    const auto config = read_odps_writer(spec({{"column", {"*"}}}));
    ASSERT_TRUE(config.ok()) << config.status().text();
    EXPECT_TRUE(config->columns.empty() && config->partition.empty());
    EXPECT_EQ(config->truncate_scope, TruncateScope::kPartition);
    EXPECT_EQ(config->block_bytes, 16u << 20);
    EXPECT_EQ(read_odps_writer(spec({{"truncate", nullptr}})).status().text(),
              "odps needs \"truncate\": true or false");
    EXPECT_EQ(read_odps_writer(spec({{"project", ""}})).status().text(), "odps needs \"project\"");
}

TEST(OdpsReaderConfig, ReadsAllOfIt) {
    const auto config = read_odps_reader(spec({{"partition", {"pt=2017*/hh='09'", "pt=1,hh=*"}},
                                               {"column", {"id", "pt", "'x'", "''", "*"}},
                                               {"splitMode", "partition"},
                                               {"successOnNoPartition", true},
                                               {"sliceRows", 10}}));
    ASSERT_TRUE(config.ok()) << config.status().text();
    ASSERT_EQ(config->partitions.size(), 2u);
    EXPECT_EQ(to_text(config->partitions[0]), "pt=2017*,hh=09");
    using Kind = OdpsReadColumn::Kind;
    EXPECT_EQ(config->columns, (std::vector<OdpsReadColumn>{{Kind::kName, "id"},
                                                            {Kind::kName, "pt"},
                                                            {Kind::kConstant, "x"},
                                                            {Kind::kConstant, ""},
                                                            {Kind::kAll, ""}}));
    EXPECT_EQ(config->split_mode, OdpsSplitMode::kPartition);
    EXPECT_TRUE(config->success_on_no_partition);
    EXPECT_EQ(config->slice_rows, 10u);
}

TEST(OdpsReaderConfig, NoColumnsAreAllColumns) {
    const auto config = read_odps_reader(spec({{"partition", "pt=1"}}));
    ASSERT_TRUE(config.ok()) << config.status().text();
    ASSERT_EQ(config->columns.size(), 1u);
    EXPECT_EQ(config->columns[0].kind, OdpsReadColumn::Kind::kAll);
    EXPECT_EQ(to_text(config->partitions.at(0)), "pt=1");
    EXPECT_EQ(config->split_mode, OdpsSplitMode::kRecord);
}

}  // namespace
}  // namespace millrace
