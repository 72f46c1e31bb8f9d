#include "common/config/window_keys.h"

#include "common/config/ascii.h"
#include "common/config/time_forms.h"

namespace millrace {
namespace {

struct Form {
    const char* start;
    const char* end;
};
constexpr Form kMillisForm = {"startTimestampMillis", "endTimestampMillis"};
constexpr Form kStringForm = {"startTimeString", "endTimeString"};
constexpr const char* kDateKey = "date";

void add_names(const Node* node, std::set<std::string>& names) {
    if (node == nullptr) return;
    for (std::string& name : variables_in(node->text)) names.insert(std::move(name));
}

bool stands(const ParameterValues& reader, const Form& form) {
    return reader.stands(form.start) || reader.stands(form.end);
}

class WindowReader {
  public:
    WindowReader(const ParameterValues& reader, const TimeZone& zone, Findings& findings)
        : reader_(reader), zone_(zone), findings_(findings) {}

    std::optional<Window> run() {
        const bool millis = stands(reader_, kMillisForm);
        const bool string = stands(reader_, kStringForm);
        const bool date = reader_.stands(kDateKey);
        if (!millis && !string && !date) {
            if (reader_.text("latency") == "realtime") return {};
            findings_.error(reader_.place, "no-window",
                            "the reader needs a window: startTimeString and endTimeString, or "
                            "startTimestampMillis and endTimestampMillis, or date");
            return {};
        }
        if (int(millis) + int(string) + int(date) > 1) report_clash(millis, string);
        // All forms are read, so that one pass finds all that is wrong with them.
        std::optional<Window> window;
        if (millis) window = read_pair(kMillisForm, true);
        if (string) window = read_pair(kStringForm, false);
        if (date) window = read_date();
        if (window && window->end <= window->start) {
            findings_.error(reader_.place_of(millis ? kMillisForm.end : kStringForm.end),
                            "end-before-start",
                            "the end of the window must be later than its start");
            return {};
        }
        if (int(millis) + int(string) + int(date) > 1) return {};
        return window;
    }

  private:
    void report_clash(bool millis, bool string) {
        const std::string pair = millis ? "startTimestampMillis and endTimestampMillis"
                                        : "startTimeString and endTimeString";
        const std::string other =
            reader_.stands(kDateKey) ? "date" : "startTimeString and endTimeString";
        const std::string spare = reader_.stands(kDateKey) ? kDateKey : kStringForm.start;
        findings_.error(
            reader_.place_of(string && spare == kStringForm.start ? string_key() : spare),
            "window-forms",
            "\"" + other + "\" stands beside " + pair +
                ", but a window is said in one form only: remove \"" + other + "\", or the others");
    }

    std::string string_key() const {
        return reader_.stands(kStringForm.start) ? kStringForm.start : kStringForm.end;
    }

    std::optional<Window> read_pair(const Form& form, bool millis) {
        for (const auto& [key, other] :
             {std::pair(form.start, form.end), std::pair(form.end, form.start)}) {
            if (reader_.stands(key)) continue;
            findings_.error(reader_.place_of(other), "half-window",
                            std::string("\"") + other + "\" needs \"" + key + "\" beside it");
        }
        const std::optional<MillisPoint> start = read_time(form.start, millis);
        const std::optional<MillisPoint> end = read_time(form.end, millis);
        if (!start || !end) return {};
        return Window{*start, *end};
    }

    // The text of a key; nothing, with an error, when it is blank or no scalar.
    std::optional<std::string> read_text_of(const std::string& key) {
        const auto found = reader_.nodes.find(key);
        if (found == reader_.nodes.end()) return {};
        const Node& node = *found->second;
        const std::string text(ascii::trimmed(node.text));
        if (node.is_list() || node.is_map() || text.empty()) {
            findings_.error(node.place, "blank-parameter",
                            "\"" + key + "\" is blank: give a time, or a variable like ${" +
                                (key.starts_with("end") ? "end_time}" : "start_time}"));
            return {};
        }
        return text;
    }

    std::optional<MillisPoint> read_time(const std::string& key, bool millis) {
        const std::optional<std::string> text = read_text_of(key);
        if (!text || text->find("${") != std::string::npos) return {};  // reported as undefined
        const Place place = reader_.place_of(key);
        if (millis) {
            const Result<MillisPoint> time = parse_millis(*text);
            if (time.ok()) return *time;
            report(place, key, time.status());
            return {};
        }
        const Result<TimeZone::Instant> instant = parse_time_string(*text, zone_);
        if (!instant.ok()) {
            report(place, key, instant.status());
            return {};
        }
        if (instant->ambiguous) {
            findings_.warning(place, "ambiguous-time",
                              "\"" + key + "\" is a local time that came twice in " + zone_.name() +
                                  "; the first one is taken");
        }
        return instant->time;
    }

    std::optional<Window> read_date() {
        const std::optional<std::string> text = read_text_of(kDateKey);
        if (!text || text->find("${") != std::string::npos) return {};
        const Result<Window> day = parse_day(*text, zone_);
        if (day.ok()) return *day;
        report(reader_.place_of(kDateKey), kDateKey, day.status());
        return {};
    }

    void report(Place place, const std::string& key, const Status& status) {
        findings_.error(place, "time-form", "\"" + key + "\": " + status.text());
    }

    const ParameterValues& reader_;
    const TimeZone& zone_;
    Findings& findings_;
};

}  // namespace

std::vector<Variable> WindowVariables::bind(const Window& window, const TimeZone& zone) const {
    const auto text = [&](MillisPoint time) {
        return millis ? std::to_string(to_millis(time)) : to_time_string(time, zone);
    };
    return {{start, text(window.start)}, {end, text(window.end)}};
}

WindowVariables find_window_variables(const Node& reader_parameters) {
    WindowVariables found;
    found.place = reader_parameters.place;
    const Node* millis = reader_parameters.find(kMillisForm.start);
    found.millis = millis != nullptr;
    const Form& form = found.millis ? kMillisForm : kStringForm;
    const Node* start = reader_parameters.find(form.start);
    const Node* end = reader_parameters.find(form.end);
    if (start != nullptr) {
        found.place = start->place;
        found.start = sole_variable(start->text);
    }
    if (end != nullptr) found.end = sole_variable(end->text);
    add_names(start, found.all);
    add_names(end, found.all);
    add_names(reader_parameters.find(kDateKey), found.all);
    return found;
}

std::optional<Window> read_window(const ParameterValues& reader, const TimeZone& zone,
                                  Findings& findings) {
    return WindowReader(reader, zone, findings).run();
}

}  // namespace millrace
