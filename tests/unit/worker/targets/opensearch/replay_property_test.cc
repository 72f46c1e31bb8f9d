// Whatever prefixes of a history are delivered again, in whatever batches and through whatever
// failures: at the end the documents are those of the rows.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/unit/worker/targets/opensearch/writer_fixture.h"

namespace millrace::opensearch {
namespace {

struct Step {
    ChangeKind kind;
    std::string key;
    int64_t ms;
    Cells cells;
};
using Rows = std::map<std::string, Cells>;

// A history of few keys; time often stands still.
std::vector<Step> history_of(FakeRandom& random, size_t size) {
    std::vector<Step> history;
    int64_t ms = 1000;
    for (size_t i = 0; i < size; ++i) {
        if (random.below(3) == 0) ms += 1 + static_cast<int64_t>(random.below(3));
        Step step{ChangeKind::kPut, std::to_string(random.below(4)), ms, {}};
        const uint64_t kind = random.below(10);
        if (kind >= 3) step.kind = kind < 8 ? ChangeKind::kUpdate : ChangeKind::kDelete;
        for (int cell = 0; cell < 2; ++cell) {
            const uint64_t what = random.below(4);
            const bool null = what == 1 && step.kind == ChangeKind::kUpdate;
            step.cells.push_back(what == 0 ? "-" : null ? "null" : "v" + std::to_string(i));
        }
        history.push_back(step);
    }
    return history;
}

void apply(const Step& step, Rows& rows) {
    if (step.kind != ChangeKind::kUpdate) rows.erase(step.key);
    if (step.kind == ChangeKind::kDelete) return;
    Cells& row = rows.try_emplace(step.key, Cells{"-", "-"}).first->second;
    for (size_t cell = 0; cell < 2; ++cell) {
        if (step.cells[cell] == "null") row[cell] = "-";
        if (step.cells[cell] != "-" && step.cells[cell] != "null") row[cell] = step.cells[cell];
    }
}

Documents documents_of(const Rows& rows) {
    Documents made;
    for (const auto& [key, row] : rows) {
        Document& document = made[key] = {{"id", key}};
        if (row[0] != "-") document["name"] = row[0];
        if (row[1] != "-") document["age"] = row[1];
    }
    return made;
}

class Replay : public WriterTest {
  public:
    explicit Replay(const std::string& edition) : WriterTest(edition) {}
    void TestBody() override {}

    // Delivers history[begin, end) in batches of a random size, as a window run cuts them; true
    // when it was not cut off.
    bool run(const std::vector<Step>& history, size_t begin, size_t end, bool by_image,
             DocumentWriteMode mode, FakeRandom& random) {
        const auto batch = static_cast<uint32_t>(1 + random.below(6));
        const Status opened = open(
            [&](OpenSearchWriterConfig& config) {
                config.propagate_deletes = true;
                config.batch_documents = batch;
                config.write_mode = mode;
                config.max_retries = 0;
            },
            with_rows(by_image));
        if (!opened.ok()) return false;
        bool ripe = false;
        for (size_t i = begin; i < end; ++i) {
            const Step& step = history[i];
            if (ripe && !belongs(step.ms)) {
                if (!deliver().ok()) return false;
            }
            const auto kind = change(step.kind, step.key, step.ms, step.cells).kind;
            ripe = kind == Append::Kind::kRipe;
        }
        return deliver().ok();
    }
    // Cuts the connection of one push, which was applied or not.
    void cut_one(FakeRandom& random) {
        const bool applied = random.below(2) == 0;
        auto left = std::make_shared<int64_t>(static_cast<int64_t>(random.below(8)));
        const auto cut = [left](const HttpRequest& request) {
            return request.method == Method::kPost && (*left)-- == 0;
        };
        hook_ = [=](const HttpRequest& request, HttpAnswer answer) -> Result<HttpAnswer> {
            if (applied && cut(request)) return Status(Code::kUnknownOutcome, "cut");
            return answer;
        };
        before_ = [=](const HttpRequest& request) -> std::optional<Result<HttpAnswer>> {
            if (applied || !cut(request)) return std::nullopt;
            return Status(Code::kUnknownOutcome, "cut");
        };
    }
    void mend() {
        hook_ = nullptr;
        before_ = nullptr;
    }
    using WriterTest::documents;
    using WriterTest::rows_;
};

void any_repeated_prefixes(uint64_t seed, const std::string& edition, DocumentWriteMode mode) {
    FakeRandom random(seed);
    const auto history = history_of(random, 1 + random.below(40));
    Replay test(edition);
    for (const Step& step : history) apply(step, test.rows_);
    const uint64_t runs = random.below(4);
    for (uint64_t i = 0; i < runs; ++i) {
        test.cut_one(random);
        (void)test.run(history, 0, 1 + random.below(history.size()), false, mode, random);
        test.mend();
    }
    RC_ASSERT(test.run(history, 0, history.size(), false, mode, random));
    RC_ASSERT(test.documents() == documents_of(test.rows_));
    // Once more, by image, from any place on: nothing changes.
    const size_t from = random.below(history.size());
    RC_ASSERT(test.run(history, from, history.size(), true, mode, random));
    RC_ASSERT(test.documents() == documents_of(test.rows_));
}

RC_GTEST_PROP(OpenSearchReplay, UpdatesEndAsTheRows, (uint64_t seed)) {
    any_repeated_prefixes(seed, "advanced", DocumentWriteMode::kUpdate);
}
RC_GTEST_PROP(OpenSearchReplay, WholeDocumentsEndAsTheRows, (uint64_t seed)) {
    any_repeated_prefixes(seed, "advanced", DocumentWriteMode::kAdd);
}
RC_GTEST_PROP(OpenSearchReplay, WithoutTimestampsToo, (uint64_t seed)) {
    any_repeated_prefixes(seed, "standard", DocumentWriteMode::kAdd);
}

}  // namespace
}  // namespace millrace::opensearch
