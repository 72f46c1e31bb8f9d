#include "tests/standin/odps_sql.h"

#include <gtest/gtest.h>

namespace millrace::standin {
namespace {

class OdpsSqlTest : public ::testing::Test {
  protected:
    OdpsSqlTest() { store_.project = "demo"; }
    std::string run(const std::string& query, const std::string& settings = kNewTypes) {
        const SqlResult result = run_odps_sql(store_, query, settings, 1000, "id");
        EXPECT_EQ(result.failed, result.text.starts_with("ODPS-")) << result.text;
        return result.text;
    }

    static constexpr const char* kNewTypes =
        R"({"odps.sql.type.system.odps2":"true","odps.sql.timezone":"UTC"})";
    OdpsStore store_;
};

TEST_F(OdpsSqlTest, ReadsTheDefinitionsOfTables) {
    EXPECT_EQ(
        run("create table if not exists demo.`T` (id BIGINT NOT NULL COMMENT 'it\\'s', -- key\n"
            "d decimal ( 10 , 2 ), a array<map<string,struct<x:int,y:char(3)>>>) comment 'c' "
            "partitioned by (pt string comment 'day') lifecycle 3;"),
        "");
    const OdpsTable& table = *store_.find("t");
    EXPECT_EQ(table.comment, "c");
    EXPECT_EQ(table.lifecycle, 3);
    EXPECT_EQ(table.schema->columns[0].comment, "it's");
    EXPECT_FALSE(table.schema->columns[0].nullable);
    EXPECT_EQ(table.schema->columns[1].type.text(), "decimal(10,2)");
    EXPECT_EQ(table.schema->columns[2].type.text(), "array<map<string,struct<x:int,y:char(3)>>>");
    EXPECT_TRUE(table.is_partitioned());
    EXPECT_NE(run("create table t (id bigint)").find("already exists"), std::string::npos);
}

TEST_F(OdpsSqlTest, SaysWhatItCannotRead) {
    const std::pair<const char*, const char*> cases[] = {
        {"frobnicate t", "ODPS-0130161:[1,1] Parse exception - invalid token 'frobnicate'"},
        {"create table t\n (a bigint", "ODPS-0130161:[2,11] Parse exception - unexpected end"},
        {"create table t (a bigints)",
         "ODPS-0130161:[1,19] Parse exception - invalid type bigints"},
        {"create table t (a varchar(0))",
         "ODPS-0130161:[1,19] Parse exception - invalid type varchar(0)"},
        {"create table t (a bigint, A int)",
         "ODPS-0130071:[1,27] Semantic analysis exception - column repeated: a"},
        {"select 'x", "ODPS-0130161:[1,10] Parse exception - a quoted text has no end"},
        {"drop table t", "ODPS-0130131:[1,12] Table not found - table demo.t cannot be resolved"},
        {"drop table other.t", "ODPS-0420111:[1,12]  Project not found - 'other'"}};
    for (const auto& [query, error] : cases) EXPECT_EQ(run(query), error);
    EXPECT_NE(run("create table t (a int)", "").find("set odps.sql.type.system.odps2=true"),
              std::string::npos);
    EXPECT_EQ(run("set odps.sql.type.system.odps2=true; create table t (a int)", ""), "");
}

TEST_F(OdpsSqlTest, StatementsBeforeAFailureAreApplied) {
    EXPECT_NE(run("create table t (a bigint); insert into t values (1); drop table nothere;"), "");
    EXPECT_EQ(run("select count(*) as n from t;"), "\"n\"\n1\n");
}

TEST_F(OdpsSqlTest, LiteralsBecomeValuesOfTheirColumns) {
    run("create table t (i int, d decimal(5,2), b boolean, f double, s string, x binary, v "
        "varchar(3),"
        " day date, ms datetime, ns timestamp)");
    EXPECT_EQ(run("insert into t values (-7, 1.5BD, true, 1e-3, 'q\"\\n', 'ab', '中文字', date "
                  "'2020-02-29', datetime '1969-12-31 23:59:59.5', cast('2020-01-02 "
                  "03:04:05.000000001' as timestamp))"),
              "");
    EXPECT_EQ(run("select * from t"),
              "\"i\",\"d\",\"b\",\"f\",\"s\",\"x\",\"v\",\"day\",\"ms\",\"ns\"\n"
              "-7,1.5,true,0.001,\"q\"\"\n\",6162,中文字,2020-02-29,1969-12-31 23:59:59,"
              "2020-01-02 03:04:05.000000001\n");
    EXPECT_NE(run("select ms from t where ms = '1969-12-31 23:59:59.500'").find("1969"),
              std::string::npos);
    for (const char* bad : {"(i) values (3000000000)", "(i) values ('x')", "(d) values (1234)",
                            "(d) values (0.001)", "(v) values ('four')", "(b) values (1)",
                            "(day) values ('2021-02-29')", "(nothere) values (1)"})
        EXPECT_EQ(run(std::string("insert into t ") + bad).find("ODPS-0130071"), 0u) << bad;
}

TEST_F(OdpsSqlTest, ChangesRowsAndPartitions) {
    run("create table t (id bigint, v string) partitioned by (pt string)");
    run("insert into t partition (pt='a') values (1, 'x'), (2, 'y');"
        "insert into t partition (pt='b') values (1, 'z');");
    EXPECT_EQ(run("select v, pt from t where id = 1 and pt = 'b'"), "\"v\",\"pt\"\nz,b\n");
    run("update t set v = null where id = 1 and pt = 'a'; delete from t where v = 'y'");
    EXPECT_EQ(run("select * from t limit 1"), "\"id\",\"v\",\"pt\"\n1,\\N,a\n");
    EXPECT_EQ(run("select count(1) from t where v is null"), "\"_c0\"\n1\n");
    run("insert overwrite table t partition (pt='b') values (9, 'n'); truncate table t partition "
        "(pt='a')");
    EXPECT_EQ(run("select id from t"), "\"id\"\n9\n");
    EXPECT_NE(run("alter table t add partition (pt='a')").find("already exists"),
              std::string::npos);
    EXPECT_EQ(run("alter table t drop partition (pt='a'), partition (pt='b')"), "");
    EXPECT_NE(run("alter table t drop partition (pt='a')").find("doesn't exist"),
              std::string::npos);
    EXPECT_EQ(run("alter table t drop if exists partition (pt='a')"), "");
    EXPECT_TRUE(store_.find("t")->partitions.empty());
}

TEST(OdpsValue, DecimalsTakeTheirPlainForm) {
    const OdpsType type{OdpsKind::kDecimal, 38, 18};
    const std::pair<const char*, const char*> cases[] = {{"1E+5", "100000"},
                                                         {"-0", "0"},
                                                         {"1.50", "1.50"},
                                                         {"+12.5e-3", "0.0125"},
                                                         {"007", "7"},
                                                         {".5", "0.5"},
                                                         {"-1e-18", "-0.000000000000000001"}};
    for (const auto& [sent, plain] : cases) {
        OdpsValue value{std::string(sent)};
        EXPECT_EQ(odps_flaw(type, value, 100), "") << sent;
        EXPECT_EQ(std::get<std::string>(value), plain);
    }
    for (const char* bad : {"", "-", "1.2.3", "x", "1e", "1e-19", "1e20", "NaN"}) {
        OdpsValue value{std::string(bad)};
        EXPECT_NE(odps_flaw(type, value, 100), "") << bad;
    }
}

}  // namespace
}  // namespace millrace::standin
