#include "bench/bare.h"

#include <array>
#include <functional>

#include "bench/measure.h"
#include "bench/records.h"
#include "common/codec/csv.h"
#include "common/codec/json_writer.h"
#include "common/codec/plainbuffer/writer.h"
#include "common/services/maxcompute/record_writer.h"

namespace millrace::bench {
namespace {

using Row = std::array<Value, 4>;
using Encode = std::function<void(const Row&)>;

constexpr std::array<std::string_view, 4> kNames = {"uid", "name", "phone_number", "content"};
constexpr uint64_t kRows = kDistinctPages * kRecordsPerPage;
constexpr size_t kOutputBytes = 8 << 20;  // then it begins anew, as parts do

Encode to_csv(Buffer& out) {
    return [&out, encoder = CsvEncoder({})](const Row& row) { encoder.append_row(row, out); };
}

void append_document(const Row& row, std::string_view head, std::string_view tail, Buffer& out) {
    out.append(head);
    for (size_t i = 0; i < row.size(); ++i) {
        append_json_string(out, kNames[i]);
        out.append(":");
        append_json_string(out, row[i].bytes);
        out.append(",");
    }
    out.truncate(out.size() - 1);
    out.append(tail);
}

Encode to_json_of(TargetKind target, Buffer& out) {
    const bool bulk = target == TargetKind::kBulk;
    const std::string_view head =
        bulk ? "{\"index\":{\"version\":1700000000000000,\"version_type\":\"external\"}}\n{"
             : "{\"timestamp\":1700000000000,\"cmd\":\"add\",\"fields\":{";
    const std::string_view tail = bulk ? "}\n" : "}},";
    return [&out, head, tail](const Row& row) { append_document(row, head, tail, out); };
}

void put_record(std::span<const Value> values, maxcompute::RecordWriter& writer) {
    writer.begin_record();
    uint32_t number = 0;
    for (const Value& value : values) writer.put_bytes(++number, value.bytes);
    writer.end_record();
}

Encode to_block(SourceKind source, Buffer& out) {
    if (source != SourceKind::kCells) {
        return [writer = maxcompute::RecordWriter(out)](const Row& row) mutable {
            put_record(row, writer);
        };
    }
    return [writer = maxcompute::RecordWriter(out)](const Row& row) mutable {
        const auto cell = [&](std::string_view name, std::string_view value) {
            const Value values[] = {row[0], Value::of_string(name),
                                    Value::of_string("1700000000000"), Value::of_string(value),
                                    Value::of_string("U")};
            put_record(values, writer);
        };
        cell({}, {});
        for (size_t i = 1; i < row.size(); ++i) cell(kNames[i], row[i].bytes);
    };
}

Encode to_table_row(Buffer& out) {
    return [&out, made = plainbuffer::Row()](const Row& row) mutable {
        made.clear();
        made.key.push_back({"uid", plainbuffer::KeyValue::of(row[0])});
        for (size_t i = 1; i < row.size(); ++i) {
            made.cells.push_back({kNames[i], plainbuffer::CellOp::kPut, row[i], {}});
        }
        plainbuffer::write_header(out);
        plainbuffer::write_row(out, made);
    };
}

Encode encoder_of(SourceKind source, TargetKind target, Buffer& out) {
    switch (target) {
        case TargetKind::kCsv: return to_csv(out);
        case TargetKind::kBulk:
        case TargetKind::kApp: return to_json_of(target, out);
        case TargetKind::kOdps: return to_block(source, out);
        case TargetKind::kOts: break;
    }
    return to_table_row(out);
}

}  // namespace

double bare_us_per_record(SourceKind source, TargetKind target, int rounds) {
    std::vector<Texts> texts;
    for (uint64_t n = 0; n < kRows; ++n) texts.push_back(texts_of(n));
    Buffer out;
    out.reserve(kOutputBytes + (1 << 20));
    std::vector<double> times;
    for (int round = 0; round <= rounds; ++round) {
        const Spent spent = spent_by([&] {
            out.clear();
            Encode encode = encoder_of(source, target, out);
            for (const Texts& one : texts) {
                encode({Value::of_string(one.uid), Value::of_string(one.name),
                        Value::of_string(one.phone), Value::of_string(one.content)});
                if (out.size() < kOutputBytes) continue;
                out.clear();
                encode = encoder_of(source, target, out);
            }
        });
        if (round > 0) times.push_back(spent.cpu_us / static_cast<double>(kRows));
    }
    return median(times);
}

}  // namespace millrace::bench
