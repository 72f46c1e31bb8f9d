// The open row group: rows taken apart into the leaves of a schema.
#pragma once

#include <nlohmann/json.hpp>
#include <span>

#include "common/codec/parquet/arrow/leaf.h"
#include "common/codec/parquet/writer.h"

namespace millrace::parquet {

// Used by one thread; `schema` and `dates` outlive it.
class Columns {
  public:
    Columns(const Schema& schema, const Dates& dates);

    // One row of one value per column. A dirty row leaves traces: take them back with
    // truncate().
    Writer::Outcome append(std::span<const Value> row);
    size_t rows() const { return leaves_.empty() ? 0 : leaves_.front().rows(); }
    // Takes back all rows behind the first `rows`.
    void truncate(size_t rows);
    // Adds the last row in the form that RowSum sums.
    void add_last_row(Buffer& to) const;

    std::vector<Leaf>& leaves() { return leaves_; }
    void clear();

  private:
    // A node of the schema, with what its entries need.
    struct Field {
        const Node* node = nullptr;
        Levels most;                  // of a present value in it
        size_t leaf = 0, leaves = 1;  // those below it
        std::vector<Field> children;
    };
    using Json = nlohmann::json;

    Field make_field(const Node& node, Levels above, const Dates& dates);
    const char* append_nested(const Field& field, const Value& value);
    // All of them: null when taken, else the reason.
    const char* put_field(const Field& field, const Json* value, Levels at);
    const char* put_present(const Field& field, const Json& value, Levels at);
    const char* put_items(const Field& items, const Json& list, Levels at, bool of_list);
    const char* put_map(const Field& entries, const Json& map, Levels at);
    const char* put_struct(const Field& field, const Json& value, Levels at);
    const char* put_leaf(const Field& field, const Json& value, Levels at);
    const char* put_nothing(const Field& field, Levels at);

    std::vector<Leaf> leaves_;
    std::vector<Field> fields_;  // one per column
};

}  // namespace millrace::parquet
