// One wrong thing in a script of each transfer, and what is said about it.
#include "tests/unit/common/config/transfer_text.h"

namespace millrace {
namespace {

class TransferMistakeTest : public testing::TestWithParam<TransferMistake> {};

TEST_P(TransferMistakeTest, IsSaidAtItsPlace) {
    expect_said(GetParam());
}

constexpr Severity kNote = Severity::kNote;
constexpr Severity kWarning = Severity::kWarning;

const TransferMistake kTableReader[] = {
    {"ColumnForm", table_to_odps, "{\"name\": \"pid\"}", "{\"nam\": \"pid\"}", "column-form",
     "11:38"},
    {"ConstantValue", table_to_odps, "{\"name\": \"pid\"}", "{\"type\": \"int\", \"value\": \"x\"}",
     "column-form", "11:38", Severity::kError, "must be a whole number"},
    {"TimeseriesColumn", table_to_odps, "{\"name\": \"pid\"}",
     "{\"name\": \"pid\", \"is_timeseries_tag\": true}", "not-built-yet", "11:38"},
    {"ColumnTwice", table_to_odps, "{\"name\": \"pid\"}", "{\"name\": \"uid\"}", "duplicate-column",
     "11:19", kWarning},
    {"ColumnNoList", table_to_odps,
     "\"column\": [ {\"name\": \"uid\"}, {\"name\": \"pid\"}, "
     "{\"name\": \"name\"} ]",
     "\"column\": \"uid\"", "wrong-type", "11:19"},
    {"BeginType", table_to_odps, "\"STRING\", \"value\": \"b\"", "\"LONG\", \"value\": \"b\"",
     "range-value", "13:22", Severity::kError, "INF_MIN, INF_MAX, STRING, INT or BINARY"},
    {"BeginNoValue", table_to_odps, "\"INT\", \"value\": \"0\"", "\"INT\"", "range-value", "13:56",
     Severity::kError, "range.begin: type INT needs a \"value\""},
    {"BeginWord", table_to_odps, "\"INT\", \"value\": \"0\"", "\"INT\", \"value\": \"zero\"",
     "range-value", "13:56"},
    {"BeginNumber", table_to_odps, "\"value\": \"0\"", "\"value\": 0", "value-as-text", "13:81",
     kNote},
    {"BeginNoList", table_to_odps,
     "[ {\"type\": \"STRING\", \"value\": \"y\"}, {\"type\": "
     "\"INF_MAX\"} ]",
     "{\"type\": \"INF_MAX\"}", "wrong-type", "14:18"},
    {"RangeKey", table_to_odps, "\"split\"", "\"spilt\"", "unknown-parameter", "15:11", kWarning},
    {"BordersClash", table_to_odps, "{\"type\": \"STRING\", \"value\": \"y\"}",
     "{\"type\": \"INT\", \"value\": \"9\"}", "range-types", "14:20"},
    {"SplitClash", table_to_odps, "{\"type\": \"STRING\", \"value\": \"q\"}",
     "{\"type\": \"INT\", \"value\": \"9\"}", "range-types", "15:56"},
    {"SplitOrder", table_to_odps, "\"q\"", "\"c\"", "split-order", "15:56", Severity::kError,
     "must rise"},
    {"SplitTwice", table_to_odps, "\"q\"", "\"h\"", "split-order", "15:56"},
    {"SplitOutside", table_to_odps, "\"q\"", "\"z\"", "split-outside", "15:56"},
    {"SplitAtTheBorder", table_to_odps, "\"h\"", "\"b\"", "split-outside", "15:22"},
    {"SplitMiddle", table_to_odps, "[ {\"type\": \"STRING\", \"value\": \"h\"}",
     "[ {\"type\": \"STRING\", \"value\": \"h\"}, {\"type\": \"INF_MIN\"}", "split-form", "15:56"},
    {"SplitEnds", table_to_odps, "[ {\"type\": \"STRING\", \"value\": \"h\"}",
     "[ {\"type\": \"INF_MIN\"}", "split-ends", "15:22", kNote},
    {"Backward", table_to_odps, "\"value\": \"b\"", "\"value\": \"z\"", "split-outside", "15:22"},
    {"Empty", table_to_odps,
     "{\"type\": \"STRING\", \"value\": \"b\"}, {\"type\": \"INT\", "
     "\"value\": \"0\"}",
     "{\"type\": \"STRING\", \"value\": \"y\"}, {\"type\": \"INF_MAX\"}", "range-empty", "13:20"},
    {"TooManyKeys", table_to_odps, "{\"type\": \"INF_MAX\"} ]",
     "{\"type\": \"INF_MAX\"}, {\"type\": \"INF_MAX\"}, {\"type\": \"INF_MAX\"}, {\"type\": "
     "\"INF_MAX\"} ]",
     "key-count", "14:18"},
    {"TimeRangeInNormalMode", table_to_odps, "\"table\"",
     "\"timeRange\": {\"begin\": 1}, "
     "\"table\"",
     "ignored-parameter", "10:22", kNote},
    {"Metadata", table_to_odps, "\"table\"", "\"metaMode\": \"true\", \"table\"", "not-built-yet",
     "10:21"},
    {"Timeseries", table_to_odps, "\"table\"", "\"isTimeseriesTable\": true, \"table\"",
     "not-built-yet", "10:30"},
    {"OldClient", table_to_odps, "\"table\"", "\"newVersion\": \"false\", \"table\"",
     "ignored-parameter", "10:23", kNote},
    {"Mode", table_to_odps, "\"table\"", "\"mode\": \"multi\", \"table\"", "unknown-choice",
     "10:17"},
};
INSTANTIATE_TEST_SUITE_P(TableReader, TransferMistakeTest, testing::ValuesIn(kTableReader),
                         [](const auto& test) { return test.param.name; });

const TransferMistake kTableWriter[] = {
    {"NoKeys", objects_to_table, "\"primaryKey\": [ {\"name\": \"uid\", \"type\": \"string\"} ],",
     "", "missing-parameter", "18:22"},
    {"EmptyKeys", objects_to_table, "[ {\"name\": \"uid\", \"type\": \"string\"} ]", "[]",
     "key-count", "22:25"},
    {"KeyType", objects_to_table, "\"uid\", \"type\": \"string\"", "\"uid\", \"type\": \"double\"",
     "key-type", "22:27"},
    {"KeyTwice", objects_to_table, "{\"name\": \"uid\", \"type\": \"string\"} ]",
     "{\"name\": \"uid\", \"type\": \"string\"}, \"uid\" ]", "duplicate-column", "22:62"},
    {"ColumnIsKey", objects_to_table, "\"age\"", "\"uid\"", "duplicate-column", "23:23"},
    {"ColumnNoType", objects_to_table, "\"age\", \"type\": \"int\"", "\"age\"", "column-form",
     "23:23", Severity::kError, "\"age\" needs a \"type\""},
    {"ColumnType", objects_to_table, "\"type\": \"int\"", "\"type\": \"date\"", "column-form",
     "23:23"},
    {"NoWriteMode", objects_to_table, ",\n          \"writeMode\": \"PutRow\"", "",
     "missing-parameter", "18:22"},
    {"WriteMode", objects_to_table, "PutRow", "Put", "unknown-choice", "24:24"},
    {"UpdateOfNothing", objects_to_table,
     "[ {\"name\": \"age\", \"type\": \"int\"} ],\n          "
     "\"writeMode\": \"PutRow\"",
     "[],\n          \"writeMode\": \"UpdateRow\"", "no-columns", "23:21"},
    {"AutoIncrement", objects_to_table, "\"table\"", "\"enableAutoIncrement\": true, \"table\"",
     "refused-parameter", "21:34", Severity::kError, "rows would stand twice"},
    {"Timeseries", objects_to_table, "\"table\"", "\"isTimeseriesTable\": true, \"table\"",
     "not-built-yet", "21:32"},
    {"TooManyRows", objects_to_table, "\"table\"", "\"batchWriteCount\": 201, \"table\"",
     "out-of-bounds", "21:30"},
    {"TooManyBytes", objects_to_table, "\"table\"",
     "\"requestTotalSizeLimitation\": 4194305, \"table\"", "out-of-bounds", "21:41"},
    {"PrefixInNormalMode", objects_to_table, "\"table\"",
     "\"columnNamePrefixFilter\": \"t:\", \"table\"", "ignored-parameter", "21:37", kNote},
    {"Concurrency", objects_to_table, "\"table\"", "\"concurrencyWrite\": 5, \"table\"",
     "ignored-parameter", "21:31", kNote},
    {"PutCells", odps_to_cells, "\"mode\"", "\"writeMode\": \"PutRow\", \"mode\"", "multi-version",
     "20:24"},
    {"CellsWithColumns", odps_to_cells, "\"mode\"",
     "\"column\": [{\"name\": \"a\", \"type\": \"int\"}], \"mode\"", "multi-version", "20:21"},
    {"CellsByRows", odps_to_cells, "\"colvalue\"]", "\"colvalue\", \"x\"]", "column-counts",
     "21:25", Severity::kError,
     "reader gives: uid, colname, version, colvalue, x / writer takes: uid, colName, timestamp, "
     "value"},
};
INSTANTIATE_TEST_SUITE_P(TableWriter, TransferMistakeTest, testing::ValuesIn(kTableWriter),
                         [](const auto& test) { return test.param.name; });

const TransferMistake kMaxCompute[] = {
    {"NoTruncate", cells_to_odps, "\"truncate\": true,", "", "missing-parameter", "19:20",
     Severity::kError, "needs \"truncate\""},
    {"TruncateAsText", cells_to_odps, "\"truncate\": true", "\"truncate\": \"true\"",
     "text-as-value", "22:21", kNote},
    {"PartitionForm", cells_to_odps, "pt=${bdp.system.bizdate}", "${bdp.system.bizdate}",
     "partition-form", "23:22", Severity::kError, "\"20171106\" must be name=value"},
    {"PartitionTwice", cells_to_odps, "pt=${bdp.system.bizdate}", "pt=1,pt=2", "partition-form",
     "23:22", Severity::kError, "\"pt\" stands twice"},
    {"PartitionNoValue", cells_to_odps, "pt=${bdp.system.bizdate}", "pt=", "partition-form",
     "23:22"},
    {"PartitionPattern", cells_to_odps, "pt=${bdp.system.bizdate}", "pt=*", "partition-form",
     "23:22"},
    {"PartitionColumn", cells_to_odps, "\"optype\"", "\"pt\"", "not-built-yet", "25:51"},
    {"ColumnTwice", cells_to_odps, "\"optype\"", "\"id\"", "duplicate-column", "24:19"},
    {"ColumnBlank", cells_to_odps, "\"optype\"", "\" \"", "column-form", "25:51"},
    {"StarAmongColumns", cells_to_odps, "\"optype\"", "\"*\"", "column-form", "24:19"},
    {"MoreThanTaken", cells_to_odps, ", \"optype\"", "", "column-counts", "24:19", Severity::kError,
     "the reader gives 5 to 8 columns, the writer takes 4: make them equal, in the same order; "
     "reader gives: (keys), colName, version, colValue, opType / writer takes: id, colname, "
     "version, colvalue"},
    {"Fewer", table_to_odps, "\"pid\", \"name\" ]", "\"pid\", \"name\", \"age\" ]", "fewer-columns",
     "24:19", kWarning, "reader gives: uid, pid, name / writer takes: uid, pid, name, age"},
    {"More", table_to_odps, "\"pid\", \"name\" ]", "\"pid\" ]", "column-counts", "24:19"},
    {"TableWithProject", table_to_odps, "\"table\": \"person\", \"truncate\"",
     "\"table\": \"school.person\", \"truncate\"", "table-name", "22:45"},
    {"ScopeWithoutTruncate", table_to_odps, "\"truncate\": false",
     "\"truncate\": false, \"truncateScope\": \"instance\"", "without-effect", "22:91", kWarning},
    {"Scope", table_to_odps, "\"truncate\": false",
     "\"truncate\": true, \"truncateScope\": \"window\"", "unknown-choice", "22:90"},
    {"BlockSize", table_to_odps, "\"truncate\"", "\"blockSizeInMB\": 600, \"truncate\"",
     "out-of-bounds", "22:72"},
    {"Dynamic", table_to_odps, "\"truncate\"", "\"supportDynamicPartition\": true, \"truncate\"",
     "not-built-yet", "22:82"},
    {"OverLength", table_to_odps, "\"truncate\"", "\"overLengthRule\": \"truncate\", \"truncate\"",
     "not-built-yet", "22:73"},
    {"PreSql", table_to_odps, "\"truncate\"", "\"preSql\": [\"truncate x\"], \"truncate\"",
     "not-built-yet", "22:65"},
    {"ConsistencyCommit", table_to_odps, "\"truncate\"",
     "\"consistencyCommit\": true, \"truncate\"", "ignored-parameter", "22:76", kNote},
    {"Zone", table_to_odps, "\"truncate\"", "\"timeZone\": \"Mars\", \"truncate\"", "time-zone",
     "22:67"},
    {"ReaderQuery", odps_to_cells, "pt = 2017*", "/*query*/ pt > 1", "not-built-yet", "11:25"},
    {"ReaderPartitionForm", odps_to_cells, "pt = 2017*", "2017*", "partition-form", "11:25"},
    {"ReaderSplit", odps_to_cells, "\"table\": \"person\"",
     "\"table\": \"person\", \"splitMode\": \"rows\"", "unknown-choice", "10:43"},
    {"ReaderBlankColumn", odps_to_cells, "\"colname\"", "\"\"", "column-form", "12:29"},
};
INSTANTIATE_TEST_SUITE_P(MaxCompute, TransferMistakeTest, testing::ValuesIn(kMaxCompute),
                         [](const auto& test) { return test.param.name; });

const TransferMistake kOpenSearch[] = {
    {"NoHost", stream_to_app, "\"host\": \"http://127.0.0.1:8085\"", "\"endpoints\": \"x\"",
     "unknown-parameter", "26:9", kWarning},
    {"TwoAddresses", stream_to_app, "\"host\": \"http://127.0.0.1:8085\"",
     "\"host\": \"http://127.0.0.1:8086\"", "said-twice", "23:21", kWarning},
    {"WriteMode", stream_to_app, "\"update\"", "\"upsert\"", "unknown-choice", "31:22"},
    {"NoWriteMode", stream_to_app, "\"writeMode\": \"update\",", "", "missing-parameter", "22:20"},
    {"Columns", stream_to_app, "[ \"uid\", \"title\" ]", "[ \"uid\" ]", "column-counts", "29:19",
     Severity::kError, "reader gives: uid, name / writer takes: uid"},
    {"NoColumns", stream_to_app, "[ \"uid\", \"title\" ]", "[]", "no-columns", "29:19"},
    {"ColumnTwice", stream_to_app, "\"title\"", "\"uid\"", "duplicate-column", "29:19"},
    {"StarAmongColumns", stream_to_app, "\"title\"", "\"*\"", "column-form", "29:28"},
    {"Batch", stream_to_app, "500", "1001", "out-of-bounds", "30:22"},
    {"Cells", stream_to_app,
     "\"mode\": \"single_version_and_update_only\",\n        \"column\":[\n"
     "              {\"name\":\"uid\"},  # the key\n              {\"name\":\"name\"}\n         ]",
     "\"maxRetries\": 3", "mode-of-writer", "8:20"},
};
INSTANTIATE_TEST_SUITE_P(OpenSearch, TransferMistakeTest, testing::ValuesIn(kOpenSearch),
                         [](const auto& test) { return test.param.name; });

const TransferMistake kObjects[] = {
    {"NoObject", objects_to_table, "[\"school/{date}/*\", \"old\"]", "[]", "blank-parameter",
     "9:21"},
    {"BlankObject", objects_to_table, "\"old\"", "\"\"", "object-name", "9:41"},
    {"SlashAtTheBegin", objects_to_table, "\"old\"", "\"/old\"", "object-name", "9:41"},
    {"OneObject", objects_to_table, "[\"school/{date}/*\", \"old\"]", "\"/old\"", "object-name",
     "9:21"},
    {"ColumnByName", objects_to_table, "\"index\": 1", "\"name\": \"age\"", "column-form", "10:55",
     Severity::kError, "needs an index"},
    {"ColumnType", objects_to_table, "\"long\"", "\"bigint\"", "column-form", "10:55"},
    {"ConstantValue", objects_to_table, "\"index\": 1", "\"value\": \"x\"", "column-form", "10:55"},
    {"DateFormat", objects_to_table, "\"type\": \"long\"", "\"type\": \"date\", \"format\": \"bb\"",
     "date-format", "10:55"},
    {"NoColumns", objects_to_table,
     "[ {\"index\": 0, \"type\": \"string\"}, {\"index\": 1, \"type\": \"long\"} ]", "[]",
     "no-columns", "10:21"},
    {"Encoding", objects_to_table, "\"UTF-8\"", "\"GBK\"", "not-built-yet", "11:23"},
    {"Delimiter", objects_to_table, "\",\",\n", "\"||\",\n", "delimiter", "12:29"},
    {"Format", objects_to_table, "\"csv\"", "\"orc\"", "not-built-yet", "13:25"},
    {"Compression", objects_to_table, "\"csv\"", "\"csv\", \"compress\": \"bzip2\"",
     "not-built-yet", "13:44"},
    {"Balance", objects_to_table, "\"csv\"", "\"csv\", \"balanceThreshold\": 10",
     "ignored-parameter", "13:52", kNote},
    {"CsvRules", objects_to_table, "\"csv\"",
     "\"csv\", \"csvReaderConfig\": {\"safetySwitch\": false}", "not-built-yet", "13:51"},
    {"Counts", objects_to_table, ", {\"index\": 1, \"type\": \"long\"}", "", "column-counts",
     "23:21", Severity::kError, "reader gives: field 0 / writer takes: uid, age"},
};
INSTANTIATE_TEST_SUITE_P(Objects, TransferMistakeTest, testing::ValuesIn(kObjects),
                         [](const auto& test) { return test.param.name; });

const TransferMistake kVersions[] = {
    {"Constant", versions_to_table, "{\"name\": \"b\"}", "{\"type\": \"int\", \"value\": \"1\"}",
     "multi-version", "11:38"},
    {"ColumnTwice", versions_to_table, "{\"name\": \"b\"}", "{\"name\": \"a\"}", "duplicate-column",
     "11:21"},
    {"TimesTurnedRound", versions_to_table, "\"begin\": 0", "\"begin\": 1510036262000",
     "time-range", "12:24"},
    {"TimeWord", versions_to_table, "\"begin\": 0", "\"begin\": \"then\"", "time-range", "12:24"},
    {"NoVersions", versions_to_table, "\"maxVersion\": 3", "\"maxVersion\": 0", "out-of-bounds",
     "13:25"},
    {"RowsIntoCells", versions_to_table,
     "\"mode\": \"multiVersion\", \"newVersion\": \"true\",\n          \"column\": [ {\"name\": "
     "\"a\"}, {\"name\": \"b\"} ],\n          \"timeRange\": {\"begin\": 0, \"end\": "
     "\"1510036262000\"},\n          \"maxVersion\": 3",
     "\"column\": []", "mode-of-writer", "18:19"},
    {"CellsIntoRows", versions_to_table, "\"mode\": \"multiversion\",",
     "\"writeMode\": \"UpdateRow\", \"column\": [{\"name\": \"a\", \"type\": \"int\"}],",
     "mode-of-writer", "10:19", Severity::kError, "set \"mode\": \"normal\" in the reader"},
    {"WrongNumberOfKeys", versions_to_table, "[\"uid\"]", "[]", "key-count", "22:25"},
    {"Client", versions_to_table, "\"newVersion\": \"true\"", "\"newVersion\": false",
     "ignored-parameter", "10:49", kNote},
    {"NoId", odps_to_search, "\"type\": \"id\"", "\"type\": \"keyword\"", "id-columns", "14:21"},
    {"Counts", odps_to_search, ", \"'x'\"", "", "column-counts", "14:21", Severity::kError,
     "reader gives: uid / writer takes: uid, kind"},
};
INSTANTIATE_TEST_SUITE_P(Pairs, TransferMistakeTest, testing::ValuesIn(kVersions),
                         [](const auto& test) { return test.param.name; });

const TransferMistake kParquet[] = {
    {"ColumnNoType", stream_to_parquet, ", \"type\": \"string\"", "", "column-form", "31:21"},
    {"ColumnType", stream_to_parquet, "varchar(20)", "text", "column-type", "31:56"},
    {"ColumnTypeForm", stream_to_parquet, "varchar(20)", "decimal(10,2", "column-type", "31:56"},
    {"ColumnTypeSize", stream_to_parquet, "varchar(20)", "decimal(39,2)", "column-type", "31:56"},
    {"ColumnTwice", stream_to_parquet, "\"name\", \"type\"", "\"uid\", \"type\"",
     "duplicate-column", "31:19"},
    {"Counts", stream_to_parquet, ", {\"name\": \"name\", \"type\": \"varchar(20)\"}", "",
     "column-counts", "31:19", Severity::kError, "reader gives: uid, name / writer takes: uid"},
    {"Codec", stream_to_parquet, "snappy", "lzo", "not-built-yet", "30:21"},
    {"CsvRules", stream_to_parquet, "\"compress\"", "\"nullFormat\": \"null\", \"compress\"",
     "ignored-parameter", "30:23", kNote},
    {"SaidTwice", stream_to_parquet, "\"compress\"",
     "\"parquetSchema\": \"message m { required binary uid (UTF8); }\", \"compress\"", "said-twice",
     "30:26"},
    {"Schema", stream_to_parquet,
     "\"column\": [ {\"name\": \"uid\", \"type\": \"string\"}, {\"name\": \"name\", \"type\": "
     "\"varchar(20)\"} ]",
     "\"parquetSchema\": \"message m { \"", "parquet-schema", "31:26"},
    {"NoTypes", stream_to_parquet,
     ",\n        \"column\": [ {\"name\": \"uid\", \"type\": \"string\"}, {\"name\": "
     "\"name\", \"type\": \"varchar(20)\"} ]",
     "", "parquet-types", "29:23", kWarning},
    {"RowGroup", stream_to_parquet, "\"compress\"", "\"rowGroupRows\": 0, \"compress\"",
     "out-of-bounds", "30:25"},
    {"CsvCompressed", stream_to_parquet, "\"parquet\"", "\"csv\"", "not-built-yet", "30:21"},
};
INSTANTIATE_TEST_SUITE_P(Parquet, TransferMistakeTest, testing::ValuesIn(kParquet),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace millrace
