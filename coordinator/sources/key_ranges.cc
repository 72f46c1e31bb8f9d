#include "coordinator/sources/key_ranges.h"

#include <algorithm>

#include "common/codec/plainbuffer/order.h"
#include "common/codec/plainbuffer/reader.h"
#include "common/codec/plainbuffer/writer.h"

namespace millrace {
namespace {

using plainbuffer::KeyCell;
using plainbuffer::KeyValue;
using tablestore::KeyRange;

using Key = std::vector<KeyCell>;  // views into bounds, names and requests

KeyValue value_of(const KeyBound& bound) {
    switch (bound.kind) {
        case KeyBound::Kind::kMin: return KeyValue::inf_min();
        case KeyBound::Kind::kMax: return KeyValue::inf_max();
        case KeyBound::Kind::kString: return KeyValue::of(Value::of_string(bound.text));
        case KeyBound::Kind::kInteger: return KeyValue::of(Value::of_integer(bound.integer));
        case KeyBound::Kind::kBinary: return KeyValue::of(Value::of_binary(bound.text));
    }
    return {};
}

std::string names(std::span<const ShapeColumn> key) {
    std::string text;
    for (const ShapeColumn& column : key) text += (text.empty() ? "" : ", ") + column.name;
    return text;
}

Status check_type(const KeyBound& bound, const ShapeColumn& column, const std::string& where) {
    if (bound.kind == KeyBound::Kind::kMin || bound.kind == KeyBound::Kind::kMax) return {};
    const ValueType type = value_of(bound).value.type;
    if (type == column.type) return {};
    return config_error(where + " is of type " + std::string(word_of(type)) + ", but key column " +
                        column.name + " is of type " + std::string(word_of(column.type)));
}

// The script's bound as far as it goes; `missing` when it is not given at all.
Result<Key> read_bound(const std::vector<KeyBound>& given, std::span<const ShapeColumn> key,
                       const std::string& where, const KeyValue& missing) {
    if (given.size() > key.size()) {
        return config_error(where + " has " + std::to_string(given.size()) +
                            " values, but the key of the table has " + std::to_string(key.size()) +
                            " columns: " + names(key));
    }
    Key made;
    for (size_t i = 0; i < given.size(); ++i) {
        MILLRACE_TRY(
            check_type(given[i], key[i], "value " + std::to_string(i + 1) + " of " + where));
        made.push_back({key[i].name, value_of(given[i])});
    }
    if (made.empty()) made.push_back({key.front().name, missing});
    return made;
}

void fill(Key& bound, std::span<const ShapeColumn> key, const KeyValue& with) {
    for (size_t i = bound.size(); i < key.size(); ++i) bound.push_back({key[i].name, with});
}

// Cuts in the range's order; each must lie behind the one before and before the end.
std::vector<KeyRange> pieces(const KeyRange& range, std::vector<std::string> cuts) {
    std::vector<KeyRange> made;
    std::string begin = range.begin;
    cuts.push_back(range.end);
    for (std::string& cut : cuts) {
        made.push_back({std::move(begin), cut, range.forward});
        begin = std::move(cut);
    }
    return made;
}

// `after` comes behind `before` when the range is read.
Result<bool> follows(const std::string& before, const std::string& after, bool forward) {
    MILLRACE_ASSIGN(const auto order, tablestore::compare_keys(before, after));
    return forward ? order < 0 : order > 0;
}

}  // namespace

Result<KeyRange> complete_range(const TableReaderConfig& reader, std::span<const ShapeColumn> key) {
    MILLRACE_ASSIGN(Key begin, read_bound(reader.begin, key, "range.begin", KeyValue::inf_min()));
    MILLRACE_ASSIGN(Key end, read_bound(reader.end, key, "range.end", KeyValue::inf_max()));
    const size_t common = std::min(begin.size(), end.size());
    const auto order = plainbuffer::compare(std::span<const KeyCell>(begin).first(common),
                                            std::span<const KeyCell>(end).first(common));
    KeyRange range;
    range.forward = order <= 0;
    fill(begin, key, range.forward ? KeyValue::inf_min() : KeyValue::inf_max());
    fill(end, key, range.forward ? KeyValue::inf_max() : KeyValue::inf_min());
    if (plainbuffer::compare(begin, end) == 0) {
        return config_error("\"range\" is empty: begin and end are the same key");
    }
    range.begin = plainbuffer::encode_key(begin);
    range.end = plainbuffer::encode_key(end);
    return range;
}

Result<std::vector<KeyRange>> cut_at_points(const KeyRange& range, std::span<const KeyBound> points,
                                            std::span<const ShapeColumn> key) {
    std::vector<std::string> cuts;
    for (size_t i = 0; i < points.size(); ++i) {
        const std::string where = "point " + std::to_string(i + 1) + " of range.split";
        MILLRACE_TRY(check_type(points[i], key.front(), where));
        Key cut{{key.front().name, value_of(points[i])}};
        fill(cut, key, KeyValue::inf_min());
        cuts.push_back(plainbuffer::encode_key(cut));
        MILLRACE_ASSIGN(const bool ordered,
                        follows(i == 0 ? range.begin : cuts[i - 1], cuts[i], range.forward));
        MILLRACE_ASSIGN(const bool inside, follows(cuts[i], range.end, range.forward));
        if (ordered && inside) continue;
        return config_error(where + " must lie inside of the range and " +
                            (i == 0 ? "behind its begin" : "behind the point before it") +
                            "; points are ordered like the range, " +
                            (range.forward ? "rising" : "falling"));
    }
    return pieces(range, std::move(cuts));
}

Result<std::vector<KeyRange>> cut_at_proposals(const KeyRange& range,
                                               std::span<const std::string> proposals,
                                               std::span<const ShapeColumn> key,
                                               size_t pieces_max) {
    std::vector<std::string> inside;
    for (const std::string& proposal : proposals) {
        plainbuffer::Row row;
        MILLRACE_TRY(plainbuffer::read_row(proposal, row));
        fill(row.key, key, KeyValue::inf_min());
        std::string cut = plainbuffer::encode_key(row.key);
        MILLRACE_ASSIGN(const bool behind, follows(range.begin, cut, range.forward));
        MILLRACE_ASSIGN(const bool before, follows(cut, range.end, range.forward));
        if (behind && before) inside.push_back(std::move(cut));
    }
    if (!range.forward) std::reverse(inside.begin(), inside.end());
    const size_t wanted = std::min(inside.size() + 1, std::max<size_t>(1, pieces_max));
    std::vector<std::string> cuts;
    for (size_t i = 1; i < wanted; ++i) {
        std::string& cut = inside[i * (inside.size() + 1) / wanted - 1];
        const std::string& last = cuts.empty() ? range.begin : cuts.back();
        MILLRACE_ASSIGN(const bool ordered, follows(last, cut, range.forward));
        if (ordered) cuts.push_back(std::move(cut));  // the service may propose a key twice
    }
    return pieces(range, std::move(cuts));
}

}  // namespace millrace
