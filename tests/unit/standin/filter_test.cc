#include "tests/standin/filter.h"

#include <gtest/gtest.h>

#include "common/codec/plainbuffer/writer.h"
#include "tests/standin/ots_error.h"
#include "tests/standin/selection.h"

namespace millrace::standin {
namespace {

namespace wire = tablestore::wire;

struct Single {
    wire::ComparatorType comparator;
    std::string column;
    Datum value;
    bool drop_if_missing = false;
    bool latest_only = true;
};

wire::Filter message(const Single& single) {
    Buffer value;
    plainbuffer::write_bare_value(value, key_view(single.value));
    wire::SingleColumnValueFilter inner;
    inner.set_comparator(single.comparator);
    inner.set_column_name(single.column);
    inner.set_column_value(std::string(value.view()));
    inner.set_filter_if_missing(single.drop_if_missing);
    inner.set_latest_version_only(single.latest_only);
    wire::Filter filter;
    filter.set_type(wire::FT_SINGLE_COLUMN_VALUE);
    filter.set_filter(inner.SerializeAsString());
    return filter;
}

wire::Filter combined(wire::LogicalOperator combinator, const std::vector<Single>& parts) {
    wire::CompositeColumnValueFilter inner;
    inner.set_combinator(combinator);
    for (const Single& part : parts) *inner.add_sub_filters() = message(part);
    wire::Filter filter;
    filter.set_type(wire::FT_COMPOSITE_COLUMN_VALUE);
    filter.set_filter(inner.SerializeAsString());
    return filter;
}

// age 30 (20 before), name "bo"
const Selected kRow = {
    {"age", {{200, Datum::of(int64_t{30})}, {100, Datum::of(int64_t{20})}}},
    {"name", {{100, Datum::of(std::string("bo"))}}},
};

bool keeps(const wire::Filter& filter) {
    return Filter::parse(filter.SerializeAsString()).keeps(kRow);
}
bool keeps(const Single& single) {
    return keeps(message(single));
}
Datum number(int64_t value) {
    return Datum::of(value);
}

TEST(Filter, ComparesTheNewestVersion) {
    EXPECT_TRUE(keeps({wire::CT_EQUAL, "age", number(30)}));
    EXPECT_FALSE(keeps({wire::CT_EQUAL, "age", number(20)}));
    EXPECT_TRUE(keeps({wire::CT_EQUAL, "age", number(20), false, false}));
    EXPECT_TRUE(keeps({wire::CT_NOT_EQUAL, "age", number(20)}));
    EXPECT_TRUE(keeps({wire::CT_GREATER_THAN, "age", number(29)}));
    EXPECT_FALSE(keeps({wire::CT_GREATER_THAN, "age", number(30)}));
    EXPECT_TRUE(keeps({wire::CT_GREATER_EQUAL, "age", number(30)}));
    EXPECT_TRUE(keeps({wire::CT_LESS_THAN, "name", Datum::of(std::string("c"))}));
    EXPECT_FALSE(keeps({wire::CT_LESS_EQUAL, "name", Datum::of(std::string("b"))}));
    EXPECT_FALSE(keeps({wire::CT_EQUAL, "age", Datum::of(std::string("30"))}));
}

TEST(Filter, SaysWhatAMissingColumnMeans) {
    EXPECT_TRUE(keeps({wire::CT_EQUAL, "town", number(1), false}));
    EXPECT_FALSE(keeps({wire::CT_EQUAL, "town", number(1), true}));
    EXPECT_TRUE(keeps({wire::CT_EXIST, "age", number(0)}));
    EXPECT_TRUE(keeps({wire::CT_NOT_EXIST, "town", number(0)}));
}

TEST(Filter, Combines) {
    const Single yes{wire::CT_EQUAL, "age", number(30)}, no{wire::CT_EQUAL, "age", number(31)};
    EXPECT_TRUE(keeps(combined(wire::LO_AND, {yes, yes})));
    EXPECT_FALSE(keeps(combined(wire::LO_AND, {yes, no})));
    EXPECT_TRUE(keeps(combined(wire::LO_OR, {no, yes})));
    EXPECT_FALSE(keeps(combined(wire::LO_OR, {no, no})));
    EXPECT_TRUE(keeps(combined(wire::LO_NOT, {no})));
    EXPECT_THROW(keeps(combined(wire::LO_NOT, {no, yes})), OtsError);
    EXPECT_THROW(Filter::parse("\x01garbage"), OtsError);
    EXPECT_TRUE(Filter::parse("").keeps(kRow));
}

TEST(Selection, ChoosesColumnsVersionsAndTimes) {
    const Row row = {{"age", {{200, number(30)}, {100, number(20)}}}, {"name", {{100, number(1)}}}};
    wire::GetRowRequest request;
    EXPECT_THROW(Selection{request}, OtsError);  // neither versions nor times
    request.set_max_versions(1);
    EXPECT_EQ(Selection(request).choose(row, {"pk"})->size(), 2u);
    request.add_columns_to_get("age");
    const auto newest = Selection(request).choose(row, {"pk"});
    ASSERT_EQ(newest->size(), 1u);
    EXPECT_EQ((*newest)[0].second.size(), 1u);
    EXPECT_EQ((*newest)[0].second[0].first, 200);
    request.mutable_time_range()->set_start_time(0);
    request.mutable_time_range()->set_end_time(200);
    EXPECT_EQ((*Selection(request).choose(row, {"pk"}))[0].second[0].first, 100);
    request.mutable_time_range()->set_specific_time(200);
    EXPECT_EQ((*Selection(request).choose(row, {"pk"}))[0].second[0].first, 200);
    request.set_columns_to_get(0, "town");
    EXPECT_FALSE(Selection(request).choose(row, {"pk"}));
    request.add_columns_to_get("pk");
    EXPECT_TRUE(Selection(request).choose(row, {"pk"}));
}

}  // namespace
}  // namespace millrace::standin
