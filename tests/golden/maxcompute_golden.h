// Reading the golden vectors of MaxCompute.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/crypto/digest.h"
#include "common/net/url.h"
#include "common/services/maxcompute/record_reader.h"
#include "common/services/maxcompute/record_writer.h"
#include "common/services/maxcompute/sign.h"
#include "tests/golden/golden_dir.h"

namespace millrace::maxcompute {

// The file's JSON, or null when the folder is not there.
inline nlohmann::json read_golden_maxcompute(const std::string& file) {
    const std::string folder = golden_dir("maxcompute");
    if (folder.empty()) return nullptr;
    std::ifstream in(folder + "/" + file);
    if (!in) return nullptr;
    return nlohmann::json::parse(in);
}

inline std::vector<Column> golden_columns(const nlohmann::json& columns) {
    std::vector<Column> made;
    for (const auto& one : columns) {
        made.push_back(make_column(one[0].get<std::string>(), one[1].get<std::string>()));
    }
    return made;
}

inline bool all_plain(const std::vector<Column>& columns) {
    for (const Column& column : columns) {
        if (column.type == ColumnType::kOther) return false;
    }
    return true;
}

// Puts one value of the vectors' form; the writer is inside a record.
inline void put_golden(RecordWriter& writer, uint32_t number, const Column& column,
                       const nlohmann::json& value) {
    if (value.is_null()) return;
    switch (form_of(column.type)) {
        case FieldForm::kInteger: writer.put_integer(number, value.get<int64_t>()); break;
        case FieldForm::kBoolean: writer.put_boolean(number, value.get<bool>()); break;
        case FieldForm::kFloat: writer.put_float(number, value.get<float>()); break;
        case FieldForm::kDouble: writer.put_double(number, value.get<double>()); break;
        case FieldForm::kBytes:
            writer.put_bytes(number, from_hex(value.at("hex").get<std::string>()));
            break;
        case FieldForm::kTime:
            writer.put_time(number, value.at("sec").get<int64_t>(), value.at("nano").get<int>());
            break;
        case FieldForm::kNone: FAIL() << column.type_text;
    }
}

// The vectors' form of a field.
inline nlohmann::json golden_value(const Column& column, const Field& field) {
    if (field.null) return nullptr;
    switch (form_of(column.type)) {
        case FieldForm::kInteger: return field.integer;
        case FieldForm::kBoolean: return field.integer != 0;
        case FieldForm::kFloat:
        case FieldForm::kDouble: return field.real;
        case FieldForm::kBytes: return {{"hex", hex(field.bytes)}};
        case FieldForm::kTime: return {{"sec", field.integer}, {"nano", field.nanos}};
        case FieldForm::kNone: break;
    }
    return "?";
}

inline Buffer encode_golden(const std::vector<Column>& columns, const nlohmann::json& rows) {
    Buffer out;
    RecordWriter writer(out);
    for (const auto& row : rows) {
        writer.begin_record();
        for (size_t i = 0; i < columns.size(); ++i) {
            put_golden(writer, static_cast<uint32_t>(i + 1), columns[i], row[i]);
        }
        writer.end_record();
    }
    writer.end_stream();
    return out;
}

// The rows in the vectors' form, or the failure's text.
inline nlohmann::json decode_golden(const std::vector<Column>& columns, std::string_view stream) {
    nlohmann::json rows = nlohmann::json::array();
    RecordReader reader(columns, stream);
    std::vector<Field> fields;
    for (;;) {
        const Result<bool> more = reader.next(fields);
        if (!more.ok()) return more.status().text();
        if (!*more) return rows;
        nlohmann::json row = nlohmann::json::array();
        for (size_t i = 0; i < fields.size(); ++i) {
            row.push_back(golden_value(columns[i], fields[i]));
        }
        rows.push_back(std::move(row));
    }
}

// "a=1&b" decoded once; '+' is a blank where `plus` says so.
inline Query golden_query(std::string_view text, bool plus) {
    Query query;
    while (!text.empty()) {
        std::string pair(text.substr(0, text.find('&')));
        text.remove_prefix(std::min(text.size(), pair.size() + 1));
        if (plus) std::replace(pair.begin(), pair.end(), '+', ' ');
        const size_t equals = std::min(pair.find('='), pair.size());
        const size_t value = std::min(equals + 1, pair.size());
        query.emplace_back(percent_decode(pair.substr(0, equals)),
                           percent_decode(pair.substr(value)));
    }
    return query;
}

}  // namespace millrace::maxcompute

#define MILLRACE_GOLDEN_MAXCOMPUTE(name, file)                                        \
    const nlohmann::json name = ::millrace::maxcompute::read_golden_maxcompute(file); \
    if (name.is_null()) GTEST_SKIP() << "maxcompute/" << file << " is not there"
