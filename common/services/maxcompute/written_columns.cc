#include "common/services/maxcompute/written_columns.h"

#include <algorithm>

#include "common/config/ascii.h"
#include "common/services/maxcompute/record_format.h"

namespace millrace::maxcompute {

std::string names_of(const std::vector<Column>& columns) {
    std::string text;
    for (const Column& column : columns) text += (text.empty() ? "" : ", ") + column.name;
    return text;
}

Result<std::vector<WrittenColumn>> written_columns(const std::vector<Column>& table,
                                                   const std::vector<std::string>& names) {
    std::vector<WrittenColumn> chosen;
    std::vector<std::string> wanted = names;
    if (wanted.empty()) {
        for (const Column& column : table) wanted.push_back(column.name);
    }
    for (const std::string& name : wanted) {
        const auto found = std::find_if(table.begin(), table.end(), [&](const Column& column) {
            return ascii::same_without_case(column.name, name);
        });
        if (found == table.end()) {
            return config_error("column \"" + name + "\" is not in the table, which has " +
                                names_of(table));
        }
        const auto number = static_cast<uint32_t>(found - table.begin() + 1);
        for (const WrittenColumn& earlier : chosen) {
            if (earlier.number == number) {
                return config_error("column \"" + name + "\" stands twice");
            }
        }
        if (!is_carried(found->type)) {
            return config_error("column \"" + name + "\" of type " + found->type_text +
                                " cannot be written: name the other columns in \"column\"");
        }
        chosen.push_back({*found, number, chosen.size()});
    }
    return chosen;
}

}  // namespace millrace::maxcompute
