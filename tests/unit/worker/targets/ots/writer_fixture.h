// A writer into table "copy" (key "uid" string; columns "name" string, "age" int) of the stand-in.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "common/base/fakes/fake_clock.h"
#include "common/base/fakes/fake_random.h"
#include "common/codec/number_text.h"
#include "common/codec/plainbuffer/reader.h"
#include "common/codec/plainbuffer/writer.h"
#include "tests/standin/ots_service.h"
#include "tests/unit/standin_http.h"
#include "worker/targets/ots/writer.h"

namespace millrace::ots {

namespace wire = tablestore::wire;
using plainbuffer::KeyValue;

// Key -> column -> text of its newest version.
using TableRows = std::map<std::string, std::map<std::string, std::string>>;

inline std::string text_of(const Value& value) {
    switch (value.type) {
        case ValueType::kInteger: return std::to_string(value.integer);
        case ValueType::kDouble: return double_text(value.real);
        case ValueType::kBoolean: return value.boolean ? "true" : "false";
        case ValueType::kBinary: return "bytes " + std::string(value.bytes);
        default: return std::string(value.bytes);
    }
}

class OtsWriterTest : public ::testing::Test {
  protected:
    OtsWriterTest() { create_table("copy", {{"uid", wire::STRING}}); }

    void create_table(const std::string& name,
                      const std::vector<std::pair<std::string, wire::PrimaryKeyType>>& key,
                      int max_versions = 1) {
        wire::CreateTableRequest request;
        request.mutable_table_meta()->set_table_name(name);
        for (const auto& [column, type] : key) {
            auto& added = *request.mutable_table_meta()->add_primary_key();
            added.set_name(column);
            added.set_type(type);
        }
        auto& unit = *request.mutable_reserved_throughput()->mutable_capacity_unit();
        unit.set_read(0);
        unit.set_write(0);
        request.mutable_table_options()->set_time_to_live(-1);
        request.mutable_table_options()->set_max_versions(max_versions);
        const Status status = client_.create_table(request);
        ASSERT_TRUE(status.ok()) << status.text();
    }

    // A configuration that tests adjust.
    static TableWriterConfig config() {
        tablestore::Settings settings;
        settings.endpoint = "http://127.0.0.1:9000";
        settings.instance = "school";
        settings.access_id = "testid";
        settings.access_key = Secret("testsecret");
        settings.max_retries = 3;
        TableWriterConfig made;
        made.address = *tablestore::make_config(settings);
        made.table = "copy";
        made.primary_key = {{"uid", ValueType::kString}};
        made.columns = {{"name", ValueType::kString}, {"age", ValueType::kInteger}};
        made.mode = TableWriteMode::kPut;
        made.batch_rows = 200;
        made.batch_bytes = 2 << 20;
        return made;
    }
    static RecordShape shape() {
        return {{{"uid", ValueType::kString}},
                {{"uid", ValueType::kString},
                 {"name", ValueType::kString},
                 {"age", ValueType::kInteger}}};
    }
    static TimeZone zone() { return *TimeZone::find("Asia/Shanghai"); }

    void open(const TableWriterConfig& config, ImageReader images = {}) {
        auto writer = Writer::create(context_, config,
                                     {shape(), !config.multi_version, zone(), std::move(images)});
        ASSERT_TRUE(writer.ok()) << writer.status().text();
        writer_ = std::move(*writer);
        ASSERT_TRUE(writer_->begin("", {}).ok());
    }
    // Rows of their own, with all values: no stream.
    void open_transfer(const TableWriterConfig& config) {
        auto writer = Writer::create(context_, config, {{}, false, zone(), {}});
        ASSERT_TRUE(writer.ok()) << writer.status().text();
        writer_ = std::move(*writer);
        ASSERT_TRUE(writer_->begin("", {}).ok());
    }

    Append row(ChangeKind kind, const std::vector<Value>& values) {
        Change one;
        one.kind = kind;
        one.key = std::span(values).first(values.empty() ? 0 : 1);
        one.width = values.size();
        if (kind != ChangeKind::kDelete) {
            one.values = values;
            one.rows = 1;
        }
        return writer_->append(one);
    }
    // Cell values as text; "-" is absent, "null" a deleted cell.
    Append change(ChangeKind kind, const std::string& uid, const std::vector<std::string>& cells) {
        std::vector<Value> values = {Value::of_string(uid)};
        for (const std::string& cell : cells) {
            values.push_back(cell == "-"      ? Value()
                             : cell == "null" ? Value::null()
                                              : Value::of_string(cell));
        }
        return row(kind, values);
    }
    Append put(const std::string& uid, const std::vector<std::string>& cells) {
        return change(ChangeKind::kPut, uid, cells);
    }
    Append update(const std::string& uid, const std::vector<std::string>& cells) {
        return change(ChangeKind::kUpdate, uid, cells);
    }
    Append remove(const std::string& uid) { return change(ChangeKind::kDelete, uid, {}); }

    Result<Delivered> deliver() {
        if (!writer_->has_open_batch()) return Delivered{};
        MILLRACE_TRY(writer_->send(false));
        return writer_->acknowledge();
    }

    // All cells, as "column" or, with `versions`, "column@timestamp".
    TableRows rows(const std::string& table = "copy", int versions = 0) {
        TableRows made;
        wire::GetRangeRequest request;
        request.set_table_name(table);
        request.set_direction(wire::FORWARD);
        request.set_max_versions(versions == 0 ? 1 : versions);
        request.set_inclusive_start_primary_key(
            plainbuffer::encode_key({{"uid", KeyValue::inf_min()}}));
        request.set_exclusive_end_primary_key(
            plainbuffer::encode_key({{"uid", KeyValue::inf_max()}}));
        for (;;) {
            const auto answer = client_.get_range(request);
            EXPECT_TRUE(answer.ok()) << answer.status().text();
            if (!answer.ok()) return made;
            plainbuffer::RowReader reader(answer->rows());
            plainbuffer::Row row;
            while (!answer->rows().empty() && *reader.next(row)) {
                auto& cells = made[text_of(row.key[0].value.value)];
                for (const auto& cell : row.cells) {
                    std::string name(cell.name);
                    if (versions > 0) name += "@" + std::to_string(*cell.timestamp_ms);
                    cells[name] = text_of(cell.value);
                }
            }
            if (answer->next_start_primary_key().empty()) return made;
            request.set_inclusive_start_primary_key(answer->next_start_primary_key());
        }
    }
    uint64_t sent(const std::string& action) const {
        const auto found = requests_.find(action);
        return found == requests_.end() ? 0 : found->second;
    }

    void row_fault(standin::FaultKind kind, const std::string& code, int64_t next, int64_t skip = 0,
                   const std::string& message = "Injected.") {
        standin::Fault fault;
        fault.kind = kind;
        fault.code = code;
        fault.message = message;
        fault.next = next;
        fault.skip = skip;
        database_.row_faults().add(fault);
    }

    FakeClock clock_;
    FakeRandom random_;
    standin::ServerClock server_clock_{clock_};
    standin::Database database_{server_clock_, standin::Hostility(), 3};
    standin::OtsService service_{{"testid", "testsecret", true}, "school", database_};
    AnswerHook hook_;
    std::map<std::string, uint64_t> requests_;
    FakeHttp http_{[this, handler = standin_handler(service_, hook_)](const HttpRequest& request) {
        ++requests_[request.url.substr(request.url.rfind('/') + 1)];
        return handler(request);
    }};
    CallContext context_{http_, clock_, random_, {}, {}};
    tablestore::Client client_{context_, config().address};
    std::unique_ptr<Writer> writer_;
};

}  // namespace millrace::ots
