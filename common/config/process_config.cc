#include "common/config/process_config.h"

#include <algorithm>
#include <charconv>

#include "common/config/ascii.h"
#include "common/config/nearest.h"
#include "common/config/parameter_values.h"
#include "common/config/text_reader.h"

namespace millrace {
namespace {

constexpr std::string_view kKafkaSecrets[] = {"sasl.password", "ssl.key.password",
                                              "ssl.keystore.password"};

bool is_loopback(const std::string& host) {
    return host == "localhost" || host == "::1" || host.starts_with("127.");
}

std::optional<ListenAddress> parse_address(std::string_view text) {
    const size_t colon = text.rfind(':');
    if (colon == text.npos || colon == 0) return {};
    std::string_view host = text.substr(0, colon), port = text.substr(colon + 1);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    ListenAddress address{std::string(host), 0};
    const char* end = port.data() + port.size();
    const auto read = std::from_chars(port.data(), end, address.port);
    if (port.empty() || read.ptr != end || address.port < 0 || address.port > 65'535) return {};
    return address;
}

bool is_cluster_name(const std::string& name) {
    return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
        return ascii::is_letter(c) || ascii::is_digit(c) || c == '-' || c == '_';
    });
}

// The file's maps as one, its keys as paths: {"lease": {"ttlSeconds": 2}} -> "lease.ttlSeconds".
Node flat(const Node& root) {
    Node all;
    all.kind = Node::Kind::kMap;
    all.place = root.place;
    const std::vector<std::string> names = parameter_names(Owner::kProcess);
    for (const Member& member : root.members) {
        const std::string section = member.key + ".";
        const bool known = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
            return name.starts_with(section);
        });
        if (!known || !member.value.is_map()) {
            all.members.push_back(member);
            continue;
        }
        for (const Member& inner : member.value.members) {
            all.members.push_back({section + inner.key, inner.place, inner.value});
        }
    }
    return all;
}

class ProcessConfigParser {
  public:
    ProcessConfigParser(const std::string& file,
                        const std::function<Result<std::string>(const std::string&)>& read)
        : read_(read), findings_(file) {}

    Result<ProcessConfig> run(std::string_view text, const Environment& environment) {
        Node root = read_text(text, findings_);
        if (findings_.failed()) return failure();
        apply_environment(root, environment, findings_);
        const Node all = flat(root);
        values_ = read_values(Owner::kProcess, all, "the configuration", findings_);
        check_required(Owner::kProcess, values_, "the configuration", {}, findings_);
        fill_fallbacks(Owner::kProcess, values_);
        if (failed()) return failure();
        take_common();
        take_kafka(all.find("kafka.properties"));
        take_redis();
        take_lease();
        take_coordinator();
        take_worker();
        if (failed()) return failure();
        return config_;
    }

  private:
    // Unlike in a script an unknown key is an error: nobody else reads this file.
    bool failed() const {
        const std::vector<Finding> all = findings_.sorted();
        return std::any_of(all.begin(), all.end(), is_error);
    }
    static bool is_error(const Finding& finding) {
        return finding.severity == Severity::kError || finding.code == "unknown-parameter";
    }
    Status failure() const {
        std::string text;
        for (Finding finding : findings_.sorted()) {
            if (!is_error(finding)) continue;
            finding.severity = Severity::kError;
            text += (text.empty() ? "" : "\n") + to_text(finding);
        }
        return config_error(text);
    }
    void error(const std::string& name, const std::string& text) {
        findings_.error(values_.place_of(name), "configuration", "\"" + name + "\" " + text);
    }

    Duration seconds(const char* name) const {
        return std::chrono::duration_cast<Duration>(
            std::chrono::duration<double>(values_.plain[name].get<double>()));
    }
    int whole(const char* name) const { return values_.plain[name].get<int>(); }

    Secret secret(const std::string& name) const {
        for (const auto& [key, value] : values_.secrets) {
            if (key == name) return value;
        }
        return {};
    }
    // What `name` says, or what stands in the file that `name`File names.
    Secret secret_or_file(const std::string& name) {
        const std::string file = values_.text(name + "File");
        if (file.empty()) return secret(name);
        if (!secret(name).empty()) {
            error(name + "File", "and \"" + name + "\" are both given: remove one of them");
            return {};
        }
        const Result<std::string> text = read_(file);
        if (!text.ok()) {
            error(name + "File", "cannot be read: " + text.status().text());
            return {};
        }
        Secret found{std::string(ascii::trimmed(*text))};
        if (found.empty()) error(name + "File", "names an empty file: " + file);
        return found;
    }
    ListenAddress address(const std::string& name) {
        const auto found = parse_address(ascii::trimmed(values_.text(name)));
        if (!found) error(name, "must be HOST:PORT, like 127.0.0.1:8470");
        return found.value_or(ListenAddress());
    }

    void take_common() {
        config_.cluster = values_.text("cluster");
        if (!is_cluster_name(config_.cluster)) {
            error("cluster", "must be 1 to 64 letters, digits, - or _");
        }
        config_.state_folder = values_.text("stateFolder");
        config_.key = secret_or_file("key");
        if (config_.key.empty() && !failed()) {
            error("key",
                  "is missing: make one with `openssl rand -hex 32 > FILE` (mode 0600), give that "
                  "file to every process and name it as \"keyFile\"");
        }
    }

    void take_kafka(const Node* properties) {
        config_.kafka.partitions = whole("kafka.partitions");
        config_.kafka.replication = whole("kafka.replication");
        for (const Member& member : properties ? properties->members : std::vector<Member>()) {
            if (member.value.is_map() || member.value.is_list()) {
                findings_.error(member.place, "configuration",
                                "\"" + member.key + "\" must be a text, a number or true or false");
                continue;
            }
            const auto* secret =
                std::find(std::begin(kKafkaSecrets), std::end(kKafkaSecrets), member.key);
            if (secret != std::end(kKafkaSecrets)) {
                config_.kafka.secrets.emplace_back(member.key, Secret(member.value.text));
            } else {
                config_.kafka.properties.emplace_back(member.key, member.value.text);
            }
        }
        if (!properties || !properties->find("bootstrap.servers")) {
            error("kafka.properties",
                  "must name \"bootstrap.servers\": the addresses of Kafka, as HOST:PORT,…");
        }
    }

    void take_redis() {
        const ListenAddress at = address("redis.address");
        config_.redis.host = at.host;
        config_.redis.port = at.port;
        for (const auto& text : values_.plain["redis.sentinels"]) {
            const auto sentinel = parse_address(ascii::trimmed(text.get<std::string>()));
            if (!sentinel) error("redis.sentinels", "must be a list of HOST:PORT");
            config_.redis.sentinels.push_back(sentinel.value_or(ListenAddress()));
        }
        if (!config_.redis.sentinels.empty() && values_.stands("redis.address")) {
            error("redis.address", "and \"redis.sentinels\" are both given: remove one of them");
        }
        config_.redis.master = values_.text("redis.master");
        config_.redis.sentinel_user = values_.text("redis.sentinelUser");
        config_.redis.sentinel_password = secret("redis.sentinelPassword");
        config_.redis.user = values_.text("redis.user");
        config_.redis.password = secret("redis.password");
        config_.redis.tls = values_.plain["redis.tls"].get<bool>();
        config_.redis.tls_ca_file = values_.text("redis.tlsCaFile");
        config_.redis.tls_cert_file = values_.text("redis.tlsCertFile");
        config_.redis.tls_key_file = values_.text("redis.tlsKeyFile");
        if (config_.redis.tls_cert_file.empty() != config_.redis.tls_key_file.empty()) {
            error("redis.tlsCertFile", "and \"redis.tlsKeyFile\" belong together: give both");
        }
        config_.redis.timeout = std::chrono::milliseconds(whole("redis.timeoutMs"));
    }

    void take_lease() {
        auto& lease = config_.lease;
        lease.ttl = seconds("lease.ttlSeconds");
        lease.renew_every = seconds("lease.renewSeconds");
        lease.margin = seconds("lease.marginSeconds");
        if (lease.renew_every <= Duration(0) || lease.renew_every + lease.margin >= lease.ttl) {
            error("lease.renewSeconds",
                  "must be more than 0, and with lease.marginSeconds less than lease.ttlSeconds: "
                  "a lease that is not renewed in time is lost");
        }
    }

    void take_coordinator() {
        auto& coordinator = config_.coordinator;
        coordinator.listen = address("coordinator.listen");
        coordinator.api_token = secret_or_file("coordinator.apiToken");
        coordinator.sources = values_.text("coordinator.sources");
        coordinator.lead_ttl = seconds("coordinator.leadSeconds");
        coordinator.runs_max = whole("coordinator.runsMax");
        coordinator.late_writes = seconds("coordinator.lateWritesSeconds");
        coordinator.keep = 24 * 3600 * seconds("coordinator.keepDays");
        if (!is_loopback(coordinator.listen.host) && coordinator.api_token.empty()) {
            error("coordinator.listen",
                  "is not loopback (127.0.0.1, ::1), and the API has no token: everybody who "
                  "reaches it could start jobs; give \"apiTokenFile\", or listen on 127.0.0.1");
        }
    }

    void take_worker() {
        auto& worker = config_.worker;
        worker.listen = address("worker.listen");
        worker.slots = whole("worker.slots");
        worker.labels = values_.plain["worker.labels"].get<std::vector<std::string>>();
        worker.drain = seconds("worker.drainSeconds");
        worker.look_every = seconds("worker.lookSeconds");
        if (worker.look_every <= Duration(0)) error("worker.lookSeconds", "must be more than 0");
    }

    const std::function<Result<std::string>(const std::string&)>& read_;
    Findings findings_;
    ParameterValues values_;
    ProcessConfig config_;
};

}  // namespace

Result<ProcessConfig> parse_process_config(
    const std::string& file, std::string_view text, const Environment& environment,
    const std::function<Result<std::string>(const std::string&)>& read) {
    return ProcessConfigParser(file, read).run(text, environment);
}

}  // namespace millrace
