#include "common/config/rule_pieces.h"

#include <set>

#include "common/codec/dates.h"
#include "common/config/ascii.h"
#include "common/config/cell_types.h"
#include "common/net/url.h"

namespace millrace {
namespace {

using Json = nlohmann::json;

constexpr int64_t kBytesPerMegabyte = 1'048'576;

}  // namespace

void check_address(ParameterValues& values, const char* name, Findings& findings) {
    if (!values.has(name)) return;
    const Place place = values.place_of(name);
    std::string result;
    for (const std::string& one : split_names(values.text(name))) {
        const std::string address(ascii::trimmed(one));
        if (address.find('@') != std::string::npos) {
            findings.error(place, "secret-in-address",
                           "\"" + std::string(name) +
                               "\" must not hold a user name or password: use the parameters");
            return;
        }
        const Result<Endpoint> endpoint = parse_endpoint(address);
        if (!endpoint.ok()) {
            findings.error(place, "address-form", endpoint.status().text());
            return;
        }
        if (address.find("://") == std::string::npos) {
            findings.note(
                place, "no-scheme",
                "\"" + std::string(name) + "\" without http:// or https:// is read as https");
        }
        result += (result.empty() ? "" : ",") + endpoint->origin() + endpoint->path;
    }
    values.plain[name] = result;
}

void check_columns_once(const ParameterValues& values, bool in_document, Findings& findings) {
    const auto columns = values.plain.find("column");
    if (columns == values.plain.end() || !columns->is_array()) return;
    std::set<std::string> seen;
    for (const Json& column : *columns) {
        const std::string name =
            column.is_object() ? column.value("name", "") : scalar_text(column);
        if (name.empty() || seen.insert(name).second) continue;
        const std::string text = "the column \"" + name + "\" stands twice in \"column\"";
        if (in_document) {
            findings.error(values.place_of("column"), "duplicate-column", text);
        } else {
            findings.warning(values.place_of("column"), "duplicate-column", text);
        }
    }
}

Place place_of_item(const ParameterValues& values, const char* name, size_t i) {
    const auto node = values.nodes.find(name);
    if (node == values.nodes.end() || i >= node->second->items.size()) return values.place;
    return node->second->items[i].place;
}

void check_date_format(const std::string& format, Place place, Findings& findings) {
    if (format.empty()) return;
    const Status status = DatePattern::create(format, "UTC").status();
    if (!status.ok()) findings.error(place, "date-format", status.text());
}

void take_megabytes(ParameterValues& values, const char* megabytes, const char* bytes,
                    Findings& findings) {
    const auto given = values.plain.find(megabytes);
    if (given == values.plain.end()) return;
    if (values.stands(bytes)) {
        findings.warning(
            values.place_of(megabytes), "said-twice",
            std::string("\"") + megabytes + "\" is left out: \"" + bytes + "\" is given");
    } else {
        values.plain[bytes] = given->get<int64_t>() * kBytesPerMegabyte;
    }
    values.plain.erase(megabytes);
}

int64_t whole(const ParameterValues& values, const char* name) {
    const auto found = values.plain.find(name);
    return found != values.plain.end() && found->is_number_integer() ? found->get<int64_t>() : 0;
}

void leave_out(ParameterValues& values, const char* name, const std::string& why,
               Findings& findings) {
    if (values.stands(name)) {
        findings.note(values.place_of(name), "ignored-parameter",
                      "\"" + std::string(name) + "\" makes no difference here: " + why);
    }
    values.plain.erase(name);
}

}  // namespace millrace
