#include "bench/records.h"

#include <cstdio>
#include <functional>

#include "common/codec/csv.h"
#include "common/codec/plainbuffer/writer.h"

namespace millrace::bench {
namespace {

constexpr size_t kContentBytes = 913;
constexpr uint64_t kOddEvery = 64;

std::string numbered(const char* form, uint64_t n) {
    char text[64];
    const int size = std::snprintf(text, sizeof text, form, static_cast<unsigned long>(n));
    return std::string(text, static_cast<size_t>(size));
}

}  // namespace

Texts texts_of(uint64_t n) {
    return {numbered("uid%013lu", n), numbered("Name %09lu", n % 1'000'000'000),
            numbered("139%08lu", n % 100'000'000), content_text(n)};
}

std::string content_text(uint64_t n) {
    static constexpr char kSigns[] =
        "abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ.01234567";
    std::string text;
    if (n % kOddEvery == 0) text = "\xe5\xad\xa6\xe7\x94\x9f said \"yes\",\nand left; ";
    uint64_t state = n * 0x9E3779B97F4A7C15u + 1;
    while (text.size() < kContentBytes) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        text += kSigns[state % (sizeof kSigns - 1)];
    }
    return text;
}

namespace {

// The n-th row, written by `write`.
void with_row(uint64_t n, bool update, const std::function<void(plainbuffer::Row&)>& write) {
    const auto [uid, name, phone, content] = texts_of(n);
    const int64_t time_us = kFirstRecordUs + static_cast<int64_t>(n) * 100;
    const auto cell = [&](std::string_view column, const std::string& text) {
        return plainbuffer::Cell{column, plainbuffer::CellOp::kPut, Value::of_string(text),
                                 time_us / 1000};
    };
    plainbuffer::Row row;
    row.key.push_back({"uid", plainbuffer::KeyValue::of(Value::of_string(uid))});
    row.cells = {cell("content", content), cell("name", name)};
    if (!update) row.cells.push_back(cell("phone_number", phone));
    row.sequence = Sequence{0, time_us, static_cast<uint32_t>(n % 10)};
    write(row);
}

}  // namespace

std::string record(uint64_t n, bool update) {
    std::string made;
    with_row(n, update, [&](plainbuffer::Row& row) { made = plainbuffer::encode_row(row); });
    return made;
}

std::string page(uint64_t n, bool update) {
    tablestore::wire::GetStreamRecordResponse answer;
    for (uint64_t i = 0; i < kRecordsPerPage; ++i) {
        auto& one = *answer.add_stream_records();
        one.set_action_type(update ? tablestore::wire::UPDATE_ROW : tablestore::wire::PUT_ROW);
        one.set_record(record(n * kRecordsPerPage + i, update));
    }
    answer.set_next_shard_iterator("page");
    answer.set_may_more_record(true);
    return answer.SerializeAsString();
}

std::string range_page(uint64_t n) {
    tablestore::wire::GetRangeResponse answer;
    answer.mutable_consumed()->mutable_capacity_unit()->set_read(1);
    Buffer rows;
    plainbuffer::write_header(rows);
    for (uint64_t i = 0; i <= kRecordsPerPage; ++i) {
        with_row(n * kRecordsPerPage + i, false, [&](plainbuffer::Row& row) {
            row.sequence.reset();
            if (i < kRecordsPerPage) plainbuffer::write_row(rows, row);
            answer.set_next_start_primary_key(plainbuffer::encode_key(row.key));
        });
    }
    answer.set_rows(std::string(rows.view()));
    return answer.SerializeAsString();
}

std::string csv_page(uint64_t n) {
    const CsvEncoder encoder({});
    Buffer out;
    for (uint64_t i = 0; i < kRecordsPerPage; ++i) {
        const Texts texts = texts_of(n * kRecordsPerPage + i);
        const Value row[] = {Value::of_string(texts.uid), Value::of_string(texts.name),
                             Value::of_string(texts.phone), Value::of_string(texts.content)};
        encoder.append_row(row, out);
    }
    return std::string(out.view());
}

}  // namespace millrace::bench
