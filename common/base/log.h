// Log facade: one line = event name, then key=value. No spdlog in this header.
#pragma once

#include <concepts>
#include <functional>
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

// Where lines go: standard error. Thread-safe. kWarn until it is set.
void set_level(Level level);
bool enabled(Level level);
void write(Level level, std::string_view event, std::initializer_list<Field> fields = {});

// While it lives, every line that its thread writes carries these fields too (run, item, shard,
// window, epoch, attempt), unless the line names them itself. Contexts of a thread nest; they do
// not pass on to threads that it starts.
class Context {
  public:
    Context(std::initializer_list<Field> fields);
    ~Context();
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;

  private:
    size_t outer_;  // fields of the thread before this one
};

// A finished line for an observer; the views live as long as the call.
struct Line {
    Level level = Level::kInfo;
    std::string_view run;   // the value of its field "run"; empty = none
    std::string_view text;  // "info event key=value …", without a time
};

// `observer` gets every line from kInfo on, whatever level the process shows, on the thread that
// writes it; what it writes itself is shown but not observed. Nothing = none. When this returns the
// one before is called no more. At most one: of the process.
void set_observer(std::function<void(const Line&)> observer);

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
