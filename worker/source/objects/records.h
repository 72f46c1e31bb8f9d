// The records of a stream of bytes, also where they cross from one piece into the next.
#pragma once

#include "common/codec/csv_reader.h"
#include "worker/source/objects/byte_stream.h"

namespace millrace {

// Used by one thread; `bytes` outlives it.
class RecordStream {
  public:
    // `at_start`: the bytes begin where the object does.
    RecordStream(ByteStream& bytes, CsvDialect dialect, bool at_start)
        : bytes_(bytes), splitter_(dialect, at_start) {}

    // The next record, or false at the end. Its views end with the next call. A quote that is not
    // closed within kRecordMax makes its line a problem; kFatal when a line is longer than that.
    Result<bool> next(CsvRecord& record);

    static constexpr size_t kRecordMax = 16 << 20;

  private:
    void leave_seam();
    Status more();

    ByteStream& bytes_;
    CsvSplitter splitter_;
    std::string_view rest_;  // not taken yet: of the piece, or of the seam
    bool ended_ = false;
    // A record that crosses: the end of what came before, and as much of the piece as it needs.
    Buffer seam_;
    bool in_seam_ = false;
    std::string_view piece_;
    size_t joined_ = 0;  // bytes of piece_ that are in the seam
    size_t join_ = 0;    // how many are added the next time
};

}  // namespace millrace
