#include "common/net/xml.h"

#include <algorithm>
#include <charconv>

namespace millrace {
namespace {

constexpr size_t kTextMax = size_t{16} << 20;
constexpr int kXmlDepthMax = 32;

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
bool ends_name(char c) {
    return is_space(c) || c == '>' || c == '/' || c == '<' || c == '=';
}

void append_code_point(std::string& out, uint32_t point) {
    if (point < 0x80) {
        out += static_cast<char>(point);
    } else if (point < 0x800) {
        out += static_cast<char>(0xc0 | point >> 6);
        out += static_cast<char>(0x80 | (point & 63));
    } else if (point < 0x10000) {
        out += static_cast<char>(0xe0 | point >> 12);
        out += static_cast<char>(0x80 | (point >> 6 & 63));
        out += static_cast<char>(0x80 | (point & 63));
    } else {
        out += static_cast<char>(0xf0 | point >> 18);
        out += static_cast<char>(0x80 | (point >> 12 & 63));
        out += static_cast<char>(0x80 | (point >> 6 & 63));
        out += static_cast<char>(0x80 | (point & 63));
    }
}

// Appends what the entity between '&' and ';' stands for.
bool append_entity(std::string& out, std::string_view name) {
    if (name == "amp") return out += '&', true;
    if (name == "lt") return out += '<', true;
    if (name == "gt") return out += '>', true;
    if (name == "quot") return out += '"', true;
    if (name == "apos") return out += '\'', true;
    if (!name.starts_with('#')) return false;
    name.remove_prefix(1);
    const bool hexadecimal = name.starts_with('x');
    if (hexadecimal) name.remove_prefix(1);
    uint32_t point = 0;
    const char* end = name.data() + name.size();
    const auto read = std::from_chars(name.data(), end, point, hexadecimal ? 16 : 10);
    const bool surrogate = point >= 0xd800 && point < 0xe000;
    if (name.empty() || read.ec != std::errc() || read.ptr != end) return false;
    if (point == 0 || point > 0x10ffff || surrogate) return false;
    append_code_point(out, point);
    return true;
}

class Parser {
  public:
    explicit Parser(std::string_view text) : rest_(text) {}

    Result<XmlElement> document() {
        if (rest_.size() > kTextMax) return broken("it is longer than 16 MiB");
        if (rest_.starts_with("\xef\xbb\xbf")) rest_.remove_prefix(3);
        MILLRACE_TRY(skip_between());
        XmlElement root;
        MILLRACE_TRY(element(root, 1));
        MILLRACE_TRY(skip_between());
        if (!rest_.empty()) return broken("something follows its root element");
        return root;
    }

  private:
    static Status broken(std::string_view why) {
        return Status(Code::kCorrupt, "an XML answer cannot be read: " + std::string(why));
    }

    bool take(std::string_view token) {
        if (!rest_.starts_with(token)) return false;
        rest_.remove_prefix(token.size());
        return true;
    }
    void skip_spaces() {
        while (!rest_.empty() && is_space(rest_.front())) rest_.remove_prefix(1);
    }
    Status skip_past(std::string_view token) {
        const size_t at = rest_.find(token);
        if (at == std::string_view::npos) return broken("it ends too early");
        rest_.remove_prefix(at + token.size());
        return {};
    }

    // Blanks, comments and processing instructions round the root element.
    Status skip_between() {
        for (;;) {
            skip_spaces();
            if (take("<!--")) {
                MILLRACE_TRY(skip_past("-->"));
            } else if (take("<?")) {
                MILLRACE_TRY(skip_past("?>"));
            } else {
                return {};
            }
        }
    }

    std::string_view name() {
        const auto end = std::find_if(rest_.begin(), rest_.end(), ends_name);
        const std::string_view found = rest_.substr(0, static_cast<size_t>(end - rest_.begin()));
        rest_.remove_prefix(found.size());
        return found;
    }

    // What stands after an '&'.
    Status entity(std::string& into) {
        const size_t end = rest_.substr(0, 12).find(';');
        if (end == std::string_view::npos || !append_entity(into, rest_.substr(0, end))) {
            return broken("it holds an unknown entity");
        }
        rest_.remove_prefix(end + 1);
        return {};
    }

    // Up to and including the closing quote.
    Status attribute_value(char quote, std::string& into) {
        const char ends[] = {quote, '&', '\0'};
        for (;;) {
            const size_t end = rest_.find_first_of(ends);
            if (end == std::string_view::npos) return broken("it ends inside a tag");
            into += rest_.substr(0, end);
            const bool closes = rest_[end] == quote;
            rest_.remove_prefix(end + 1);
            if (closes) return {};
            MILLRACE_TRY(entity(into));
        }
    }

    Status attributes(XmlElement& into) {
        for (;;) {
            skip_spaces();
            if (rest_.empty()) return broken("it ends inside a tag");
            if (rest_.front() == '>' || rest_.front() == '/') return {};
            const std::string_view attribute = name();
            if (attribute.empty()) return broken("a tag is malformed");
            skip_spaces();
            if (!take("=")) return broken("an attribute has no value");
            skip_spaces();
            if (rest_.empty() || (rest_.front() != '"' && rest_.front() != '\'')) {
                return broken("an attribute is not quoted");
            }
            const char quote = rest_.front();
            rest_.remove_prefix(1);
            auto& [attribute_name, value] = into.attributes.emplace_back();
            attribute_name = std::string(attribute);
            MILLRACE_TRY(attribute_value(quote, value));
        }
    }

    Status element(XmlElement& into, int depth) {
        if (depth > kXmlDepthMax) return broken("it is nested too deeply");
        if (!take("<")) return broken("an element was expected");
        into.name = std::string(name());
        const char first = into.name.empty() ? '!' : into.name.front();
        if (first == '!' || first == '?') return broken("an element has no name");
        MILLRACE_TRY(attributes(into));
        if (take("/>")) return {};
        if (!take(">")) return broken("a tag is malformed");
        MILLRACE_TRY(content(into, depth));
        if (name() != into.name) return broken("an element is closed by another name");
        skip_spaces();
        if (!take(">")) return broken("a closing tag is malformed");
        const bool blank = std::all_of(into.text.begin(), into.text.end(), is_space);
        if (blank && !into.children.empty()) into.text.clear();
        return {};
    }

    // Up to and including the "</" of the closing tag.
    Status content(XmlElement& into, int depth) {
        for (;;) {
            if (rest_.empty()) return broken("an element is not closed");
            if (take("</")) return {};
            if (take("<!--")) {
                MILLRACE_TRY(skip_past("-->"));
            } else if (take("<![CDATA[")) {
                const size_t end = rest_.find("]]>");
                if (end == std::string_view::npos) return broken("CDATA is not closed");
                into.text += rest_.substr(0, end);
                rest_.remove_prefix(end + 3);
            } else if (take("<?")) {
                MILLRACE_TRY(skip_past("?>"));
            } else if (rest_.front() == '<') {
                MILLRACE_TRY(element(into.children.emplace_back(), depth + 1));
            } else if (take("&")) {
                MILLRACE_TRY(entity(into.text));
            } else {
                const size_t end = std::min(rest_.find_first_of("<&"), rest_.size());
                into.text += rest_.substr(0, end);
                rest_.remove_prefix(end);
            }
        }
    }

    std::string_view rest_;
};

}  // namespace

const XmlElement* XmlElement::child(std::string_view child_name) const {
    for (const XmlElement& one : children) {
        if (one.name == child_name) return &one;
    }
    return nullptr;
}

std::string_view XmlElement::text_of(std::string_view child_name) const {
    const XmlElement* found = child(child_name);
    return found ? std::string_view(found->text) : std::string_view();
}

std::string_view XmlElement::attribute(std::string_view attribute_name) const {
    for (const auto& [one, value] : attributes) {
        if (one == attribute_name) return value;
    }
    return {};
}

Result<XmlElement> parse_xml(std::string_view text) {
    return Parser(text).document();
}

std::string xml_escape(std::string_view text) {
    std::string escaped;
    escaped.reserve(text.size());
    for (char c : text) {
        switch (c) {
            case '&': escaped += "&amp;"; break;
            case '<': escaped += "&lt;"; break;
            case '>': escaped += "&gt;"; break;
            case '"': escaped += "&quot;"; break;
            case '\'': escaped += "&#39;"; break;
            case '\r': escaped += "&#13;"; break;
            default: {
                const bool control = static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n';
                escaped += control ? '?' : c;
            }
        }
    }
    return escaped;
}

}  // namespace millrace
