// The part of a fill that one shard holds.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/standin/fill.h"
#include "tests/standin/seeded.h"

namespace millrace::standin {

// What all runs of a fill share: key makers and the values that cells take. Immutable.
class FillShape {
  public:
    FillShape(const FillSpec& spec, const Table& table);

    Key key(uint64_t index) const;
    Datum first_key(uint64_t index) const;
    const std::vector<std::string>& key_names() const { return key_names_; }
    const std::vector<std::string>& columns() const { return columns_; }
    const Datum& value(size_t column, uint64_t draw) const {
        return pools_[column][draw % pools_[column].size()];
    }
    const FillSpec& spec() const { return spec_; }

  private:
    const FillSpec spec_;
    std::vector<std::string> key_names_;
    std::vector<DatumType> key_types_;
    std::vector<std::string> columns_;
    std::vector<std::vector<Datum>> pools_;
};

class FillRun final : public ChangeRun {
  public:
    struct Place {
        uint64_t seed;
        uint64_t count;                 // > 0
        uint64_t first_key, key_count;  // indexes
        int64_t from_ms, to_ms;         // to > from
        uint32_t epoch;                 // of the first record
    };
    FillRun(std::shared_ptr<const FillShape> shape, const Place& place);

    uint64_t size() const override { return place_.count; }
    Sequence sequence(uint64_t i) const override;
    Action encode(uint64_t i, Buffer& to) const override;
    uint64_t seek(int64_t timestamp_us) const override;
    RowChange change(uint64_t i) const override;

  private:
    struct Pick {
        size_t column;
        CellOp op;
        uint64_t draw;
    };
    // What record i does; `picks` are its cells.
    struct Draft {
        Action action;
        uint64_t key;
    };
    Draft draw(uint64_t i, std::vector<Pick>& picks) const;
    void draw_update(Seeded& random, std::vector<Pick>& picks) const;
    int64_t time_us(uint64_t i, uint32_t& row_index) const;  // before epochs go back
    int64_t cell_time_ms(uint64_t i, CellOp op) const;
    uint64_t step(uint64_t i) const { return i / step_size_; }

    const std::shared_ptr<const FillShape> shape_;
    const Place place_;
    uint64_t per_ms_;
    uint64_t step_size_;
};

}  // namespace millrace::standin
