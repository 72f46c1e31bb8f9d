#include "worker/source/table/images.h"

#include <algorithm>
#include <map>

#include "common/codec/plainbuffer/reader.h"
#include "common/codec/plainbuffer/writer.h"

namespace millrace {
namespace {

constexpr size_t kKeysPerRequest = 100;

namespace wire = tablestore::wire;

struct ImageSource {
    tablestore::Client& client;
    std::string table;
    std::vector<std::string> key_names;
    std::vector<std::string> columns;

    std::string encode(RowKey key) const {
        std::vector<plainbuffer::KeyCell> cells;
        for (size_t i = 0; i < key.size(); ++i) {
            cells.push_back({key_names.at(i), plainbuffer::KeyValue::of(key[i])});
        }
        return plainbuffer::encode_key(cells);
    }

    // The answer's memory goes with the row: its values view into it.
    Result<std::optional<ImageRow>> decode(std::string bytes) const {
        if (bytes.empty()) return std::optional<ImageRow>();  // no such row
        auto memory = std::make_shared<const std::string>(std::move(bytes));
        plainbuffer::Row row;
        MILLRACE_TRY(plainbuffer::read_row(*memory, row));
        std::map<std::string_view, Value> by_name;
        for (const auto& key : row.key) by_name[key.name] = key.value.value;
        // Newest version first: of several versions the first one counts.
        for (auto cell = row.cells.rbegin(); cell != row.cells.rend(); ++cell) {
            by_name[cell->name] = cell->value;
        }
        ImageRow image{memory, {}, 0};
        for (const auto& cell : row.cells) {
            image.newest_ms = std::max(image.newest_ms, cell.timestamp_ms.value_or(0));
        }
        for (const std::string& column : columns) {
            const auto found = by_name.find(column);
            image.values.push_back(found == by_name.end() ? Value() : found->second);
        }
        return std::optional<ImageRow>(std::move(image));
    }

    Status read(std::span<const RowKey> keys, std::vector<std::optional<ImageRow>>& rows) const {
        wire::BatchGetRowRequest request;
        auto& part = *request.add_tables();
        part.set_table_name(table);
        part.set_max_versions(1);
        for (const RowKey& key : keys) part.add_primary_key(encode(key));
        MILLRACE_ASSIGN(wire::BatchGetRowResponse answer, client.batch_get_row(request));
        if (answer.tables_size() != 1 ||
            answer.tables(0).rows_size() != static_cast<int>(keys.size())) {
            return Status(Code::kCorrupt,
                          "Tablestore answered BatchGetRow with another number of rows");
        }
        for (auto& row : *answer.mutable_tables(0)->mutable_rows()) {
            if (!row.is_ok()) {
                return Status(Code::kRetry,
                              "a row of table " + table + " cannot be read: " + row.error().code());
            }
            MILLRACE_ASSIGN(auto image, decode(std::move(*row.mutable_row())));
            rows.push_back(std::move(image));
        }
        return {};
    }
};

}  // namespace

ImageReader table_images(tablestore::Client& client, std::string table,
                         std::vector<std::string> key_names, std::vector<std::string> columns) {
    const ImageSource source{client, std::move(table), std::move(key_names), std::move(columns)};
    return [source](std::span<const RowKey> keys) -> Result<std::vector<std::optional<ImageRow>>> {
        std::vector<std::optional<ImageRow>> rows;
        while (!keys.empty()) {
            const size_t count = std::min(keys.size(), kKeysPerRequest);
            MILLRACE_TRY(source.read(keys.first(count), rows));
            keys = keys.subspan(count);
        }
        return rows;
    };
}

}  // namespace millrace
