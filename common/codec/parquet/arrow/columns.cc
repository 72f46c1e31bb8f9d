#include "common/codec/parquet/arrow/columns.h"

namespace millrace::parquet {
namespace {

constexpr const char* kMissing = "is missing, and its column is required";

}  // namespace

Columns::Columns(const Schema& schema, const Dates& dates) {
    for (const Node& column : schema.columns) fields_.push_back(make_field(column, {}, dates));
}

Columns::Field Columns::make_field(const Node& node, Levels above, const Dates& dates) {
    Field field{.node = &node, .most = above, .leaf = leaves_.size()};
    if (node.repetition != Repetition::kRequired) ++field.most.definition;
    if (node.repetition == Repetition::kRepeated) ++field.most.repetition;
    if (node.is_leaf()) {
        leaves_.emplace_back(node, field.most, dates);
        return field;
    }
    for (const Node& child : node.children) {
        field.children.push_back(make_field(child, field.most, dates));
    }
    field.leaves = leaves_.size() - field.leaf;
    return field;
}

Writer::Outcome Columns::append(std::span<const Value> row) {
    if (row.size() != fields_.size()) return {0, "a row has more or fewer values than columns"};
    for (size_t i = 0; i < row.size(); ++i) {
        const Field& field = fields_[i];
        const Value& value = row[i];
        const char* reason = nullptr;
        if (!field.node->is_leaf() || field.most.repetition > 0) [[unlikely]] {
            reason = append_nested(field, value);
        } else if (!value.missing()) [[likely]] {
            reason = leaves_[field.leaf].append(value, field.most);
        } else if (field.most.definition > 0) {
            leaves_[field.leaf].append_missing({});
        } else {
            reason = kMissing;
        }
        if (reason) [[unlikely]]
            return {static_cast<int>(i), reason};
    }
    return {};
}

void Columns::truncate(size_t rows) {
    for (Leaf& leaf : leaves_) {
        while (leaf.rows() > rows) leaf.drop_row();
    }
}

void Columns::add_last_row(Buffer& to) const {
    for (const Leaf& leaf : leaves_) leaf.add_last_row(to);
}

void Columns::clear() {
    for (Leaf& leaf : leaves_) leaf.clear();
}

const char* Columns::append_nested(const Field& field, const Value& value) {
    if (value.missing()) return put_field(field, nullptr, {});
    if (value.type != ValueType::kString)
        return "is no JSON, as a list, map or struct column needs it";
    const Json json = Json::parse(value.bytes, nullptr, false);
    if (json.is_discarded()) return "is no JSON";
    return put_field(field, json.is_null() ? nullptr : &json, {});
}

// `at`: the levels that everything above this field has.
const char* Columns::put_field(const Field& field, const Json* value, Levels at) {
    switch (field.node->repetition) {
        case Repetition::kRepeated:
            // A missing list is an empty one.
            return value ? put_items(field, *value, at, false) : put_nothing(field, at);
        case Repetition::kOptional:
            if (!value) return put_nothing(field, at);
            ++at.definition;
            return put_present(field, *value, at);
        default: return value ? put_present(field, *value, at) : kMissing;
    }
}

const char* Columns::put_nothing(const Field& field, Levels at) {
    for (size_t i = 0; i < field.leaves; ++i) leaves_[field.leaf + i].append_missing(at);
    return nullptr;
}

const char* Columns::put_present(const Field& field, const Json& value, Levels at) {
    if (field.node->is_leaf()) return put_leaf(field, value, at);
    if (field.node->logical == Logical::kList) {
        return put_items(field.children[0], value, at, true);
    }
    if (field.node->logical == Logical::kMap) return put_map(field.children[0], value, at);
    return put_struct(field, value, at);
}

// `items` repeats: it is the element itself or, in a LIST only, a group of one field around it.
const char* Columns::put_items(const Field& items, const Json& list, Levels at, bool of_list) {
    if (!list.is_array()) return "is no JSON array";
    if (list.empty()) return put_nothing(items, at);
    const bool wrapped = of_list && items.children.size() == 1;
    ++at.definition;
    for (const Json& item : list) {
        const Json* value = item.is_null() ? nullptr : &item;
        const char* reason = nullptr;
        if (wrapped) {
            reason = put_field(items.children[0], value, at);
        } else {
            reason = value ? put_present(items, *value, at) : kMissing;
        }
        if (reason) return reason;
        at.repetition = items.most.repetition;
    }
    return nullptr;
}

const char* Columns::put_map(const Field& entries, const Json& map, Levels at) {
    if (!map.is_object()) return "is no JSON object";
    if (map.empty()) return put_nothing(entries, at);
    ++at.definition;
    for (const auto& [name, value] : map.items()) {
        const Json key = name;
        if (const char* reason = put_field(entries.children[0], &key, at)) return reason;
        if (const char* reason =
                put_field(entries.children[1], value.is_null() ? nullptr : &value, at)) {
            return reason;
        }
        at.repetition = entries.most.repetition;
    }
    return nullptr;
}

const char* Columns::put_struct(const Field& field, const Json& value, Levels at) {
    if (!value.is_object()) return "is no JSON object";
    size_t known = 0;
    for (const Field& child : field.children) {
        const auto found = value.find(child.node->name);
        const bool there = found != value.end();
        known += there ? 1 : 0;
        const Json* content = there && !found->is_null() ? &*found : nullptr;
        if (const char* reason = put_field(child, content, at)) return reason;
    }
    return known == value.size() ? nullptr : "has a field that its column does not have";
}

const char* Columns::put_leaf(const Field& field, const Json& value, Levels at) {
    Leaf& leaf = leaves_[field.leaf];
    if (value.is_string()) {
        return leaf.append(Value::of_string(value.get_ref<const std::string&>()), at);
    }
    if (value.is_boolean()) return leaf.append(Value::of_boolean(value.get<bool>()), at);
    if (value.is_number_float()) return leaf.append(Value::of_real(value.get<double>()), at);
    const bool fits = value.is_number_integer() &&
                      (!value.is_number_unsigned() || value.get<uint64_t>() <= INT64_MAX);
    if (fits) return leaf.append(Value::of_integer(value.get<int64_t>()), at);
    const std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
    return leaf.append(Value::of_string(text), at);
}

}  // namespace millrace::parquet
