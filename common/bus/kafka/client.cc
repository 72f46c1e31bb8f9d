#include "common/bus/kafka/client.h"

#include <algorithm>

#include "common/base/log.h"

namespace millrace::kafka {
namespace {

using Conf = std::unique_ptr<rd_kafka_conf_t, decltype(&rd_kafka_conf_destroy)>;

// Nothing is an error here: librdkafka mends lost connections itself, and what it cannot mend is
// told to who uses the client.
log::Level level_of(int syslog_level) {
    if (syslog_level <= 4) return log::Level::kWarn;
    return syslog_level <= 6 ? log::Level::kInfo : log::Level::kDebug;
}

void to_log(const rd_kafka_t* client, int level, const char* facility, const char* text) {
    log::write(
        level_of(level), "kafka",
        {{"client", client ? rd_kafka_name(client) : ""}, {"facility", facility}, {"text", text}});
}

// A lost connection has been logged already.
void on_error(rd_kafka_t* client, int code, const char* text, void*) {
    const auto error = static_cast<rd_kafka_resp_err_t>(code);
    if (error == RD_KAFKA_RESP_ERR__TRANSPORT || error == RD_KAFKA_RESP_ERR__RESOLVE) return;
    log::warn("kafka", {{"client", rd_kafka_name(client)},
                        {"facility", rd_kafka_err2name(error)},
                        {"text", text}});
}

bool has(const Properties& properties, const std::string& name) {
    return std::any_of(properties.begin(), properties.end(),
                       [&](const auto& one) { return one.first == name; });
}

Status set(rd_kafka_conf_t* conf, const std::string& name, const std::string& value, bool secret) {
    char why[256];
    if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), why, sizeof why) == RD_KAFKA_CONF_OK) {
        return {};
    }
    return config_error("kafka: the property " + name + " is refused" +
                        (secret ? "" : std::string(": ") + why));
}

Status configure(rd_kafka_conf_t* conf, const Cluster& cluster, const ClientOptions& options) {
    MILLRACE_TRY(set(conf, "client.id", "millrace-" + cluster.name, false));
    MILLRACE_TRY(set(conf, "reconnect.backoff.max.ms", "1000", false));
    for (const auto& [name, value] : options.defaults) {
        MILLRACE_TRY(set(conf, name, value, false));
    }
    for (const auto& [name, value] : cluster.kafka.properties) {
        if (has(options.fixed, name)) {
            return config_error("kafka: the property " + name +
                                " is set by millrace itself: leave it out");
        }
        MILLRACE_TRY(set(conf, name, value, false));
    }
    for (const auto& [name, value] : cluster.kafka.secrets) {
        MILLRACE_TRY(set(conf, name, value.reveal(), true));
    }
    for (const auto& [name, value] : options.fixed) MILLRACE_TRY(set(conf, name, value, false));
    return {};
}

}  // namespace

void DestroyClient::operator()(rd_kafka_t* client) const {
    rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
}

Result<Client> make_client(const Cluster& cluster, const ClientOptions& options) {
    if (!has(cluster.kafka.properties, "bootstrap.servers")) {
        return config_error(
            "kafka: the property bootstrap.servers is missing: give the brokers' "
            "addresses as host:port,host:port");
    }
    Conf conf(rd_kafka_conf_new(), rd_kafka_conf_destroy);
    MILLRACE_TRY(configure(conf.get(), cluster, options));
    rd_kafka_conf_set_log_cb(conf.get(), to_log);
    rd_kafka_conf_set_error_cb(conf.get(), on_error);
    rd_kafka_conf_set_opaque(conf.get(), options.opaque);
    if (options.delivered) rd_kafka_conf_set_dr_msg_cb(conf.get(), options.delivered);
    char why[512];
    Client client(rd_kafka_new(options.type, conf.get(), why, sizeof why));
    if (!client) return config_error(std::string("kafka: the properties do not fit: ") + why);
    (void)conf.release();  // it belongs to the client now
    if (options.type == RD_KAFKA_CONSUMER) rd_kafka_poll_set_consumer(client.get());
    return client;
}

}  // namespace millrace::kafka
