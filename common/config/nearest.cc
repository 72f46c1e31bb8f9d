#include "common/config/nearest.h"

#include <algorithm>

#include "common/config/ascii.h"

namespace millrace {
namespace {

constexpr size_t kNameBytesMax = 64;  // a longer one is no slip of the pen

std::string bare_name(std::string_view name) {
    std::string text;
    for (const char c : name) {
        if (c == '_' || c == '-' || c == '.' || c == ' ') continue;
        text += ascii::small(c);
    }
    return text;
}

// Insertions, deletions, changes and swaps of neighbours that make `a` to `b`.
size_t edit_distance(const std::string& a, const std::string& b) {
    std::vector<std::vector<size_t>> cost(a.size() + 1, std::vector<size_t>(b.size() + 1));
    for (size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
    for (size_t j = 0; j <= b.size(); ++j) cost[0][j] = j;
    for (size_t i = 1; i <= a.size(); ++i) {
        for (size_t j = 1; j <= b.size(); ++j) {
            const size_t change = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, change});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
            }
        }
    }
    return cost[a.size()][b.size()];
}

}  // namespace

std::string nearest_name(std::string_view name, const std::vector<std::string>& known) {
    const std::string wanted = bare_name(name);
    if (wanted.empty() || wanted.size() > kNameBytesMax) return {};
    std::string best;
    size_t best_distance = std::max<size_t>(2, wanted.size() / 3) + 1;
    for (const std::string& candidate : known) {
        const std::string other = bare_name(candidate);
        if (other.size() > kNameBytesMax) continue;
        const size_t apart = edit_distance(wanted, other);
        if (apart < best_distance && apart < std::max(wanted.size(), other.size())) {
            best_distance = apart;
            best = candidate;
        }
    }
    return best;
}

std::string did_you_mean(std::string_view name, const std::vector<std::string>& known) {
    const std::string near = nearest_name(name, known);
    return near.empty() ? std::string() : "; did you mean \"" + near + "\"?";
}

}  // namespace millrace
