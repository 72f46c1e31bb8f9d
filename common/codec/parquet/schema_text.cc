// The text form of a schema, read and written.
#include <algorithm>
#include <charconv>
#include <optional>

#include "common/codec/parquet/schema.h"
#include "common/config/ascii.h"

namespace millrace::parquet {
namespace {

constexpr int kDepthMax = 16;

std::string lower(std::string_view text) {
    std::string small(text);
    for (char& c : small) c = ascii::small(c);
    return small;
}

struct PhysicalWord {
    std::string_view word;
    Physical physical;
};
constexpr PhysicalWord kPhysical[] = {
    {"boolean", Physical::kBoolean}, {"int32", Physical::kInt32},
    {"int64", Physical::kInt64},     {"int96", Physical::kInt96},
    {"float", Physical::kFloat},     {"double", Physical::kDouble},
    {"binary", Physical::kBytes},    {"fixed_len_byte_array", Physical::kFixedBytes},
};

struct LogicalWord {
    std::string_view word;
    Logical logical;
    Physical of;  // the only physical type that it annotates; of decimals any of four
    int bits = 0;
    bool is_signed = true;
};
constexpr LogicalWord kLogical[] = {
    {"utf8", Logical::kText, Physical::kBytes},
    {"string", Logical::kText, Physical::kBytes},
    {"enum", Logical::kText, Physical::kBytes},
    {"json", Logical::kText, Physical::kBytes},
    {"date", Logical::kDate, Physical::kInt32},
    {"decimal", Logical::kDecimal, Physical::kFixedBytes},
    {"timestamp_millis", Logical::kTimestampMillis, Physical::kInt64},
    {"timestamp_micros", Logical::kTimestampMicros, Physical::kInt64},
    {"int_8", Logical::kInteger, Physical::kInt32, 8},
    {"int_16", Logical::kInteger, Physical::kInt32, 16},
    {"int_32", Logical::kInteger, Physical::kInt32, 32},
    {"int_64", Logical::kInteger, Physical::kInt64, 64},
    {"uint_8", Logical::kInteger, Physical::kInt32, 8, false},
    {"uint_16", Logical::kInteger, Physical::kInt32, 16, false},
    {"uint_32", Logical::kInteger, Physical::kInt32, 32, false},
    {"uint_64", Logical::kInteger, Physical::kInt64, 64, false},
};

class Parser {
  public:
    explicit Parser(std::string_view text) : text_(text) {}

    Result<Schema> parse() {
        Schema schema;
        MILLRACE_TRY(expect("message"));
        MILLRACE_ASSIGN(schema.name, take_name());
        MILLRACE_ASSIGN(schema.columns, fields(0));
        skip();
        if (at_ < text_.size()) return error("there is more behind the last }");
        return schema;
    }

  private:
    static constexpr std::string_view kSigns = "{}();,=";

    void skip() {
        while (at_ < text_.size() && static_cast<unsigned char>(text_[at_]) <= 0x20) ++at_;
    }
    // The next token: a sign, or a word. Empty at the end.
    std::string_view peek() {
        skip();
        size_t end = at_;
        if (end < text_.size() && kSigns.find(text_[end]) != std::string_view::npos) {
            return text_.substr(at_, 1);
        }
        while (end < text_.size() && static_cast<unsigned char>(text_[end]) > 0x20 &&
               kSigns.find(text_[end]) == std::string_view::npos) {
            ++end;
        }
        return text_.substr(at_, end - at_);
    }
    std::string_view take() {
        const std::string_view token = peek();
        last_ = at_;
        at_ += token.size();
        return token;
    }
    // About the token that was taken last.
    Status error(const std::string& why) const {
        const std::string_view before = text_.substr(0, last_);
        const size_t line = static_cast<size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
        const size_t begin = before.rfind('\n');
        const size_t column = begin == std::string_view::npos ? last_ + 1 : last_ - begin;
        return config_error("parquetSchema, line " + std::to_string(line) + ", column " +
                            std::to_string(column) + ": " + why);
    }
    Status expect(std::string_view wanted) {
        const std::string_view token = take();
        if (lower(token) == wanted) return {};
        return error("\"" + std::string(wanted) + "\" is missing before \"" + std::string(token) +
                     "\"");
    }
    Result<std::string> take_name() {
        const std::string_view token = take();
        if (token.empty() || kSigns.find(token[0]) != std::string_view::npos) {
            return error("a name is missing");
        }
        return std::string(token);
    }
    Result<int> take_number() {
        const std::string_view token = take();
        int number = 0;
        const char* end = token.data() + token.size();
        const auto made = std::from_chars(token.data(), end, number);
        if (made.ec != std::errc() || made.ptr != end || number < 0) {
            return error("a number is missing");
        }
        return number;
    }

    Result<std::vector<Node>> fields(int depth) {
        std::vector<Node> nodes;
        MILLRACE_TRY(expect("{"));
        if (depth > kDepthMax) return error("groups are nested too deeply");
        while (peek() != "}") {
            MILLRACE_ASSIGN(Node node, field(depth));
            nodes.push_back(std::move(node));
            if (peek() == ";") take();
        }
        take();
        if (nodes.empty()) return error("a group needs at least one field");
        return nodes;
    }

    Result<Node> field(int depth) {
        Node node;
        const std::string repetition = lower(take());
        if (repetition == "required") {
            node.repetition = Repetition::kRequired;
        } else if (repetition == "repeated") {
            node.repetition = Repetition::kRepeated;
        } else if (repetition != "optional") {
            return error("required, optional or repeated is missing before \"" + repetition + "\"");
        }
        if (lower(peek()) == "group") {
            take();
            MILLRACE_TRY(group(node, depth));
        } else {
            MILLRACE_TRY(primitive(node));
        }
        return node;
    }

    Status group(Node& node, int depth) {
        MILLRACE_ASSIGN(node.name, take_name());
        if (peek() == "(") {
            take();
            const std::string word = lower(take());
            if (word == "list") {
                node.logical = Logical::kList;
            } else if (word == "map" || word == "map_key_value") {
                node.logical = Logical::kMap;
            } else {
                return error("a group is no \"" + word + "\"; known are LIST and MAP");
            }
            MILLRACE_TRY(expect(")"));
        }
        MILLRACE_TRY(skip_id());
        const size_t place = last_;
        MILLRACE_ASSIGN(node.children, fields(depth + 1));
        last_ = place;
        const Node& first = node.children[0];
        const bool one_repeated =
            node.children.size() == 1 && first.repetition == Repetition::kRepeated;
        if (node.logical == Logical::kList && !one_repeated) {
            return error("a LIST has one repeated field in it");
        }
        if (node.logical == Logical::kMap && (!one_repeated || first.children.size() != 2)) {
            return error("a MAP has one repeated group of a key and a value in it");
        }
        return {};
    }

    Status primitive(Node& node) {
        const std::string type = lower(take());
        const auto* found = std::find_if(std::begin(kPhysical), std::end(kPhysical),
                                         [&](const PhysicalWord& one) { return one.word == type; });
        if (found == std::end(kPhysical)) {
            return error("\"" + type +
                         "\" is no type; known are boolean, int32, int64, int96, float, double, "
                         "binary, fixed_len_byte_array(n) and group");
        }
        node.physical = found->physical;
        if (node.physical == Physical::kFixedBytes) {
            MILLRACE_TRY(expect("("));
            MILLRACE_ASSIGN(node.length, take_number());
            if (node.length < 1 || node.length > 1 << 20) return error("a length is at least 1");
            MILLRACE_TRY(expect(")"));
        }
        MILLRACE_ASSIGN(node.name, take_name());
        if (peek() == "(") {
            take();
            MILLRACE_TRY(annotation(node));
            MILLRACE_TRY(expect(")"));
        }
        return skip_id();
    }

    Status annotation(Node& node) {
        const std::string word = lower(take());
        const size_t place = last_;
        if (word == "timestamp") return timestamp(node);
        const auto* found = std::find_if(std::begin(kLogical), std::end(kLogical),
                                         [&](const LogicalWord& one) { return one.word == word; });
        if (found == std::end(kLogical)) {
            return error("\"" + word +
                         "\" is not built; known are UTF8, STRING, ENUM, JSON, DATE, DECIMAL(p,s), "
                         "TIMESTAMP_MILLIS, TIMESTAMP_MICROS, INT_8 to INT_64, UINT_8 to UINT_64");
        }
        node.logical = found->logical;
        node.bits = found->bits;
        node.is_signed = found->is_signed;
        if (found->logical == Logical::kDecimal) return decimal(node, place);
        if (found->of != node.physical) return error(word + " does not go with this type");
        return {};
    }

    Status timestamp(Node& node) {
        const size_t place = last_;
        MILLRACE_TRY(expect("("));
        const std::string unit = lower(take());
        node.logical = unit == "millis" ? Logical::kTimestampMillis : Logical::kTimestampMicros;
        if (unit != "millis" && unit != "micros") return error("write MILLIS or MICROS");
        MILLRACE_TRY(expect(","));
        const std::string utc = lower(take());
        node.utc = utc == "true";
        if (!node.utc && utc != "false") return error("write true or false");
        MILLRACE_TRY(expect(")"));
        last_ = place;
        return node.physical == Physical::kInt64 ? Status() : error("a TIMESTAMP is an int64");
    }

    Status decimal(Node& node, size_t place) {
        MILLRACE_TRY(expect("("));
        MILLRACE_ASSIGN(node.precision, take_number());
        if (peek() == ",") {
            take();
            MILLRACE_ASSIGN(node.scale, take_number());
        }
        MILLRACE_TRY(expect(")"));
        last_ = place;
        int most = 38;
        if (node.physical == Physical::kInt32) most = 9;
        if (node.physical == Physical::kInt64) most = 18;
        if (node.physical == Physical::kFixedBytes && node.length < 16) {
            most = static_cast<int>((8 * node.length - 1) * 0.301029995663981);
        }
        const bool fits = node.physical == Physical::kInt32 || node.physical == Physical::kInt64 ||
                          node.physical == Physical::kBytes ||
                          node.physical == Physical::kFixedBytes;
        if (!fits) return error("a DECIMAL is an int32, int64, binary or fixed_len_byte_array");
        if (node.precision < 1 || node.precision > most || node.scale > node.precision) {
            return error("this type has room for 1 to " + std::to_string(most) +
                         " digits, of them no more behind the point");
        }
        return {};
    }

    // "= 7": numbers of fields say nothing here.
    Status skip_id() {
        if (peek() != "=") return {};
        take();
        return take_number().status();
    }

    const std::string_view text_;
    size_t at_ = 0;
    size_t last_ = 0;
};

std::string annotation_of(const Node& node) {
    switch (node.logical) {
        case Logical::kText: return " (UTF8)";
        case Logical::kDate: return " (DATE)";
        case Logical::kDecimal:
            return " (DECIMAL(" + std::to_string(node.precision) + "," +
                   std::to_string(node.scale) + "))";
        case Logical::kTimestampMillis:
            return std::string(" (TIMESTAMP(MILLIS,") + (node.utc ? "true" : "false") + "))";
        case Logical::kTimestampMicros:
            return std::string(" (TIMESTAMP(MICROS,") + (node.utc ? "true" : "false") + "))";
        case Logical::kInteger:
            return std::string(" (") + (node.is_signed ? "INT_" : "UINT_") +
                   std::to_string(node.bits) + ")";
        case Logical::kList: return " (LIST)";
        case Logical::kMap: return " (MAP)";
        default: return "";
    }
}

void print(const Node& node, const std::string& indent, std::string& text) {
    static constexpr std::string_view kRepetitions[] = {"required ", "optional ", "repeated "};
    text += indent;
    text += kRepetitions[static_cast<size_t>(node.repetition)];
    if (!node.is_leaf()) {
        text += "group " + node.name + annotation_of(node) + " {\n";
        for (const Node& child : node.children) print(child, indent + "  ", text);
        text += indent + "}\n";
        return;
    }
    text += kPhysical[static_cast<size_t>(node.physical)].word;
    if (node.physical == Physical::kFixedBytes) text += "(" + std::to_string(node.length) + ")";
    text += " " + node.name + annotation_of(node) + ";\n";
}

}  // namespace

Result<Schema> parse_schema(const std::string& text) {
    return Parser(text).parse();
}

std::string to_text(const Schema& schema) {
    std::string text = "message " + schema.name + " {\n";
    for (const Node& column : schema.columns) print(column, "  ", text);
    return text + "}\n";
}

}  // namespace millrace::parquet
