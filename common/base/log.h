// Log facade: one line = event name, then key=value. No spdlog in this header.
#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>

namespace millrace::log {

enum class Level { kTrace, kDebug, kInfo, kWarn, kError, kOff };

// A key with its value as text. Secrets have no conversion to one, on purpose.
struct Field {
    Field(std::string_view k, std::string_view v) : key(k), value(v) {}
    Field(std::string_view k, const char* v) : key(k), value(v) {}
    Field(std::string_view k, const std::string& v) : key(k), value(v) {}
    template <std::integral Number>
    Field(std::string_view k, Number v) : key(k), value(std::to_string(v)) {}
    std::string_view key;
    std::string value;
};

// Where lines go: standard error. Thread-safe.
void set_level(Level level);
bool enabled(Level level);
void write(Level level, std::string_view event, std::initializer_list<Field> fields = {});

inline void debug(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::kDebug, event, fields);
}
inline void info(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::kInfo, event, fields);
}
inline void warn(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::kWarn, event, fields);
}
inline void error(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::kError, event, fields);
}

}  // namespace millrace::log
