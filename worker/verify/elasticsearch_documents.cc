#include "worker/verify/elasticsearch_documents.h"

#include <unordered_set>

#include "common/codec/json_writer.h"
#include "worker/targets/elasticsearch/actions.h"
#include "worker/targets/elasticsearch/versions.h"
#include "worker/verify/elasticsearch_rows.h"

namespace millrace {
namespace {

using elasticsearch::kRowsPerMicro;
using elasticsearch::Scanned;
using nlohmann::json;

// Versions of ours are times; below this (the year 2000) they were counted by the server, for
// somebody who wrote without one.
constexpr uint64_t kTimesFrom = 946'684'800'000'000 * kRowsPerMicro;

// All documents that have the version of a transfer, and who else is there.
struct Population {
    uint64_t rows = 0;
    Sum128 sum;          // of these rows, as the writer has encoded them (P10)
    uint64_t newer = 0;  // documents that were written again since
    std::vector<std::string> strangers;
};

class DocumentCheck {
  public:
    DocumentCheck(const VerifyRequest& request, elasticsearch::WriterConfig config)
        : request_(request),
          config_(std::move(config)),
          client_(request.context, config_.client),
          transfer_(request.receipt.at("stream").get<std::string>().empty()) {
        const auto start = request.receipt.at("/window/start_ms"_json_pointer).get<uint64_t>();
        version_ = start * 1000 * kRowsPerMicro;
    }

    Result<Verification> run() {
        MILLRACE_ASSIGN(const bool there, check_index());
        if (!there) return std::move(made_);
        MILLRACE_TRY(client_.refresh(config_.index));
        Population all;
        if (transfer_ || ours_) MILLRACE_TRY(count(all));
        made_.rows = all.rows;
        made_.checked = all.rows;
        const bool whole = transfer_ && all.newer == 0 &&
                           all.rows == request_.receipt.at("/counts/rows"_json_pointer) &&
                           all.sum.hex() == request_.receipt.at("/sums/output"_json_pointer);
        if (!whole) MILLRACE_TRY(compare_rows());
        if (ours_) {
            for (const std::string& id : all.strangers) stranger(id);
        }
        return std::move(made_);
    }

  private:
    void stranger(const std::string& id) { made_.differ("document " + id + " is of no row"); }

    // Whether the index is there, and the one of the run.
    Result<bool> check_index() {
        const std::string named = "index " + config_.index;
        const Result<json> all = client_.settings(config_.index);
        if (all.status().code() == Code::kNotFound) {
            made_.differ(named + " is missing");
            return false;
        }
        if (!all.ok()) return all.status();
        const std::string uuid = all->begin().value().at("settings").value("index.uuid", "");
        const json& mine = request_.receipt.at("target").value("uuid", json(""));
        if (mine != uuid) {
            for (const json& other : request_.others) {
                if (other.at("target").value("uuid", "") != uuid) continue;
                made_.verdict = Verdict::kSuperseded;
                made_.why = "run " + other.value("run", "") + " has made " + named + " anew";
                return false;
            }
            made_.differ(named + " was deleted and made anew");
            return false;
        }
        MILLRACE_ASSIGN(const json mapping, client_.mapping(config_.index));
        ours_ = mapping.begin().value().contains("/mappings/_meta/millrace_run"_json_pointer);
        return true;
    }

    Status count(Population& all) {
        Buffer line;
        return client_.scan(config_.index, transfer_, [&](const Scanned& document) -> Status {
            if (document.version < kTimesFrom) all.strangers.emplace_back(document.id);
            if (document.version > version_) ++all.newer;
            if (document.version != version_) return {};
            ++all.rows;
            if (!transfer_) return {};
            Buffer id;
            append_json_string(id, document.id);
            line.clear();
            elasticsearch::append_index_action(line, id.view(), version_);
            line.append(document.source);
            line.append("\n");
            all.sum.add(line.view());
            return {};
        });
    }

    Status compare_rows() {
        MILLRACE_ASSIGN(const auto source, KeyedJob::create(request_, made_));
        if (!source) return {};
        MILLRACE_ASSIGN(const auto rows,
                        ElasticsearchRows::create(client_, config_, source->job().shape));
        std::unordered_set<std::string> ids;
        KeyedCheck check{*source, *rows};
        if (transfer_) check.seen = [&](const WantedRow& row) { ids.insert(row.id); };
        made_.rows = made_.checked = 0;
        MILLRACE_TRY(verify_keyed(request_, check, made_));
        if (!transfer_ || made_.verdict == Verdict::kUnprovable) return {};
        return client_.scan(config_.index, false, [&](const Scanned& document) -> Status {
            const std::string id(document.id);
            if (document.version == version_ && !ids.contains(id)) stranger(id);
            return {};
        });
    }

    const VerifyRequest& request_;
    const elasticsearch::WriterConfig config_;
    elasticsearch::Client client_;
    const bool transfer_;
    uint64_t version_ = 0;  // of a transfer
    bool ours_ = false;     // a run of ours has made the index
    Verification made_;
};

}  // namespace

Result<Verification> verify_elasticsearch_documents(const VerifyRequest& request) {
    MILLRACE_ASSIGN(elasticsearch::WriterConfig config,
                    elasticsearch::read_writer_config(request.job.writer));
    return DocumentCheck(request, std::move(config)).run();
}

}  // namespace millrace
