#include "common/services/tablestore/batch_write.h"

#include "common/base/check.h"
#include "common/services/tablestore/errors.h"
#include "common/services/tablestore/reply.h"

namespace millrace::tablestore {
namespace {

constexpr std::string_view kAction = "BatchWriteRow";

}  // namespace

void BatchWrite::start(const wire::BatchWriteRowRequest& request) {
    MILLRACE_CHECK(!call_ && request.tables_size() == 1);
    request_ = request.SerializeAsString();
    rows_ = request.tables(0).rows_size();
    what_ = "write rows of table " + request.tables(0).table_name();
    call_.emplace(
        client_.context_, client_.policy(),
        [this] {
            return to_http(client_.config(), {kAction, request_}, client_.now());
        },
        client_.judge(kAction, what_, [this](const HttpAnswer& answer) { return read(answer); }));
    call_->start();
}

Status BatchWrite::read(const HttpAnswer& answer) {
    Buffer inflated;
    MILLRACE_ASSIGN(const std::string_view content, content_of(answer, inflated));
    if (response_.ParseFromArray(content.data(), static_cast<int>(content.size())) &&
        response_.tables_size() == 1 && response_.tables(0).rows_size() == rows_) {
        return {};
    }
    return Status(Code::kCorrupt,
                  "Tablestore's answer to \"" + what_ + "\" is not one result for each row");
}

Result<wire::BatchWriteRowResponse> BatchWrite::finish() {
    MILLRACE_CHECK(call_.has_value());
    const Result<HttpAnswer> answer = call_->finish();
    call_.reset();
    if (!answer.ok()) return answer.status();
    return std::move(response_);
}

Status row_error(const wire::Error& error, const std::string& table) {
    ServiceError made;
    made.service_code = error.code();
    // Only of this code the message decides, and says nothing of the row.
    if (error.code() == "OTSQuotaExhausted") made.message = error.message();
    return status_of(made, "write a row of table " + table);
}

}  // namespace millrace::tablestore
