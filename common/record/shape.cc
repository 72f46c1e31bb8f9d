#include "common/record/shape.h"

namespace millrace {

std::vector<std::string> names_of(const std::vector<ShapeColumn>& columns) {
    std::vector<std::string> names;
    for (const ShapeColumn& column : columns) names.push_back(column.name);
    return names;
}

}  // namespace millrace
