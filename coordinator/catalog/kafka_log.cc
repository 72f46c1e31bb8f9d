#include "coordinator/catalog/kafka_log.h"

#include "common/base/check.h"
#include "common/base/log.h"
#include "common/bus/kafka/client.h"
#include "common/bus/kafka/errors.h"
#include "common/bus/kafka/read_topic.h"

namespace millrace {
namespace {

constexpr int kInitTries = 12, kInitMs = 5000, kCommitTries = 6, kCommitMs = 5000, kAbortMs = 2000;

// The error, which is freed, unless another try is sensible.
bool again(rd_kafka_error_t*& error) {
    if (error == nullptr || !rd_kafka_error_is_retriable(error)) return false;
    rd_kafka_error_destroy(error);
    error = nullptr;
    return true;
}

}  // namespace

Status KafkaLog::open(const std::function<Status(CatalogRecord)>& take) {
    MILLRACE_TRY(connect());
    const Status read = kafka::read_topic(cluster_, cluster_.catalog(),
                                          [&](std::string_view key, std::string_view value) {
                                              return take({std::string(key), std::string(value)});
                                          });
    if (!read.ok()) writer_.reset();
    return read;
}

// From here on another writer with the same id is fenced, and what it had not committed is gone.
Status KafkaLog::connect() {
    writer_.reset();
    kafka::ClientOptions options;
    options.type = RD_KAFKA_PRODUCER;
    options.fixed = {{"transactional.id", cluster_.name + ".coordinator"},
                     {"transaction.timeout.ms", "60000"},
                     {"linger.ms", "0"},
                     // What a transaction waits before it asks whether the one before is through.
                     {"retry.backoff.ms", "10"}};
    MILLRACE_ASSIGN(kafka::Client client, kafka::make_client(cluster_, options));
    rd_kafka_error_t* error = rd_kafka_init_transactions(client.get(), kInitMs);
    for (int i = 1; i < kInitTries && again(error); ++i) {
        error = rd_kafka_init_transactions(client.get(), kInitMs);
    }
    MILLRACE_TRY(
        kafka::take_status(error, "the catalog " + cluster_.catalog() + " cannot be taken over"));
    writer_ = std::move(client);
    ended_ = {};
    return {};
}

Status KafkaLog::append(std::span<const CatalogRecord> records) {
    const std::string what = "the catalog " + cluster_.catalog();
    if (!writer_) {
        return ended_.ok() ? Status(Code::kLedgerLost, what + " was not opened") : ended_;
    }
    if (records.empty()) return {};
    const Status begun = kafka::take_status(rd_kafka_begin_transaction(writer_.get()), what);
    if (!begun.ok()) return fail(begun);
    for (const CatalogRecord& record : records) {
        if (const Status status = produce(record); !status.ok()) return fail(status);
    }
    const Status status = commit();
    return status.ok() ? status : fail(status);
}

Status KafkaLog::produce(const CatalogRecord& record) {
    MILLRACE_CHECK(record.value.size() <= CatalogRecord::kValueMax);
    void* value = record.value.empty() ? nullptr : const_cast<char*>(record.value.data());
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR__QUEUE_FULL;
    for (int i = 0; i < kCommitTries && code == RD_KAFKA_RESP_ERR__QUEUE_FULL; ++i) {
        code = rd_kafka_producev(writer_.get(), RD_KAFKA_V_TOPIC(cluster_.catalog().c_str()),
                                 RD_KAFKA_V_PARTITION(0),
                                 RD_KAFKA_V_KEY(record.key.data(), record.key.size()),
                                 RD_KAFKA_V_VALUE(value, record.value.size()),
                                 RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
        if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL) rd_kafka_flush(writer_.get(), kCommitMs);
    }
    return kafka::status_of(code, "a record of the catalog " + cluster_.catalog());
}

Status KafkaLog::commit() {
    rd_kafka_error_t* error = rd_kafka_commit_transaction(writer_.get(), kCommitMs);
    for (int i = 1; i < kCommitTries && again(error); ++i) {
        error = rd_kafka_commit_transaction(writer_.get(), kCommitMs);
    }
    return kafka::take_status(error, "the catalog " + cluster_.catalog());
}

// Nothing of this writer is believed any more; opening the log again shows what was committed.
Status KafkaLog::fail(Status why) {
    if (why.code() != Code::kFenced) {
        const Status aborted = kafka::take_status(
            rd_kafka_abort_transaction(writer_.get(), kAbortMs), "a transaction is left open");
        if (!aborted.ok()) log::warn("catalog-not-aborted", {{"why", aborted.text()}});
        if (aborted.code() == Code::kFenced) why = aborted;
    }
    writer_.reset();
    switch (why.code()) {
        case Code::kFenced:
            ended_ = Status(Code::kFenced, "another coordinator has taken over: " + why.text());
            break;
        case Code::kUnreachable: ended_ = why; break;
        default: ended_ = Status(Code::kLedgerLost, why.text());
    }
    return ended_;
}

}  // namespace millrace
