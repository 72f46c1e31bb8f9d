#include "common/config/parameter_convert.h"

#include <charconv>
#include <cmath>
#include <cstdlib>

#include "common/config/ascii.h"
#include "common/config/nearest.h"
#include "common/config/parameter_values.h"

namespace millrace {
namespace {

using Json = nlohmann::json;

class Conversion {
  public:
    Conversion(const Parameter& parameter, const Node& node, Findings& findings)
        : parameter_(parameter), node_(node), findings_(findings) {}

    std::optional<Json> run() {
        if (node_.kind == Node::Kind::kNull) return {};
        switch (parameter_.type) {
            case ParameterType::kText: return to_text_value();
            case ParameterType::kInteger: return to_number_value(true);
            case ParameterType::kNumber: return to_number_value(false);
            case ParameterType::kBoolean: return to_boolean_value();
            case ParameterType::kTexts: return to_texts_value();
            case ParameterType::kPatterns:
                if (!node_.is_list() && !node_.is_map()) return one_text();
                return to_texts_value();
            case ParameterType::kColumns: return to_columns_value();
            case ParameterType::kMap:
                if (!node_.is_map()) return wrong_kind("a map { … }");
                return to_json(node_);
            case ParameterType::kAny: return to_json(node_);
        }
        return {};
    }

  private:
    std::nullopt_t error(std::string code, const std::string& text) {
        findings_.error(node_.place, std::move(code),
                        "\"" + std::string(parameter_.name) + "\" " + text);
        return std::nullopt;
    }

    std::nullopt_t wrong_kind(const std::string& wanted) {
        return error("wrong-type",
                     "must be " + wanted + ", not a " + std::string(name_of(node_.kind)));
    }

    // A value that comes from a variable stands in quotes by custom: no note then.
    void note_repair(const std::string& text) {
        if (!node_.written.empty()) return;
        findings_.note(
            node_.place, "text-as-value",
            "\"" + std::string(parameter_.name) + "\" is a " + text + ": write it without quotes");
    }

    std::optional<Json> to_text_value() {
        if (node_.is_list() || node_.is_map()) return wrong_kind("a text");
        if (parameter_.choices.empty() || (node_.text.empty() && parameter_.fallback == "\"\"")) {
            return Json(node_.text);
        }
        for (const std::string& choice : split_names(parameter_.choices)) {
            if (ascii::same_without_case(choice, node_.text)) return Json(choice);
        }
        for (const std::string& later : split_names(parameter_.later)) {
            if (!ascii::same_without_case(later, node_.text)) continue;
            return error("not-built-yet", "= " + later +
                                              " is not built yet in this version; built: " +
                                              list(parameter_.choices));
        }
        return error("unknown-choice",
                     "must be one of " + list(parameter_.choices) +
                         did_you_mean(node_.text, split_names(parameter_.choices)));
    }

    static std::string list(std::string_view names) {
        std::string text;
        for (const std::string& name : split_names(names))
            text += (text.empty() ? "" : ", ") + name;
        return text;
    }

    std::optional<Json> to_number_value(bool whole) {
        if (node_.kind != Node::Kind::kNumber && !node_.is_text()) return wrong_kind("a number");
        const std::string text(ascii::trimmed(node_.text));
        if (text.empty()) return error("blank-value", "is blank: give a number or leave it out");
        char* end = nullptr;
        const double number = std::strtod(text.c_str(), &end);
        const bool plain = text.find_first_not_of("0123456789+-.eE") == std::string::npos;
        if (!plain || end != text.c_str() + text.size() || !std::isfinite(number)) {
            return error("wrong-type", "must be a number");
        }
        if (whole && number != std::floor(number))
            return error("wrong-type", "must be a whole number");
        if (number < parameter_.least || number > parameter_.most) return out_of_bounds();
        if (node_.is_text()) note_repair("number");
        if (!whole) return Json(number);
        int64_t exact = 0;
        const char* last = text.data() + text.size();
        if (std::from_chars(text.data(), last, exact).ptr == last) return Json(exact);
        if (std::abs(number) > 9e15) return error("out-of-bounds", "is too large");
        return Json(static_cast<int64_t>(number));
    }

    std::optional<Json> out_of_bounds() {
        const auto bound = [](double value) { return Json(static_cast<int64_t>(value)).dump(); };
        std::string text = "must be";
        if (std::isfinite(parameter_.least)) text += " at least " + bound(parameter_.least);
        if (std::isfinite(parameter_.most)) {
            text += std::string(std::isfinite(parameter_.least) ? " and" : "") + " at most " +
                    bound(parameter_.most);
        }
        if (!parameter_.unit.empty()) text += " (" + std::string(parameter_.unit) + ")";
        return error("out-of-bounds", text);
    }

    std::optional<Json> to_boolean_value() {
        const bool yes = ascii::same_without_case(ascii::trimmed(node_.text), "true");
        const bool no = ascii::same_without_case(ascii::trimmed(node_.text), "false");
        if (node_.kind != Node::Kind::kBoolean && !(node_.is_text() && (yes || no))) {
            return error("wrong-type", "must be true or false");
        }
        if (node_.is_text()) note_repair("boolean");
        return Json(yes);
    }

    std::optional<Json> to_texts_value() {
        if (!node_.is_list()) return wrong_kind("a list [ … ] of texts");
        Json values = Json::array();
        for (const Node& item : node_.items) {
            if (item.is_list() || item.is_map())
                return error("wrong-type", "must be a list of texts");
            values.push_back(item.text);
        }
        return values;
    }

    std::optional<Json> one_text() {
        if (ascii::trimmed(node_.text).empty()) return Json::array();
        return Json::array({node_.text});
    }

    std::optional<Json> to_columns_value() {
        if (!node_.is_list()) return wrong_kind("a list of {\"name\": …}");
        Json values = Json::array();
        bool good = true;
        for (const Node& item : node_.items) {
            const Node* name = item.find("name");
            if (!item.is_map() || name == nullptr || !name->is_text() || name->text.empty()) {
                findings_.error(item.place, "column-form",
                                "a column must be a map with a name: {\"name\": \"uid\"}");
                good = false;
                continue;
            }
            values.push_back(to_json(item));
        }
        if (!good) return {};
        return values;
    }

    const Parameter& parameter_;
    const Node& node_;
    Findings& findings_;
};

}  // namespace

std::optional<nlohmann::json> convert(const Parameter& parameter, const Node& node,
                                      Findings& findings) {
    return Conversion(parameter, node, findings).run();
}

}  // namespace millrace
