// Where a source of a table goes on, and what it does about pages that are wrong.
#include <map>
#include <random>

#include "tests/unit/common/services/tablestore/signed_answers.h"
#include "tests/unit/worker/source/table/fixture.h"

namespace millrace {
namespace {

class TableSourceResume : public TableSourceTest {
  protected:
    TableSourceResume() {
        cloud_.create("t", {"k:int", "s:string"});
        for (int64_t i = 0; i < 300; ++i) put(i, 0);
        use("t", {"k", "s"}, {"k", "v"});
    }
    static standin::Key key(int64_t i) {
        return {Datum::of(i / 3), str("s" + std::to_string(i % 3))};
    }
    static HttpAnswer signed_again(const tablestore::wire::GetRangeResponse& page) {
        return tablestore::test::signed_answer("GetRange", page.SerializeAsString());
    }
    void put(int64_t i, int64_t state) {
        cloud_.put("t", key(i), {{"v", Datum::of(i * 1000 + state)}});
    }
    void set_direction(bool forward) {
        config_.range = {bounds(KeyValue::inf_min()), bounds(KeyValue::inf_max()), true};
        if (!forward) std::swap(config_.range.begin, config_.range.end);
        config_.range.forward = forward;
    }
};

TEST_F(TableSourceResume, AtEveryRowGivesTheRest) {
    for (const bool forward : {true, false}) {
        set_direction(forward);
        const auto all = read_all();
        ASSERT_EQ(all.size(), 300u);
        EXPECT_EQ(all.front(), forward ? "i0 i0" : "i99 i299000");
        auto source = open();
        Change change;
        for (size_t i = 0; i < all.size(); ++i) {
            ASSERT_TRUE(*source->next(change));
            EXPECT_EQ(change.sequence.timestamp_us, static_cast<int64_t>(i));
            const auto position = tablestore::parse_range_position(source->position());
            ASSERT_TRUE(position.ok());
            EXPECT_EQ(position->rows, i + 1);
            auto rest = open(*position);
            const auto seen = read(*rest);
            ASSERT_TRUE(status_.ok()) << status_.text();
            ASSERT_EQ(seen,
                      std::vector<std::string>(all.begin() + static_cast<long>(i) + 1, all.end()));
            ASSERT_EQ(tablestore::parse_range_position(rest->end().position)->rows, all.size());
        }
        ASSERT_FALSE(*source->next(change));
        const auto end = tablestore::parse_range_position(source->end().position);
        EXPECT_EQ(read(*open(*end)), std::vector<std::string>());
    }
}

// However often reading begins again and whatever happens to other rows: one that is left alone is
// given exactly once, the others at most once.
TEST_F(TableSourceResume, WhileTheTableChanges) {
    for (uint64_t seed = 1; seed <= 30; ++seed) {
        SCOPED_TRACE(seed);
        std::mt19937_64 random(seed);
        set_direction(seed % 2 == 0);
        std::map<int64_t, int> given;  // by number
        std::optional<tablestore::RangePosition> position;
        for (bool done = false; !done;) {
            auto source = open(position);
            std::map<int64_t, int> pending;
            Change change;
            for (uint64_t left = 1 + random() % 40; left > 0 && !done; --left) {
                const Result<bool> more = source->next(change);
                ASSERT_TRUE(more.ok()) << more.status().text();
                done = !*more;
                if (!done) ++pending[change.row(0)[1].integer / 1000];
            }
            // A run that dies before its checkpoint leaves nothing.
            if (random() % 4 == 0) {
                done = false;
            } else {
                for (const auto& [number, times] : pending) given[number] += times;
                const std::string json = done ? source->end().position : source->position();
                position = *tablestore::parse_range_position(json);
            }
            // Rows whose number is a multiple of 4 live a restless life.
            for (int i = 0; i < 20; ++i) {
                const auto row = static_cast<int64_t>(random() % 75 * 4);
                if (random() % 2) {
                    cloud_.erase("t", key(row));
                } else {
                    put(row, static_cast<int64_t>(random() % 1000));
                }
            }
        }
        for (int64_t i = 0; i < 300; ++i) {
            if (i % 4 == 0) {
                EXPECT_LE(given[i], 1) << i;
            } else {
                EXPECT_EQ(given[i], 1) << i;
            }
        }
    }
}

TEST_F(TableSourceResume, ReadsWithinItsRangeOnly) {
    const auto at = [](int64_t k, const KeyValue& second) {
        return plainbuffer::encode_key({{"k", KeyValue::of(Value::of_integer(k))}, {"s", second}});
    };
    config_.range = {at(10, KeyValue::of(Value::of_string("s1"))), at(12, KeyValue::inf_min()),
                     true};
    EXPECT_EQ(read_all(), (std::vector<std::string>{"i10 i31000", "i10 i32000", "i11 i33000",
                                                    "i11 i34000", "i11 i35000"}));
    config_.range = {at(12, KeyValue::inf_min()), at(11, KeyValue::of(Value::of_string("s0"))),
                     false};
    EXPECT_EQ(read_all(), (std::vector<std::string>{"i11 i35000", "i11 i34000"}));
    config_.range = {at(500, KeyValue::inf_min()), at(600, KeyValue::inf_min()), true};
    EXPECT_EQ(read_all(), std::vector<std::string>());
}

TEST_F(TableSourceResume, TheSumSaysWhatWasReadHoweverItWasReached) {
    const auto sum_of = [&](TableSource& source, int count, Sum128& sum) {
        Change change;
        for (int i = 0; i < count; ++i) {
            EXPECT_TRUE(*source.next(change));
            EXPECT_GT(source.record_bytes(), 10u);
            sum.add(source.record_hash());
        }
    };
    Sum128 whole, parts;
    sum_of(*open(), 300, whole);
    auto source = open();
    sum_of(*source, 123, parts);
    sum_of(*open(*tablestore::parse_range_position(source->position())), 177, parts);
    EXPECT_EQ(parts, whole);
    put(5, 1);
    Sum128 changed;
    sum_of(*open(), 300, changed);
    EXPECT_FALSE(changed == whole);
}

// One flipped bit anywhere in a page of rows is never passed on.
TEST_F(TableSourceResume, DamagedRowsAreAskedForAgain) {
    const auto all = read_all();
    std::mt19937_64 random(5);
    int damaged = 0;
    cloud_.hook = [&](const HttpRequest& request, HttpAnswer answer) -> Result<HttpAnswer> {
        if (!request.url.ends_with("GetRange") || random() % 3 == 0) return answer;
        // The envelope must be right for the rows to be looked into.
        tablestore::wire::GetRangeResponse page;
        EXPECT_TRUE(page.ParseFromString(std::string(answer.body.view())));
        if (page.rows().empty()) return answer;
        std::string rows = page.rows();
        rows[rows.size() - 1 - random() % std::min<size_t>(rows.size(), 2000)] ^= 1;
        page.set_rows(rows);
        ++damaged;
        return signed_again(page);
    };
    config_.corrupt_retries_max = 50;
    EXPECT_EQ(read_all(), all);
    EXPECT_GT(damaged, 3);
}

TEST_F(TableSourceResume, AlwaysDamagedRowsEndTheTries) {
    cloud_.hook = [&](const HttpRequest&, const HttpAnswer& answer) -> Result<HttpAnswer> {
        tablestore::wire::GetRangeResponse page;
        EXPECT_TRUE(page.ParseFromString(std::string(answer.body.view())));
        page.mutable_rows()->back() ^= 1;
        return signed_again(page);
    };
    auto source = open();
    const auto seen = read(*source);
    EXPECT_EQ(status_.code(), Code::kCorrupt);
    EXPECT_NE(status_.text().find("table t, range 0001 of 0001"), std::string::npos)
        << status_.text();
    EXPECT_LT(seen.size(), 300u);
}

TEST_F(TableSourceResume, APageThatLeadsBackIsNotFollowed) {
    cloud_.hook = [&](const HttpRequest&, const HttpAnswer& answer) -> Result<HttpAnswer> {
        tablestore::wire::GetRangeResponse page;
        EXPECT_TRUE(page.ParseFromString(std::string(answer.body.view())));
        page.set_next_start_primary_key(config_.range.begin);
        return signed_again(page);
    };
    auto source = open();
    read(*source);
    EXPECT_EQ(status_.code(), Code::kCorrupt);
    EXPECT_NE(status_.text().find("leads back"), std::string::npos) << status_.text();
}

TEST_F(TableSourceResume, ARowInPiecesIsAnError) {
    cloud_.hook = [&](const HttpRequest&, const HttpAnswer& answer) -> Result<HttpAnswer> {
        tablestore::wire::GetRangeResponse page;
        EXPECT_TRUE(page.ParseFromString(std::string(answer.body.view())));
        plainbuffer::RowReader rows(page.rows());
        plainbuffer::Row row;
        EXPECT_TRUE(*rows.next(row));
        page.set_next_start_primary_key(plainbuffer::encode_key(row.key));
        page.set_rows(plainbuffer::encode_row(row));
        page.set_next_token("more of it");
        return signed_again(page);
    };
    auto source = open();
    read(*source);
    EXPECT_EQ(status_.code(), Code::kFatal);
    EXPECT_NE(status_.text().find("too large"), std::string::npos) << status_.text();
}

TEST_F(TableSourceResume, AMissingTableAndAStop) {
    cloud_.database.remove("t");
    auto source = open();
    EXPECT_EQ(read(*source), std::vector<std::string>());
    EXPECT_EQ(status_.service_code(), "OTSObjectNotExist");
    EXPECT_NE(status_.text().find("table t"), std::string::npos) << status_.text();
    stop_.request_stop();
    source = open();
    read(*source);
    EXPECT_EQ(status_.code(), Code::kCancelled);
}

}  // namespace
}  // namespace millrace
