#include "worker/source/odps/pieces.h"

#include <algorithm>

#include "common/base/check.h"
#include "common/base/crash_point.h"
#include "common/base/log.h"

namespace millrace {

using maxcompute::Column;
using maxcompute::DownloadSession;
using maxcompute::RowRange;
using maxcompute::SessionState;

namespace {

// Sessions that are lost one after the other, without a piece in between.
constexpr int kRenewalsMax = 3;
constexpr uint64_t kGrowth = 16;  // of a piece over the one before, at most

bool is_lost(const Status& status) {
    return status.service_code() == "NoSuchDownload" || status.service_code() == "StatusConflict";
}

}  // namespace

RowPieces::RowPieces(maxcompute::Client& client, std::string table,
                     const maxcompute::RowsStart& rows, uint64_t from, RowPieceSizes sizes)
    : client_(client),
      place_{std::move(table), rows.partition},
      rows_(rows),
      sizes_(sizes),
      end_(rows.first + rows.count),
      range_{rows.first + from, 0},
      rows_wanted_(sizes.first_rows) {}

Status RowPieces::changed(std::string_view how) const {
    const std::string what = place_.partition.empty()
                                 ? "table " + place_.table
                                 : "partition " + to_text(place_.partition) + " of " + place_.table;
    return Status(Code::kSourceChanged, what + " changed since the run began (" + std::string(how) +
                                            "): run the transfer again");
}

Result<std::vector<Column>> RowPieces::open() {
    const Result<DownloadSession> session = client_.download(place_, rows_.session);
    if (!session.ok() && !is_lost(session.status())) return session.status();
    if (session.ok() && session->state == SessionState::kNormal) {
        session_ = *session;
    } else {
        MILLRACE_TRY(renew());
    }
    return session_.columns;
}

// The snapshot of the first session is gone. The new one has the same rows in the same order unless
// somebody has written in between.
Status RowPieces::renew() {
    const Result<DownloadSession> session = client_.create_download(place_);
    if (session.status().code() == Code::kNotFound) return changed("it is not there any more");
    MILLRACE_TRY(session.status());
    if (session->rows != rows_.rows) {
        return changed("it has " + std::to_string(session->rows) + " rows, not " +
                       std::to_string(rows_.rows));
    }
    if (!session_.id.empty() && session->columns != session_.columns) {
        return changed("its columns are others");
    }
    log::warn("download_session_renewed",
              {{"table", place_.table}, {"partition", to_text(place_.partition)}});
    session_ = *session;
    return {};
}

Status RowPieces::fetch() {
    if (range_.first == end_) return {};
    range_.count = std::min(rows_wanted_, end_ - range_.first);
    MILLRACE_ASSIGN(read_, client_.start_rows(place_, session_, range_, columns_));
    return {};
}

Result<Buffer> RowPieces::finish() {
    for (int renewals = 0;; ++renewals) {
        if (!read_) MILLRACE_TRY(fetch());
        const auto read = std::exchange(read_, nullptr);
        Result<Buffer> bytes = read->finish();
        if (bytes.ok()) return bytes;
        if (bytes.status().service_code() == "TableModified") return changed("it was rewritten");
        if (!is_lost(bytes.status()) || renewals == kRenewalsMax) return bytes.status();
        MILLRACE_TRY(renew());
    }
}

Result<std::string_view> RowPieces::next() {
    MILLRACE_CHECK(range_.first < end_);
    MILLRACE_ASSIGN(piece_, finish());
    crash_point("after_read");
    foresee(range_.count, piece_.size());
    range_.first += range_.count;
    MILLRACE_TRY(fetch());
    return piece_.view();
}

void RowPieces::foresee(uint64_t rows, uint64_t bytes) {
    const uint64_t fitting = sizes_.bytes * rows / std::max<uint64_t>(bytes, 1);
    rows_wanted_ = std::clamp<uint64_t>(std::min(fitting, rows * kGrowth), 1, sizes_.rows_max);
}

}  // namespace millrace
