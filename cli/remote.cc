#include "cli/remote.h"

#include <ostream>

#include "common/base/random.h"
#include "common/config/ascii.h"
#include "common/net/curl_client.h"

namespace millrace::cli {
namespace {

constexpr const char* kDefaultServer = "http://127.0.0.1:8470";

std::string server_of(const Options& options, Surroundings& world) {
    if (!options.server.empty()) return options.server;
    const std::string from_environment = world.environment("MILLRACE_SERVER").value_or("");
    return from_environment.empty() ? kDefaultServer : from_environment;
}

Result<Secret> token_of(const Options& options, Surroundings& world) {
    if (options.token_file.empty())
        return Secret(world.environment("MILLRACE_API_TOKEN").value_or(""));
    const Result<std::string> text = world.files.read(options.token_file);
    if (!text.ok()) return config_error("--token-file: " + text.status().text());
    return Secret(std::string(ascii::trimmed(*text)));
}

Result<int> ask(const Options& options, Surroundings& world,
                const std::function<Result<int>(Client&)>& work) {
    MILLRACE_ASSIGN(const Secret token, token_of(options, world));
    SystemRandom random;
    CurlClient http(world.clock);
    const CallContext context{http, world.clock, random, {}, {}};
    MILLRACE_ASSIGN(Client client, Client::create(context, server_of(options, world), token));
    return work(client);
}

}  // namespace

int ask_coordinator(const Options& options, Surroundings& world,
                    const std::function<Result<int>(Client&)>& work) {
    const Result<int> code = ask(options, world, work);
    if (code.ok()) return *code;
    world.err << "millrace " << options.command << ": " << code.status().text() << "\n";
    return exit_code_of(code.status());
}

void print_json(const nlohmann::json& content, std::ostream& out) {
    out << content.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
}

}  // namespace millrace::cli
