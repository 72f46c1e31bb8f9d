// Typed look-ups of the parameters of a PluginSpec, for the read_* functions.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/base/status.h"

namespace millrace {

// Absent and null are the fallback. Points into the parameters that it was made of.
class TypedParameters {
  public:
    explicit TypedParameters(const nlohmann::json& parameters) : parameters_(parameters) {}

    template <typename T>
    T get(const char* name, T fallback) {
        const auto found = parameters_.find(name);
        if (found == parameters_.end() || found->is_null()) return fallback;
        try {
            return found->get<T>();
        } catch (const nlohmann::json::exception&) {
            if (wrong_.empty()) wrong_ = name;
            return fallback;
        }
    }
    std::string text(const char* name, const char* fallback = "") {
        return get<std::string>(name, fallback);
    }
    std::vector<std::string> texts(const char* name) {
        return get<std::vector<std::string>>(name, {});
    }
    // As it is; null when absent.
    const nlohmann::json& value(const char* name) const {
        static const nlohmann::json kNull;
        const auto found = parameters_.find(name);
        return found == parameters_.end() ? kNull : *found;
    }
    // kConfig when a value had another type.
    Status status() const {
        return wrong_.empty() ? Status() : config_error("\"" + wrong_ + "\" has a wrong type");
    }

  private:
    const nlohmann::json& parameters_;
    std::string wrong_;
};

}  // namespace millrace
