#include <xxhash.h>

#include "bench/measure.h"
#include "bench/records.h"
#include "bench/workload.h"
#include "common/base/hash128.h"
#include "common/codec/crc64.h"
#include "common/codec/csv.h"
#include "common/codec/plainbuffer/reader.h"
#include "worker/source/stream/rows.h"
#include "worker/targets/elasticsearch/batch.h"

namespace millrace::bench {
namespace {

namespace es = elasticsearch;

constexpr size_t kAllBytes = 64 << 20;
constexpr size_t kBulkChanges = 1024;

// Records one after the other in 64 MiB, so that every one of them comes from memory.
class Records {
  public:
    Records() {
        for (uint64_t n = 0; n < 4096; ++n) distinct_.push_back(record(n));
        bytes_.reserve(kAllBytes);
        for (size_t n = 0;; ++n) {
            const std::string& one = distinct_[n % distinct_.size()];
            if (bytes_.size() + one.size() > kAllBytes) break;
            views_.push_back({bytes_.data() + bytes_.size(), one.size()});
            bytes_.append(one);
        }
    }
    const std::vector<std::string_view>& all() const { return views_; }

  private:
    std::vector<std::string> distinct_;
    Buffer bytes_;
    std::vector<std::string_view> views_;
};

// Median ns per record of `work` over all records.
double ns_of(const Options& options, const Records& records,
             const std::function<void(std::string_view)>& work) {
    std::vector<double> times;
    for (int round = 0; round <= options.rounds; ++round) {
        const Spent spent = spent_by([&] {
            for (const std::string_view one : records.all()) work(one);
        });
        if (round > 0) {
            times.push_back(spent.cpu_us * 1000 / static_cast<double>(records.all().size()));
        }
    }
    return median(times);
}

// Decodes a record into a change, as the reader does.
class Decoder {
  public:
    const Change& decode(std::string_view bytes) {
        if (!plainbuffer::read_record(bytes, row_).ok()) std::abort();
        return change_;
    }
    const Change& shape(std::string_view bytes) {
        decode(bytes);
        change_.sequence = *row_.sequence;
        change_.ordered_us = row_.sequence->timestamp_us;
        shaper_.shape(row_, ChangeKind::kPut, change_);
        return change_;
    }

  private:
    RowShaper shaper_{{.mode = StreamMode::kRow,
                       .columns = {"uid", "name", "phone_number", "content"},
                       .key_names = {"uid"},
                       .sequence_info = false,
                       .shard = ShardId("shard")}};
    plainbuffer::Row row_;
    Change change_;
};

Result<es::Layout> layout() {
    es::WriterConfig config;
    for (const char* name : {"name", "phone_number", "content"}) {
        config.columns.push_back({.name = name, .type = es::ColumnType::kText});
    }
    config.columns.insert(config.columns.begin(), {.name = "uid", .type = es::ColumnType::kId});
    MILLRACE_ASSIGN(
        es::IdMaker ids,
        es::IdMaker::create(config, {"uid"}, {"uid", "name", "phone_number", "content"}));
    es::Layout made{.fields = {}, .ids = std::move(ids)};
    for (const es::Column& column : config.columns) {
        MILLRACE_ASSIGN(es::FieldEncoder encoder, es::FieldEncoder::create(column));
        made.fields.push_back(std::move(encoder));
    }
    return made;
}

Figure line(std::string name, double ns, std::string note) {
    Figure figure;
    figure.name = std::move(name);
    figure.value = ns;
    figure.unit = "ns/record";
    figure.note = std::move(note);
    return figure;
}

}  // namespace

Result<Figures> run_codec(const Options& options) {
    const Records records;
    Figures figures;
    Buffer copy, out;
    copy.reserve(kAllBytes);
    const double copied = ns_of(options, records, [&](std::string_view one) {
        if (copy.size() + one.size() > kAllBytes) copy.clear();
        copy.append(one);
    });
    figures.push_back(line("memcpy", copied, "of the same records one by one, 64 MiB to 64 MiB"));

    Decoder decoder;
    const double decoded =
        ns_of(options, records, [&](std::string_view one) { decoder.decode(one); });
    figures.push_back(line("decode", decoded, "to views, all CRC-8 checked"));
    const double shaped =
        ns_of(options, records, [&](std::string_view one) { decoder.shape(one); });
    figures.push_back(line("decode_and_shape", shaped, "and the columns found"));

    const CsvEncoder csv{CsvFormat{}};
    const double to_csv = ns_of(options, records, [&](std::string_view one) {
        if (out.size() > (8 << 20)) out.clear();
        csv.append_row(decoder.shape(one).row(0), out);
    });
    figures.push_back(line("csv", to_csv - shaped, "the difference to decode_and_shape"));

    MILLRACE_ASSIGN(const es::Layout fields, layout());
    es::Batch batch(fields);
    const double to_json = ns_of(options, records, [&](std::string_view one) {
        if (batch.changes().size() >= kBulkChanges) batch.clear();
        if (batch.add(decoder.shape(one))) std::abort();
    });
    figures.push_back(line("json", to_json - shaped,
                           "bulk lines with version, sum and document table; the difference"));

    Sum128 sum;
    const double hashed = ns_of(options, records, [&](std::string_view one) { sum.add(one); });
    figures.push_back(line("xxh3_128", hashed, "one sum; a record has two"));
    uint64_t crc = 0;
    const double checked =
        ns_of(options, records, [&](std::string_view one) { crc = crc64(crc, one); });
    figures.push_back(line("crc64", checked, "record by record"));
    figures.back().note += " (" + sum.hex().substr(0, 4) + std::to_string(crc % 10) + ")";
    return figures;
}

}  // namespace millrace::bench
