#include "common/config/job_parse.h"

#include "common/config/ascii.h"
#include "common/config/job_identity.h"
#include "common/config/job_shape.h"
#include "common/config/nearest.h"
#include "common/config/odps_partition.h"
#include "common/config/plugin_rules.h"
#include "common/config/text_reader.h"
#include "common/config/time_forms.h"

namespace millrace {
namespace {

using Json = nlohmann::json;

constexpr double kMegabyteBytes = 1'048'576;

// The members of a job's life in the parser; each step needs those before it.
class JobParser {
  public:
    explicit JobParser(const JobRequest& request)
        : request_(request),
          findings_(request.file),
          sources_(request.sources, request.environment) {}

    ParsedJob run() {
        root_ = read_text(request_.text, findings_);
        ParsedJob result;
        JobSpec job;
        job.file = request_.file;
        const bool good = !findings_.failed() && read(job, result.window_variables);
        result.findings = findings_.sorted();
        for (Finding& finding : sources_.findings().sorted())
            result.findings.push_back(std::move(finding));
        if (!good || findings_.failed() || sources_.findings().failed()) return result;
        job.findings = result.findings;
        result.job = std::move(job);
        return result;
    }

  private:
    bool read(JobSpec& job, WindowVariables& variables) {
        if (const Node* parameters = find_reader_parameters(root_)) {
            variables = find_window_variables(*parameters);
        }
        const std::optional<TimeZone> zone = find_zone();
        if (!zone) return false;
        Substitution substitution = substitute(*zone, variables);
        const JobShape shape = find_shape(root_, findings_);
        read_setting(shape, job);
        job.time_zone = zone->name();
        if (!shape.complete) return false;
        const Plugin* reader = find_side(Side::kReader, shape.reader);
        const Plugin* writer = find_side(Side::kWriter, shape.writer);
        ParameterValues from, to;
        if (reader) from = read_side(*reader, shape.reader, *zone);
        if (writer) to = read_side(*writer, shape.writer, *zone);
        const bool streamed = reader && reader->owner == Owner::kOtsStreamReader;
        if (streamed) job.window = read_job_window(from, *zone, variables);
        if (!reader || !writer) return false;
        check_pair(*reader, from, *writer, to, findings_);
        tell_unused(substitution);
        Addresses addresses{from.plain, to.plain};
        keep_timely(from, addresses.reader, substitution);
        keep_timely(to, addresses.writer, substitution);
        job.reader = {std::string(reader->name), std::move(from.plain), std::move(from.secrets)};
        job.writer = {std::string(writer->name), std::move(to.plain), std::move(to.secrets)};
        judge_dirty_documents(job);
        identify(job, *reader, *writer, addresses, request_.name);
        put_dates(job, *zone, streamed);
        job.text_without_secrets = text_without_secrets(job);
        return true;
    }

    // The zone is needed to put variables in, and may be a variable itself.
    std::optional<TimeZone> find_zone() {
        std::string name = "Asia/Shanghai";
        Place place;
        const Result<TimeZone> first = TimeZone::find("UTC");
        if (!first.ok()) {
            findings_.error({}, "time-zone", first.status().text());
            return {};
        }
        const Node* setting = find_setting(root_);
        if (const Node* given = setting ? setting->find("timeZone") : nullptr) {
            Node copy = *given;
            Findings ignored("");  // found again when all is substituted
            Substitution(request_.variables, request_.schedule, *first).apply(copy, ignored);
            place = given->place;
            if (copy.is_text() && !copy.text.empty()) name = copy.text;
        }
        const Result<TimeZone> zone = TimeZone::find(name);
        if (!zone.ok()) {
            findings_.error(place, "time-zone", zone.status().text());
            return *first;  // good enough to find what else is wrong
        }
        return *zone;
    }

    Substitution substitute(const TimeZone& zone, const WindowVariables& window) {
        std::vector<Variable> variables = request_.variables;
        if (request_.next) check_next(window);
        const bool bindable =
            !window.start.empty() && !window.end.empty() && window.start != window.end;
        if (request_.next && request_.window && bindable) {
            for (Variable& variable : window.bind(*request_.window, zone)) {
                variables.push_back(std::move(variable));
            }
        }
        Substitution substitution(variables, request_.schedule, zone);
        for (const std::string& name : window.all) {
            substitution.mark_timely(name);
            if (request_.next && !request_.window) substitution.leave_open(name);
        }
        substitution.apply(root_, findings_);
        return substitution;
    }

    void check_next(const WindowVariables& window) {
        const Plugin* reader = find_plugin(Side::kReader, ascii::trimmed(find_reader_name(root_)));
        if (reader != nullptr && reader->owner != Owner::kOtsStreamReader) {
            findings_.error({}, "next-without-stream",
                            "--next carries windows of a Stream: the reader \"" +
                                std::string(reader->name) + "\" has none; leave --next out");
            return;
        }
        if (window.start.empty() || window.end.empty() || window.start == window.end) {
            findings_.error(
                window.place, "next-needs-variables",
                "--next sets the window by itself: the start and end keys must each be one "
                "variable, like \"startTimeString\": \"${start_time}\" and "
                "\"endTimeString\": \"${end_time}\"");
        }
        for (const Variable& variable : request_.variables) {
            if (!window.all.contains(variable.name)) continue;
            findings_.error(
                {}, "next-binds-variable",
                "--next sets " + variable.name + " by itself: leave -D" + variable.name + " out");
        }
    }

    void read_setting(const JobShape& shape, JobSpec& job) {
        setting_ = flat_setting(shape.setting);
        ParameterValues values = read_values(Owner::kSetting, setting_, "setting", findings_);
        const auto number = [&](const char* name) {
            const auto found = values.plain.find(name);
            return found != values.plain.end() && found->is_number() ? found->get<double>() : 0.0;
        };
        const bool throttled = values.plain.value("speed.throttle", Json(true)) != false;
        double bytes = throttled ? number("speed.mbps") * kMegabyteBytes : 0;
        const double byte = std::max(0.0, number("speed.byte"));
        if (byte > 0 && (bytes <= 0 || byte < bytes)) bytes = byte;
        job.source_bytes_per_second = bytes;
        job.source_records_per_second = std::max(0.0, number("speed.record"));
        if (values.plain.contains("speed.concurrent")) {
            job.concurrent = values.plain["speed.concurrent"].get<int>();
        }
        const bool has_speed = shape.setting != nullptr && shape.setting->find("speed") != nullptr;
        if (!has_speed) {
            findings_.note(setting_.place, "no-speed",
                           "no \"speed\" is given: no limit, one work item at a time");
        }
        read_error_limit(values, job);
    }

    void read_error_limit(const ParameterValues& values, JobSpec& job) {
        const auto record = values.plain.find("errorLimit.record");
        const auto share = values.plain.find("errorLimit.percentage");
        if (request_.dirty_records_max) {
            job.dirty_records_max = *request_.dirty_records_max;
        } else if (record != values.plain.end()) {
            job.dirty_records_max = record->get<uint64_t>();
        } else if (share != values.plain.end()) {
            job.dirty_share_max = share->get<double>();
        } else if (!values.stands("errorLimit.record") && !values.stands("errorLimit.percentage")) {
            job.dirty_records_max = 0;
            findings_.note(
                setting_.place, "no-error-limit",
                "no \"errorLimit\" is given: no dirty record is allowed (DataX would drop "
                "any number of them)");
        }
    }

    // "skipDirtyRecord": false of an opensearch writer: the first one fails the job, whatever
    // errorLimit says; who runs the job may still allow some.
    void judge_dirty_documents(JobSpec& job) const {
        if (job.writer.plugin != "opensearch" || request_.dirty_records_max) return;
        if (job.writer.parameters.value("skipDirtyRecord", false)) return;
        job.dirty_records_max = 0;
        job.dirty_share_max.reset();
    }

    const Plugin* find_side(Side side, const PluginShape& shape) {
        const Plugin* plugin = find_plugin(side, ascii::trimmed(shape.plugin));
        const std::string what = side == Side::kReader ? "reader" : "writer";
        const std::vector<std::string> names = plugin_names(side);
        std::string built, known;
        for (const Plugin& one : all_plugins()) {
            if (one.side != side) continue;
            known += (known.empty() ? "" : ", ") + std::string(one.name);
            if (one.built) built += (built.empty() ? "" : ", ") + std::string(one.name);
        }
        if (plugin == nullptr) {
            findings_.error(shape.place, "unknown-plugin",
                            "there is no such " + what + did_you_mean(shape.plugin, names) +
                                "; known: " + known);
            return nullptr;
        }
        if (!plugin->built) {
            findings_.error(shape.place, "plugin-not-built-yet",
                            "the " + what + " \"" + std::string(plugin->name) +
                                "\" is not built yet in this version; built: " + built);
            return nullptr;
        }
        return plugin;
    }

    ParameterValues read_side(const Plugin& plugin, const PluginShape& shape,
                              const TimeZone& zone) {
        const std::string what = (plugin.side == Side::kReader ? "reader \"" : "writer \"") +
                                 std::string(plugin.name) + "\"";
        ParameterValues values = read_values(plugin.owner, *shape.parameters, what, findings_);
        settle_plugin(plugin, values, findings_);
        std::vector<std::string> settled;  // missing for a reason that is told already
        resolve_datasource(plugin, values, settled);
        check_required(plugin.owner, values, what, settled, findings_);
        fill_fallbacks(plugin.owner, values);
        take_zone(plugin, values, zone);
        check_plugin(plugin, values, findings_);
        return values;
    }

    // Plugins that write or read dates have a zone of their own; it is the job's when not given.
    void take_zone(const Plugin& plugin, ParameterValues& values, const TimeZone& zone) {
        if (find_parameter(plugin.owner, "timeZone") == nullptr) return;
        if (!values.has("timeZone")) {
            values.plain["timeZone"] = zone.name();
            return;
        }
        const Result<TimeZone> own = TimeZone::find(values.text("timeZone"));
        if (own.ok()) return;
        findings_.error(values.place_of("timeZone"), "time-zone", own.status().text());
    }

    // Puts the parameters of the named data source in where the script gives none.
    void resolve_datasource(const Plugin& plugin, ParameterValues& values,
                            std::vector<std::string>& settled) {
        const std::string name(ascii::trimmed(values.text("datasource")));
        values.plain.erase("datasource");
        if (!values.stands("datasource")) return;
        const Place place = values.place_of("datasource");
        std::vector<std::string> connection = parameter_names(plugin.source);
        connection.push_back("instanceName");
        if (name.empty()) {
            for (const char* address : {"endpoint", "odpsServer", "host"}) {
                if (values.has(address)) return;  // all stands in the script
            }
            findings_.error(
                place, "blank-datasource",
                "\"datasource\" is blank: name an entry of the data sources file, or leave it "
                "out and give endpoint and keys here");
            settled = connection;
            return;
        }
        std::optional<ParameterValues> source = sources_.find(name, plugin, place, findings_);
        if (!source) {
            settled = connection;
            return;
        }
        for (const auto& [key, value] : source->plain.items()) {
            if (values.has(key)) {
                tell_override(values, key, name);
            } else {
                values.plain[key] = value;
            }
        }
        for (auto& [key, secret] : source->secrets) {
            if (values.has(key)) {
                tell_override(values, key, name);
            } else {
                std::erase_if(values.secrets,
                              [&](const auto& other) { return other.first == key; });
                values.secrets.emplace_back(key, std::move(secret));
            }
        }
    }

    void tell_override(const ParameterValues& values, const std::string& key,
                       const std::string& source) {
        findings_.warning(
            values.place_of(key), "datasource-overridden",
            "\"" + key + "\" of the script is used, not that of data source \"" + source + "\"");
    }

    std::optional<Window> read_job_window(const ParameterValues& reader, const TimeZone& zone,
                                          const WindowVariables& variables) {
        if (!request_.next) return read_window(reader, zone, findings_);
        if (!request_.window || variables.start.empty()) return {};
        const std::optional<Window> read = read_window(reader, zone, findings_);
        if (!read) return {};
        return request_.window;  // exact, also where a local time came twice
    }

    void tell_unused(const Substitution& substitution) {
        for (const std::string& name : substitution.unused()) {
            findings_.note({}, "unused-variable",
                           "-D" + name + " is given, but the script does not name it");
        }
    }

    // Address parameters that hold variables of time stand in the identity as they are written.
    static void keep_timely(const ParameterValues& values, Json& plain,
                            Substitution& substitution) {
        const auto keep = [&](const std::string& name, const Node& node, Json& value) {
            if (node.written.empty() || !value.is_string()) return;
            const std::string text = substitution.identity_text(node, name);
            if (text == node.text) return;
            const auto partition = parse_odps_partition(name == "partition" ? text : "", true);
            value = partition.ok() && !partition->empty() ? to_text(*partition) : text;
        };
        for (const auto& [name, node] : values.nodes) {
            if (!plain.contains(name)) continue;
            Json& value = plain[name];
            if (!value.is_array()) {
                keep(name, *node, value);
            } else if (!node->is_list()) {
                for (Json& only : value) keep(name, *node, only);
            } else {
                for (size_t i = 0; i < value.size() && i < node->items.size(); ++i) {
                    keep(name, node->items[i], value[i]);
                }
            }
        }
    }

    // `{date}` in names of objects: the day of the window, once it is known; of other readers the
    // day of the run.
    void put_dates(JobSpec& job, const TimeZone& zone, bool streamed) const {
        if (streamed && !job.window) return;
        const std::string day = to_day(streamed ? job.window->start : request_.schedule, zone);
        for (Json* parameters : {&job.reader.parameters, &job.writer.parameters}) {
            if (!parameters->contains("object")) continue;
            Json& object = (*parameters)["object"];
            if (object.is_string()) object = with_date(object, day);
            if (!object.is_array()) continue;
            for (Json& name : object) name = with_date(name, day);
        }
    }

    static std::string with_date(std::string text, const std::string& day) {
        for (size_t at = text.find("{date}"); at != std::string::npos; at = text.find("{date}")) {
            text.replace(at, 6, day);
        }
        return text;
    }

    const JobRequest& request_;
    Findings findings_;
    DataSources sources_;
    Node root_;
    Node setting_;
};

}  // namespace

ParsedJob parse_job(const JobRequest& request) {
    return JobParser(request).run();
}

Status ParsedJob::status() const {
    std::string text;
    for (const Finding& finding : findings) {
        if (finding.severity == Severity::kError)
            text += (text.empty() ? "" : "\n") + to_text(finding);
    }
    return text.empty() ? Status() : config_error(text);
}

}  // namespace millrace
