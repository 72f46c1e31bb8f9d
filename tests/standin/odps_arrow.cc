#include "tests/standin/odps_arrow.h"

#include <arrow/api.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/writer.h>

#include "tests/standin/odps_error.h"

namespace millrace::standin {
namespace {

void must(const arrow::Status& status) {
    if (!status.ok()) odps_refuse(500, "InternalServerError", status.ToString());
}

template <typename T>
T must(arrow::Result<T> result) {
    must(result.status());
    return std::move(result).ValueUnsafe();
}

std::shared_ptr<arrow::DataType> arrow_type(const OdpsType& type) {
    switch (type.kind) {
        case OdpsKind::kBigint: return arrow::int64();
        case OdpsKind::kInt: return arrow::int32();
        case OdpsKind::kSmallint: return arrow::int16();
        case OdpsKind::kTinyint: return arrow::int8();
        case OdpsKind::kBoolean: return arrow::boolean();
        case OdpsKind::kFloat: return arrow::float32();
        case OdpsKind::kDouble: return arrow::float64();
        case OdpsKind::kBinary: return arrow::binary();
        case OdpsKind::kDecimal:
            return arrow::decimal128(static_cast<int32_t>(type.size),
                                     static_cast<int32_t>(type.scale));
        case OdpsKind::kDatetime: return arrow::timestamp(arrow::TimeUnit::MILLI);
        case OdpsKind::kDate: return arrow::date32();
        case OdpsKind::kTimestamp:
        case OdpsKind::kTimestampNtz:
            return arrow::struct_(
                {arrow::field("sec", arrow::int64()), arrow::field("nano", arrow::int32())});
        case OdpsKind::kArray: return arrow::list(arrow_type(type.inside[0]));
        case OdpsKind::kMap:
            return arrow::map(arrow_type(type.inside[0]), arrow_type(type.inside[1]));
        case OdpsKind::kStruct: {
            arrow::FieldVector fields;
            for (size_t i = 0; i < type.inside.size(); ++i)
                fields.push_back(arrow::field(type.fields[i], arrow_type(type.inside[i])));
            return arrow::struct_(fields);
        }
        default: return arrow::utf8();
    }
}

// The builder of a column, as what it is.
template <typename Builder>
Builder& as(arrow::ArrayBuilder& builder) {
    return dynamic_cast<Builder&>(builder);
}

template <typename Builder>
void append_integer(arrow::ArrayBuilder& builder, const OdpsValue& value) {
    using Number = typename Builder::value_type;
    must(as<Builder>(builder).Append(static_cast<Number>(std::get<int64_t>(value))));
}

void append_decimal(arrow::ArrayBuilder& builder, const OdpsType& type, const std::string& text) {
    arrow::Decimal128 number;
    int32_t precision = 0, scale = 0;
    must(arrow::Decimal128::FromString(text, &number, &precision, &scale));
    number = must(number.Rescale(scale, static_cast<int32_t>(type.scale)));
    must(as<arrow::Decimal128Builder>(builder).Append(number));
}

// PyODPS looks at the two numbers only, so they are null with the whole.
void append_timestamp(arrow::ArrayBuilder& builder, const OdpsValue& value) {
    auto& both = as<arrow::StructBuilder>(builder);
    must(both.Append(!value.is_null()));
    if (value.is_null()) {
        for (int i = 0; i < 2; ++i) must(both.field_builder(i)->AppendNull());
        return;
    }
    const auto& time = std::get<OdpsTimestamp>(value);
    must(as<arrow::Int64Builder>(*both.field_builder(0)).Append(time.seconds));
    must(as<arrow::Int32Builder>(*both.field_builder(1)).Append(time.nanos));
}

void append(arrow::ArrayBuilder& builder, const OdpsType& type, const OdpsValue& value);

void append_list(arrow::ArrayBuilder& builder, const OdpsType& type, const OdpsList& list) {
    auto& column = as<arrow::ListBuilder>(builder);
    must(column.Append());
    for (const OdpsValue& one : list) append(*column.value_builder(), type.inside[0], one);
}

void append_map(arrow::ArrayBuilder& builder, const OdpsType& type, const OdpsList& list) {
    auto& column = as<arrow::MapBuilder>(builder);
    must(column.Append());
    const size_t half = list.size() / 2;
    for (size_t i = 0; i < half; ++i) append(*column.key_builder(), type.inside[0], list[i]);
    for (size_t i = half; i < list.size(); ++i)
        append(*column.item_builder(), type.inside[1], list[i]);
}

void append_struct(arrow::ArrayBuilder& builder, const OdpsType& type, const OdpsList& list) {
    auto& column = as<arrow::StructBuilder>(builder);
    must(column.Append());
    for (size_t i = 0; i < list.size(); ++i)
        append(*column.field_builder(static_cast<int>(i)), type.inside[i], list[i]);
}

void append(arrow::ArrayBuilder& builder, const OdpsType& type, const OdpsValue& value) {
    const bool time = type.kind == OdpsKind::kTimestamp || type.kind == OdpsKind::kTimestampNtz;
    if (time) return append_timestamp(builder, value);
    if (value.is_null()) return must(builder.AppendNull());
    switch (type.kind) {
        case OdpsKind::kBigint: return append_integer<arrow::Int64Builder>(builder, value);
        case OdpsKind::kInt: return append_integer<arrow::Int32Builder>(builder, value);
        case OdpsKind::kSmallint: return append_integer<arrow::Int16Builder>(builder, value);
        case OdpsKind::kTinyint: return append_integer<arrow::Int8Builder>(builder, value);
        case OdpsKind::kDatetime: return append_integer<arrow::TimestampBuilder>(builder, value);
        case OdpsKind::kDate: return append_integer<arrow::Date32Builder>(builder, value);
        case OdpsKind::kBoolean:
            return must(as<arrow::BooleanBuilder>(builder).Append(std::get<bool>(value)));
        case OdpsKind::kFloat:
            return must(as<arrow::FloatBuilder>(builder).Append(std::get<float>(value)));
        case OdpsKind::kDouble:
            return must(as<arrow::DoubleBuilder>(builder).Append(std::get<double>(value)));
        case OdpsKind::kDecimal: return append_decimal(builder, type, std::get<std::string>(value));
        case OdpsKind::kArray: return append_list(builder, type, std::get<OdpsList>(value));
        case OdpsKind::kMap: return append_map(builder, type, std::get<OdpsList>(value));
        case OdpsKind::kStruct: return append_struct(builder, type, std::get<OdpsList>(value));
        default:
            return must(as<arrow::BinaryBuilder>(builder).Append(std::get<std::string>(value)));
    }
}

std::shared_ptr<arrow::Array> arrow_column(const OdpsType& type, size_t at,
                                           const std::vector<const OdpsRow*>& rows) {
    const auto builder = must(arrow::MakeBuilder(arrow_type(type)));
    for (const OdpsRow* row : rows) append(*builder, type, (*row)[at]);
    return must(builder->Finish());
}

}  // namespace

std::optional<std::string> odps_arrow_stream(const OdpsSchema& schema,
                                             const std::vector<size_t>& columns,
                                             const std::vector<const OdpsRow*>& rows) {
    arrow::FieldVector fields;
    arrow::ArrayVector arrays;
    for (const size_t at : columns) {
        const OdpsColumn& column = schema.columns[at];
        arrays.push_back(arrow_column(column.type, at, rows));
        fields.push_back(arrow::field(column.name, arrays.back()->type()));
    }
    const auto batch =
        arrow::RecordBatch::Make(arrow::schema(fields), static_cast<int64_t>(rows.size()), arrays);
    const auto sink = must(arrow::io::BufferOutputStream::Create());
    const auto writer = must(arrow::ipc::MakeStreamWriter(sink, batch->schema()));
    must(writer->WriteRecordBatch(*batch));
    must(writer->Close());
    return must(sink->Finish())->ToString();
}

}  // namespace millrace::standin
