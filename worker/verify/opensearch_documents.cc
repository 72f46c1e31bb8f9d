#include "worker/verify/opensearch_documents.h"

#include <charconv>
#include <map>

#include "common/codec/number_text.h"
#include "common/config/opensearch_application.h"
#include "common/record/packed.h"
#include "common/services/opensearch/client.h"
#include "worker/targets/opensearch/encoder.h"
#include "worker/targets/row_rules.h"
#include "worker/verify/keyed.h"

namespace millrace {
namespace {

using nlohmann::json;

// As searches show a value: JSON texts without their quotes.
bool shown_text(const Value& value, std::string& text) {
    Buffer out;
    if (opensearch::append_value(value, out) != nullptr) return false;
    const json parsed = json::parse(out.view(), nullptr, false);
    text = parsed.is_string() ? parsed.get<std::string>() : std::string(out.view());
    return true;
}

std::optional<double> number_of(const std::string& text) {
    double number = 0;
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    if (text.empty() || read.ec != std::errc() || read.ptr != end) return std::nullopt;
    return number;
}

class AppDocuments final : public TargetRows {
  public:
    AppDocuments(opensearch::Client& client, OpenSearchWriterConfig config, ApplicationFit fit)
        : client_(client), config_(std::move(config)), fit_(std::move(fit)) {}

    std::string_view noun() const override { return "document"; }
    bool propagates_deletes() const override { return config_.propagate_deletes; }
    bool reads_images() const override { return config_.write_mode == DocumentWriteMode::kAdd; }

    Result<bool> want(const Change& change, WantedRow& wanted) override {
        wanted = {};
        const bool remove = change.kind == ChangeKind::kDelete;
        if (remove ? !config_.propagate_deletes : says_nothing(change)) return false;
        if (change.ordered_us < 0) return false;
        const size_t width = config_.columns.size(), key_column = *fit_.key_column;
        if (!remove && (change.rows != 1 || change.width != width)) return false;
        if (!fit_.key_of_source && change.rows != 1) return false;
        const Value& key =
            fit_.key_of_source ? change.key[*fit_.key_of_source] : change.row(0)[key_column];
        if (key.missing() || !shown_text(key, wanted.id) || wanted.id.empty()) return false;
        wanted.shown = wanted.id;
        Buffer packed;
        pack(change.key, packed);
        wanted.source_key = packed.view();
        wanted.last = change.kind;
        wanted.whole = change.kind == ChangeKind::kPut;
        if (remove) return true;
        wanted.fields.resize(width);
        for (size_t i = 0; i < width; ++i) {
            const Value& value = change.row(0)[i];
            const bool left_alone = !wanted.whole && value.type == ValueType::kAbsent;
            if (i == key_column || left_alone) continue;
            std::string& text = wanted.fields[i].emplace();
            if (!value.missing() && !shown_text(value, text)) return false;
        }
        return true;
    }

    Result<std::vector<StoredRow>> get(std::span<const WantedRow* const> rows) override {
        std::vector<std::string> keys;
        for (const WantedRow* row : rows) keys.push_back(row->id);
        const std::string& key_name = config_.columns[*fit_.key_column];
        MILLRACE_ASSIGN(const auto documents, client_.find(key_name, keys));
        std::map<std::string_view, const opensearch::Document*> by_key;
        for (const auto& document : documents) {
            const auto key = document.find(key_name);
            if (key != document.end()) by_key[key->second] = &document;
        }
        std::vector<StoredRow> stored;
        for (const WantedRow* row : rows) {
            StoredRow& one = stored.emplace_back();
            const auto found = by_key.find(row->id);
            if (found == by_key.end()) continue;
            one.found = true;
            one.fields.resize(config_.columns.size());
            for (size_t i = 0; i < one.fields.size(); ++i) {
                if (i == *fit_.key_column) continue;
                const auto field = found->second->find(config_.columns[i]);
                if (field != found->second->end()) one.fields[i] = field->second;
            }
        }
        return stored;
    }

    // Numbers come back in the form of the field's type.
    bool equal(const std::string& wanted, const std::string& stored) const override {
        if (wanted == stored) return true;
        const auto a = number_of(wanted), b = number_of(stored);
        return a && b && *a == *b;
    }

  private:
    opensearch::Client& client_;
    const OpenSearchWriterConfig config_;
    const ApplicationFit fit_;
};

}  // namespace

Result<Verification> verify_opensearch_documents(const VerifyRequest& request) {
    MILLRACE_ASSIGN(const OpenSearchWriterConfig config,
                    read_opensearch_writer(request.job.writer));
    MILLRACE_ASSIGN(const opensearch::Config address, opensearch::make_config(settings_of(config)));
    opensearch::Client client(request.context, address);
    Verification made;
    const Result<opensearch::AppInfo> told = client.app_info();
    if (told.status().code() == Code::kNotFound) {
        made.differ("application " + config.app + " is missing");
        return made;
    }
    if (!told.ok() && told.status().code() != Code::kFatal) return told.status();
    const opensearch::AppInfo app = told.ok() ? *told : opensearch::AppInfo();
    if (request.receipt.at("target").value("id", app.id) != app.id && !app.id.empty()) {
        made.differ("application " + config.app + " was deleted and made anew");
        return made;
    }
    MILLRACE_ASSIGN(const auto source, KeyedJob::create(request, made));
    if (!source) return made;
    MILLRACE_ASSIGN(ApplicationFit fit, fit_application(config, source->job().shape, app));
    if (!fit.key_column) {
        made.verdict = Verdict::kUnprovable;
        made.why = "which field is the key of " + config.app + "/" + config.table +
                   " is not known: name it";
        return made;
    }
    AppDocuments documents(client, config, std::move(fit));
    MILLRACE_TRY(verify_keyed(request, {*source, documents}, made));
    return made;
}

}  // namespace millrace
