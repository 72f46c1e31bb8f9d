// The record stream of the tunnel: protobuf tags without message framing, CRC-32C of every record
// and of the whole. The stand-in's own codec.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/standin/odps_value.h"

namespace millrace::standin {

constexpr size_t kOdpsFieldMax = 8388608;  // bytes of a text

// Throws OdpsError: MalformedDataStream for bytes that fail their checks and values that no such
// column can hold.
std::vector<OdpsRow> read_odps_records(const std::vector<OdpsColumn>& columns,
                                       std::string_view bytes);

// Writes one stream: columns are numbered as they are given.
class OdpsRecordWriter {
  public:
    explicit OdpsRecordWriter(std::vector<const OdpsType*> types) : types_(std::move(types)) {}
    // `at[i]` says which value of the row is column i.
    void add(const OdpsRow& row, const std::vector<size_t>& at);
    std::string finish();

  private:
    std::vector<const OdpsType*> types_;
    std::string bytes_;
    std::string crcs_;  // of the records, 4 bytes each
    uint64_t count_ = 0;
};

}  // namespace millrace::standin
