// Writing rows of one table, while the caller makes the next ones.
#pragma once

#include "common/services/tablestore/client.h"

namespace millrace::tablestore {

// One request at a time; used by the client's thread, `client` outlives it. Destroying it breaks
// off what is under way.
class BatchWrite {
  public:
    explicit BatchWrite(Client& client) : client_(client) {}
    BatchWrite(BatchWrite&&) = delete;

    // Sends the request and returns at once.
    void start(const wire::BatchWriteRowRequest& request);
    // Waits, repeating as the client does. Success says nothing about the single rows: there is one
    // answer for each row of the request, in its order, with its own error (row_error). Called once
    // after start().
    Result<wire::BatchWriteRowResponse> finish();

  private:
    Status read(const HttpAnswer& answer);

    Client& client_;
    std::string request_;
    int rows_ = 0;
    std::string what_;
    wire::BatchWriteRowResponse response_;
    std::optional<Call> call_;
};

// What the error of one row means: as of a request, but without the service's words, which may hold
// values of the row.
Status row_error(const wire::Error& error, const std::string& table);

}  // namespace millrace::tablestore
