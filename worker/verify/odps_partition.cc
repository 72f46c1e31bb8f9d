#include "worker/verify/odps_partition.h"

#include <algorithm>

#include "common/config/odps_writer.h"
#include "common/services/maxcompute/record_reader.h"
#include "common/services/maxcompute/record_writer.h"
#include "worker/targets/odps/decimals.h"

namespace millrace {
namespace {

using maxcompute::Column;
using maxcompute::ColumnType;
using maxcompute::DownloadSession;
using maxcompute::Field;
using maxcompute::FieldForm;
using maxcompute::RecordWriter;
using nlohmann::json;

constexpr uint64_t kPieceRows = 20'000;

void put_field(RecordWriter& writer, uint32_t number, const Column& column, const Field& field) {
    switch (form_of(column.type)) {
        case FieldForm::kInteger: writer.put_integer(number, field.integer); break;
        case FieldForm::kBoolean: writer.put_boolean(number, field.integer != 0); break;
        case FieldForm::kFloat: writer.put_float(number, static_cast<float>(field.real)); break;
        case FieldForm::kDouble: writer.put_double(number, field.real); break;
        case FieldForm::kTime: writer.put_time(number, field.integer, field.nanos); break;
        case FieldForm::kBytes: {
            // The service may show 1.50 for 1.5.
            std::string plain;
            const bool decimal = column.type == ColumnType::kDecimal &&
                                 decimal_text(field.bytes, column.precision, column.scale, plain);
            writer.put_bytes(number, decimal ? std::string_view(plain) : field.bytes);
            break;
        }
        case FieldForm::kNone: break;
    }
}

bool same_place(const json& a, const json& b) {
    for (const char* key : {"kind", "project", "schema", "table", "partition"}) {
        if (a.value(key, "") != b.value(key, "")) return false;
    }
    return true;
}

// When the run ended, as a text that sorts.
std::string ended(const json& receipt) {
    return receipt.value("meta", json::object()).value("ended", "");
}

// The rows that lie in the partition now.
Result<RecordSums> read_partition(maxcompute::Client& client, const maxcompute::Place& place) {
    MILLRACE_ASSIGN(const DownloadSession session, client.create_download(place));
    std::vector<Column> columns;
    std::vector<uint32_t> numbers;
    for (size_t i = 0; i < session.columns.size(); ++i) {
        if (form_of(session.columns[i].type) == FieldForm::kNone) continue;  // never written
        columns.push_back(session.columns[i]);
        numbers.push_back(static_cast<uint32_t>(i + 1));
    }
    RecordSums sums;
    for (uint64_t at = 0; at < session.rows; at += kPieceRows) {
        const uint64_t count = std::min(kPieceRows, session.rows - at);
        MILLRACE_ASSIGN(const Buffer rows, client.read_rows(place, session, {at, count}, columns));
        MILLRACE_TRY(add_records(columns, numbers, rows.view(), sums));
    }
    return sums;
}

// What the two say of each other.
void compare(const RecordSums& found, const ExpectedPartition& expected, const std::string& place,
             Verification& made) {
    if (found.rows == expected.sums.rows && found.sum == expected.sums.sum) return;
    std::string runs;
    for (const std::string& run : expected.runs) runs += (runs.empty() ? "" : ", ") + run;
    const std::string what = place + " holds " + std::to_string(found.rows) +
                             " rows, the receipts of the runs that are in it (" + runs + ") " +
                             std::to_string(expected.sums.rows);
    if (found.rows > expected.sums.rows && !expected.overwritten) {
        made.verdict = Verdict::kUnprovable;
        made.why = what + ": the job only adds, and others may have written there too";
    } else if (found.rows == expected.sums.rows) {
        made.differ(what + ", but their content is another");
    } else {
        made.differ(what);
    }
}

}  // namespace

Status add_records(std::span<const maxcompute::Column> columns, std::span<const uint32_t> numbers,
                   std::string_view stream, RecordSums& sums) {
    maxcompute::RecordReader reader(columns, stream);
    std::vector<maxcompute::Field> fields;
    Buffer bytes;
    for (;;) {
        MILLRACE_ASSIGN(const bool more, reader.next(fields));
        if (!more) return {};
        bytes.clear();
        RecordWriter writer(bytes);
        writer.begin_record();
        for (size_t i = 0; i < columns.size(); ++i) {
            if (!fields[i].null) put_field(writer, numbers[i], columns[i], fields[i]);
        }
        writer.end_record();
        sums.sum.add(writer.record_bytes());
        ++sums.rows;
    }
}

ExpectedPartition expected_partition(const VerifyRequest& request) {
    std::vector<const json*> runs = {&request.receipt};
    const std::string own = request.receipt.at("run");
    for (const json& other : request.others) {
        const bool here =
            other.contains("target") && same_place(other["target"], request.receipt.at("target"));
        if (here && other.value("run", "") != own) runs.push_back(&other);
    }
    std::stable_sort(runs.begin(), runs.end(),
                     [](const json* a, const json* b) { return ended(*a) < ended(*b); });
    ExpectedPartition expected;
    bool own_counts = false;
    for (const json* run : runs) {
        const std::string id = run->at("run");
        if (run->at("overwrite").get<bool>()) {
            if (own_counts) expected.replaced_by = id;
            expected.sums = {};
            expected.runs.clear();
            expected.overwritten = true;
            own_counts = false;
        }
        own_counts |= id == own;
        expected.runs.push_back(id);
        expected.sums.rows += run->at("counts").at("rows").get<uint64_t>();
        const auto sum = Sum128::parse(run->at("sums").at("output").get<std::string>());
        if (sum.ok()) expected.sums.sum.add(*sum);
    }
    return expected;
}

Result<Verification> verify_odps_partition(const VerifyRequest& request) {
    const ExpectedPartition expected = expected_partition(request);
    Verification made;
    if (!expected.replaced_by.empty()) {
        made.verdict = Verdict::kSuperseded;
        made.why = "run " + expected.replaced_by + " has replaced what was in the partition";
        return made;
    }
    const json& target = request.receipt.at("target");
    MILLRACE_ASSIGN(const OdpsWriterConfig config, read_odps_writer(request.job.writer));
    MILLRACE_ASSIGN(const maxcompute::Config project, maxcompute::make_config(config.address));
    MILLRACE_ASSIGN(const OdpsPartition partition,
                    parse_odps_partition(target.at("partition").get<std::string>()));
    maxcompute::Client client(request.context, project);
    const maxcompute::Place place{target.at("table"), partition};
    std::string name = project.project + "." + place.table;
    if (!partition.empty()) name += " (" + to_text(partition) + ")";
    const Result<RecordSums> found = read_partition(client, place);
    made.checked = expected.runs.size();
    if (found.status().code() == Code::kNotFound ||
        found.status().service_code() == "NoSuchTable") {
        made.differ("partition " + name + " is missing");
        return made;
    }
    if (!found.ok()) return found.status();
    made.rows = found->rows;
    compare(*found, expected, name, made);
    return made;
}

}  // namespace millrace
