#include "common/config/parameter_values.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "common/config/ascii.h"
#include "common/config/nearest.h"
#include "common/config/parameter_convert.h"

namespace millrace {
namespace {

using Json = nlohmann::json;

Json number_to_json(const std::string& text) {
    int64_t whole = 0;
    const char* end = text.data() + text.size();
    if (std::from_chars(text.data(), end, whole).ptr == end) return whole;
    const double number = std::strtod(text.c_str(), nullptr);
    return std::abs(number) <= 1e308 ? Json(number) : Json(nullptr);
}

bool is_blank(const Node& node) {
    return node.is_text() && ascii::trimmed(node.text).empty();
}

// A parameter that is not built yet may stand there as long as it says what happens anyway.
bool says_the_fallback(const Parameter& parameter, const Node& node) {
    if (node.kind == Node::Kind::kNull || is_blank(node)) return true;
    if (parameter.fallback.empty()) return false;
    Findings ignored("");
    return convert(parameter, node, ignored) == Json::parse(parameter.fallback);
}

void read_one(const Parameter& parameter, const Node& node, ParameterValues& values,
              Findings& findings) {
    const std::string name(parameter.name);
    if (parameter.secret && node.is_text()) findings.hide(Secret(node.text));
    if (parameter.effect == Effect::kIgnored) {
        findings.note(
            node.place, "ignored-parameter",
            "\"" + name + "\" makes no difference here. " + std::string(parameter.sentence));
        return;
    }
    if (parameter.effect == Effect::kNever) {
        if (says_the_fallback(parameter, node)) return;
        findings.error(node.place, "refused-parameter",
                       "\"" + name + "\" is refused. " + std::string(parameter.sentence));
        return;
    }
    if (parameter.effect == Effect::kRefused) {
        if (says_the_fallback(parameter, node)) return;
        findings.error(node.place, "not-built-yet",
                       "\"" + name + "\" is not built yet in this version: leave it out. " +
                           std::string(parameter.sentence));
        return;
    }
    if (parameter.role == Role::kWindow && parameter.fallback.empty()) return;  // window_keys.h
    std::optional<Json> value = convert(parameter, node, findings);
    if (!value) return;
    if (parameter.secret) {
        values.secrets.emplace_back(name, Secret(value->get<std::string>()));
    } else {
        values.plain[name] = std::move(*value);
    }
}

}  // namespace

Place ParameterValues::place_of(const std::string& name) const {
    const auto found = nodes.find(name);
    return found == nodes.end() ? place : found->second->place;
}

std::string ParameterValues::text(const std::string& name) const {
    const auto found = plain.find(name);
    return found != plain.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool ParameterValues::has(const std::string& name) const {
    for (const auto& [secret, value] : secrets) {
        if (secret == name && !value.empty()) return true;
    }
    const auto found = plain.find(name);
    if (found == plain.end()) return false;
    return !found->is_string() || !ascii::trimmed(found->get_ref<const std::string&>()).empty();
}

ParameterValues read_values(Owner owner, const Node& map, const std::string& what,
                            Findings& findings) {
    ParameterValues values;
    values.place = map.place;
    for (const Member& member : map.members) {
        const Parameter* parameter = find_parameter(owner, member.key);
        if (parameter == nullptr) {
            findings.warning(member.place, "unknown-parameter",
                             what + " has no parameter \"" + member.key + "\"" +
                                 did_you_mean(member.key, parameter_names(owner)));
            if (member.value.is_text() && is_secret_name(member.key)) {
                findings.hide(Secret(member.value.text));
            }
            continue;
        }
        const std::string name(parameter->name);
        if (!values.nodes.emplace(name, &member.value).second) {
            findings.error(member.place, "said-twice",
                           "\"" + member.key + "\" and another key both give \"" + name +
                               "\": remove one of them");
            continue;
        }
        read_one(*parameter, member.value, values, findings);
    }
    return values;
}

void fill_fallbacks(Owner owner, ParameterValues& values) {
    for (const Parameter& parameter : parameters_of(owner)) {
        const std::string name(parameter.name);
        if (parameter.effect != Effect::kUsed || parameter.secret || parameter.fallback.empty())
            continue;
        if (!values.plain.contains(name)) values.plain[name] = Json::parse(parameter.fallback);
    }
}

void check_required(Owner owner, const ParameterValues& values, const std::string& what,
                    const std::vector<std::string>& except, Findings& findings) {
    for (const Parameter& parameter : parameters_of(owner)) {
        const std::string name(parameter.name);
        if (!parameter.required || values.has(name)) continue;
        if (std::find(except.begin(), except.end(), name) != except.end()) continue;
        const auto node = values.nodes.find(name);
        if (node == values.nodes.end()) {
            findings.error(values.place, "missing-parameter",
                           what + " needs \"" + name + "\": " + std::string(parameter.sentence));
        } else if (is_blank(*node->second) || node->second->kind == Node::Kind::kNull) {
            findings.error(node->second->place, "blank-parameter",
                           "\"" + name + "\" is blank: " + std::string(parameter.sentence));
        }
    }
}

Json to_json(const Node& node) {
    switch (node.kind) {
        case Node::Kind::kNull: return nullptr;
        case Node::Kind::kBoolean: return node.text == "true";
        case Node::Kind::kNumber: return number_to_json(node.text);
        case Node::Kind::kText: return node.text;
        case Node::Kind::kList: {
            Json list = Json::array();
            for (const Node& item : node.items) list.push_back(to_json(item));
            return list;
        }
        case Node::Kind::kMap: {
            Json map = Json::object();
            for (const Member& member : node.members) map[member.key] = to_json(member.value);
            return map;
        }
    }
    return nullptr;
}

}  // namespace millrace
