// Whatever prefixes of a history are delivered again, in whatever batches and through whatever
// crashes: at the end the documents are those of the rows.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/unit/worker/targets/elasticsearch/writer_fixture.h"

namespace millrace::elasticsearch {
namespace {

using nlohmann::json;
using Cells = std::vector<std::string>;

struct Step {
    ChangeKind kind;
    std::string key;
    int64_t us;
    uint32_t row;
    Cells cells;
};

// A history of few keys; times stand still now and then, and rows of one time may share a version.
std::vector<Step> history_of(uint64_t seed, size_t size) {
    FakeRandom random(seed);
    std::vector<Step> history;
    int64_t us = 1000;
    uint32_t row = 0;
    for (size_t i = 0; i < size; ++i) {
        if (random.below(3) == 0) {
            us += 1 + static_cast<int64_t>(random.below(3));
            row = random.below(4) == 0 ? 4094 : 0;
        } else {
            ++row;
        }
        Step step{ChangeKind::kPut, std::to_string(random.below(4)), us, row, {}};
        const uint64_t kind = random.below(10);
        if (kind >= 3) step.kind = kind < 8 ? ChangeKind::kUpdate : ChangeKind::kDelete;
        for (int cell = 0; cell < 2; ++cell) {
            const uint64_t what = random.below(4);
            const bool update = step.kind == ChangeKind::kUpdate;
            step.cells.push_back(what == 0             ? "-"
                                 : what == 1 && update ? "null"
                                                       : std::to_string(i));
        }
        history.push_back(step);
    }
    return history;
}

struct World {
    std::map<std::string, std::map<int, std::string>> rows;  // key -> column -> text
    void apply(const Step& step) {
        if (step.kind != ChangeKind::kUpdate) rows.erase(step.key);
        if (step.kind == ChangeKind::kDelete) return;
        auto& row = rows[step.key];
        for (int cell = 0; cell < 2; ++cell) {
            const std::string& text = step.cells[static_cast<size_t>(cell)];
            if (text == "null") row.erase(cell);
            if (text != "-" && text != "null") row[cell] = text;
        }
    }
    // Nulls and missing fields are the same to a reader.
    Documents documents() const {
        Documents made;
        for (const auto& [key, row] : rows) {
            json& document = made[key] = json::object();
            if (row.contains(0)) document["name"] = row.at(0);
            if (row.contains(1)) document["age"] = std::stoll(row.at(1));
        }
        return made;
    }
};

class ReplayTest : public WriterTest {
  public:
    // Delivers history[begin, end) in batches of random sizes; true when it was not cut off.
    bool run(const std::vector<Step>& history, size_t begin, size_t end, bool by_image,
             FakeRandom& random, const World& now) {
        const size_t batch = 1 + random.below(6);
        WriterOptions options;
        options.by_image = by_image;
        options.images = [&now, this](std::span<const RowKey> keys) { return read(now, keys); };
        open([&](json& p) { p["deletes"] = "propagate", p["batchSize"] = batch, p["trySize"] = 1; },
             options);
        for (size_t i = begin; i < end; ++i) {
            const Step& step = history[i];
            if (change(step.kind, step.key, step.us, step.cells, step.row).kind !=
                    Append::Kind::kFull &&
                i + 1 < end) {
                continue;
            }
            if (!deliver().ok()) return false;
        }
        return true;
    }
    Result<std::vector<std::optional<ImageRow>>> read(const World& now,
                                                      std::span<const RowKey> keys) {
        std::vector<std::optional<ImageRow>> found;
        for (const RowKey& key : keys) {
            const auto row = now.rows.find(std::string(key[0].bytes));
            if (row == now.rows.end()) {
                found.emplace_back();
                continue;
            }
            std::vector<Value> values = {key[0], Value(), Value()};
            for (const auto& [cell, text] : row->second) {
                values[static_cast<size_t>(cell) + 1] = Value::of_string(text);
            }
            found.push_back(ImageRow{nullptr, std::move(values)});
        }
        return found;
    }
    Documents documents() const {
        Documents made = server_.live("school");
        for (auto& [id, document] : made) {
            for (auto field = document.begin(); field != document.end();) {
                field = field->is_null() ? document.erase(field) : std::next(field);
            }
        }
        return made;
    }
    FakeSearch& server() { return server_; }
    void TestBody() override {}
};

RC_GTEST_PROP(Replay, AnyRepeatedPrefixesGiveTheRows, (uint64_t seed)) {
    FakeRandom random(seed);
    const auto history = history_of(random.next(), 1 + random.below(40));
    World now;
    for (const Step& step : history) now.apply(step);
    ReplayTest test;
    const uint64_t runs = random.below(4);
    for (uint64_t i = 0; i < runs; ++i) {
        // A run that is cut off in mid-request: the server has applied it, or a part, or nothing.
        int left = static_cast<int>(random.below(12));
        const uint64_t how = random.below(3);
        bool cut = false;
        test.server().item_fault = [&](const std::string&, const std::string&,
                                       const json&) -> std::optional<json> {
            if (how != 0 || --left > 0) return std::nullopt;
            return json{{"status", 503}, {"error", {{"type", "unavailable_shards_exception"}}}};
        };
        test.server().fault = [&](const HttpRequest& request,
                                  const std::string&) -> std::optional<Result<HttpAnswer>> {
            if (cut || how == 0 || --left > 0) return std::nullopt;
            cut = true;
            if (how == 2) (void)test.server().answer(request);
            return Status(Code::kUnknownOutcome, "cut");
        };
        (void)test.run(history, 0, 1 + random.below(history.size()), false, random, now);
        test.server().item_fault = nullptr;
        test.server().fault = nullptr;
    }
    RC_ASSERT(test.run(history, 0, history.size(), false, random, now));
    RC_ASSERT(test.documents() == now.documents());
    // Once more, by image, from any place on: nothing changes.
    RC_ASSERT(test.run(history, random.below(history.size()), history.size(), true, random, now));
    RC_ASSERT(test.documents() == now.documents());
}

RC_GTEST_PROP(Replay, ImagesOfAnEarlierWindowDoNoHarmToALaterOne, (uint64_t seed)) {
    FakeRandom random(seed);
    const auto history = history_of(random.next(), 2 + random.below(40));
    World now;
    for (const Step& step : history) now.apply(step);
    ReplayTest test;
    const size_t border = random.below(history.size());
    // The later window alone, then the earlier one by image, as P12 has it.
    RC_ASSERT(test.run(history, border, history.size(), false, random, now));
    if (border > 0) RC_ASSERT(test.run(history, 0, border, true, random, now));
    // Rows that only the later window touched may lack columns it did not write; they are mended by
    // the image when the earlier window has a change of the key, which is the case that counts.
    std::set<std::string> earlier;
    for (size_t i = 0; i < border; ++i) earlier.insert(history[i].key);
    const Documents seen = test.documents(), wanted = now.documents();
    for (const std::string& key : earlier) {
        RC_ASSERT(seen.contains(key) == wanted.contains(key));
        if (wanted.contains(key)) RC_ASSERT(seen.at(key) == wanted.at(key));
    }
}

}  // namespace
}  // namespace millrace::elasticsearch
