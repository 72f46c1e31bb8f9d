#include "worker/verify/oss_objects.h"

#include <map>
#include <set>

#include "common/codec/crc64.h"
#include "common/codec/parquet/file_sum.h"
#include "common/config/oss_writer.h"
#include "common/services/oss/client.h"
#include "worker/verify/row_sums.h"

namespace millrace {
namespace {

constexpr uint64_t kPieceBytes = 8 << 20;

class ObjectCheck {
  public:
    ObjectCheck(const VerifyRequest& request, OssWriterConfig config)
        : request_(request),
          config_(std::move(config)),
          client_(request.context, config_.address),
          replaced_(names_in_others("removed")) {}

    Result<Verification> run() {
        for (const nlohmann::json& object : request_.receipt.at("objects"))
            MILLRACE_TRY(check(object));
        MILLRACE_TRY(check_strangers());
        MILLRACE_TRY(check_manifest());
        // Gone because a later run has replaced it, and nothing else is wrong.
        if (made_.verdict == Verdict::kVerified && !made_.why.empty()) {
            made_.verdict = Verdict::kSuperseded;
        }
        return std::move(made_);
    }

  private:
    // Names that other runs' receipts hold in a list, with the run.
    std::map<std::string, std::string> names_in_others(const char* list) const {
        std::map<std::string, std::string> names;
        for (const nlohmann::json& other : request_.others) {
            for (const nlohmann::json& name : other.value(list, nlohmann::json::array())) {
                names[name.get<std::string>()] = other.value("run", "");
            }
        }
        return names;
    }

    Status check(const nlohmann::json& object) {
        const std::string name = object.at("name");
        ++made_.checked;
        const Result<oss::ObjectInfo> head = client_.head_object(name);
        if (head.status().code() == Code::kNotFound) {
            const auto by = replaced_.find(name);
            if (by == replaced_.end()) {
                made_.differ("object " + name + " is missing");
            } else {
                made_.why = "run " + by->second + " has replaced it";
            }
            return {};
        }
        if (!head.ok()) return head.status();
        if (head->length != object.at("bytes").get<uint64_t>()) {
            made_.differ("object " + name + " has " + std::to_string(head->length) +
                         " bytes, not " + object.at("bytes").dump());
            return {};
        }
        return check_content(name, head->length, object);
    }

    Status check_content(const std::string& name, uint64_t length, const nlohmann::json& object) {
        uint64_t crc = 0;
        RowSums lines(config_.format, !config_.header.empty());
        const bool has_lines = config_.file_format != ObjectFormat::kParquet;
        for (uint64_t at = 0; at < length; at += kPieceBytes) {
            const uint64_t last = std::min(length, at + kPieceBytes) - 1;
            MILLRACE_ASSIGN(const Buffer piece, client_.get_range(name, {at, last}));
            crc = crc64(crc, piece.view());
            if (has_lines) lines.add(piece.view());
        }
        const bool same = std::to_string(crc) == object.at("crc64").get<std::string>();
        parquet::FileSum rows{lines.rows(), lines.sum()};
        if (!has_lines && same) {
            MILLRACE_ASSIGN(rows, parquet::sum_file(access_to(name, length), "object " + name));
        }
        made_.rows += rows.rows;
        if (!same) {
            const std::string found = has_lines
                                          ? std::to_string(rows.rows) + " rows, the receipt says "
                                          : "the receipt says rows: ";
            made_.differ("object " + name + " has another CRC-64: its content was changed (" +
                         found + object.at("rows").dump() + ")");
        } else if (rows.rows != object.at("rows").get<uint64_t>() ||
                   rows.sum.hex() != object.at("sum").get<std::string>()) {
            made_.differ("the receipt's rows and sum of object " + name +
                         " are not those of its content: the receipt was changed");
        }
        return {};
    }

    parquet::RandomAccess access_to(const std::string& name, uint64_t length) {
        return {length, [this, name](uint64_t first, uint64_t count) {
                    return client_.get_range(name, {first, first + count - 1});
                }};
    }

    // What nobody's receipt names, but bears a name of this run's window.
    Status check_strangers() {
        const nlohmann::json& window = request_.receipt.at("window");
        const Window of_run{from_millis(window.at("start_ms")), from_millis(window.at("end_ms"))};
        const std::string object = request_.receipt.at("target").at("object");
        const std::string prefix =
            object + "__" + to_compact(of_run.start) + "-" + to_compact(of_run.end) + "_";
        std::set<std::string> known;
        const auto take = [&](const nlohmann::json& receipt) {
            for (const nlohmann::json& one : receipt.value("objects", nlohmann::json::array())) {
                known.insert(one.at("name").get<std::string>());
            }
        };
        take(request_.receipt);
        for (const nlohmann::json& other : request_.others) take(other);
        MILLRACE_ASSIGN(const auto listed, client_.list_objects(prefix));
        for (const oss::ObjectInfo& info : listed) {
            if (!known.contains(info.key)) {
                made_.differ("object " + info.key + " is of no run that is known");
            }
        }
        return {};
    }

    // The manifest says the same as the receipt.
    Status check_manifest() {
        const std::string name = request_.receipt.value("manifest", "");
        if (name.empty()) return {};
        const Result<Buffer> content = client_.get_object(name);
        if (content.status().code() == Code::kNotFound) {
            const auto replaced = names_in_others("replaces");
            const auto by = replaced.find(name);
            if (by == replaced.end()) {
                made_.differ("manifest " + name + " is missing");
            } else {
                made_.why = "run " + by->second + " has replaced it";
            }
            return {};
        }
        if (!content.ok()) return content.status();
        nlohmann::json wanted = request_.receipt;
        wanted.erase("meta");
        if (nlohmann::json::parse(content->view(), nullptr, false) != wanted) {
            made_.differ("manifest " + name + " says something else than the receipt");
        }
        return {};
    }

    const VerifyRequest& request_;
    const OssWriterConfig config_;
    oss::Client client_;
    const std::map<std::string, std::string> replaced_;
    Verification made_;
};

}  // namespace

Result<Verification> verify_oss_objects(const VerifyRequest& request) {
    MILLRACE_ASSIGN(OssWriterConfig config, read_oss_writer(request.job.writer));
    return ObjectCheck(request, std::move(config)).run();
}

}  // namespace millrace
