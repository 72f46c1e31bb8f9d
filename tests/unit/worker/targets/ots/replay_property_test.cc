// Whatever of a history is delivered again, in whatever batches and through whatever crashes: at
// the end the rows are those of the source.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/unit/worker/targets/ots/writer_fixture.h"

namespace millrace::ots {
namespace {

using standin::FaultKind;
using Cells = std::vector<std::string>;

struct Step {
    ChangeKind kind;
    std::string key;
    Cells cells;
};

std::vector<Step> history_of(uint64_t seed, size_t size) {
    FakeRandom random(seed);
    std::vector<Step> history;
    for (size_t i = 0; i < size; ++i) {
        Step step{ChangeKind::kPut, "k" + std::to_string(random.below(4)), {}};
        const uint64_t kind = random.below(10);
        if (kind >= 3) step.kind = kind < 8 ? ChangeKind::kUpdate : ChangeKind::kDelete;
        const bool update = step.kind == ChangeKind::kUpdate;
        for (int cell = 0; cell < 2; ++cell) {
            const uint64_t what = random.below(4);
            step.cells.push_back(what == 0             ? "-"
                                 : what == 1 && update ? "null"
                                                       : std::to_string(i));
        }
        // The service takes no update that says nothing.
        if (update && step.cells == Cells{"-", "-"}) step.cells[0] = std::to_string(i);
        if (step.kind == ChangeKind::kDelete) step.cells.clear();
        history.push_back(step);
    }
    return history;
}

// The source's rows.
struct World {
    TableRows rows;
    void apply(const Step& step) {
        const std::string names[] = {"name", "age"};
        if (step.kind != ChangeKind::kUpdate) rows.erase(step.key);
        if (step.kind == ChangeKind::kDelete) return;
        const bool puts = std::any_of(step.cells.begin(), step.cells.end(), [](const auto& cell) {
            return cell != "-" && cell != "null";
        });
        // An update that only deletes makes no row.
        if (step.kind == ChangeKind::kUpdate && !puts && !rows.contains(step.key)) return;
        auto& row = rows[step.key];
        for (size_t i = 0; i < 2; ++i) {
            if (step.cells[i] == "null") row.erase(names[i]);
            if (step.cells[i] != "-" && step.cells[i] != "null") row[names[i]] = step.cells[i];
        }
    }
};

class ReplayTest : public OtsWriterTest {
  public:
    explicit ReplayTest(TableWriteMode mode) : mode_(mode) {}
    using OtsWriterTest::rows;

    // Delivers history[begin, end) in batches of random sizes; where it was cut off, or nothing.
    // What was acknowledged before is what a checkpoint would hold.
    std::optional<size_t> run(const std::vector<Step>& history, size_t begin, bool by_image,
                              FakeRandom& random, const World& now) {
        auto carrying = config();
        carrying.propagate_deletes = true;
        carrying.mode = mode_;
        carrying.batch_rows = static_cast<uint32_t>(1 + random.below(4));
        carrying.address.max_retries = 1;
        ImageReader images;
        if (by_image) {
            images = [&now](std::span<const RowKey> keys) { return read(now, keys); };
        }
        open(carrying, images);
        size_t acknowledged = begin;
        for (size_t i = begin; i < history.size(); ++i) {
            const Step& step = history[i];
            const bool full = change(step.kind, step.key, step.cells).kind == Append::Kind::kFull;
            if (!full && i + 1 < history.size() && random.below(8) != 0) continue;
            const auto delivered = deliver();
            if (!delivered.ok()) return acknowledged;
            RC_ASSERT(delivered->refused.empty());
            acknowledged = i + 1;
        }
        return std::nullopt;
    }
    static Result<std::vector<std::optional<ImageRow>>> read(const World& now,
                                                             std::span<const RowKey> keys) {
        std::vector<std::optional<ImageRow>> found;
        for (const RowKey& key : keys) {
            const auto row = now.rows.find(std::string(key[0].bytes));
            if (row == now.rows.end()) {
                found.emplace_back();
                continue;
            }
            std::vector<Value> values = {key[0], Value(), Value()};
            for (const auto& [name, text] : row->second) {
                values[name == "name" ? 1 : 2] = Value::of_string(text);
            }
            found.push_back(ImageRow{nullptr, std::move(values)});
        }
        return found;
    }
    // Cuts a request off: before it is written, after, or in the midst of its rows.
    void cut(FakeRandom& random) {
        int64_t left = static_cast<int64_t>(random.below(6));
        const uint64_t how = random.below(4);
        if (how >= 2) {
            row_fault(how == 2 ? FaultKind::kStatus : FaultKind::kLieReply, "OTSServerBusy", -1,
                      left);
            return;
        }
        hook_ = [left](const HttpRequest& request,
                       HttpAnswer answer) mutable -> Result<HttpAnswer> {
            if (!request.url.ends_with("BatchWriteRow") || left-- > 0) return answer;
            return Status(Code::kUnknownOutcome, "cut");
        };
    }
    void mend() {
        hook_ = nullptr;
        database_.row_faults().clear();
    }
    void TestBody() override {}

  private:
    const TableWriteMode mode_;
};

TableWriteMode mode_of(FakeRandom& random) {
    return random.below(2) == 0 ? TableWriteMode::kPut : TableWriteMode::kUpdate;
}

RC_GTEST_PROP(OtsReplay, AnyCrashesGiveTheRowsOfTheSource, (uint64_t seed)) {
    FakeRandom random(seed);
    const auto history = history_of(random.next(), 1 + random.below(40));
    World now;
    for (const Step& step : history) now.apply(step);
    ReplayTest test(TableWriteMode::kPut);
    std::optional<size_t> from = 0;
    for (uint64_t crashes = random.below(5); crashes > 0 && from; --crashes) {
        test.cut(random);
        from = test.run(history, *from, false, random, now);
        test.mend();
    }
    if (from) from = test.run(history, *from, false, random, now);
    RC_ASSERT(!from);
    RC_ASSERT(test.rows() == now.rows);
    // Once more, by image, from any place on and cut off anywhere: nothing changes.
    test.cut(random);
    (void)test.run(history, random.below(history.size()), true, random, now);
    test.mend();
    RC_ASSERT(test.rows() == now.rows);
}

RC_GTEST_PROP(OtsReplay, ImagesOfAnEarlierWindowDoNoHarmToALaterOne, (uint64_t seed)) {
    FakeRandom random(seed);
    const auto history = history_of(random.next(), 2 + random.below(40));
    World now;
    for (const Step& step : history) now.apply(step);
    ReplayTest test(mode_of(random));
    const size_t border = random.below(history.size());
    // The later window alone, then the earlier one by image, as P12 has it.
    RC_ASSERT(!test.run(history, border, false, random, now));
    const std::vector<Step> before(history.begin(),
                                   history.begin() + static_cast<ptrdiff_t>(border));
    if (border > 0) RC_ASSERT(!test.run(before, 0, true, random, now));
    const TableRows seen = test.rows();
    for (const Step& step : before) {
        // UpdateRow writes no row without cells, where there was none.
        const bool empty = now.rows.contains(step.key) && now.rows.at(step.key).empty();
        if (empty) continue;
        RC_ASSERT(seen.contains(step.key) == now.rows.contains(step.key));
        if (seen.contains(step.key)) RC_ASSERT(seen.at(step.key) == now.rows.at(step.key));
    }
}

}  // namespace
}  // namespace millrace::ots
