// A writer of two columns ("name" text, "age" long) with the key "uid", on a server in memory.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <memory>
#include <optional>

#include "common/base/fakes/fake_clock.h"
#include "common/base/fakes/fake_random.h"
#include "tests/unit/support/fake_search.h"
#include "worker/targets/elasticsearch/writer.h"

namespace millrace::elasticsearch {

using Documents = std::map<std::string, nlohmann::json>;

class WriterTest : public ::testing::Test {
  protected:
    WriterTest() { server_.indices["school"]; }

    // Cell values as text; "-" is absent, "null" a deleted cell.
    using Cells = std::vector<std::string>;

    void open(std::function<void(nlohmann::json&)> adjust = {}, WriterOptions options = {}) {
        PluginSpec spec;
        spec.plugin = "elasticsearch";
        spec.parameters = {{"endpoint", "http://search:9200"},
                           {"index", "school"},
                           {"column",
                            {{{"name", "uid"}, {"type", "id"}},
                             {{"name", "name"}, {"type", "text"}},
                             {{"name", "age"}, {"type", "long"}}}}};
        if (adjust) adjust(spec.parameters);
        const auto config = read_writer_config(spec);
        ASSERT_TRUE(config.ok()) << config.status().text();
        options.source = {{"uid"}, {"uid", "name", "age"}};
        auto writer = Writer::create(context_, *config, std::move(options));
        ASSERT_TRUE(writer.ok()) << writer.status().text();
        writer_ = std::move(*writer);
        ASSERT_TRUE(writer_->begin("", {}).ok());
    }

    Append change(ChangeKind kind, const std::string& uid, int64_t us, const Cells& cells,
                  uint32_t row = 0) {
        const Value key[] = {Value::of_string(uid)};
        std::vector<Value> values = {key[0]};
        for (const std::string& cell : cells) {
            values.push_back(cell == "-"      ? Value()
                             : cell == "null" ? Value::null()
                                              : Value::of_string(cell));
        }
        Change one;
        one.kind = kind;
        one.sequence = {0, us, row};
        one.ordered_us = us;
        one.key = key;
        one.width = 3;
        if (kind != ChangeKind::kDelete) {
            one.values = values;
            one.rows = 1;
        }
        return writer_->append(one);
    }
    Append put(const std::string& uid, int64_t us, const Cells& cells, uint32_t row = 0) {
        return change(ChangeKind::kPut, uid, us, cells, row);
    }
    Append update(const std::string& uid, int64_t us, const Cells& cells, uint32_t row = 0) {
        return change(ChangeKind::kUpdate, uid, us, cells, row);
    }
    Append remove(const std::string& uid, int64_t us, uint32_t row = 0) {
        return change(ChangeKind::kDelete, uid, us, {}, row);
    }
    Result<Delivered> deliver() {
        if (!writer_->has_open_batch()) return Delivered{};
        MILLRACE_TRY(writer_->send(false));
        return writer_->acknowledge();
    }

    FakeSearch server_;
    FakeHttp http_{server_.handler()};
    FakeClock clock_;
    FakeRandom random_;
    CallContext context_{http_, clock_, random_, {}, {}};
    std::unique_ptr<Writer> writer_;
};

}  // namespace millrace::elasticsearch
