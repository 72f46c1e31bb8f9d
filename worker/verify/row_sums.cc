#include "worker/verify/row_sums.h"

namespace millrace {

void RowSums::end_row(std::string_view row) {
    if (skip_ > 0) {
        --skip_;
        return;
    }
    ++rows_;
    sum_.add(row);
}

Sum128 RowSums::sum() const {
    Sum128 all = sum_;
    if (open_row()) all.add(std::string_view(row_));
    return all;
}

// Text formats may have line ends of several characters; their last one is looked for, and the rest
// compared.
void RowSums::add(std::string_view piece) {
    const std::string_view end = format_.line_end;
    size_t begin = 0;
    for (size_t i = 0; i < piece.size(); ++i) {
        if (format_.quoting && piece[i] == '"') quoted_ = !quoted_;
        if (piece[i] != end.back() || quoted_) continue;
        if (end.size() > 1) {
            std::string tail = row_;
            tail.append(piece.substr(begin, i + 1 - begin));
            if (!tail.ends_with(end)) continue;
        }
        if (row_.empty()) {
            end_row(piece.substr(begin, i + 1 - begin));
        } else {
            row_.append(piece.substr(begin, i + 1 - begin));
            end_row(row_);
            row_.clear();
        }
        begin = i + 1;
    }
    row_.append(piece.substr(begin));
}

}  // namespace millrace
