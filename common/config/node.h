// The tree of a script: what was written and where.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/config/findings.h"

namespace millrace {

struct Member;

// One value. Copyable; owns what is below it.
struct Node {
    enum class Kind { kNull, kBoolean, kNumber, kText, kList, kMap };

    Kind kind = Kind::kNull;
    Place place;
    Place end;         // of kList and kMap: the closing bracket
    std::string text;  // of kText: without quotes and escapes; of kNumber and kBoolean: as written
    std::string written;          // of kText: before substitution, when that changed it; else empty
    bool bare = false;            // a kText without quotes: `"mbps": ${mbps}`
    std::vector<Node> items;      // of kList
    std::vector<Member> members;  // of kMap, in the order of the script, no key twice

    bool is_map() const { return kind == Kind::kMap; }
    bool is_list() const { return kind == Kind::kList; }
    bool is_text() const { return kind == Kind::kText; }
    const std::string& as_written() const { return written.empty() ? text : written; }
    // The value of a key of a map, or nullptr.
    const Node* find(std::string_view key) const;
    Node* find(std::string_view key);
};

struct Member {
    std::string key;
    Place place;  // of the key
    Node value;
};

// A comment of a script, for writing it again.
struct Comment {
    Place place;
    std::string text;       // without its marks
    bool own_line = false;  // nothing but blanks stands before it on its line
};

// "text", "number", "list", …
std::string_view name_of(Node::Kind kind);

inline const Node* Node::find(std::string_view key) const {
    for (const Member& member : members) {
        if (member.key == key) return &member.value;
    }
    return nullptr;
}

inline Node* Node::find(std::string_view key) {
    return const_cast<Node*>(static_cast<const Node&>(*this).find(key));
}

}  // namespace millrace
