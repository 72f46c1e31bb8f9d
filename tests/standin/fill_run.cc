#include "tests/standin/fill_run.h"

#include <algorithm>
#include <cstdio>

#include "common/codec/plainbuffer/writer.h"
#include "tests/standin/ots_error.h"

namespace millrace::standin {
namespace {

constexpr size_t kPoolSize = 64;

// Pieces that make csv quoting, escaping and character sets work for their living.
constexpr const char* kPieces[] = {"数据", "千石磨", "a",    "Z9",   ",",   "\"",   "\n",
                                   "\r\n", "\t",     ";",    "|",    "\\",  "'",    " ",
                                   "é",    "😀",      "\x01", "null", "\\N", "中文,"};

std::string mixed_text(Seeded& random, size_t bytes_max) {
    std::string text;
    const size_t wanted = random.below(bytes_max + 1);
    for (;;) {
        const std::string piece = kPieces[random.below(std::size(kPieces))];
        if (text.size() + piece.size() > wanted) return text;
        text += piece;
    }
}

std::string plain_text(Seeded& random, size_t bytes) {
    constexpr char kLetters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    std::string text;
    while (text.size() < bytes) text += kLetters[random.below(sizeof kLetters - 1)];
    return text;
}

double real_value(Seeded& random) {
    constexpr double kOdd[] = {0.0, -0.0, 1e-7, 1e21, 0.1, -1.5, 123456789.25, 4.9e-324, 1e7, 1e-3};
    return random.below(2) ? kOdd[random.below(std::size(kOdd))] : random.real() * 1e6 - 5e5;
}

int64_t integer_value(Seeded& random) {
    constexpr int64_t kOdd[] = {0, -1, INT64_MIN, INT64_MAX, 1ll << 53};
    return random.below(4) ? static_cast<int64_t>(random.below(1000000)) - 500000
                           : kOdd[random.below(std::size(kOdd))];
}

Datum value_of(Seeded& random, DatumType type, const FillSpec& spec) {
    switch (type) {
        case DatumType::kInteger: return Datum::of(integer_value(random));
        case DatumType::kDouble: return Datum::of(real_value(random));
        case DatumType::kBoolean: return Datum::of(random.below(2) == 0);
        case DatumType::kBlob: {
            std::string bytes(
                spec.mixed_text ? random.below(spec.value_bytes + 1) : spec.value_bytes, '\0');
            for (char& byte : bytes) byte = static_cast<char>(random.below(256));
            return Datum::blob(std::move(bytes));
        }
        default:
            return Datum::of(spec.mixed_text ? mixed_text(random, spec.value_bytes)
                                             : plain_text(random, spec.value_bytes));
    }
}

}  // namespace

FillShape::FillShape(const FillSpec& spec, const Table& table)
    : spec_(spec), key_names_(table.key_names()), columns_(spec.columns) {
    for (const auto& column : table.meta().primary_key())
        key_types_.push_back(column.type() == wire::INTEGER  ? DatumType::kInteger
                             : column.type() == wire::STRING ? DatumType::kString
                                                             : DatumType::kBlob);
    for (int i = 0; columns_.empty() || (spec.columns.empty() && i < spec.cells); ++i)
        columns_.push_back("c" + std::to_string(i));
    constexpr DatumType kTypes[] = {DatumType::kString, DatumType::kInteger, DatumType::kDouble,
                                    DatumType::kBoolean, DatumType::kBlob};
    for (size_t i = 0; i < columns_.size(); ++i) {
        Seeded random(mix(spec.seed) ^ mix(i));
        auto& pool = pools_.emplace_back();
        if (const auto given = spec.texts.find(columns_[i]); given != spec.texts.end()) {
            for (const std::string& text : given->second) pool.push_back(Datum::of(text));
            continue;
        }
        const DatumType type = spec.all_types ? kTypes[i % std::size(kTypes)] : DatumType::kString;
        while (pool.size() < kPoolSize) pool.push_back(value_of(random, type, spec));
    }
}

Datum FillShape::first_key(uint64_t index) const {
    if (key_types_[0] == DatumType::kInteger) return Datum::of(static_cast<int64_t>(index));
    char digits[24];
    std::snprintf(digits, sizeof digits, "%08llu", static_cast<unsigned long long>(index));
    std::string text = spec_.key_prefix + digits;
    return key_types_[0] == DatumType::kString ? Datum::of(std::move(text))
                                               : Datum::blob(std::move(text));
}

Key FillShape::key(uint64_t index) const {
    Key key = {first_key(index)};
    for (size_t i = 1; i < key_types_.size(); ++i) {
        const auto part = static_cast<int64_t>(index % 7);
        if (key_types_[i] == DatumType::kInteger)
            key.push_back(Datum::of(part));
        else if (key_types_[i] == DatumType::kString)
            key.push_back(Datum::of("p" + std::to_string(part)));
        else
            key.push_back(Datum::blob(std::string(1, static_cast<char>(part))));
    }
    return key;
}

FillRun::FillRun(std::shared_ptr<const FillShape> shape, const Place& place)
    : shape_(std::move(shape)), place_(place) {
    // Every group of per_ms records has a millisecond of its own.
    const auto span = static_cast<uint64_t>(place.to_ms - place.from_ms);
    per_ms_ = std::max(shape_->spec().per_ms, (place.count + span - 1) / span);
    const uint64_t steps = std::max(shape_->spec().epoch_steps, 1u);
    step_size_ = (place.count + steps - 1) / steps;
}

int64_t FillRun::time_us(uint64_t i, uint32_t& row_index) const {
    const uint64_t groups = (place_.count + per_ms_ - 1) / per_ms_;
    const auto span = static_cast<uint64_t>(place_.to_ms - place_.from_ms);
    const auto millis =
        static_cast<int64_t>(static_cast<double>(span) *
                             (static_cast<double>(i / per_ms_) / static_cast<double>(groups)));
    // Within a millisecond, pairs of records share a microsecond.
    const uint64_t within = i % per_ms_, micros = std::min(within / 2, uint64_t{999});
    row_index = static_cast<uint32_t>(within - 2 * micros);
    return (place_.from_ms + millis) * 1000 + static_cast<int64_t>(micros);
}

Sequence FillRun::sequence(uint64_t i) const {
    Sequence sequence;
    sequence.epoch = place_.epoch + static_cast<uint32_t>(step(i));
    sequence.timestamp_us = time_us(i, sequence.row_index) -
                            static_cast<int64_t>(step(i)) * shape_->spec().back_ms * 1000;
    return sequence;
}

uint64_t FillRun::seek(int64_t timestamp_us) const {
    // Times rise within a step and go back between steps.
    for (uint64_t first = 0; first < place_.count; first += step_size_) {
        const uint64_t last = std::min(first + step_size_, place_.count);
        if (sequence(last - 1).timestamp_us < timestamp_us) continue;
        uint64_t low = first, high = last - 1;
        while (low < high) {
            const uint64_t middle = low + (high - low) / 2;
            if (sequence(middle).timestamp_us < timestamp_us)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
    return place_.count;
}

void FillRun::draw_update(Seeded& random, std::vector<Pick>& picks) const {
    const FillSpec& spec = shape_->spec();
    const size_t columns = shape_->columns().size();
    const size_t always = random.below(columns);
    for (size_t column = 0; column < columns; ++column) {
        if (column != always && random.below(2)) continue;
        const uint64_t fate = random.below(100);
        const CellOp op = fate < spec.delete_all                     ? CellOp::kDeleteAll
                          : fate < spec.delete_all + spec.delete_one ? CellOp::kDeleteOne
                                                                     : CellOp::kPut;
        picks.push_back({column, op, random.next()});
    }
}

FillRun::Draft FillRun::draw(uint64_t i, std::vector<Pick>& picks) const {
    const FillSpec& spec = shape_->spec();
    Seeded random(mix(place_.seed) ^ mix(i));
    Draft draft{Action::kPut, place_.first_key + random.below(place_.key_count)};
    const uint64_t kind = random.below(spec.put + spec.update + spec.remove);
    picks.clear();
    if (kind >= spec.put + spec.update) {
        draft.action = Action::kDelete;
    } else if (kind >= spec.put) {
        draft.action = Action::kUpdate;
        draw_update(random, picks);
    } else {
        for (size_t column = 0; column < shape_->columns().size(); ++column)
            if (!spec.mixed_text || random.below(8) != 0)
                picks.push_back({column, CellOp::kPut, random.next()});
    }
    return draft;
}

int64_t FillRun::cell_time_ms(uint64_t i, CellOp op) const {
    // Not the sequence's time, which may go back: a later write must stay the newest version.
    uint32_t unused;
    if (op == CellOp::kDeleteOne) i -= std::min<uint64_t>(i, 10 * per_ms_);
    return time_us(i, unused) / 1000;
}

RowChange FillRun::change(uint64_t i) const {
    std::vector<Pick> picks;
    const Draft draft = draw(i, picks);
    RowChange change{draft.action, shape_->key(draft.key), {}};
    for (const Pick& pick : picks) {
        CellChange cell{shape_->columns()[pick.column], pick.op, {}, CellChange::kNoTime};
        if (pick.op == CellOp::kPut) cell.value = shape_->value(pick.column, pick.draw);
        if (pick.op != CellOp::kDeleteAll) cell.timestamp_ms = cell_time_ms(i, pick.op);
        change.cells.push_back(std::move(cell));
    }
    return change;
}

Action FillRun::encode(uint64_t i, Buffer& to) const {
    thread_local std::vector<Pick> picks;
    thread_local plainbuffer::Row row;
    const Draft draft = draw(i, picks);
    const Key key = shape_->key(draft.key);
    row.clear();
    set_key(row, shape_->key_names(), key);
    for (const Pick& pick : picks) {
        plainbuffer::Cell cell;
        cell.name = shape_->columns()[pick.column];
        if (pick.op == CellOp::kPut) cell.value = value_view(shape_->value(pick.column, pick.draw));
        if (pick.op == CellOp::kDeleteOne) cell.op = plainbuffer::CellOp::kDeleteOne;
        if (pick.op == CellOp::kDeleteAll)
            cell.op = plainbuffer::CellOp::kDeleteAll;
        else
            cell.timestamp_ms = cell_time_ms(i, pick.op);
        row.cells.push_back(cell);
    }
    row.sequence = sequence(i);
    plainbuffer::write_header(to);
    plainbuffer::write_row(to, row);
    return draft.action;
}

}  // namespace millrace::standin
