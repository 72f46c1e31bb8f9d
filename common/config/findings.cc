#include "common/config/findings.h"

#include <algorithm>

namespace millrace {
namespace {

// Shorter values are no secrets, and hiding them would make texts unreadable.
constexpr size_t kSecretBytesMin = 4;

std::string_view severity_name(Severity severity) {
    switch (severity) {
        case Severity::kNote:
            return "note";
        case Severity::kWarning:
            return "warning";
        case Severity::kError:
            return "error";
    }
    return "?";
}

void replace_all(std::string& text, const std::string& what) {
    for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 3)) {
        text.replace(at, what.size(), "***");
    }
}

}  // namespace

std::string to_text(const Finding& finding) {
    std::string text = finding.file;
    if (finding.line > 0) {
        text += ":" + std::to_string(finding.line) + ":" + std::to_string(finding.column);
    }
    text += ": ";
    text += severity_name(finding.severity);
    return text + ": " + finding.text + " [" + finding.code + "]";
}

const Secret& PluginSpec::secret(std::string_view name) const {
    static const Secret kNone;
    for (const auto& [key, value] : secrets) {
        if (key == name) return value;
    }
    return kNone;
}

std::string to_text(Place place) {
    return "line " + std::to_string(place.line) + ", column " + std::to_string(place.column);
}

void Findings::add(Severity severity, Place place, std::string code, std::string text) {
    all_.push_back({severity, file_, place.line, place.column, std::move(text), std::move(code)});
}

void Findings::note(Place place, std::string code, std::string text) {
    add(Severity::kNote, place, std::move(code), std::move(text));
}

void Findings::warning(Place place, std::string code, std::string text) {
    add(Severity::kWarning, place, std::move(code), std::move(text));
}

void Findings::error(Place place, std::string code, std::string text) {
    if (!full()) add(Severity::kError, place, std::move(code), std::move(text));
    ++errors_;
}

void Findings::hide(const Secret& secret) {
    if (secret.reveal().size() >= kSecretBytesMin) hidden_.push_back(secret);
}

std::vector<Finding> Findings::sorted() const {
    std::vector<Finding> result = all_;
    std::stable_sort(result.begin(), result.end(), [](const Finding& a, const Finding& b) {
        return std::pair(a.line, a.column) < std::pair(b.line, b.column);
    });
    for (Finding& finding : result) {
        for (const Secret& secret : hidden_) replace_all(finding.text, secret.reveal());
    }
    return result;
}

}  // namespace millrace
