#include "worker/targets/elasticsearch/dates.h"

#include <date/tz.h>

#include <cstdio>

namespace millrace::elasticsearch {

Result<DateFormat> DateFormat::create(const std::string& format, const std::string& zone) {
    DateFormat made;
    for (size_t i = 0; i < format.size();) {
        Piece piece;
        const char c = format[i];
        if (std::string_view("yMdHmsS").find(c) != std::string_view::npos) {
            piece.letter = c;
            while (i < format.size() && format[i] == c) ++i, ++piece.width;
        } else if (c == '\'') {
            const size_t end = format.find('\'', i + 1);
            if (end == std::string::npos) {
                return config_error("date format \"" + format + "\": a quote is not closed");
            }
            piece.text = end == i + 1 ? "'" : format.substr(i + 1, end - i - 1);
            i = end + 1;
        } else if (std::isalpha(static_cast<unsigned char>(c))) {
            return config_error("date format \"" + format + "\": the letter " + c +
                                " is not supported; known are y M d H m s S");
        } else {
            piece.text = c;
            ++i;
        }
        made.pieces_.push_back(std::move(piece));
    }
    if (made.pieces_.empty()) return made;
    try {
        made.zone_ = date::locate_zone(zone.empty() ? "UTC" : zone);
    } catch (const std::exception&) {
        return config_error("time zone \"" + zone + "\" is not known");
    }
    return made;
}

bool DateFormat::convert(std::string_view text, std::string& iso) const {
    int year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0, millis = 0;
    for (size_t i = 0; i < pieces_.size(); ++i) {
        const Piece& piece = pieces_[i];
        if (piece.letter == 0) {
            if (!text.starts_with(piece.text)) return false;
            text.remove_prefix(piece.text.size());
            continue;
        }
        // Digits up to the next sign; only as many as letters where another number follows.
        const bool packed = i + 1 < pieces_.size() && pieces_[i + 1].letter != 0;
        const size_t most = packed ? piece.width : std::max<size_t>(piece.width, 4);
        size_t digits = 0;
        int value = 0;
        while (digits < text.size() && digits < most && text[digits] >= '0' &&
               text[digits] <= '9') {
            value = value * 10 + (text[digits++] - '0');
        }
        if (digits == 0) return false;
        text.remove_prefix(digits);
        switch (piece.letter) {
            case 'y': year = piece.width == 2 && digits == 2 ? 2000 + value : value; break;
            case 'M': month = value; break;
            case 'd': day = value; break;
            case 'H': hour = value; break;
            case 'm': minute = value; break;
            case 's': second = value; break;
            default:
                for (; digits < 3; ++digits) value *= 10;
                for (; digits > 3; --digits) value /= 10;
                millis = value;
        }
    }
    const date::year_month_day days = date::year(year) / month / day;
    if (!text.empty() || !days.ok() || hour > 23 || minute > 59 || second > 59) return false;
    const auto local = date::local_days(days) + std::chrono::hours(hour) +
                       std::chrono::minutes(minute) + std::chrono::seconds(second);
    // A local time that does not exist or exists twice takes the offset from before the change.
    const auto offset = zone_->get_info(local).first.offset.count() / 60;
    char out[64];
    std::snprintf(out, sizeof out, "%04d-%02d-%02dT%02d:%02d:%02d.%03d%c%02d:%02d", year, month,
                  day, hour, minute, second, millis, offset < 0 ? '-' : '+',
                  static_cast<int>(std::abs(offset) / 60), static_cast<int>(std::abs(offset) % 60));
    iso = out;
    return true;
}

}  // namespace millrace::elasticsearch
