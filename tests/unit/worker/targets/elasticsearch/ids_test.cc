#include "worker/targets/elasticsearch/ids.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "worker/targets/elasticsearch/versions.h"

namespace millrace::elasticsearch {
namespace {

WriterConfig config_of(const std::vector<std::string>& id_names,
                       const std::vector<std::string>& others) {
    WriterConfig config;
    for (const auto& name : id_names)
        config.columns.push_back({.name = name, .type = ColumnType::kId});
    for (const auto& name : others) config.columns.push_back({.name = name});
    return config;
}

std::string id_of(const IdMaker& maker, const std::vector<Value>& key) {
    std::string id;
    const Status status = maker.make(key, id);
    return status.ok() ? id : "dirty: " + status.text();
}

TEST(Ids, OneKeyColumnIsItsText) {
    const auto maker = IdMaker::create(config_of({"u"}, {"n"}), {"uid"}, {"uid", "name"});
    ASSERT_TRUE(maker.ok()) << maker.status().text();
    EXPECT_EQ(id_of(*maker, {Value::of_string("a,b%c")}), "a,b%c");
    EXPECT_EQ(id_of(*maker, {Value::of_integer(-7)}), "-7");
    EXPECT_EQ(id_of(*maker, {Value::of_binary("\x01\xff")}), "01ff");
    EXPECT_TRUE(id_of(*maker, {Value::of_string("")}).starts_with("dirty"));
    EXPECT_TRUE(id_of(*maker, {Value::of_string("\xff")}).starts_with("dirty"));
    EXPECT_TRUE(id_of(*maker, {Value::null()}).starts_with("dirty"));
}

TEST(Ids, SeveralKeyColumnsAreJoinedInTheOrderOfTheIdColumns) {
    auto config = config_of({"b", "a"}, {"n"});
    const auto maker = IdMaker::create(config, {"a", "b"}, {"b", "a", "n"});
    ASSERT_TRUE(maker.ok()) << maker.status().text();
    EXPECT_EQ(id_of(*maker, {Value::of_string("x,y"), Value::of_string("50%")}), "50%25,x%2cy");
    config.id_delimiter = "-";
    const auto dashed = IdMaker::create(config, {"a", "b"}, {"b", "a", "n"});
    EXPECT_EQ(id_of(*dashed, {Value::of_integer(-1), Value::of_string("x,y")}), "x,y-%2d1");
}

TEST(Ids, WithoutIdColumnsTheWholeKeyMakesTheId) {
    const auto maker = IdMaker::create(config_of({}, {"n"}), {"a", "b"}, {"name"});
    ASSERT_TRUE(maker.ok());
    EXPECT_EQ(id_of(*maker, {Value::of_string("x"), Value::of_integer(2)}), "x,2");
}

TEST(Ids, ColumnsThatAreNotTheKeyAreRefused) {
    EXPECT_EQ(IdMaker::create(config_of({"a"}, {}), {"a", "b"}, {"a"}).status().code(),
              Code::kConfig);
    EXPECT_EQ(IdMaker::create(config_of({"a", "n"}, {}), {"a"}, {"a", "n"}).status().code(),
              Code::kConfig);
    EXPECT_EQ(IdMaker::create(config_of({"a"}, {}), {"a"}, {"a", "n"}).status().code(),
              Code::kConfig);
    auto config = config_of({}, {"a", "n"});
    config.id_columns = {"n"};
    EXPECT_EQ(IdMaker::create(config, {"a"}, {"a", "n"}).status().code(), Code::kConfig);
    config.id_columns = {"a"};
    EXPECT_TRUE(IdMaker::create(config, {"a"}, {"a", "n"}).ok());
    config = config_of({"a", "b"}, {});
    config.id_delimiter = "2";
    EXPECT_EQ(IdMaker::create(config, {"a", "b"}, {"a", "b"}).status().code(), Code::kConfig);
}

TEST(Ids, LongOnesKeepTheirBeginningAndStayDifferent) {
    const auto maker = IdMaker::create(config_of({"u"}, {}), {"u"}, {"u"});
    EXPECT_EQ(id_of(*maker, {Value::of_string(std::string(512, 'x'))}), std::string(512, 'x'));
    const std::string one(513, 'x'), two = one + "y";
    const std::string id = id_of(*maker, {Value::of_string(one)});
    EXPECT_EQ(id.size(), 433u);
    EXPECT_TRUE(id.starts_with(std::string(400, 'x') + "~"));
    EXPECT_NE(id, id_of(*maker, {Value::of_string(two)}));
    std::string chinese = "x";
    for (int i = 0; i < 200; ++i) chinese += "中";
    EXPECT_EQ(id_of(*maker, {Value::of_string(chinese)}).size(), 400u + 33u);
}

RC_GTEST_PROP(IdsProperty, DifferentKeysGiveDifferentIds, ()) {
    const auto maker = IdMaker::create(config_of({"a", "b"}, {}), {"a", "b"}, {"a", "b"});
    const auto part =
        rc::gen::container<std::string>(rc::gen::element('a', ',', '%', '2', 'c', '5'));
    const std::string a = *part, b = *part, c = *part, d = *part;
    const bool same = a == c && b == d;
    RC_ASSERT((id_of(*maker, {Value::of_string(a), Value::of_string(b)}) ==
               id_of(*maker, {Value::of_string(c), Value::of_string(d)})) == same);
}

TEST(Versions, OrderTimesAndRows) {
    Change change;
    change.ordered_us = 5;
    change.sequence.row_index = 3;
    EXPECT_EQ(version_of(change), 5u * 4096 + 3);
    EXPECT_FALSE(version_is_shared(change));
    change.sequence.row_index = 4095;
    EXPECT_EQ(version_of(change), 5u * 4096 + 4095);
    EXPECT_TRUE(version_is_shared(change));
    change.sequence.row_index = 70000;
    EXPECT_EQ(version_of(change), 5u * 4096 + 4095);
    change.ordered_us = (int64_t{1} << 51) - 1;
    EXPECT_LE(*version_of(change), uint64_t{INT64_MAX});
    change.ordered_us += 1;
    EXPECT_EQ(version_of(change), std::nullopt);
    change.ordered_us = -1;
    EXPECT_EQ(version_of(change), std::nullopt);
}

}  // namespace
}  // namespace millrace::elasticsearch
