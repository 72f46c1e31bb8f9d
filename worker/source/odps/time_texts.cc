#include "worker/source/odps/time_texts.h"

namespace millrace {
namespace {

constexpr const char* kPattern = "yyyy-MM-dd HH:mm:ss";
constexpr size_t kDigits = 9;

std::string_view write(const DatePattern& pattern, int64_t seconds, int32_t nanos, TimeText& out) {
    char* end = pattern.write(out.data(), seconds * 1000);
    if (nanos != 0) {
        *end++ = '.';
        for (size_t i = kDigits; i-- > 0; nanos /= 10) end[i] = static_cast<char>('0' + nanos % 10);
        end += kDigits;
    }
    return {out.data(), end};
}

}  // namespace

Result<TimeTexts> TimeTexts::create(const std::string& zone) {
    MILLRACE_ASSIGN(DatePattern instants, DatePattern::create(kPattern, zone));
    MILLRACE_ASSIGN(DatePattern faces, DatePattern::create(kPattern, "UTC"));
    return TimeTexts(std::move(instants), std::move(faces));
}

std::string_view TimeTexts::instant(int64_t seconds, int32_t nanos, TimeText& out) const {
    return write(instants_, seconds, nanos, out);
}

std::string_view TimeTexts::face(int64_t seconds, int32_t nanos, TimeText& out) const {
    return write(faces_, seconds, nanos, out);
}

}  // namespace millrace
