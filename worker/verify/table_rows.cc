#include "worker/verify/table_rows.h"

#include <algorithm>

#include "common/codec/plainbuffer/reader.h"
#include "common/codec/plainbuffer/writer.h"
#include "common/config/ots_key.h"
#include "common/crypto/digest.h"
#include "common/record/packed.h"
#include "common/services/tablestore/table_shape.h"
#include "worker/targets/ots/encoder.h"
#include "worker/targets/row_rules.h"
#include "worker/verify/keyed.h"

namespace millrace {
namespace {

using nlohmann::json;
using plainbuffer::CellOp;
namespace wire = tablestore::wire;

constexpr size_t kKeysPerRequest = 100;
constexpr size_t kKeyShown = 60;  // bytes of a part

std::string packed(const Value& value) {
    Buffer bytes;
    pack(std::span(&value, 1), bytes);
    return std::string(bytes.view());
}

// "name=anna,number=7"
std::string shown_key(const plainbuffer::Row& row) {
    std::string text;
    for (const plainbuffer::KeyCell& cell : row.key) {
        const Value& value = cell.value.value;
        std::string part = value.type == ValueType::kInteger  ? std::to_string(value.integer)
                           : value.type == ValueType::kBinary ? hex(value.bytes)
                                                              : std::string(value.bytes);
        if (part.size() > kKeyShown) part = part.substr(0, kKeyShown) + "…";
        text += (text.empty() ? "" : ",") + std::string(cell.name) + "=" + part;
    }
    return text;
}

class TableRows final : public TargetRows {
  public:
    TableRows(tablestore::Client& client, ots::Layout layout)
        : client_(client), config_(layout.config), encoder_(std::move(layout)) {}

    std::string_view noun() const override { return "row"; }
    bool propagates_deletes() const override { return config_.propagate_deletes; }
    bool updates_may_make_none() const override { return true; }

    Result<bool> want(const Change& change, WantedRow& wanted) override {
        wanted = {};
        row_.clear();
        const bool remove = change.kind == ChangeKind::kDelete;
        if ((remove && !config_.propagate_deletes) || change.rows > 1) return false;
        const auto values = change.rows > 0 ? change.row(0) : std::span<const Value>();
        if (encoder_.set_key(change.key, values, row_)) return false;
        wanted.id = plainbuffer::encode_key(row_.key);
        wanted.shown = shown_key(row_);
        Buffer key;
        pack(change.key, key);
        wanted.source_key = key.view();
        wanted.last = change.kind;
        if (remove || config_.mode == TableWriteMode::kDelete) {
            wanted.last = ChangeKind::kDelete;
            return true;
        }
        wanted.whole = change.kind == ChangeKind::kPut;
        if (encoder_.set_cells(values, wanted.whole, row_)) return false;
        if (!wanted.whole && row_.cells.empty()) return false;
        wanted.fields = texts();
        for (auto& field : wanted.fields) {
            if (wanted.whole && !field) field.emplace();
            wanted.certain = wanted.certain || (field && !field->empty());
        }
        if (wanted.whole && config_.mode == TableWriteMode::kPut) wanted.certain = true;
        return true;
    }

    Result<std::vector<StoredRow>> get(std::span<const WantedRow* const> rows) override {
        std::vector<StoredRow> stored;
        for (size_t i = 0; i < rows.size(); i += kKeysPerRequest) {
            MILLRACE_TRY(read(rows.subspan(i, std::min(kKeysPerRequest, rows.size() - i)), stored));
        }
        return stored;
    }

  private:
    // Of the cells in `row_`.
    FieldTexts texts() const {
        FieldTexts fields(config_.columns.size());
        for (const plainbuffer::Cell& cell : row_.cells) {
            for (size_t i = 0; i < fields.size(); ++i) {
                if (config_.columns[i].name != cell.name || fields[i]) continue;
                fields[i] = cell.op == CellOp::kPut ? packed(cell.value) : std::string();
            }
        }
        return fields;
    }

    Status read(std::span<const WantedRow* const> rows, std::vector<StoredRow>& stored) {
        wire::BatchGetRowRequest request;
        auto& part = *request.add_tables();
        part.set_table_name(config_.table);
        part.set_max_versions(1);
        for (const WantedRow* row : rows) part.add_primary_key(row->id);
        MILLRACE_ASSIGN(const wire::BatchGetRowResponse answer, client_.batch_get_row(request));
        if (answer.tables_size() != 1 ||
            answer.tables(0).rows_size() != static_cast<int>(rows.size())) {
            return Status(Code::kCorrupt, "Tablestore answered with another number of rows");
        }
        for (const auto& row : answer.tables(0).rows()) {
            if (!row.is_ok()) {
                return Status(Code::kRetry, "a row of table " + config_.table +
                                                " cannot be read: " + row.error().code());
            }
            StoredRow& one = stored.emplace_back();
            one.found = !row.row().empty();
            if (!one.found) continue;
            MILLRACE_TRY(plainbuffer::read_row(row.row(), row_));
            one.fields = texts();
        }
        return {};
    }

    tablestore::Client& client_;
    const TableWriterConfig config_;
    ots::RowEncoder encoder_;
    plainbuffer::Row row_;
};

Verification unprovable(std::string why) {
    Verification made;
    made.verdict = Verdict::kUnprovable;
    made.why = std::move(why);
    return made;
}

}  // namespace

Result<Verification> verify_table_rows(const VerifyRequest& request) {
    MILLRACE_ASSIGN(TableWriterConfig config, read_ots_writer(request.job.writer));
    if (config.multi_version) return unprovable("versions of cells are not compared");
    Verification made;
    tablestore::Client client(request.context, config.address);
    const auto table = tablestore::describe_existing(client, config.table, "table");
    const std::string named = "table " + config.table;
    if (table.status().code() == Code::kConfig || table.status().code() == Code::kNotFound) {
        made.differ(named + " is missing");
        return made;
    }
    MILLRACE_TRY(table.status());
    if (request.receipt.at("target").value("created_us", int64_t{0}) != table->creation_time()) {
        made.differ(named + " was deleted and made anew");
        return made;
    }
    config.primary_key = typed(tablestore::shape_of(*table).key);
    MILLRACE_ASSIGN(const auto source, KeyedJob::create(request, made));
    if (!source) return made;
    MILLRACE_ASSIGN(TimeZone zone, TimeZone::find(request.job.time_zone));
    ots::Layout layout{config, std::move(zone), {}};
    if (!source->job().stream.text().empty()) {
        MILLRACE_ASSIGN(layout.key_from, source_key_positions(config, source->job().shape));
    }
    TableRows rows(client, std::move(layout));
    MILLRACE_TRY(verify_keyed(request, {*source, rows}, made));
    return made;
}

}  // namespace millrace
