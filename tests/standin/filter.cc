#include "tests/standin/filter.h"

#include <algorithm>

#include "tests/standin/ots_error.h"

namespace millrace::standin {

namespace wire = tablestore::wire;

Filter Filter::parse(const std::string& bytes) {
    return bytes.empty() ? Filter() : parse(bytes, 0);
}

Filter Filter::parse(const std::string& bytes, int depth) {
    wire::Filter outer;
    if (depth > 10 || !outer.ParseFromString(bytes)) refuse_parameter("Invalid filter.");
    Filter filter;
    filter.type_ = outer.type();
    bool parsed = false;
    if (outer.type() == wire::FT_SINGLE_COLUMN_VALUE) {
        parsed = filter.single_.ParseFromString(outer.filter());
        if (filter.single_.has_value_trans_rule())
            refuse_parameter("The stand-in knows no value_trans_rule in filters.");
        // EXIST and NOT_EXIST look at no value.
        if (parsed && filter.single_.comparator() < wire::CT_EXIST)
            filter.value_ = decode_value(filter.single_.column_value());
    } else if (outer.type() == wire::FT_COLUMN_PAGINATION) {
        parsed = depth == 0 && filter.pagination_.ParseFromString(outer.filter());
    } else {
        wire::CompositeColumnValueFilter composite;
        parsed = composite.ParseFromString(outer.filter());
        filter.combinator_ = composite.combinator();
        for (const auto& child : composite.sub_filters())
            filter.children_.push_back(parse(child.SerializeAsString(), depth + 1));
        const size_t count = filter.children_.size();
        if (count == 0 || (composite.combinator() == wire::LO_NOT && count != 1))
            refuse_parameter("Invalid number of sub filters: " + std::to_string(count) + ".");
    }
    if (!parsed) refuse_parameter("Invalid filter.");
    return filter;
}

bool Filter::compares(const Datum& value) const {
    if (value.type != value_.type) return false;
    const auto order = compare(value, value_);
    switch (single_.comparator()) {
        case wire::CT_EQUAL: return order == 0;
        case wire::CT_NOT_EQUAL: return order != 0;
        case wire::CT_GREATER_THAN: return order > 0;
        case wire::CT_GREATER_EQUAL: return order >= 0;
        case wire::CT_LESS_THAN: return order < 0;
        default: return order <= 0;
    }
}

bool Filter::keeps(const Selected& columns) const {
    if (type_ == wire::FT_SINGLE_COLUMN_VALUE) {
        const auto column = std::find_if(columns.begin(), columns.end(), [&](const auto& c) {
            return c.first == single_.column_name();
        });
        const bool there = column != columns.end();
        if (single_.comparator() == wire::CT_EXIST) return there;
        if (single_.comparator() == wire::CT_NOT_EXIST) return !there;
        if (!there) return !single_.filter_if_missing();
        const auto& versions = column->second;
        if (single_.latest_version_only()) return compares(versions.front().second);
        return std::any_of(versions.begin(), versions.end(),
                           [&](const auto& version) { return compares(version.second); });
    }
    if (type_ != wire::FT_COMPOSITE_COLUMN_VALUE) return true;
    const auto child_keeps = [&](const Filter& child) { return child.keeps(columns); };
    if (combinator_ == wire::LO_NOT) return !child_keeps(children_[0]);
    return combinator_ == wire::LO_AND
               ? std::all_of(children_.begin(), children_.end(), child_keeps)
               : std::any_of(children_.begin(), children_.end(), child_keeps);
}

void Filter::paginate(Selected& columns) const {
    if (type_ != wire::FT_COLUMN_PAGINATION) return;
    const auto size = static_cast<ptrdiff_t>(columns.size());
    const ptrdiff_t from = std::clamp<ptrdiff_t>(pagination_.offset(), 0, size);
    const ptrdiff_t to = std::clamp<ptrdiff_t>(from + pagination_.limit(), from, size);
    columns.erase(columns.begin() + to, columns.end());
    columns.erase(columns.begin(), columns.begin() + from);
}

}  // namespace millrace::standin
