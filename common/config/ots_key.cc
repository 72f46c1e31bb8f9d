#include "common/config/ots_key.h"

#include <algorithm>

namespace millrace {
namespace {

// Whether different values stay different.
bool keeps_apart(ValueType from, ValueType to) {
    if (from == to) return true;
    if (from == ValueType::kInteger) return to == ValueType::kString;
    return from == ValueType::kString ? to == ValueType::kBinary : to == ValueType::kString;
}

Status not_the_key(const TableWriterConfig& writer, const RecordShape& source) {
    std::vector<NamedType> given = typed(source.columns);
    given.resize(std::min(given.size(), writer.primary_key.size()));
    return config_error(
        "ots writer: the first columns of the reader must be the key of the source "
        "table, one for each \"primaryKey\". The source's key: " +
        key_text(typed(source.key)) + "; the reader begins with: " + key_text(given) +
        "; primaryKey: " + key_text(writer.primary_key));
}

}  // namespace

std::string key_text(const std::vector<NamedType>& key) {
    std::string text;
    for (const NamedType& column : key) {
        if (!text.empty()) text += ", ";
        text += column.name;
        if (column.type != ValueType::kAbsent) text.append(" ").append(word_of(column.type));
    }
    return text;
}

std::vector<NamedType> typed(const std::vector<ShapeColumn>& columns) {
    std::vector<NamedType> made;
    for (const ShapeColumn& column : columns) made.push_back({column.name, column.type});
    return made;
}

Result<std::vector<size_t>> source_key_positions(const TableWriterConfig& writer,
                                                 const RecordShape& source) {
    const size_t width = writer.primary_key.size();
    if (source.key.size() != width || source.columns.size() < width) {
        return not_the_key(writer, source);
    }
    std::vector<size_t> positions;
    for (size_t i = 0; i < width; ++i) {
        const auto found = std::find_if(
            source.key.begin(), source.key.end(),
            [&](const ShapeColumn& key) { return key.name == source.columns[i].name; });
        if (found == source.key.end() || !keeps_apart(found->type, writer.primary_key[i].type)) {
            return not_the_key(writer, source);
        }
        const auto position = static_cast<size_t>(found - source.key.begin());
        if (std::find(positions.begin(), positions.end(), position) != positions.end()) {
            return not_the_key(writer, source);
        }
        positions.push_back(position);
    }
    return positions;
}

}  // namespace millrace
