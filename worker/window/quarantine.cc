#include "worker/window/quarantine.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "common/crypto/digest.h"
#include "simdjson.h"

namespace millrace {
namespace {

using Json = nlohmann::ordered_json;

std::string_view kind_of(ChangeKind kind) {
    switch (kind) {
        case ChangeKind::kPut: return "put";
        case ChangeKind::kUpdate: return "update";
        case ChangeKind::kDelete: return "delete";
    }
    return "?";
}

// Texts that are not UTF-8 and binary cells stand as base64.
Json of_bytes(ValueType type, std::string_view bytes) {
    if (type == ValueType::kString && simdjson::validate_utf8(bytes.data(), bytes.size())) {
        return std::string(bytes);
    }
    return {{"base64", base64(bytes)}};
}

Json of_real(double real) {
    if (std::isfinite(real)) return real;
    return std::isnan(real) ? "NaN" : real > 0 ? "Infinity" : "-Infinity";
}

Json cell(const Value& value, size_t position, const std::vector<std::string>& names) {
    Json form = {{"position", position}};
    if (position < names.size()) form["column"] = names[position];
    switch (value.type) {
        case ValueType::kAbsent: form["absent"] = true; break;
        case ValueType::kNull: form["value"] = nullptr; break;
        case ValueType::kInteger:
        case ValueType::kDatetime:
        case ValueType::kDate: form["value"] = value.integer; break;
        case ValueType::kDouble: form["value"] = of_real(value.real); break;
        case ValueType::kBoolean: form["value"] = value.boolean; break;
        case ValueType::kString:
        case ValueType::kBinary: form["value"] = of_bytes(value.type, value.bytes); break;
    }
    return form;
}

Json cells(std::span<const Value> values, const std::vector<std::string>& names) {
    Json all = Json::array();
    for (size_t i = 0; i < values.size(); ++i) all.push_back(cell(values[i], i, names));
    return all;
}

Result<QuarantineLine> parse(const std::string& text) {
    const Json form = Json::parse(text, nullptr, false);
    try {
        QuarantineLine line;
        line.shard = ShardId(form.at("shard").get<std::string>());
        const Json& sequence = form.at("sequence");
        line.sequence = {sequence.at(0).get<uint32_t>(), sequence.at(1).get<int64_t>(),
                         sequence.at(2).get<uint32_t>()};
        line.row = form.at("row").get<size_t>();
        line.reason = form.at("reason").get<std::string>();
        line.column = form.value("position", -1);
        line.column_name = form.value("column", "");
        line.json = text;
        return line;
    } catch (const Json::exception&) {
        return Status(Code::kCorrupt, "half a line");
    }
}

}  // namespace

Quarantine::Quarantine(QuarantineSink& sink, RunId run, std::vector<std::string> columns,
                       std::vector<std::string> keys)
    : sink_(sink), run_(std::move(run)), columns_(std::move(columns)), keys_(std::move(keys)) {}

namespace {

// What every line has: whose it is, and why the row is here.
Json head_of(const RunId& run, const ShardId& shard, const Sequence& sequence, size_t row,
             const std::string& reason, int column, const std::vector<std::string>& columns) {
    Json form = {{"v", 1}, {"run", run.text()}, {"shard", shard.text()}};
    form["sequence"] = {sequence.epoch, sequence.timestamp_us, sequence.row_index};
    form["row"] = row;
    form["reason"] = reason;
    if (column >= 0) {
        form["position"] = column;
        const auto position = static_cast<size_t>(column);
        if (position < columns.size()) form["column"] = columns[position];
    }
    return form;
}

}  // namespace

std::string Quarantine::line_of_sent(const RefusedRow& row) const {
    Json form = head_of(run_, row.shard, row.sequence, 0, row.reason, row.column, columns_);
    form["key"] = cells(row.key, keys_);
    if (!row.content.empty()) form["sent"] = of_bytes(ValueType::kString, row.content);
    return form.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string Quarantine::line_of(const DirtyRow& row) const {
    const Change& change = *row.change;
    Json form =
        head_of(run_, row.shard, change.sequence, row.row, row.reason, row.column, columns_);
    if (!change.raw.empty()) {
        form["record"] = of_bytes(ValueType::kString, change.raw);
        return form.dump(-1, ' ', false, Json::error_handler_t::replace);
    }
    form["kind"] = kind_of(change.kind);
    form["key"] = cells(change.key, keys_);
    form["values"] = row.row < change.rows ? cells(change.row(row.row), columns_) : Json::array();
    return form.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Status Quarantine::add_lines(const ShardId& shard, std::span<const std::string> lines) const {
    if (lines.empty()) return {};
    return sink_.store(run_, shard, lines).with_context("the quarantine of run " + run_.text());
}

Result<std::vector<QuarantineLine>> read_quarantine(FileSystem& files, const std::string& path) {
    const Result<std::string> content = files.read(path);
    if (!content.ok() && content.status().code() == Code::kNotFound) {
        return std::vector<QuarantineLine>();
    }
    if (!content.ok()) return content.status();
    std::vector<QuarantineLine> lines;
    std::set<std::tuple<ShardId, Sequence, size_t>> seen;
    size_t begin = 0;
    for (size_t end = 0; (end = content->find('\n', begin)) != std::string::npos; begin = end + 1) {
        Result<QuarantineLine> line = parse(content->substr(begin, end - begin));
        if (!line.ok()) continue;
        if (!seen.emplace(line->shard, line->sequence, line->row).second) continue;
        lines.push_back(std::move(*line));
    }
    return lines;
}

}  // namespace millrace
