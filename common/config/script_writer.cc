#include "common/config/script_writer.h"

#include <nlohmann/json.hpp>

#include "common/config/parameters.h"

namespace millrace {
namespace {

constexpr size_t kLineMax = 80;

bool earlier(Place a, Place b) {
    return std::pair(a.line, a.column) < std::pair(b.line, b.column);
}

class ScriptWriter {
  public:
    ScriptWriter(const std::vector<Comment>& comments, const ScriptStyle& style)
        : comments_(comments), style_(style) {}

    std::string run(const Node& root) {
        collect_secrets(root);
        put_comments_before(root.place, 0);
        put_value(root, {}, 0);
        put_comments_of_line(root.end.line);
        text_ += '\n';
        while (next_ < comments_.size()) put_comment(comments_[next_++], 0);
        return std::move(text_);
    }

  private:
    static std::string indent(int depth) {
        return std::string(static_cast<size_t>(depth) * 2, ' ');
    }
    static std::string quoted(const std::string& text) {
        return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    }

    // Secrets may stand in comments too.
    void collect_secrets(const Node& node) {
        for (const Node& item : node.items) collect_secrets(item);
        for (const Member& member : node.members) {
            collect_secrets(member.value);
            const bool secret = is_secret_name(member.key) && member.value.text.size() >= 4;
            if (secret) secrets_.push_back(member.value.text);
        }
    }

    std::string shown(std::string text) const {
        if (!style_.mask_secrets) return text;
        for (const std::string& secret : secrets_) {
            for (size_t at = text.find(secret); at != std::string::npos;
                 at = text.find(secret, at + 3)) {
                text.replace(at, secret.size(), "***");
            }
        }
        return text;
    }

    void put_comment(const Comment& comment, int depth) {
        std::string line;
        for (const char c : shown(comment.text) + "\n") {
            if (c != '\n') {
                line += c;
                continue;
            }
            text_ += indent(depth) + "# " + line + "\n";
            line.clear();
        }
    }

    void put_comments_before(Place place, int depth) {
        while (next_ < comments_.size() && earlier(comments_[next_].place, place)) {
            put_comment(comments_[next_++], depth);
        }
    }

    // Comments that stand behind a value on its line.
    void put_comments_of_line(int line) {
        while (next_ < comments_.size() && comments_[next_].place.line == line &&
               comments_[next_].text.find('\n') == std::string::npos) {
            text_ += "  # " + shown(comments_[next_++].text);
        }
    }

    std::string scalar(const Node& node, const std::string& key) const {
        if (node.kind == Node::Kind::kNull) return "null";
        if (style_.mask_secrets && is_secret_name(key) && !node.text.empty()) return "\"***\"";
        return node.is_text() && !node.bare ? quoted(shown(node.text)) : shown(node.text);
    }

    // The whole value on one line; empty when it does not fit or holds comments.
    std::string flat(const Node& node, const std::string& key) const {
        if (!node.is_list() && !node.is_map()) return scalar(node, key);
        if (next_ < comments_.size() && earlier(comments_[next_].place, node.end)) return {};
        std::string text;
        const auto add = [&](const std::string& piece) {
            text += (text.empty() ? "" : ", ") + piece;
        };
        for (const Node& item : node.items) {
            const std::string piece = flat(item, key);
            if (piece.empty()) return {};
            add(piece);
        }
        for (const Member& member : node.members) {
            const bool deep = member.value.is_map() || member.value.is_list();
            if (deep && !(member.value.items.empty() && member.value.members.empty())) return {};
            add(quoted(member.key) + ": " + flat(member.value, member.key));
        }
        if (text.size() > kLineMax) return {};
        return node.is_list() ? "[" + text + "]" : "{" + text + "}";
    }

    void put_value(const Node& node, const std::string& key, int depth) {
        const std::string line = depth == 0 ? std::string() : flat(node, key);
        if (!line.empty() || !(node.is_list() || node.is_map())) {
            text_ += line;
            return;
        }
        text_ += node.is_list() ? "[" : "{";
        put_comments_of_line(node.place.line);
        text_ += '\n';
        for (size_t i = 0; i < node.items.size(); ++i) {
            put_child(node.items[i], node.items[i].place, {}, key, depth,
                      i + 1 < node.items.size());
        }
        for (size_t i = 0; i < node.members.size(); ++i) {
            const Member& member = node.members[i];
            put_child(member.value, member.place, quoted(member.key) + ": ", member.key, depth,
                      i + 1 < node.members.size());
        }
        put_comments_before(node.end, depth + 1);
        text_ += indent(depth) + (node.is_list() ? "]" : "}");
    }

    void put_child(const Node& value, Place place, const std::string& before,
                   const std::string& key, int depth, bool more) {
        put_comments_before(place, depth + 1);
        text_ += indent(depth + 1) + before;
        put_value(value, key, depth + 1);
        if (more) text_ += ',';
        const bool nested = value.is_list() || value.is_map();
        put_comments_of_line(nested ? value.end.line : value.place.line);
        text_ += '\n';
    }

    const std::vector<Comment>& comments_;
    const ScriptStyle& style_;
    std::vector<std::string> secrets_;
    size_t next_ = 0;
    std::string text_;
};

}  // namespace

std::string write_script(const Node& root, const std::vector<Comment>& comments,
                         const ScriptStyle& style) {
    return ScriptWriter(comments, style).run(root);
}

}  // namespace millrace
