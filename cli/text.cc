#include "cli/text.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace millrace::cli {
namespace {

// Characters, not bytes, of UTF-8.
size_t width_of(const std::string& text) {
    return static_cast<size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

std::string grouped(uint64_t number) {
    std::string digits = std::to_string(number);
    for (size_t at = digits.size(); at > 3;) digits.insert(at -= 3, 1, ',');
    return digits;
}

std::string duration_text(double seconds) {
    char text[48];
    const auto whole = static_cast<int64_t>(std::llround(std::max(0.0, std::min(seconds, 1e9))));
    const auto two = [&](int64_t a, const char* unit, int64_t b, const char* small) {
        std::snprintf(text, sizeof text, "%lld%s%02lld%s", static_cast<long long>(a), unit,
                      static_cast<long long>(b), small);
    };
    if (seconds < 9.95) {
        std::snprintf(text, sizeof text, "%.1fs", std::max(0.0, seconds));
    } else if (whole < 60) {
        std::snprintf(text, sizeof text, "%llds", static_cast<long long>(whole));
    } else if (whole < 3600) {
        two(whole / 60, "m", whole % 60, "s");
    } else if (whole < 48 * 3600) {
        two(whole / 3600, "h", whole / 60 % 60, "m");
    } else {
        two(whole / 86400, "d", whole / 3600 % 24, "h");
    }
    return text;
}

std::string bar(double fraction, size_t width) {
    const double part = std::clamp(fraction, 0.0, 1.0) * static_cast<double>(width);
    std::string text(static_cast<size_t>(part), '=');
    if (text.size() < width) text += '>';
    text.resize(width, ' ');
    return "[" + text + "]";
}

std::string printable(std::string text) {
    for (char& c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    }
    return text;
}

Table::Table(std::vector<std::string> names) {
    for (std::string& name : names) {
        right_.push_back(name.starts_with('>'));
        if (right_.back()) name.erase(0, 1);
    }
    rows_.push_back(std::move(names));
}

void Table::add(std::vector<std::string> cells) {
    for (std::string& cell : cells) cell = printable(std::move(cell));
    cells.resize(right_.size());
    rows_.push_back(std::move(cells));
}

std::string Table::text() const {
    std::vector<size_t> widths(right_.size(), 0);
    for (const auto& row : rows_) {
        for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
    }
    std::string text;
    for (const auto& row : rows_) {
        std::string line;
        for (size_t i = 0; i < row.size(); ++i) {
            const std::string blanks(widths[i] - width_of(row[i]), ' ');
            line += (i > 0 ? "  " : "") + (right_[i] ? blanks + row[i] : row[i] + blanks);
        }
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + "\n";
    }
    return text;
}

}  // namespace millrace::cli
