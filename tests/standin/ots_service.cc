#include "tests/standin/ots_service.h"

#include <zlib.h>

#include <cstdio>
#include <functional>
#include <nlohmann/json.hpp>

#include "tests/standin/ots_actions.h"
#include "tests/standin/ots_error.h"
#include "tests/standin/seeded.h"

namespace millrace::standin {
namespace {

constexpr size_t kBodyBytesMax = 64 << 20;

template <typename Message>
Message parse(const std::string& body) {
    Message message;
    if (!message.ParseFromString(body)) refuse_parameter("Failed to parse the ProtoBuf message.");
    return message;
}

using Run = std::function<std::string(Database&, const std::string& body)>;

template <typename Response, typename Message>
Run action(Response (*function)(Database&, const Message&)) {
    return [function](Database& database, const std::string& body) {
        return function(database, parse<Message>(body)).SerializeAsString();
    };
}

const std::map<std::string, Run>& actions() {
    static const std::map<std::string, Run> all = {
        {"CreateTable", action(create_table)},
        {"ListTable", action(list_table)},
        {"DescribeTable", action(describe_table)},
        {"UpdateTable", action(update_table)},
        {"DeleteTable", action(delete_table)},
        {"ComputeSplitPointsBySize", action(compute_splits)},
        {"PutRow", action(put_row)},
        {"UpdateRow", action(update_row)},
        {"DeleteRow", action(delete_row)},
        {"BatchWriteRow", action(batch_write_row)},
        {"GetRow", action(get_row)},
        {"BatchGetRow", action(batch_get_row)},
        {"GetRange", action(get_range)},
        {"ListStream", action(list_stream)},
        {"DescribeStream", action(describe_stream)},
        {"GetShardIterator", action(get_shard_iterator)},
    };
    return all;
}

bool is_deflate(const Request& request, const char* header) {
    const std::string* value = request.header(header);
    return value && *value == "deflate";
}

std::string inflate(const Request& request) {
    const std::string* size = request.header("x-ots-request-compress-size");
    const size_t wanted = size ? std::strtoull(size->c_str(), nullptr, 10) : 0;
    if (wanted == 0 || wanted > kBodyBytesMax)
        refuse_parameter("Invalid header: x-ots-request-compress-size.");
    std::string plain(wanted, '\0');
    uLongf length = wanted;
    if (uncompress(reinterpret_cast<Bytef*>(plain.data()), &length,
                   reinterpret_cast<const Bytef*>(request.body.data()),
                   request.body.size()) != Z_OK ||
        length != wanted)
        refuse_parameter("Failed to decompress the request body.");
    return plain;
}

std::string deflate(const std::string& plain) {
    uLongf length = compressBound(plain.size());
    std::string packed(length, '\0');
    compress2(reinterpret_cast<Bytef*>(packed.data()), &length,
              reinterpret_cast<const Bytef*>(plain.data()), plain.size(), 1);
    packed.resize(length);
    return packed;
}

Answer page_of(std::string body) {
    return {std::make_shared<const std::string>(std::move(body)), ""};
}

Answer error_body(const std::string& code, const std::string& message) {
    wire::Error error;
    error.set_code(code);
    error.set_message(message);
    return page_of(error.SerializeAsString());
}

}  // namespace

Answer OtsService::run(const Request& request) {
    authenticate(request, account_, instance_, database_.clock().now());
    if (*request.header("x-ots-apiversion") != "2015-12-31")
        refuse_parameter("Unsupported API version: " + *request.header("x-ots-apiversion") + ".");
    if (request.body.size() > kBodyBytesMax)
        refuse_with(413, "OTSRequestBodyTooLarge", "The size of POST data is too large.");
    const bool packed = is_deflate(request, "x-ots-request-compress-type");
    const std::string unpacked = packed ? inflate(request) : std::string();
    const std::string& body = packed ? unpacked : request.body;
    const std::string name = ots_action(request);
    if (name == "GetStreamRecord")
        return get_stream_record(database_, served_, cache_,
                                 parse<wire::GetStreamRecordRequest>(body));
    const auto found = actions().find(name);
    if (found == actions().end()) refuse_parameter("Unsupported operation: '" + name + "'.");
    return page_of(found->second(database_, body));
}

Response OtsService::handle(const Request& request) {
    // The date is taken first: whatever was acknowledged before it is seen by the action.
    const TimePoint date = database_.clock().now();
    try {
        return answer(request, 200, run(request), date);
    } catch (const OtsError& error) {
        return answer(request, error.status, error_body(error.code, error.message), date);
    }
}

Response OtsService::failure(const Request& request, int status, const std::string& code,
                             const std::string& message) {
    return answer(request, status, error_body(code.empty() ? "OTSServerBusy" : code, message),
                  database_.clock().now());
}

Response OtsService::answer(const Request& request, int status, Answer page, TimePoint date) {
    Response response;
    response.status = status;
    if (status == 200 && !page.body->empty() &&
        is_deflate(request, "x-ots-response-compress-type")) {
        response.headers.emplace_back("x-ots-response-compress-type", "deflate");
        response.headers.emplace_back("x-ots-response-compress-size",
                                      std::to_string(page.body->size()));
        page = page_of(deflate(*page.body));
    }
    response.body = page.body;
    if (!page.md5.empty()) response.headers.emplace_back("x-ots-contentmd5", page.md5);
    char id[40];
    const uint64_t number = ++requests_;
    std::snprintf(id, sizeof id, "0005a1b2-%04x-%04x-%04x-%012llx",
                  static_cast<unsigned>(mix(number) & 0xffff),
                  static_cast<unsigned>(mix(number) >> 16 & 0xffff),
                  static_cast<unsigned>(mix(number) >> 32 & 0xffff),
                  static_cast<unsigned long long>(number));
    sign_answer(response, ots_action(request), ots_caller(request, account_), id, date);
    return response;
}

void OtsService::add_counters(nlohmann::json& to) const {
    to["records_served"] = served_.json();
}

}  // namespace millrace::standin
