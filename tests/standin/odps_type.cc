#include "tests/standin/odps_type.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "tests/standin/http_server.h"

namespace millrace::standin {
namespace {

struct KindName {
    std::string_view name;
    OdpsKind kind;
};
constexpr KindName kKinds[] = {
    {"bigint", OdpsKind::kBigint},     {"int", OdpsKind::kInt},
    {"smallint", OdpsKind::kSmallint}, {"tinyint", OdpsKind::kTinyint},
    {"boolean", OdpsKind::kBoolean},   {"float", OdpsKind::kFloat},
    {"double", OdpsKind::kDouble},     {"string", OdpsKind::kString},
    {"varchar", OdpsKind::kVarchar},   {"char", OdpsKind::kChar},
    {"binary", OdpsKind::kBinary},     {"json", OdpsKind::kJson},
    {"decimal", OdpsKind::kDecimal},   {"datetime", OdpsKind::kDatetime},
    {"date", OdpsKind::kDate},         {"timestamp", OdpsKind::kTimestamp},
    {"array", OdpsKind::kArray},       {"map", OdpsKind::kMap},
    {"struct", OdpsKind::kStruct},     {"timestamp_ntz", OdpsKind::kTimestampNtz},
};

// Takes one type off the front of its text.
class Parser {
  public:
    explicit Parser(std::string text) : text_(std::move(text)), rest_(text_) {}

    std::optional<OdpsType> whole() {
        auto type = next();
        return rest_.empty() ? type : std::nullopt;
    }

  private:
    bool take(char c) {
        if (!rest_.starts_with(c)) return false;
        rest_.remove_prefix(1);
        return true;
    }
    std::string_view word() {
        size_t size = 0;
        while (size < rest_.size() &&
               (std::isalnum(static_cast<unsigned char>(rest_[size])) || rest_[size] == '_'))
            ++size;
        const std::string_view taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }
    // Of at most `max`; 0 when there is none.
    uint32_t number(uint32_t max) {
        const std::string_view digits = word();
        uint32_t value = 0;
        const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        return end.ptr == digits.data() + digits.size() && value <= max ? value : 0;
    }

    std::optional<OdpsType> next() {
        const std::string_view name = word();
        const auto* known = std::find_if(std::begin(kKinds), std::end(kKinds),
                                         [&](const KindName& one) { return one.name == name; });
        if (known == std::end(kKinds)) return std::nullopt;
        OdpsType type;
        type.kind = known->kind;
        switch (type.kind) {
            case OdpsKind::kDecimal: return decimal(std::move(type));
            case OdpsKind::kVarchar:
            case OdpsKind::kChar:
                if (!take('(')) return std::nullopt;
                type.size = number(type.kind == OdpsKind::kChar ? 255 : 65535);
                if (type.size == 0 || !take(')')) return std::nullopt;
                return type;
            case OdpsKind::kArray: return nested(std::move(type), 1);
            case OdpsKind::kMap: return nested(std::move(type), 2);
            case OdpsKind::kStruct: return structure(std::move(type));
            default: return type;
        }
    }
    std::optional<OdpsType> decimal(OdpsType type) {
        type.size = 38;
        type.scale = 18;
        if (!take('(')) return type;
        type.size = number(38);
        type.scale = take(',') ? number(18) : 0;
        if (type.size == 0 || type.scale > type.size || !take(')')) return std::nullopt;
        return type;
    }
    std::optional<OdpsType> nested(OdpsType type, size_t count) {
        for (size_t i = 0; i < count; ++i) {
            if (!take(i == 0 ? '<' : ',')) return std::nullopt;
            auto one = next();
            if (!one) return std::nullopt;
            type.inside.push_back(std::move(*one));
        }
        return take('>') ? std::optional(std::move(type)) : std::nullopt;
    }
    std::optional<OdpsType> structure(OdpsType type) {
        if (!take('<')) return std::nullopt;
        do {
            type.fields.emplace_back(word());
            if (type.fields.back().empty() || !take(':')) return std::nullopt;
            auto one = next();
            if (!one) return std::nullopt;
            type.inside.push_back(std::move(*one));
        } while (take(','));
        return take('>') ? std::optional(std::move(type)) : std::nullopt;
    }

    const std::string text_;
    std::string_view rest_;
};

}  // namespace

std::string OdpsType::text() const {
    const auto* known = std::find_if(std::begin(kKinds), std::end(kKinds),
                                     [&](const KindName& one) { return one.kind == kind; });
    std::string all(known->name);
    if (kind == OdpsKind::kDecimal)
        return all + '(' + std::to_string(size) + ',' + std::to_string(scale) + ')';
    if (size > 0) return all + '(' + std::to_string(size) + ')';
    for (size_t i = 0; i < inside.size(); ++i) {
        all += i == 0 ? '<' : ',';
        if (kind == OdpsKind::kStruct) all += fields[i] + ':';
        all += inside[i].text();
    }
    return inside.empty() ? all : all + '>';
}

bool OdpsType::is_old() const {
    switch (kind) {
        case OdpsKind::kBigint:
        case OdpsKind::kDouble:
        case OdpsKind::kString:
        case OdpsKind::kBoolean:
        case OdpsKind::kDatetime:
        case OdpsKind::kDecimal: return true;
        case OdpsKind::kArray:
        case OdpsKind::kMap:
            return std::all_of(inside.begin(), inside.end(),
                               [](const OdpsType& one) { return one.is_old(); });
        default: return false;
    }
}

std::optional<OdpsType> parse_odps_type(std::string_view text) {
    std::string small = lower(text);
    std::erase_if(small, [](char c) { return std::isspace(static_cast<unsigned char>(c)); });
    return Parser(std::move(small)).whole();
}

}  // namespace millrace::standin
