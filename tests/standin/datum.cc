#include "tests/standin/datum.h"

#include <algorithm>

namespace millrace::standin {
namespace {

// Types of a column are equal in a table, so only the infinite ones need a rank of their own.
int rank(DatumType type) {
    if (type == DatumType::kInfMin) return 0;
    return type == DatumType::kInfMax ? 2 : 1;
}

bool creates_row(const RowChange& change) {
    return change.action == Action::kPut ||
           std::any_of(change.cells.begin(), change.cells.end(),
                       [](const CellChange& cell) { return cell.op == CellOp::kPut; });
}

void apply_cell(Row& row, const CellChange& cell, int max_versions) {
    if (cell.op == CellOp::kDeleteAll) {
        row.erase(cell.name);
        return;
    }
    Versions& versions = row[cell.name];
    if (cell.op == CellOp::kDeleteOne) {
        versions.erase(cell.timestamp_ms);
    } else {
        versions[cell.timestamp_ms] = cell.value;
        while (versions.size() > static_cast<size_t>(max_versions))
            versions.erase(std::prev(versions.end()));
    }
    if (versions.empty()) row.erase(cell.name);
}

}  // namespace

size_t Datum::size() const {
    if (type == DatumType::kString || type == DatumType::kBlob) return bytes.size();
    return type == DatumType::kBoolean ? 1 : 8;
}

std::string Datum::text() const {
    switch (type) {
        case DatumType::kInfMin: return "INF_MIN";
        case DatumType::kInfMax: return "INF_MAX";
        case DatumType::kAutoIncrement: return "AUTO_INCREMENT";
        case DatumType::kInteger: return std::to_string(integer);
        case DatumType::kBoolean: return integer ? "true" : "false";
        case DatumType::kDouble: return std::to_string(real);
        default: return bytes;
    }
}

std::weak_ordering compare(const Datum& a, const Datum& b) {
    if (rank(a.type) != rank(b.type)) return rank(a.type) <=> rank(b.type);
    if (rank(a.type) != 1) return std::weak_ordering::equivalent;
    if (a.type != b.type) return a.type <=> b.type;
    if (a.type == DatumType::kDouble) {
        if (a.real < b.real) return std::weak_ordering::less;
        return a.real > b.real ? std::weak_ordering::greater : std::weak_ordering::equivalent;
    }
    if (a.type == DatumType::kInteger || a.type == DatumType::kBoolean)
        return a.integer <=> b.integer;
    return a.bytes.compare(b.bytes) <=> 0;  // char_traits<char> compares as unsigned
}

bool KeyLess::operator()(const Key& a, const Key& b) const {
    for (size_t i = 0; i < std::min(a.size(), b.size()); ++i)
        if (const auto order = compare(a[i], b[i]); order != 0) return order < 0;
    return a.size() < b.size();
}

void apply(Rows& rows, const RowChange& change, int max_versions) {
    if (change.action == Action::kDelete) {
        rows.erase(change.key);
        return;
    }
    auto found = rows.find(change.key);
    if (found == rows.end()) {
        if (!creates_row(change)) return;
        found = rows.emplace(change.key, Row()).first;
    } else if (change.action == Action::kPut) {
        found->second.clear();
    }
    for (const CellChange& cell : change.cells) apply_cell(found->second, cell, max_versions);
}

}  // namespace millrace::standin
