#include "common/base/log.h"

#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <shared_mutex>
#include <utility>
#include <vector>

#include "common/base/log_sink.h"

namespace millrace::log {
namespace {

spdlog::level::level_enum to_spdlog(Level level) {
    switch (level) {
        case Level::kTrace: return spdlog::level::trace;
        case Level::kDebug: return spdlog::level::debug;
        case Level::kInfo: return spdlog::level::info;
        case Level::kWarn: return spdlog::level::warn;
        case Level::kError: return spdlog::level::err;
        case Level::kOff: return spdlog::level::off;
    }
    return spdlog::level::off;
}

constexpr const char* kPattern = "%Y-%m-%dT%H:%M:%S.%eZ %l %v";

spdlog::logger& logger() {
    static const std::shared_ptr<spdlog::logger> instance = [] {
        auto made = std::make_shared<spdlog::logger>(
            "millrace", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        made->set_pattern(kPattern, spdlog::pattern_time_type::utc);
        made->set_level(spdlog::level::warn);
        made->flush_on(spdlog::level::warn);
        return made;
    }();
    return *instance;
}

class FunctionSink final : public spdlog::sinks::base_sink<std::mutex> {
  public:
    explicit FunctionSink(std::function<void(std::string_view)> call) : call_(std::move(call)) {}

  private:
    void sink_it_(const spdlog::details::log_msg& message) override {
        spdlog::memory_buf_t line;
        formatter_->format(message, line);
        call_({line.data(), line.size()});
    }
    void flush_() override {}

    const std::function<void(std::string_view)> call_;
};

// Quotes a value that would break the key=value form.
void append_value(std::string& line, std::string_view value) {
    if (!value.empty() && value.find_first_of(" \"=\n\r\t") == std::string_view::npos) {
        line += value;
        return;
    }
    line += '"';
    for (char c : value) {
        if (c == '\n' || c == '\r') {
            line += "\\n";
            continue;
        }
        if (c == '"' || c == '\\') line += '\\';
        line += c;
    }
    line += '"';
}

struct Named {
    std::string key, value;
};
// Fields of the contexts of this thread, the outermost first.
thread_local std::vector<Named> context_fields;

struct Observer {
    std::shared_mutex mutex;  // shared while it is called
    std::function<void(const Line&)> call;
    std::atomic<bool> present = false;
};
Observer& observer() {
    static Observer instance;
    return instance;
}
thread_local bool observing = false;

std::string_view name_of(Level level) {
    switch (level) {
        case Level::kTrace: return "trace";
        case Level::kDebug: return "debug";
        case Level::kInfo: return "info";
        case Level::kWarn: return "warning";
        case Level::kError: return "error";
        case Level::kOff: return "off";
    }
    return "?";
}

bool observed(Level level) {
    return level >= Level::kInfo && !observing && observer().present;
}

void append_field(std::string& text, std::string_view key, std::string_view value) {
    text += ' ';
    text += key;
    text += '=';
    append_value(text, value);
}

bool names(std::initializer_list<Field> fields, std::string_view key) {
    for (const Field& field : fields) {
        if (field.key == key) return true;
    }
    return false;
}

// An inner context's field hides the outer one's.
bool is_hidden(size_t index) {
    for (size_t i = index + 1; i < context_fields.size(); ++i) {
        if (context_fields[i].key == context_fields[index].key) return true;
    }
    return false;
}

std::string_view run_of(std::initializer_list<Field> fields) {
    for (const Field& field : fields) {
        if (field.key == "run") return field.value;
    }
    for (size_t i = context_fields.size(); i-- > 0;) {
        if (context_fields[i].key == "run") return context_fields[i].value;
    }
    return {};
}

void observe(Level level, std::string_view run, const std::string& line) {
    const std::string text = std::string(name_of(level)) + " " + line;
    std::shared_lock lock(observer().mutex);
    if (!observer().call) return;
    observing = true;
    observer().call({level, run, text});
    observing = false;
}

}  // namespace

Context::Context(std::initializer_list<Field> fields) : outer_(context_fields.size()) {
    for (const Field& field : fields) {
        context_fields.push_back({std::string(field.key), field.value});
    }
}
Context::~Context() {
    context_fields.resize(outer_);
}

void set_observer(std::function<void(const Line&)> call) {
    std::unique_lock lock(observer().mutex);
    observer().call = std::move(call);
    observer().present = static_cast<bool>(observer().call);
}

void set_sink(std::function<void(std::string_view)> sink) {
    logger().sinks() = {std::make_shared<FunctionSink>(std::move(sink))};
    logger().set_pattern(kPattern, spdlog::pattern_time_type::utc);
}

void set_level(Level level) {
    logger().set_level(to_spdlog(level));
}
bool enabled(Level level) {
    return observed(level) || logger().should_log(to_spdlog(level));
}

void write(Level level, std::string_view event, std::initializer_list<Field> fields) {
    if (!enabled(level)) return;
    std::string line(event);
    for (const Field& field : fields) append_field(line, field.key, field.value);
    for (size_t i = 0; i < context_fields.size(); ++i) {
        const Named& field = context_fields[i];
        if (!names(fields, field.key) && !is_hidden(i)) append_field(line, field.key, field.value);
    }
    logger().log(to_spdlog(level), line);
    if (observed(level)) observe(level, run_of(fields), line);
}

}  // namespace millrace::log
