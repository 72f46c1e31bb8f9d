// The range of an ots reader: begin, end and split, as far as they can be judged without the table.
#include "common/config/ots_address.h"
#include "common/config/ots_reader.h"
#include "common/config/plugin_rules.h"

namespace millrace {
namespace {

using Json = nlohmann::json;
using Kind = KeyBound::Kind;

bool is_open(const KeyBound& bound) {
    return bound.kind == Kind::kMin || bound.kind == Kind::kMax;
}

// Whether both are values of different types.
bool clash(const KeyBound& a, const KeyBound& b) {
    return !is_open(a) && !is_open(b) && a.kind != b.kind;
}

// < 0, 0, > 0; of bounds that do not clash.
int compare(const KeyBound& a, const KeyBound& b) {
    const auto rank = [](const KeyBound& bound) {
        return bound.kind == Kind::kMin ? -1 : bound.kind == Kind::kMax ? 1 : 0;
    };
    if (rank(a) != rank(b)) return rank(a) - rank(b);
    if (rank(a) != 0) return 0;
    if (a.kind == Kind::kInteger) return a.integer < b.integer ? -1 : a.integer > b.integer;
    return a.text.compare(b.text);
}

class RangeRules {
  public:
    RangeRules(ParameterValues& reader, const Node& range, Findings& findings)
        : reader_(reader), range_(range), findings_(findings) {}

    void run() {
        for (const Member& member : range_.members) {
            if (member.key == "begin" || member.key == "end" || member.key == "split") continue;
            findings_.warning(member.place, "unknown-parameter",
                              "\"range\" has no \"" + member.key + "\": begin, end and split");
        }
        const bool read = read_list("begin", begin_) && read_list("end", end_);
        const bool cut = read_list("split", split_);
        if (read && check_borders() && cut) check_split();
        reader_.plain["range"] = std::move(plain_);
    }

  private:
    struct List {
        Place place;
        std::vector<KeyBound> bounds;
        std::vector<Place> places;
    };

    // False after an error.
    bool read_list(const char* name, List& list) {
        plain_[name] = Json::array();
        const Node* node = range_.find(name);
        list.place = node ? node->place : range_.place;
        if (node == nullptr || node->kind == Node::Kind::kNull) return true;
        if (!node->is_list()) {
            findings_.error(node->place, "wrong-type",
                            std::string("\"") + name + "\" of the range must be a list [ … ]");
            return false;
        }
        bool good = true;
        for (const Node& item : node->items) {
            const Json value = to_json(item);
            const Result<KeyBound> bound = read_key_bound(value);
            if (!bound.ok()) {
                findings_.error(item.place, "range-value",
                                std::string("range.") + name + ": " + bound.status().text());
                good = false;
                continue;
            }
            list.bounds.push_back(*bound);
            list.places.push_back(item.place);
            plain_[name].push_back(tidy(item, value, *bound));
        }
        return good;
    }

    // Values are texts also when they are numbers.
    Json tidy(const Node& item, const Json& value, const KeyBound& bound) {
        if (is_open(bound)) return {{"type", bound.kind == Kind::kMin ? "INF_MIN" : "INF_MAX"}};
        const Node* given = item.find("value");
        if (given != nullptr && !given->is_text()) {
            findings_.note(given->place, "value-as-text",
                           "values of a range are texts: write it in quotes");
        }
        const char* type = bound.kind == Kind::kInteger  ? "INT"
                           : bound.kind == Kind::kString ? "STRING"
                                                         : "BINARY";
        return {{"type", type}, {"value", scalar_text(value["value"])}};
    }

    // False after an error.
    bool check_borders() {
        for (const List* list : {&begin_, &end_}) {
            if (list->bounds.size() <= kKeyColumnsMax) continue;
            findings_.error(list->place, "key-count",
                            "a table has at most 4 key columns: begin and end have one value for "
                            "each of the first of them");
            return false;
        }
        const size_t both = std::min(begin_.bounds.size(), end_.bounds.size());
        bool open = false;
        for (size_t i = 0; i < both && direction_ == 0; ++i) {
            const KeyBound& from = begin_.bounds[i];
            const KeyBound& to = end_.bounds[i];
            if (clash(from, to)) {
                findings_.error(end_.places[i], "range-types",
                                "begin and end have values of different types for key column " +
                                    std::to_string(i + 1));
                return false;
            }
            direction_ = compare(to, from);
            open = open || is_open(from);
        }
        if (direction_ < 0) {
            findings_.note(begin_.place, "range-backward",
                           "begin comes after end: the range is read backwards");
        } else if (direction_ == 0 && open && begin_.bounds.size() == end_.bounds.size()) {
            findings_.error(begin_.place, "range-empty",
                            "begin and end are the same: there is no row between them");
            return false;
        }
        return true;
    }

    // Open ends say nothing that begin and end do not say.
    void drop_open_ends() {
        const auto drop = [&](size_t i) {
            findings_.note(split_.places[i], "split-ends",
                           "an INF_MIN or INF_MAX at an end of \"split\" is left out: begin and "
                           "end say that");
            split_.bounds.erase(split_.bounds.begin() + static_cast<ptrdiff_t>(i));
            split_.places.erase(split_.places.begin() + static_cast<ptrdiff_t>(i));
            plain_["split"].erase(i);
        };
        if (!split_.bounds.empty() && is_open(split_.bounds.front())) drop(0);
        if (!split_.bounds.empty() && is_open(split_.bounds.back())) {
            drop(split_.bounds.size() - 1);
        }
    }

    void check_split() {
        drop_open_ends();
        const std::vector<KeyBound>& points = split_.bounds;
        int order = direction_;
        for (size_t i = 0; i < points.size(); ++i) {
            if (is_open(points[i])) {
                return error(i, "split-form", "INF_MIN and INF_MAX cannot stand in its middle");
            }
            if (clash(points[i], points[0])) {
                return error(i, "range-types", "its values have different types");
            }
            if (!inside(points[i], i)) return;
            if (i == 0) continue;
            const int step = compare(points[i], points[i - 1]);
            if (step == 0 || (order != 0 && (step > 0) != (order > 0))) {
                return error(i, "split-order",
                             order < 0 ? "the range goes backwards: its values must fall"
                                       : "its values must rise");
            }
            order = step;
        }
    }

    bool inside(const KeyBound& point, size_t i) {
        for (const List* border : {&begin_, &end_}) {
            if (border->bounds.empty()) continue;
            if (clash(point, border->bounds[0])) {
                error(i, "range-types", "its values have another type than begin and end");
                return false;
            }
        }
        if (direction_ == 0 || begin_.bounds.empty() || end_.bounds.empty()) return true;
        const int from = compare(point, begin_.bounds[0]) * (direction_ > 0 ? 1 : -1);
        const int to = compare(end_.bounds[0], point) * (direction_ > 0 ? 1 : -1);
        if (from > 0 && to > 0) return true;
        error(i, "split-outside", "its values must lie between begin and end");
        return false;
    }

    void error(size_t i, const char* code, const std::string& text) {
        findings_.error(split_.places[i], code, "\"split\" of the range: " + text);
    }

    ParameterValues& reader_;
    const Node& range_;
    Findings& findings_;
    Json plain_ = Json::object();
    List begin_, end_, split_;
    int direction_ = 0;  // > 0 forward, < 0 backward, 0 not known
};

}  // namespace

void check_ots_range(ParameterValues& reader, Findings& findings) {
    const auto range = reader.nodes.find("range");
    if (range == reader.nodes.end() || !range->second->is_map()) return;
    RangeRules(reader, *range->second, findings).run();
}

}  // namespace millrace
