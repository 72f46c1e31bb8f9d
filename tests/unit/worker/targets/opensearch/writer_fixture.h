// A writer of three fields (key "id", "name", "age") of the columns uid, name and age, into the
// stand-in's application.
#pragma once

#include <map>

#include "tests/unit/support/opensearch_app.h"
#include "worker/targets/opensearch/writer.h"

namespace millrace::opensearch {

using Documents = std::map<std::string, Document>;
// Cell values as text; "-" is absent, "null" a deleted cell.
using Cells = std::vector<std::string>;

class WriterTest : public OpenSearchAppTest {
  protected:
    explicit WriterTest(std::string edition = "advanced") : OpenSearchAppTest(std::move(edition)) {}

    static OpenSearchWriterConfig config() {
        OpenSearchWriterConfig config;
        config.host = "http://127.0.0.1:9000";
        config.app = "testapp";
        config.table = "main";
        config.access_id = "testid";
        config.access_key = Secret("testsecret");
        config.columns = {"id", "name", "age"};
        config.batch_documents = 100;
        config.batch_bytes = 2'000'000;
        config.write_mode = DocumentWriteMode::kUpdate;
        config.max_retries = 3;
        return config;
    }
    static RecordShape shape() {
        return {.key = {{"uid", ValueType::kString}}, .columns = {{"uid"}, {"name"}, {"age"}}};
    }
    // How begin() went.
    Status open(const std::function<void(OpenSearchWriterConfig&)>& adjust = {},
                WriterOptions options = {.source = shape()}) {
        OpenSearchWriterConfig made = config();
        if (adjust) adjust(made);
        auto writer = Writer::create(context_, made, std::move(options));
        if (!writer.ok()) return writer.status();
        writer_ = std::move(*writer);
        return writer_->begin("", {});
    }
    // An image reader over `rows_`.
    WriterOptions with_rows(bool by_image) {
        WriterOptions options{.source = shape(), .by_image = by_image};
        options.images = [this](std::span<const RowKey> keys) {
            std::vector<std::optional<ImageRow>> found;
            for (const RowKey& key : keys) {
                const auto row = rows_.find(std::string(key[0].bytes));
                if (row == rows_.end()) {
                    found.emplace_back();
                    continue;
                }
                std::vector<Value> values = {Value::of_string(row->first)};
                for (const std::string& cell : row->second) values.push_back(value_of(cell));
                found.push_back(ImageRow{nullptr, std::move(values)});
            }
            return found;
        };
        return options;
    }
    static Value value_of(const std::string& cell) {
        if (cell == "-") return {};
        return cell == "null" ? Value::null() : Value::of_string(cell);
    }
    Append change(ChangeKind kind, const std::string& uid, int64_t ms, const Cells& cells) {
        const Value key[] = {Value::of_string(uid)};
        std::vector<Value> values = {key[0]};
        for (const std::string& cell : cells) values.push_back(value_of(cell));
        return append(kind, key, values, ms);
    }
    Append append(ChangeKind kind, std::span<const Value> key, std::span<const Value> values,
                  int64_t ms) {
        Change one;
        one.kind = kind;
        one.ordered_us = ms * 1000;
        one.key = key;
        one.width = values.size();
        if (kind != ChangeKind::kDelete) {
            one.values = values;
            one.rows = 1;
        }
        return writer_->append(one);
    }
    Append put(const std::string& uid, int64_t ms, const Cells& cells) {
        return change(ChangeKind::kPut, uid, ms, cells);
    }
    Append update(const std::string& uid, int64_t ms, const Cells& cells) {
        return change(ChangeKind::kUpdate, uid, ms, cells);
    }
    Append remove(const std::string& uid, int64_t ms) {
        return change(ChangeKind::kDelete, uid, ms, {});
    }
    bool belongs(int64_t ms) {
        Change one;
        one.ordered_us = ms * 1000 + 999;
        return writer_->belongs(one);
    }
    Result<Delivered> deliver() {
        if (!writer_->has_open_batch()) return Delivered{};
        MILLRACE_TRY(writer_->send(false));
        return writer_->acknowledge();
    }
    Documents documents() {
        Documents found;
        const Status status = client_.scan([&](const Document& document) {
            found[document.at("id")] = document;
            return Status();
        });
        EXPECT_TRUE(status.ok()) << status.text();
        return found;
    }
    // Bodies of pushes that were sent.
    std::vector<std::string> pushes() const {
        std::vector<std::string> found;
        for (const std::string& body : bodies_) {
            if (!body.empty()) found.push_back(body);
        }
        return found;
    }

    std::map<std::string, Cells> rows_;
    std::unique_ptr<Writer> writer_;
};

}  // namespace millrace::opensearch
