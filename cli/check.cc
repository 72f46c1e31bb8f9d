// `millrace check JOB`: can every data source be reached, and does it take our keys?
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/read_job.h"
#include "common/config/elasticsearch_writer.h"
#include "common/config/oss_writer.h"
#include "common/config/ots_reader.h"
#include "common/config/otsstream_reader.h"
#include "common/net/curl_client.h"
#include "common/services/elasticsearch/client.h"
#include "common/services/oss/client.h"
#include "common/services/tablestore/client.h"

namespace millrace::cli {
namespace {

using nlohmann::json;

struct Checked {
    std::string what;  // "reader otsstream at http://…"
    Status status;
};

// One try is enough to tell: a check must not take minutes.
Status check_table(const PluginSpec& reader, const CallContext& context) {
    MILLRACE_ASSIGN(TableReaderConfig config, read_ots_reader(reader));
    config.address.max_retries = 0;
    tablestore::Client client(context, config.address);
    return client.describe_table(config.table).status();
}

Status check_stream(const PluginSpec& reader, const CallContext& context) {
    MILLRACE_ASSIGN(StreamReaderConfig config, read_otsstream_reader(reader));
    config.address.max_retries = 0;
    tablestore::Client client(context, config.address);
    const auto table = client.describe_table(config.table);
    if (!table.ok()) return table.status();
    if (!table->has_stream_details() || !table->stream_details().enable_stream()) {
        return config_error("The stream of data table is not enabled. Turn the Stream of table " +
                            config.table + " on");
    }
    return {};
}

Status check_oss(const PluginSpec& writer, const CallContext& context) {
    MILLRACE_ASSIGN(const OssWriterConfig config, read_oss_writer(writer));
    oss::Client client(context, config.address, {.retries_max = 0});
    return client.bucket_info().status();
}

Status check_search(const PluginSpec& writer, const CallContext& context) {
    MILLRACE_ASSIGN(elasticsearch::WriterConfig config, elasticsearch::read_writer_config(writer));
    config.client.tries = 1;
    elasticsearch::Client client(context, config.client);
    return client.index_exists(config.index).status();
}

// Which of the three things is wrong: the way, the service at its end, or what we may do there.
std::string kind_of(const Status& status) {
    if (status.code() == Code::kUnreachable) return "no route";
    if (!status.service_code().empty()) return "refused by the service";
    if (status.code() == Code::kConfig) return "configuration";
    return "not such a service";
}

void print(const std::vector<Checked>& all, const Options& options, Surroundings& world) {
    json list = json::array();
    for (const Checked& one : all) {
        const std::string verdict = one.status.ok() ? "ok" : kind_of(one.status);
        if (options.json) {
            list.push_back({{"what", one.what}, {"verdict", verdict}, {"text", one.status.text()}});
        } else {
            world.out << one.what << ": " << verdict;
            if (!one.status.ok()) world.out << ": " << one.status.text();
            world.out << "\n";
        }
    }
    if (options.json)
        world.out << list.dump(-1, ' ', false, json::error_handler_t::replace) << "\n";
}

Status check(const Options& options, const JobRequest& request, Surroundings& world) {
    MILLRACE_ASSIGN(const JobSpec job, read_job(request, world));
    SystemRandom random;
    CurlClient http(world.clock);
    const CallContext context{http, world.clock, random, {}, {}};
    const auto place = [](const char* side, const PluginSpec& plugin) {
        return std::string(side) + " " + plugin.plugin + " at " +
               plugin.parameters.value("endpoint", "");
    };
    std::vector<Checked> all;
    all.push_back({place("reader", job.reader), job.reader.plugin == "ots"
                                                    ? check_table(job.reader, context)
                                                    : check_stream(job.reader, context)});
    all.push_back({place("writer", job.writer), job.writer.plugin == "oss"
                                                    ? check_oss(job.writer, context)
                                                    : check_search(job.writer, context)});
    print(all, options, world);
    for (const Checked& one : all) {
        if (!one.status.ok()) return one.status.with_context(one.what);
    }
    return {};
}

}  // namespace

int run_check(const Options& options, Surroundings& world) {
    const Result<JobRequest> request = make_job_request(options, world);
    const Status status = request.ok() ? check(options, *request, world) : request.status();
    if (!status.ok()) world.err << "millrace check: " << status.text() << "\n";
    return exit_code_of(status);
}

}  // namespace millrace::cli
