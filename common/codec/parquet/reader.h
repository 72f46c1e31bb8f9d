// Rows out of a Parquet file that lies somewhere else.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "common/base/buffer.h"
#include "common/base/status.h"
#include "common/config/time_zone.h"
#include "common/record/shape.h"

namespace millrace::parquet {

// Bytes of a file at any place.
struct RandomAccess {
    uint64_t size = 0;
    // Exactly `count` bytes from `first` on; both lie in the file.
    std::function<Result<Buffer>(uint64_t first, uint64_t count)> read;
};

// Where the next row is.
struct Place {
    uint64_t group = 0;
    uint64_t row = 0;  // in the group
    bool operator==(const Place&) const = default;
};

// Used by one thread. Reads the footer first, then row groups one after the other, of them only the
// columns that are asked for, a few thousand rows at a time.
class Reader {
  public:
    // `what` names the file in errors; `zone` is that of clock faces without one. kCorrupt when it
    // is no Parquet file, kConfig when it holds a type that is not built.
    static Result<std::unique_ptr<Reader>> open(RandomAccess file, const std::string& what,
                                                const TimeZone& zone);
    virtual ~Reader() = default;

    // All columns. Lists, maps and structs are JSON texts, decimals texts.
    virtual const std::vector<ShapeColumn>& columns() const = 0;
    virtual uint64_t rows() const = 0;

    // From now on the rows from `place` on, of these columns in this order, which may repeat.
    virtual Status start(std::span<const uint32_t> columns, Place place) = 0;
    // False at the end. Views end with the next call.
    virtual Result<bool> next(std::span<const Value>& row) = 0;
    // After the row that was returned last.
    virtual Place place() const = 0;
};

}  // namespace millrace::parquet
