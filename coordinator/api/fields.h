// Reads the members of a JSON object, strictly: other types and unknown names are errors.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>

#include "common/base/status.h"

namespace millrace::api {

// One object, one user. Errors name members, never values.
class Fields {
  public:
    explicit Fields(const nlohmann::json& body) : body_(body) {
        if (!body.is_object()) fail("the body must be a JSON object");
    }

    void take(const char* name, std::string& to) {
        if (const auto* at = find(name, &nlohmann::json::is_string, "a text"))
            to = at->get<std::string>();
    }
    void take(const char* name, bool& to) {
        if (const auto* at = find(name, &nlohmann::json::is_boolean, "true or false"))
            to = at->get<bool>();
    }
    void take(const char* name, uint64_t& to) {
        if (const auto* at = find(name, &nlohmann::json::is_number_unsigned, "a whole number"))
            to = at->get<uint64_t>();
    }
    void take(const char* name, double& to) {
        if (const auto* at = find(name, &nlohmann::json::is_number, "a number"))
            to = at->get<double>();
    }
    template <typename T>
    void take(const char* name, std::optional<T>& to) {
        T value{};
        take(name, value);
        if (has(name)) to = value;
    }
    // Null when it is absent; the caller looks into it.
    const nlohmann::json* object(const char* name) {
        return find(name, &nlohmann::json::is_object, "an object");
    }
    const nlohmann::json* list(const char* name) {
        return find(name, &nlohmann::json::is_array, "a list");
    }

    void need(const char* name) {
        if (status_.ok() && !has(name)) fail("\"" + std::string(name) + "\" is missing");
    }
    void fail(std::string text) {
        if (status_.ok()) status_ = config_error(std::move(text));
    }
    // The first error so far.
    const Status& status() const { return status_; }
    // After all members were taken: others are errors.
    Status end() {
        if (!status_.ok()) return status_;
        for (const auto& [name, value] : body_.items()) {
            if (!known_.contains(name)) fail("there is no member \"" + name.substr(0, 40) + "\"");
        }
        return status_;
    }

  private:
    using Is = bool (nlohmann::json::*)() const noexcept;

    bool has(const char* name) const {
        return body_.is_object() && body_.contains(name) && !body_.at(name).is_null();
    }
    const nlohmann::json* find(const char* name, Is is, const char* what) {
        known_.insert(name);
        if (!has(name)) return nullptr;
        const nlohmann::json& value = body_.at(name);
        if ((value.*is)()) return &value;
        fail("\"" + std::string(name) + "\" must be " + what);
        return nullptr;
    }

    const nlohmann::json& body_;
    std::set<std::string> known_;
    Status status_;
};

}  // namespace millrace::api
