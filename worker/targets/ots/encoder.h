// From the rows of a job to rows of the table: types as DataX converts them, limits of the service.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/codec/plainbuffer/model.h"
#include "common/config/ots_writer.h"
#include "common/config/time_zone.h"
#include "common/record/change.h"

namespace millrace::ots {

// What the service takes.
constexpr size_t kKeyBytesMax = 1024;       // of a text or binary key cell
constexpr size_t kCellBytesMax = 2u << 20;  // of a text or binary attribute
constexpr size_t kNameBytesMax = 255;       // of a column's name
constexpr size_t kCellsMax = 1024;          // of one written row
constexpr size_t kRowBytesMax = 4u << 20;   // of names and values of one written row
constexpr size_t kRowsMax = 200;            // of one request
constexpr size_t kRequestBytesMax = 4u << 20;

// Why something cannot be written, and where: a position in the reader's columns, -1 = none.
struct Dirty {
    std::string reason;
    int column = -1;
};

// Converts the values of one column. Used by one thread.
class CellEncoder {
  public:
    CellEncoder(const NamedType& column, const TimeZone& zone) : column_(column), zone_(zone) {}
    const std::string& name() const { return column_.name; }
    // Of a value that is not missing. Nothing, or why it cannot be written. `cell` may view into
    // the value and into this object, until the next call.
    const char* convert(const Value& value, Value& cell);

  private:
    const char* convert_text(const Value& value, Value& cell);

    NamedType column_;
    TimeZone zone_;
    std::string text_;
};

struct Layout {
    TableWriterConfig config;  // with the types of the key columns
    TimeZone zone;
    // Of stream sources: where the key columns stand in Change::key. Empty: the rows begin with
    // them.
    std::vector<size_t> key_from;
};

// Used by one thread. What it fills views into the values and into this object, until the next
// call.
class RowEncoder {
  public:
    explicit RowEncoder(Layout layout);

    const TableWriterConfig& config() const { return layout_.config; }
    bool from_stream() const { return !layout_.key_from.empty(); }
    // Key cells of a change; `row` is one of its rows.
    std::optional<Dirty> set_key(std::span<const Value> change_key, std::span<const Value> row,
                                 plainbuffer::Row& out);
    // The cells of normal mode. `whole`: the row has all columns; missing ones are left out, or
    // deleted where rows are updated. Else absent ones are left alone.
    std::optional<Dirty> set_cells(std::span<const Value> row, bool whole, plainbuffer::Row& out);
    // Multi-version mode: adds the cell of a row (keys, name, timestamp, value).
    std::optional<Dirty> add_version(std::span<const Value> row, plainbuffer::Row& out);

  private:
    Layout layout_;
    std::vector<CellEncoder> key_;
    std::vector<CellEncoder> columns_;
};

// As the service counts: names and values.
size_t data_bytes(const plainbuffer::Row& row);

}  // namespace millrace::ots
