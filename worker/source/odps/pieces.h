// The rows of an item as record streams, piece by piece.
#pragma once

#include <memory>

#include "common/services/maxcompute/client.h"
#include "common/services/maxcompute/partition_item.h"

namespace millrace {

// Rows are of any size, so pieces are cut by what the one before showed.
struct RowPieceSizes {
    uint64_t first_rows = 256;
    uint64_t rows_max = 50'000;
    uint64_t bytes = 8 << 20;  // of a piece, as far as can be foreseen
};

// One piece is fetched while the one before is worked off. A download session lives for a day: one
// that is gone is begun again, and if the partition is still as it was reading goes on. Used by
// one thread.
class RowPieces {
  public:
    // From the item's row `from` on. `client` outlives this object.
    RowPieces(maxcompute::Client& client, std::string table, const maxcompute::RowsStart& rows,
              uint64_t from, RowPieceSizes sizes);

    // Comes first, once: the stored columns. kFatal when the partition has changed.
    Result<std::vector<maxcompute::Column>> open();
    // Comes second, once: which of them are fetched. `columns` outlives this object.
    void choose(std::span<const maxcompute::Column> columns) { columns_ = columns; }
    // The stream of the next rows, checked; there must be some left. It ends with the next call.
    Result<std::string_view> next();

  private:
    Status fetch();
    Status renew();
    Status changed(std::string_view how) const;
    Result<Buffer> finish();
    void foresee(uint64_t rows, uint64_t bytes);

    maxcompute::Client& client_;
    const maxcompute::Place place_;
    const maxcompute::RowsStart rows_;
    const RowPieceSizes sizes_;
    const uint64_t end_;  // in the session
    std::span<const maxcompute::Column> columns_;
    maxcompute::DownloadSession session_;
    maxcompute::RowRange range_;  // that is on its way, or was given out last
    uint64_t rows_wanted_;
    std::unique_ptr<maxcompute::RowsRead> read_;
    Buffer piece_;
};

}  // namespace millrace
