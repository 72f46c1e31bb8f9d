#include "common/config/schedule_expression.h"

#include <charconv>
#include <cstdio>

#include "common/config/ascii.h"
#include "common/config/time_forms.h"

namespace millrace {
namespace {

constexpr int64_t kDayMillis = 86'400'000;
constexpr int64_t kNumberMax = 1'000'000;

struct Offset {
    int64_t days = 0;    // along the calendar
    int64_t millis = 0;  // along the time line
};

std::string without_blanks(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c != ' ' && c != '\t') result += c;
    }
    return result;
}

// Where the first +n or -n begins.
size_t end_of_form(std::string_view text) {
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '+' && text[i] != '-') continue;
        const size_t next = text.find_first_not_of(" \t", i + 1);
        if (next != std::string_view::npos && ascii::is_digit(text[next])) return i;
    }
    return text.size();
}

Status not_understood() {
    return config_error(
        "this schedule expression is not understood; it is like $[yyyymmddhh24miss-10/24/60]: a "
        "form, then days or fractions of a day");
}

Result<int64_t> read_number(std::string_view& text) {
    int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || value < 0 || value > kNumberMax) return not_understood();
    text.remove_prefix(static_cast<size_t>(end - text.data()));
    return value;
}

// One `-10/24/60` or `+1*7`.
Status read_term(std::string_view& text, Offset& offset) {
    const int64_t sign = text.front() == '-' ? -1 : 1;
    text.remove_prefix(1);
    MILLRACE_ASSIGN(int64_t above, read_number(text));
    int64_t below = 1;
    while (!text.empty() && (text.front() == '/' || text.front() == '*')) {
        const bool divide = text.front() == '/';
        text.remove_prefix(1);
        MILLRACE_ASSIGN(const int64_t factor, read_number(text));
        (divide ? below : above) *= factor;
        if (below <= 0 || below > kDayMillis || above > kNumberMax * 100) return not_understood();
    }
    if (above % below == 0) {
        offset.days += sign * (above / below);
    } else {
        offset.millis += sign * (above * kDayMillis / below);
    }
    if (offset.days > kNumberMax || offset.days < -kNumberMax) return not_understood();
    return {};
}

bool begins_with(std::string_view a, std::string_view b) {
    return ascii::same_without_case(a.substr(0, b.size()), b);
}

struct Piece {
    std::string_view letters;
    unsigned value;
};

// Replaces the letters of a form by the digits of a time; false when other letters stand in it.
bool fill_form(std::string_view form, const ClockFace& face, std::string& text) {
    // In Java's spelling mm is the minute; MM, or HH without 24, gives it away.
    const bool java = form.find("MM") != form.npos ||
                      (form.find("HH") != form.npos && form.find("HH24") == form.npos);
    while (!form.empty()) {
        const bool java_minute = java && form.starts_with("mm");
        const Piece pieces[] = {{"hh24", face.hour},
                                {"mi", face.minute},
                                {"mm", java_minute ? face.minute : face.month},
                                {"dd", face.day},
                                {"hh", face.hour},
                                {"ss", face.second}};
        char digits[16];
        size_t used = 0;
        if (begins_with(form, "yyyy")) {
            std::snprintf(digits, sizeof digits, "%04d", face.year);
            used = 4;
        }
        for (const Piece& piece : pieces) {
            if (used != 0 || !begins_with(form, piece.letters)) continue;
            std::snprintf(digits, sizeof digits, "%02u", piece.value);
            used = piece.letters.size();
        }
        if (used != 0) {
            text += digits;
        } else {
            if (ascii::is_letter(form.front())) return false;
            text += form.front();
            used = 1;
        }
        form.remove_prefix(used);
    }
    return true;
}

}  // namespace

bool is_schedule_expression(std::string_view expression) {
    expression = ascii::trimmed(expression);
    for (const std::string_view begin : {"yy", "mm", "dd", "hh", "mi", "ss"}) {
        if (begins_with(expression, begin)) return true;
    }
    return false;
}

Result<std::string> evaluate_schedule_expression(std::string_view expression, MillisPoint schedule,
                                                 const TimeZone& zone) {
    const size_t form_end = end_of_form(expression);
    const std::string terms = without_blanks(expression.substr(form_end));
    Offset offset;
    for (std::string_view rest = terms; !rest.empty();) {
        if (rest.front() != '+' && rest.front() != '-') return not_understood();
        MILLRACE_TRY(read_term(rest, offset));
    }
    MillisPoint time = schedule;
    if (offset.days != 0) {
        MILLRACE_ASSIGN(const TimeZone::Instant moved,
                        zone.from_local(zone.to_local(time) + std::chrono::days(offset.days)));
        time = moved.time;
    }
    time += std::chrono::milliseconds(offset.millis);
    const std::string_view form = ascii::trimmed(expression.substr(0, form_end));
    std::string text;
    const bool open_end = form.ends_with('+') || form.ends_with('-');
    if (form.empty() || open_end || !fill_form(form, to_clock_face(zone.to_local(time)), text)) {
        return not_understood();
    }
    return text;
}

}  // namespace millrace
