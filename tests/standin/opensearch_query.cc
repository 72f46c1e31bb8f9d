#include "tests/standin/opensearch_query.h"

#include <algorithm>
#include <cstdlib>
#include <optional>

namespace millrace::standin {
namespace {

using nlohmann::ordered_json;

[[noreturn]] void refuse(const std::string& what) {
    throw OpenSearchError{6001, "The stand-in does not understand: " + what};
}

std::string_view trim(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

// Cuts at `separator` outside of quotes.
std::vector<std::string_view> split(std::string_view text, std::string_view separator) {
    std::vector<std::string_view> parts;
    char quote = 0;
    size_t from = 0, at = 0;
    while (at < text.size()) {
        const char c = text[at];
        if (c == '\\') {
            at += 2;
            continue;
        }
        if (quote ? c == quote : c == '\'' || c == '"') quote = quote ? char(0) : c;
        if (!quote && text.substr(at).starts_with(separator)) {
            parts.push_back(trim(text.substr(from, at - from)));
            from = at += separator.size();
            continue;
        }
        ++at;
    }
    parts.push_back(trim(text.substr(from)));
    return parts;
}

std::string unquoted(std::string_view text) {
    if (text.size() < 2 || (text.front() != '\'' && text.front() != '"') ||
        text.back() != text.front())
        refuse(std::string(text));
    std::string plain;
    for (size_t i = 1; i + 1 < text.size(); ++i) {
        if (text[i] == '\\' && i + 2 < text.size()) ++i;
        plain += text[i];
    }
    return plain;
}

OpenSearchTerm parse_term(std::string_view text) {
    const size_t colon = text.find(':');
    const size_t quote = text.find_first_of("'\"");
    if (colon == text.npos || colon > quote) return {"default", unquoted(text)};
    return {std::string(trim(text.substr(0, colon))), unquoted(trim(text.substr(colon + 1)))};
}

OpenSearchCondition parse_condition(std::string_view text) {
    const size_t at = text.find_first_of("<>=!");
    if (at == text.npos || at == 0) refuse(std::string(text));
    const size_t end = text.find_first_not_of("<>=!", at);
    if (end == text.npos) refuse(std::string(text));
    OpenSearchCondition condition{std::string(trim(text.substr(0, at))),
                                  std::string(text.substr(at, end - at)),
                                  std::string(trim(text.substr(end)))};
    condition.is_text = condition.value.front() == '"' || condition.value.front() == '\'';
    if (condition.is_text) condition.value = unquoted(condition.value);
    return condition;
}

template <typename Part, typename Parse>
std::vector<std::vector<Part>> any_of_all(std::string_view text, Parse parse) {
    std::vector<std::vector<Part>> any;
    for (const std::string_view one : split(text, " OR ")) {
        any.emplace_back();
        for (const std::string_view part : split(one, " AND ")) any.back().push_back(parse(part));
    }
    return any;
}

// Numbers as numbers, everything else as text.
int compare(const std::string& a, const std::string& b, bool as_text) {
    char *end_a = nullptr, *end_b = nullptr;
    const long double x = std::strtold(a.c_str(), &end_a), y = std::strtold(b.c_str(), &end_b);
    const bool numbers = !as_text && !a.empty() && !b.empty() && !*end_a && !*end_b;
    if (numbers) return x < y ? -1 : x > y;
    return a.compare(b);
}

bool holds(const OpenSearchCondition& condition, const ordered_json& fields) {
    const auto field = fields.find(condition.field);
    if (field == fields.end()) return false;
    const int order = compare(opensearch_text(*field), condition.value, condition.is_text);
    if (condition.comparison == "=") return order == 0;
    if (condition.comparison == "!=") return order != 0;
    if (condition.comparison == ">") return order > 0;
    if (condition.comparison == ">=") return order >= 0;
    if (condition.comparison == "<") return order < 0;
    if (condition.comparison == "<=") return order <= 0;
    refuse(condition.comparison);
}

bool holds(const OpenSearchTerm& term, const ordered_json& fields) {
    const auto field = fields.find(term.index);
    return field != fields.end() && opensearch_text(*field) == term.text;
}

template <typename Part>
bool any_holds(const std::vector<std::vector<Part>>& any, const ordered_json& fields) {
    const auto all = [&](const std::vector<Part>& parts) {
        return std::all_of(parts.begin(), parts.end(),
                           [&](const Part& part) { return holds(part, fields); });
    };
    return any.empty() || std::any_of(any.begin(), any.end(), all);
}

}  // namespace

OpenSearchQuery OpenSearchQuery::parse(std::string_view text) {
    OpenSearchQuery query;
    for (const std::string_view clause : split(text, "&&")) {
        const size_t equals = std::min(clause.find('='), clause.size());
        const std::string_view name = clause.substr(0, equals);
        const std::string_view value = trim(clause.substr(std::min(equals + 1, clause.size())));
        if (name == "query") {
            if (value != "''") query.any_terms = any_of_all<OpenSearchTerm>(value, parse_term);
        } else if (name == "filter") {
            query.any_conditions = any_of_all<OpenSearchCondition>(value, parse_condition);
        } else if (name == "config") {
            for (const std::string_view pair : split(value, ",")) {
                const size_t colon = std::min(pair.find(':'), pair.size());
                const std::string given(pair.substr(std::min(colon + 1, pair.size())));
                if (pair.starts_with("start:")) query.start = std::atoll(given.c_str());
                if (pair.starts_with("hit:")) query.hit = std::atoll(given.c_str());
                if (pair.starts_with("format:")) query.format = given;
            }
        } else if (name == "sort") {
            for (const std::string_view field : split(value, ";")) {
                if (field.empty()) continue;
                const bool sign = field.front() == '-' || field.front() == '+';
                query.sort.emplace_back(field.substr(sign), field.front() == '-');
            }
        } else if (name != "kvpairs" && name != "aggregate" && name != "distinct") {
            refuse(std::string(clause));
        }
    }
    return query;
}

bool OpenSearchQuery::matches(const ordered_json& fields) const {
    return any_holds(any_terms, fields) && any_holds(any_conditions, fields);
}

bool OpenSearchQuery::before(const ordered_json& a, const ordered_json& b) const {
    const auto text = [](const ordered_json& fields, const std::string& name) {
        const auto field = fields.find(name);
        return field == fields.end() ? std::string("0") : opensearch_text(*field);
    };
    for (const auto& [name, descending] : sort) {
        const int order = compare(text(a, name), text(b, name), false);
        if (order != 0) return descending ? order > 0 : order < 0;
    }
    return false;
}

}  // namespace millrace::standin
