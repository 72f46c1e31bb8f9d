#include "common/config/text_reader.h"

#include <optional>
#include <string>
#include <unordered_map>

#include "common/config/ascii.h"
#include "common/config/text_cursor.h"
#include "common/config/text_token.h"

namespace millrace {

std::string_view name_of(Node::Kind kind) {
    switch (kind) {
        case Node::Kind::kNull:
            return "null";
        case Node::Kind::kBoolean:
            return "boolean";
        case Node::Kind::kNumber:
            return "number";
        case Node::Kind::kText:
            return "text";
        case Node::Kind::kList:
            return "list";
        case Node::Kind::kMap:
            return "map";
    }
    return "?";
}

namespace {

constexpr size_t kDepthMax = 64;
constexpr std::string_view kWideColon = "\xEF\xBC\x9A";

class TextReader {
  public:
    TextReader(std::string_view text, Findings& findings) : cursor_(text), findings_(findings) {}

    Node read_document() {
        skip();
        Node root;
        root.kind = Node::Kind::kMap;
        root.place = cursor_.place();
        if (cursor_.at_end()) {
            findings_.error(root.place, "empty", "the file holds no job");
        } else if (cursor_.peek() == '{') {
            root = read_value();
        } else if (at_quote(cursor_)) {
            findings_.error(root.place, "missing-braces",
                            "the outer braces are missing: put { before this and } at the end");
            read_members(root, '\0');
        } else {
            findings_.error(root.place, "not-a-map", "a job begins with {");
            cursor_.skip_all();
        }
        skip();
        if (!cursor_.at_end() && !given_up_) report_rest();
        return root;
    }

    const std::vector<Comment>& comments() const { return cursor_.comments(); }

  private:
    struct Open {
        char closer;
        Place place;
    };

    void skip() { cursor_.skip_blanks_and_comments(findings_); }

    void give_up() {
        given_up_ = true;
        cursor_.skip_all();
    }

    void report_rest() {
        const char c = cursor_.peek();
        findings_.error(cursor_.place(), "text-after-end",
                        c == '}' || c == ']'
                            ? std::string("this ") + c + " closes nothing: remove it"
                            : "the job ended before this text: remove it, or a bracket that closes "
                              "too early");
    }

    Node read_value() {
        const char c = cursor_.peek();
        if (c != '{' && c != '[') return read_scalar(cursor_, findings_);
        Node node;
        node.kind = c == '{' ? Node::Kind::kMap : Node::Kind::kList;
        node.place = cursor_.place();
        if (open_.size() >= kDepthMax) {
            findings_.error(node.place, "too-deep",
                            "lists and maps are nested deeper than " + std::to_string(kDepthMax));
            give_up();
            return node;
        }
        cursor_.advance();
        const char closer = c == '{' ? '}' : ']';
        open_.push_back({closer, node.place});
        if (c == '{') {
            read_members(node, closer);
        } else {
            read_items(node);
        }
        open_.pop_back();
        return node;
    }

    // True: the list or map that `closer` ends is over. '\0' = the outer braces are missing.
    bool at_close(char closer, Node& node) {
        for (;;) {
            skip();
            node.end = cursor_.place();
            if (findings_.full()) give_up();
            const char c = cursor_.peek();
            if (cursor_.at_end()) {
                if (closer != '\0' && !given_up_) report_open();
                return true;
            }
            if (c == closer) {
                cursor_.advance();
                return true;
            }
            if (c != '}' && c != ']') return false;
            if (closes_an_outer_one(c)) {
                report_open();
                return true;  // the outer one takes it
            }
            findings_.error(cursor_.place(), "unbalanced",
                            std::string("this ") + c + " closes nothing: remove it");
            cursor_.advance();
        }
    }

    bool closes_an_outer_one(char c) const {
        for (size_t i = 0; i + 1 < open_.size(); ++i) {
            if (open_[i].closer == c) return true;
        }
        return false;
    }

    void report_open() {
        const Open& open = open_.back();
        findings_.error(cursor_.place(), "unbalanced",
                        std::string("the ") + (open.closer == '}' ? "{" : "[") + " of " +
                            to_text(open.place) + " is still open here: put " + open.closer +
                            " before this");
    }

    void read_items(Node& list) {
        while (!at_close(']', list)) {
            if (skip_extra_comma()) continue;
            const size_t before = cursor_.offset();
            list.items.push_back(read_value());
            if (cursor_.offset() == before) cursor_.advance();  // a byte that begins nothing
            end_value(list.items.back(), ']');
        }
    }

    void read_members(Node& map, char closer) {
        std::unordered_map<std::string, Place> seen;
        while (!at_close(closer, map)) {
            if (skip_extra_comma()) continue;
            Member member;
            member.place = cursor_.place();
            if (!read_key(member)) continue;
            skip();
            member.value = read_member_value();
            end_value(member.value, '}');
            const auto [former, fresh] = seen.emplace(member.key, member.place);
            if (fresh) {
                map.members.push_back(std::move(member));
            } else {
                findings_.error(member.place, "duplicate-key",
                                "the key \"" + member.key + "\" stands at " +
                                    to_text(former->second) + " already: remove one of them");
            }
        }
    }

    bool skip_extra_comma() {
        if (cursor_.peek() != ',') return false;
        findings_.note(cursor_.place(), "extra-comma", "a comma without a value is left out");
        cursor_.advance();
        return true;
    }

    // False: no key, and the text that is none was skipped.
    bool read_key(Member& member) {
        if (at_quote(cursor_)) {
            const std::string key = read_string(cursor_, findings_);
            member.key = ascii::trimmed(key);
            if (member.key != key) {
                // Its name is not shown: in a damaged file it may be a value that has slipped here.
                findings_.note(member.place, "blank-in-key",
                               "the blanks around this key are left out");
            }
        } else {
            findings_.error(member.place, "no-key", "a key in double quotes must stand here");
            cursor_.skip_line();
            return false;
        }
        skip();
        if (cursor_.peek() == ':') {
            cursor_.advance();
        } else if (cursor_.looking_at(kWideColon)) {
            findings_.error(cursor_.place(), "wide-colon",
                            "write a plain : in place of the wide one");
            cursor_.advance(kWideColon.size());
        } else {
            findings_.error(cursor_.place(), "missing-colon", "a : is missing here, after the key");
        }
        return true;
    }

    Node read_member_value() {
        const char c = cursor_.peek();
        if (!cursor_.at_end() && c != ',' && c != '}' && c != ']') {
            const size_t before = cursor_.offset();
            Node value = read_value();
            if (cursor_.offset() == before) cursor_.skip_line();
            return value;
        }
        Node nothing;
        nothing.place = cursor_.place();
        findings_.error(nothing.place, "no-value", "a value is missing here, after the key");
        return nothing;
    }

    // What stands between a value and the next one.
    void end_value(const Node& value, char closer) {
        if (value.is_text() && !value.bare) drop_stray_quote();
        const Place end = cursor_.place();
        skip();
        const char c = cursor_.peek();
        if (cursor_.at_end() || c == '}' || c == ']') return;
        if (c == ',') {
            cursor_.advance();
            skip_text_after_comma(closer);
        } else if (at_wide_comma(cursor_)) {
            findings_.error(cursor_.place(), "wide-comma",
                            "write a plain , in place of the wide one");
            cursor_.advance(3);
        } else if (at_quote(cursor_) || c == '{' || c == '[' || closer == ']') {
            findings_.error(end, "missing-comma", "a comma is missing here, after the value");
        } else {
            findings_.error(cursor_.place(), "unexpected-text",
                            "a comma or " + std::string(1, closer) +
                                " must stand here; begin a comment with #");
            cursor_.skip_line();
        }
    }

    // `"${end_time}"",`: the second closing quote.
    void drop_stray_quote() {
        if (cursor_.peek() != '"') return;
        const std::string_view line = cursor_.rest_of_line();
        const size_t next = line.find_first_not_of(" \t\r", 1);
        if (next != std::string_view::npos && line[next] != ',') return;
        findings_.note(cursor_.place(), "stray-quote", "the second closing quote is left out");
        cursor_.advance();
    }

    // `"a": 1,  some words`: words that cannot begin what may stand here are a comment.
    void skip_text_after_comma(char closer) {
        cursor_.skip_blanks(false);
        const std::string_view line = cursor_.rest_of_line();
        if (line.empty() || begins_token(line, closer)) return;
        findings_.note(cursor_.place(), "text-after-comma",
                       "this text is read as a comment: put # before it");
        cursor_.skip_comment_line(0);
    }

    bool begins_token(std::string_view line, char closer) const {
        const char c = line.front();
        if (at_quote(cursor_) ||
            std::string_view("'{}[],#\r\n").find(c) != std::string_view::npos) {
            return true;
        }
        if (line.starts_with("//") || line.starts_with("/*")) return true;
        size_t end = 0;
        while (end < line.size() && is_word_byte(line[end])) ++end;
        const std::string_view word = line.substr(0, end);
        if (closer == ']') {
            return c == '$' || c == '-' || ascii::is_digit(c) || word == "true" ||
                   word == "false" || word == "null";
        }
        // A key whose quotes were forgotten must not vanish as a comment.
        const size_t next = line.find_first_not_of(" \t", end);
        return static_cast<unsigned char>(c) < 0x80 && end > 0 && next != std::string_view::npos &&
               (line[next] == ':' || line[next] == '"');
    }

    TextCursor cursor_;
    Findings& findings_;
    std::vector<Open> open_;
    bool given_up_ = false;
};

}  // namespace

Node read_text(std::string_view text, Findings& findings, std::vector<Comment>* comments) {
    TextReader reader(text, findings);
    Node root = reader.read_document();
    if (comments != nullptr) *comments = reader.comments();
    return root;
}

}  // namespace millrace
