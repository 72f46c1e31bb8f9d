#include <algorithm>

#include "common/config/ascii.h"
#include "common/config/plugin_rules.h"
#include "common/config/rule_pieces.h"

namespace millrace {

using Json = nlohmann::json;

// DataX's samples say the address twice, as host and as endpoint.
void settle_opensearch(ParameterValues& writer, Findings& findings) {
    const bool host = writer.has("host");
    if (!writer.has("endpoint")) {
        writer.plain.erase("endpoint");
        return;
    }
    const std::string endpoint = writer.text("endpoint");
    writer.plain.erase("endpoint");
    if (!host) {
        writer.plain["host"] = endpoint;
        writer.nodes["host"] = writer.nodes["endpoint"];
    } else if (ascii::trimmed(endpoint) != ascii::trimmed(writer.text("host"))) {
        findings.warning(writer.place_of("endpoint"), "said-twice",
                         "\"endpoint\" and \"host\" say different things: \"host\" is used");
    }
}

void check_opensearch(ParameterValues& writer, Findings& findings) {
    check_address(writer, "host", findings);
    check_columns_once(writer, true, findings);
    if (!writer.plain.contains("column")) return;
    const Json& columns = writer.plain["column"];
    if (columns.empty()) {
        findings.error(writer.place_of("column"), "no-columns",
                       "\"column\" names no field: a document needs at least its key");
    }
    for (size_t i = 0; i < columns.size(); ++i) {
        const std::string name(ascii::trimmed(columns[i].get_ref<const std::string&>()));
        if (name.empty()) {
            findings.error(place_of_item(writer, "column", i), "column-form",
                           "\"column\" holds a blank name");
        } else if (name == "*" && columns.size() > 1) {
            findings.error(place_of_item(writer, "column", i), "column-form",
                           "\"*\" must be the only item of \"column\"");
        }
    }
}

}  // namespace millrace
