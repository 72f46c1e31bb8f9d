// Walks over a script byte by byte and knows line and column.
#pragma once

#include <string_view>
#include <vector>

#include "common/config/node.h"

namespace millrace {

// One user, one thread; the text must outlive it. Never moves beyond the end.
class TextCursor {
  public:
    explicit TextCursor(std::string_view text) : text_(text) {}

    bool at_end() const { return at_ >= text_.size(); }
    // '\0' beyond the end.
    char peek(size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }
    bool looking_at(std::string_view text) const { return text_.substr(at_, text.size()) == text; }
    std::string_view rest_of_line() const;
    size_t offset() const { return at_; }
    std::string_view since(size_t offset) const { return text_.substr(offset, at_ - offset); }
    Place place() const { return {line_, column_}; }

    void advance(size_t bytes = 1);
    void skip_line() { advance(rest_of_line().size()); }
    void skip_all() { advance(text_.size() - at_); }
    // Blanks, also the wide and unbreakable ones that copying from a page leaves; `lines` = also
    // line ends.
    void skip_blanks(bool lines);
    // Blanks and comments: # and // to the line end, /* */.
    void skip_blanks_and_comments(Findings& findings);
    // To the line end, as a comment.
    void skip_comment_line(size_t marks);

    const std::vector<Comment>& comments() const { return comments_; }

  private:
    void keep_comment(Place place, std::string_view text);

    std::string_view text_;
    size_t at_ = 0;
    int line_ = 1;
    int column_ = 1;
    std::vector<Comment> comments_;
};

}  // namespace millrace
