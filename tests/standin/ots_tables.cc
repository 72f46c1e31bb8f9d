#include "common/crypto/digest.h"
#include "tests/standin/ots_actions.h"
#include "tests/standin/ots_error.h"

namespace millrace::standin {
namespace {

using Lock = std::unique_lock<std::shared_mutex>;

void set_throughput(wire::ReservedThroughputDetails& details, const Table& table) {
    details.mutable_capacity_unit()->set_read(0);
    details.mutable_capacity_unit()->set_write(0);
    details.set_last_increase_time(table.created_us() / 1000000);
}

void set_stream(wire::StreamDetails& details, const Table& table) {
    details.set_enable_stream(table.stream.has_value());
    if (!table.stream) return;
    details.set_stream_id(table.stream->options().id);
    details.set_expiration_time(table.stream->options().expiration_hours);
    details.set_last_enable_time(table.stream_enabled_us);
}

int expiration(const wire::StreamSpecification& spec) {
    return spec.has_expiration_time() ? spec.expiration_time() : 24;
}

void change_stream(Database& database, Table& table, const wire::StreamSpecification& spec) {
    if (!spec.enable_stream())
        table.stream.reset();
    else if (table.stream)
        refuse_parameter("Stream is already enabled.");
    else
        database.enable_stream(table, expiration(spec), database.clock().now_us());
}

size_t size_of(const Key& key, const Row& row) {
    size_t size = 0;
    for (const Datum& part : key) size += part.size();
    for (const auto& [name, versions] : row)
        for (const auto& [time, value] : versions) size += name.size() + value.size() + 8;
    return size;
}

}  // namespace

wire::CreateTableResponse create_table(Database& database,
                                       const wire::CreateTableRequest& request) {
    if (!request.index_metas().empty())
        refuse_parameter("The stand-in knows no secondary indexes.");
    const auto table = std::make_shared<Table>(request.table_meta(), request.table_options(),
                                               database.clock().now_us());
    if (request.stream_spec().enable_stream()) {
        std::vector<Datum> cuts;
        for (int i = 0; i + 1 < request.partitions_size(); ++i)
            cuts.push_back(decode_value(request.partitions(i).end()));
        database.enable_stream(*table, expiration(request.stream_spec()), table->created_us(),
                               cuts);
    }
    database.add(table);
    return {};
}

wire::ListTableResponse list_table(Database& database, const wire::ListTableRequest&) {
    wire::ListTableResponse response;
    for (const auto& table : database.all()) response.add_table_names(table->name());
    return response;
}

wire::DescribeTableResponse describe_table(Database& database,
                                           const wire::DescribeTableRequest& request) {
    const auto table = database.find(request.table_name());
    const std::shared_lock lock(table->mutex);
    wire::DescribeTableResponse response;
    *response.mutable_table_meta() = table->meta();
    set_throughput(*response.mutable_reserved_throughput_details(), *table);
    *response.mutable_table_options() = table->options();
    response.set_table_status(wire::TS_ACTIVE);  // the Node SDK needs it
    set_stream(*response.mutable_stream_details(), *table);
    response.set_creation_time(table->created_us());
    return response;
}

wire::UpdateTableResponse update_table(Database& database,
                                       const wire::UpdateTableRequest& request) {
    const auto table = database.find(request.table_name());
    const Lock lock(table->mutex);
    if (!request.has_reserved_throughput() && !request.has_table_options() &&
        !request.has_stream_spec())
        refuse_parameter("No change is specified in the request of UpdateTable.");
    if (request.has_table_options()) table->set_options(request.table_options());
    if (request.has_stream_spec()) change_stream(database, *table, request.stream_spec());
    wire::UpdateTableResponse response;
    set_throughput(*response.mutable_reserved_throughput_details(), *table);
    *response.mutable_table_options() = table->options();
    set_stream(*response.mutable_stream_details(), *table);
    return response;
}

wire::DeleteTableResponse delete_table(Database& database,
                                       const wire::DeleteTableRequest& request) {
    database.remove(request.table_name());
    return {};
}

wire::ComputeSplitPointsBySizeResponse compute_splits(
    Database& database, const wire::ComputeSplitPointsBySizeRequest& request) {
    const auto table = database.find(request.table_name());
    const Lock lock(table->mutex);
    const int64_t unit = request.has_split_size_unit_in_byte() ? request.split_size_unit_in_byte()
                                                               : 100ll * 1000 * 1000;
    if (request.split_size() < 1 || unit < 1) refuse_parameter("Invalid split size.");
    const auto split_bytes = static_cast<size_t>(request.split_size() * unit);
    wire::ComputeSplitPointsBySizeResponse response;
    set_consumed(*response.mutable_consumed(), 1, 0);
    *response.mutable_schema() = table->meta().primary_key();
    size_t bytes = 0;
    const Datum* first_key = nullptr;
    for (const auto& [key, row] : table->rows()) {
        const bool other = !first_key || compare(*first_key, key[0]) != 0;
        if (bytes >= split_bytes && other) {
            Buffer point;
            encode_row(point, table->key_names(), {key[0]}, {});
            response.add_split_points(std::string(point.view()));
            bytes = 0;
        }
        bytes += size_of(key, row);
        first_key = &key[0];
    }
    auto& location = *response.add_locations();
    location.set_location(hex(sha256(table->name())));
    location.set_repeat(response.split_points_size() + 1);
    return response;
}

}  // namespace millrace::standin
