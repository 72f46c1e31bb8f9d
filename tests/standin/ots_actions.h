// The actions of the Tablestore service: one parsed request in, one answer out. All throw OtsError.
#pragma once

#include <string>

#include "tests/standin/answer_cache.h"
#include "tests/standin/database.h"
#include "tests/standin/served_records.h"

namespace millrace::standin {

// ots_tables.cc
wire::CreateTableResponse create_table(Database&, const wire::CreateTableRequest&);
wire::ListTableResponse list_table(Database&, const wire::ListTableRequest&);
wire::DescribeTableResponse describe_table(Database&, const wire::DescribeTableRequest&);
wire::UpdateTableResponse update_table(Database&, const wire::UpdateTableRequest&);
wire::DeleteTableResponse delete_table(Database&, const wire::DeleteTableRequest&);
wire::ComputeSplitPointsBySizeResponse compute_splits(Database&,
                                                      const wire::ComputeSplitPointsBySizeRequest&);

// ots_writes.cc
wire::PutRowResponse put_row(Database&, const wire::PutRowRequest&);
wire::UpdateRowResponse update_row(Database&, const wire::UpdateRowRequest&);
wire::DeleteRowResponse delete_row(Database&, const wire::DeleteRowRequest&);
wire::BatchWriteRowResponse batch_write_row(Database&, const wire::BatchWriteRowRequest&);

// ots_reads.cc
wire::GetRowResponse get_row(Database&, const wire::GetRowRequest&);
wire::BatchGetRowResponse batch_get_row(Database&, const wire::BatchGetRowRequest&);
wire::GetRangeResponse get_range(Database&, const wire::GetRangeRequest&);

// ots_streams.cc
wire::ListStreamResponse list_stream(Database&, const wire::ListStreamRequest&);
wire::DescribeStreamResponse describe_stream(Database&, const wire::DescribeStreamRequest&);
wire::GetShardIteratorResponse get_shard_iterator(Database&, const wire::GetShardIteratorRequest&);
// Serialised: records are written straight into the body.
Answer get_stream_record(Database&, ServedRecords&, AnswerCache&,
                         const wire::GetStreamRecordRequest&);

inline void set_consumed(wire::ConsumedCapacity& consumed, int read, int write) {
    consumed.mutable_capacity_unit()->set_read(read);
    consumed.mutable_capacity_unit()->set_write(write);
}

}  // namespace millrace::standin
