#include "coordinator/sources/objects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "common/codec/gzip.h"
#include "coordinator/sources/pattern.h"
#include "tests/unit/oss_bucket.h"

namespace millrace {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ObjectSideTest : public OssBucketTest {
  protected:
    ObjectSideTest() {
        reader_.address = client_.config();
        reader_.all_columns = true;
        reader_.objects = {"dir/*.csv"};
    }
    void put(const std::string& key, std::string_view bytes) {
        ASSERT_TRUE(client_.put_object(key, bytes).ok());
    }
    // Names of the objects that a run would read, or what is wrong.
    std::vector<std::string> listed() {
        ObjectSide side(context_, reader_);
        const Result<SourceFacts> facts = side.connect();
        if (!facts.ok()) return {facts.status().text()};
        columns_ = facts->shape.columns;
        EXPECT_THAT(facts->shape.key, IsEmpty());
        std::vector<std::string> names;
        const auto preview = side.preview();
        for (const auto& item : *preview) names.push_back(item["shard"]);
        return names;
    }

    OssReaderConfig reader_;
    std::vector<ShapeColumn> columns_;
};

TEST(Patterns, MatchWholeNames) {
    const auto matches = [](std::string_view name, std::string_view pattern) {
        return matches_pattern(name, pattern);
    };
    EXPECT_TRUE(matches("a.csv", "a.csv"));
    EXPECT_TRUE(matches("dir/a.csv", "dir/*"));
    EXPECT_TRUE(matches("dir/sub/a.csv", "dir/*.csv"));
    EXPECT_TRUE(matches("", "*"));
    EXPECT_TRUE(matches("ab", "a?"));
    EXPECT_TRUE(
        matches("a\xE7\x9B\xAE"
                "b",
                "a?b"))
        << "one character, not one byte";
    EXPECT_TRUE(matches("aXbXc", "a*b*c"));
    EXPECT_TRUE(matches("abcbc", "a*bc**"));
    EXPECT_FALSE(matches("a.csv", "a"));
    EXPECT_FALSE(matches("a", "a?"));
    EXPECT_FALSE(matches("dir/a.csv.gz", "dir/*.csv"));
    EXPECT_FALSE(matches("aXbX", "a*b*c"));
    EXPECT_FALSE(matches(std::string(5000, 'a'), "*a*a*a*a*a*b"));
}

TEST_F(ObjectSideTest, PatternsGiveOneItemForEachObject) {
    put("dir/b.csv", "1,2,3\n");
    put("dir/a.csv", "4,5,6\n");
    put("dir/other.txt", "x");
    put("dir/_millrace/a__x.csv", "{}");
    put("dir/folder.csv/", "");
    EXPECT_THAT(listed(), ElementsAre("dir/a.csv", "dir/b.csv"));
    ASSERT_EQ(columns_.size(), 3u);
    EXPECT_EQ(columns_[2].name, "field2");
    EXPECT_EQ(columns_[2].type, ValueType::kString);
    reader_.objects = {"dir/b.csv", "dir/*.csv", "dir/?.csv"};
    EXPECT_THAT(listed(), ElementsAre("dir/a.csv", "dir/b.csv")) << "each object once";
}

TEST_F(ObjectSideTest, TheReceiptNamesTheBucket) {
    put("dir/a.csv", "x,y\n");
    ObjectSide side(context_, reader_);
    ASSERT_TRUE(side.connect().ok());
    EXPECT_EQ(side.describe()["bucket"], "examplebucket");
    EXPECT_EQ(side.describe()["kind"], "oss");
}

TEST_F(ObjectSideTest, WhatIsMissingIsNamed) {
    reader_.objects = {"dir/gone.csv"};
    EXPECT_THAT(listed(), ElementsAre(HasSubstr("there is no object dir/gone.csv in bucket")));
    reader_.objects = {"dir/*.csv"};
    EXPECT_THAT(listed(), ElementsAre(HasSubstr("has a name like dir/*.csv")));
    reader_.objects = {"dir/*.csv", "dir/gone.csv"};
    reader_.success_on_no_object = true;
    EXPECT_THAT(listed(), ElementsAre("no object"));
    EXPECT_THAT(columns_, IsEmpty());
}

TEST_F(ObjectSideTest, TheFirstRowIsFoundWhereverItBegins) {
    put("dir/0.csv", "");
    put("dir/1.csv", "\n\n");
    put("dir/2.csv", "\n\"" + std::string(400'000, 'x') + "\n\",b\n");
    (void)listed();
    EXPECT_EQ(columns_.size(), 2u);
    Buffer zipped;
    gzip("a,b,c,d\n" + std::string(1'000'000, 'y'), zipped);
    put("dir/z.csv.gz", zipped.view());
    reader_.objects = {"dir/z.csv.gz"};
    reader_.compress = ObjectCompression::kGzip;
    (void)listed();
    EXPECT_EQ(columns_.size(), 4u);
}

TEST_F(ObjectSideTest, ColumnsThatAreGivenNeedNoLook) {
    put("dir/a.csv", "1,2\n");
    reader_.all_columns = false;
    reader_.columns = {{7, "", {}, ObjectFieldType::kLong, ""},
                       {{}, "", "x", ObjectFieldType::kString, ""},
                       {0, "", {}, ObjectFieldType::kDate, ""}};
    requests_.clear();
    EXPECT_THAT(listed(), ElementsAre("dir/a.csv"));
    EXPECT_EQ(sent(Method::kGet, "a.csv"), 0u);
    EXPECT_THAT(names_of(columns_), ElementsAre("field7", "value1", "field0"));
    EXPECT_EQ(columns_[0].type, ValueType::kInteger);
    EXPECT_EQ(columns_[2].type, ValueType::kDatetime);
}

}  // namespace
}  // namespace millrace
