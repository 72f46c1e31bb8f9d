#include "common/config/substitution.h"

#include "common/config/ascii.h"
#include "common/config/nearest.h"
#include "common/config/schedule_expression.h"
#include "common/config/text_reader.h"
#include "common/config/time_forms.h"

namespace millrace {
namespace {

constexpr std::string_view kBizdate = "bdp.system.bizdate";
constexpr std::string_view kCyctime = "bdp.system.cyctime";
constexpr std::string_view kEnvironment = "env:";

bool is_name_byte(char c) {
    return ascii::is_letter(c) || ascii::is_digit(c) || c == '_';
}

// One `${…}`, `$[…]`, `$name` or `{date}` of a text.
struct Token {
    enum class Kind { kVariable, kExpression, kDate };
    Kind kind = Kind::kVariable;
    bool braces = true;
    size_t begin = 0, end = 0;
    std::string name;  // or the expression
};

std::optional<Token> token_at(std::string_view text, size_t at) {
    Token token;
    token.begin = at;
    if (text.substr(at).starts_with("{date}")) {
        token.kind = Token::Kind::kDate;
        token.name = "date";
        token.end = at + 6;
        return token;
    }
    if (text[at] != '$' || at + 1 >= text.size()) return {};
    const char opener = text[at + 1];
    if (opener == '{' || opener == '[') {
        const size_t closer = text.find(opener == '{' ? '}' : ']', at);
        if (closer == std::string_view::npos) return {};
        token.name = ascii::trimmed(text.substr(at + 2, closer - at - 2));
        token.end = closer + 1;
        if (opener == '[') {
            if (!is_schedule_expression(token.name)) return {};
            token.kind = Token::Kind::kExpression;
        }
        return token;
    }
    size_t end = at + 1;
    while (end < text.size() && is_name_byte(text[end])) ++end;
    if (end == at + 1) return {};
    token.braces = false;
    token.name = text.substr(at + 1, end - at - 1);
    token.end = end;
    return token;
}

// The first token from `at` on.
std::optional<Token> next_token(std::string_view text, size_t at) {
    for (at = text.find_first_of("${", at); at != std::string_view::npos;
         at = text.find_first_of("${", at + 1)) {
        if (std::optional<Token> token = token_at(text, at)) return token;
    }
    return {};
}

// Where byte `offset` of a node's text stands, when the text holds no escapes.
Place place_in(const Node& node, size_t offset) {
    Place place = node.place;
    place.column += node.bare ? 0 : 1;
    for (size_t i = 0; i < offset && i < node.text.size(); ++i) {
        if ((static_cast<unsigned char>(node.text[i]) & 0xC0) != 0x80) ++place.column;
    }
    return place;
}

void move_to(Node& node, Place place) {
    node.place = place;
    for (Node& item : node.items) move_to(item, place);
    for (Member& member : node.members) {
        member.place = place;
        move_to(member.value, place);
    }
}

// A text without quotes becomes what it says, as if it had stood in the script.
void read_bare(Node& node) {
    Findings ignored("");
    Node root = read_text("{\"v\":" + node.text + "}", ignored);
    Node* value = root.find("v");
    if (ignored.failed() || value == nullptr || root.members.size() != 1) return;
    const std::string written = node.written;
    const Place place = node.place;
    Node read = std::move(*value);
    node = std::move(read);
    move_to(node, place);
    node.written = written;
}

}  // namespace

Substitution::Substitution(const std::vector<Variable>& variables, MillisPoint schedule,
                           TimeZone zone)
    : schedule_(schedule), zone_(std::move(zone)) {
    for (const Variable& variable : variables) variables_[variable.name] = variable.value;
}

void Substitution::apply_below(Node& node, std::string_view key, Findings& findings) {
    for (Node& item : node.items) apply_below(item, key, findings);
    for (Member& member : node.members) apply_below(member.value, member.key, findings);
    if (node.is_text()) apply_text(node, key, findings);
}

void Substitution::apply_text(Node& node, std::string_view key, Findings& findings) {
    std::string text = replaced(node, key, false, findings);
    if (text == node.text) return;
    node.written = std::move(node.text);
    node.text = std::move(text);
    if (node.bare) read_bare(node);
}

std::string Substitution::replaced(const Node& node, std::string_view key, bool identity,
                                   Findings& findings) {
    const std::string& text = identity ? node.as_written() : node.text;
    std::string result;
    size_t done = 0;
    while (const std::optional<Token> token = next_token(text, done)) {
        result += text.substr(done, token->begin - done);
        const std::string whole = text.substr(token->begin, token->end - token->begin);
        const Place place = place_in(node, token->begin);
        done = token->end;
        const bool date = token->name == "date" && token->kind != Token::Kind::kExpression;
        if (date && key == "object" && (identity || !variables_.contains("date"))) {
            result += "{date}";
        } else if (token->kind == Token::Kind::kDate && key != "object") {
            result += whole;
        } else if (token->kind == Token::Kind::kExpression) {
            const auto value = identity ? std::nullopt : evaluate(token->name, place, findings);
            result += value.value_or(whole);
        } else if (!token->braces && !variables_.contains(token->name)) {
            result += whole;
        } else if (identity ? is_timely(token->name) : open_.contains(token->name)) {
            result += whole;
        } else {
            result += value_of(token->name, place, findings).value_or(whole);
        }
    }
    return result + text.substr(done);
}

std::optional<std::string> Substitution::value_of(const std::string& name, Place place,
                                                  Findings& findings) {
    if (const auto given = variables_.find(name); given != variables_.end()) {
        used_.insert(name);
        return with_expressions(given->second, place, findings);
    }
    if (name == kCyctime) return to_time_string(schedule_, zone_);
    if (name == kBizdate) {
        const auto day = evaluate("yyyymmdd-1", place, findings);
        if (day && told_.insert(name).second) {
            findings.note(place, "bizdate",
                          "bdp.system.bizdate is " + *day +
                              ", the day before the schedule day in " + zone_.name() +
                              "; -D bdp.system.bizdate=… sets another");
        }
        return day;
    }
    report_undefined(name, place, findings);
    return {};
}

void Substitution::report_undefined(const std::string& name, Place place, Findings& findings) {
    if (name.starts_with(kEnvironment)) {
        findings.error(place, "environment-in-script",
                       "${env:…} may stand only in the data sources file: give the value with "
                       "-D, or name a datasource");
        return;
    }
    std::vector<std::string> known = {std::string(kBizdate), std::string(kCyctime)};
    for (const auto& [defined, value] : variables_) known.push_back(defined);
    const std::string near = did_you_mean(name, known);
    const bool in_window = timely_.contains(name);
    findings.error(
        place, "undefined-variable",
        "the variable " + name + " is not defined" +
            (near.empty() ? ": give it with -D" + name + "=…" : near) +
            (in_window ? " (--next binds the variables of start and end by itself)" : ""));
}

std::optional<std::string> Substitution::evaluate(std::string_view expression, Place place,
                                                  Findings& findings) {
    Result<std::string> value = evaluate_schedule_expression(expression, schedule_, zone_);
    if (value.ok()) return *value;
    findings.error(place, "schedule-expression", value.status().text());
    return {};
}

std::string Substitution::with_expressions(const std::string& value, Place place,
                                           Findings& findings) {
    std::string result;
    size_t done = 0;
    for (auto token = next_token(value, 0); token; token = next_token(value, token->end)) {
        if (token->kind != Token::Kind::kExpression) continue;
        result += value.substr(done, token->begin - done);
        result += evaluate(token->name, place, findings).value_or("");
        done = token->end;
    }
    return result + value.substr(done);
}

bool Substitution::is_timely(const std::string& name) const {
    if (timely_.contains(name) || name == kBizdate || name == kCyctime) return true;
    const auto given = variables_.find(name);
    if (given == variables_.end()) return true;
    for (auto token = next_token(given->second, 0); token;
         token = next_token(given->second, token->end)) {
        if (token->kind == Token::Kind::kExpression) return true;
    }
    return false;
}

std::string Substitution::identity_text(const Node& node, std::string_view key) {
    Findings ignored("");
    return replaced(node, key, true, ignored);
}

std::vector<std::string> Substitution::unused() const {
    std::vector<std::string> names;
    for (const auto& [name, value] : variables_) {
        if (!used_.contains(name)) names.push_back(name);
    }
    return names;
}

void apply_environment(Node& node, const Environment& environment, Findings& findings) {
    for (Node& item : node.items) apply_environment(item, environment, findings);
    for (Member& member : node.members) apply_environment(member.value, environment, findings);
    if (!node.is_text()) return;
    std::string result;
    size_t done = 0;
    for (auto token = next_token(node.text, 0); token; token = next_token(node.text, token->end)) {
        if (token->kind != Token::Kind::kVariable || !token->braces) continue;
        const Place place = place_in(node, token->begin);
        const std::string& name = token->name;
        result += node.text.substr(done, token->begin - done);
        done = token->end;
        if (!name.starts_with(kEnvironment)) {
            findings.error(place, "undefined-variable",
                           "only ${env:NAME} may stand here");
            continue;
        }
        const std::string variable(ascii::trimmed(name.substr(kEnvironment.size())));
        if (const auto value = environment ? environment(variable) : std::nullopt) {
            result += *value;
        } else {
            findings.error(place, "undefined-environment",
                           "the environment variable " + variable + " is not set: export it");
        }
    }
    node.text = result + node.text.substr(done);
}

std::vector<std::string> variables_in(std::string_view text) {
    std::vector<std::string> names;
    for (auto token = next_token(text, 0); token; token = next_token(text, token->end)) {
        if (token->kind == Token::Kind::kVariable) names.push_back(token->name);
    }
    return names;
}

std::string sole_variable(std::string_view text) {
    const std::optional<Token> token = next_token(text, 0);
    const bool whole = token && token->begin == 0 && token->end == text.size();
    if (!whole || token->kind != Token::Kind::kVariable) return {};
    return token->name;
}

}  // namespace millrace
