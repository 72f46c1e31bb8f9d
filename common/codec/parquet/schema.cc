#include "common/codec/parquet/schema.h"

#include <charconv>
#include <set>

namespace millrace::parquet {
namespace {

Node leaf(std::string name, Physical physical, Logical logical = Logical::kNone) {
    Node node;
    node.name = std::move(name);
    node.physical = physical;
    node.logical = logical;
    return node;
}

struct Word {
    std::string_view word;
    Physical physical;
    Logical logical = Logical::kNone;
};
constexpr Word kWords[] = {
    {"tinyint", Physical::kInt32},
    {"smallint", Physical::kInt32},
    {"int", Physical::kInt32},
    {"integer", Physical::kInt32},
    {"int32", Physical::kInt32},
    {"bigint", Physical::kInt64},
    {"long", Physical::kInt64},
    {"int64", Physical::kInt64},
    {"int96", Physical::kInt96},
    {"float", Physical::kFloat},
    {"double", Physical::kDouble},
    {"boolean", Physical::kBoolean},
    {"bool", Physical::kBoolean},
    {"char", Physical::kBytes, Logical::kText},
    {"varchar", Physical::kBytes, Logical::kText},
    {"string", Physical::kBytes, Logical::kText},
    {"binary", Physical::kBytes},
    {"date", Physical::kInt32, Logical::kDate},
    {"timestamp", Physical::kInt96},
    {"decimal", Physical::kFixedBytes, Logical::kDecimal},
};

// The numbers of "decimal(10,2)" and "varchar(20)".
Result<std::vector<int>> numbers_of(std::string_view type) {
    std::vector<int> numbers;
    const size_t open = type.find('(');
    if (open == std::string_view::npos) return numbers;
    std::string_view rest = type.substr(open + 1);
    while (!rest.empty()) {
        while (rest.starts_with(' ')) rest.remove_prefix(1);
        int number = 0;
        const char* end = rest.data() + rest.size();
        const auto made = std::from_chars(rest.data(), end, number);
        if (made.ec != std::errc() || number < 0) break;
        numbers.push_back(number);
        rest.remove_prefix(static_cast<size_t>(made.ptr - rest.data()));
        while (rest.starts_with(' ')) rest.remove_prefix(1);
        if (rest == ")") return numbers;
        if (!rest.starts_with(',')) break;
        rest.remove_prefix(1);
    }
    return config_error("the numbers in \"" + std::string(type) + "\" are not well formed");
}

// As Hive packs it: the fewest bytes that hold so many digits.
int bytes_for_digits(int digits) {
    int bytes = 1;
    // log10(2) of the value bits.
    while ((8 * bytes - 1) * 0.301029995663981 < digits) ++bytes;
    return bytes;
}

Status set_decimal(Node& node, const std::vector<int>& numbers) {
    node.precision = numbers.empty() ? 10 : numbers[0];
    node.scale = numbers.empty() ? 2 : numbers.size() > 1 ? numbers[1] : 0;
    if (numbers.size() > 2 || node.precision < 1 || node.precision > 38 ||
        node.scale > node.precision) {
        return config_error("a decimal has 1 to 38 digits, of them no more behind the point");
    }
    node.length = bytes_for_digits(node.precision);
    return {};
}

// "optional group tags (LIST) { repeated group list { optional <type> element; } }"
Node list_of(Node element) {
    Node list;
    list.name = std::move(element.name);
    list.logical = Logical::kList;
    Node items;
    items.name = "list";
    items.repetition = Repetition::kRepeated;
    element.name = "element";
    items.children.push_back(std::move(element));
    list.children.push_back(std::move(items));
    return list;
}

Node column_of(const ShapeColumn& column) {
    switch (column.type) {
        case ValueType::kInteger: return leaf(column.name, Physical::kInt64);
        case ValueType::kDouble: return leaf(column.name, Physical::kDouble);
        case ValueType::kBoolean: return leaf(column.name, Physical::kBoolean);
        case ValueType::kBinary: return leaf(column.name, Physical::kBytes);
        case ValueType::kDatetime:
            return leaf(column.name, Physical::kInt64, Logical::kTimestampMillis);
        case ValueType::kDate: return leaf(column.name, Physical::kInt32, Logical::kDate);
        default: return leaf(column.name, Physical::kBytes, Logical::kText);
    }
}

Status check(const Schema& schema, size_t given) {
    if (schema.columns.size() != given) {
        return config_error(
            "the records have " + std::to_string(given) + " columns, the parquet objects " +
            std::to_string(schema.columns.size()) + ": make them equal, in the same order");
    }
    std::set<std::string_view> names;
    for (const Node& column : schema.columns) {
        if (!names.insert(column.name).second) {
            return config_error("two columns of the parquet objects have the name \"" +
                                column.name + "\"");
        }
    }
    return {};
}

}  // namespace

Result<Node> column_of(const ParquetColumn& column) {
    const std::string_view type = column.type;
    std::string_view word = type.substr(0, type.find('('));
    while (word.ends_with(' ')) word.remove_suffix(1);
    const auto context = [&](const Status& why) {
        return why.with_context("column \"" + column.name + "\"");
    };
    const Result<std::vector<int>> numbers = numbers_of(type);
    if (!numbers.ok()) return context(numbers.status());
    for (const Word& one : kWords) {
        if (one.word != word) continue;
        const bool sized = one.logical == Logical::kDecimal || word.ends_with("char");
        if (!numbers->empty() && !sized) break;
        Node node = leaf(column.name, one.physical, one.logical);
        if (one.logical == Logical::kDecimal) {
            if (const Status status = set_decimal(node, *numbers); !status.ok()) {
                return context(status);
            }
        }
        return column.repeated ? list_of(std::move(node)) : node;
    }
    return context(config_error("\"" + column.type +
                                "\" is no type that parquet objects are written with; known are "
                                "tinyint, smallint, int, bigint, float, double, boolean, string, "
                                "char, varchar, binary, date, timestamp, decimal(p,s)"));
}

Result<Schema> schema_for(const ParquetSettings& settings, std::span<const ShapeColumn> records) {
    Schema schema;
    if (!settings.schema.empty()) {
        MILLRACE_ASSIGN(schema, parse_schema(settings.schema));
    } else if (!settings.columns.empty()) {
        for (const ParquetColumn& column : settings.columns) {
            MILLRACE_ASSIGN(Node node, column_of(column));
            schema.columns.push_back(std::move(node));
        }
    } else {
        for (const ShapeColumn& column : records) schema.columns.push_back(column_of(column));
    }
    MILLRACE_TRY(check(schema, records.size()));
    return schema;
}

}  // namespace millrace::parquet
