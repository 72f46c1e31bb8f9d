// The fake server itself lives here because test programs are made of *_test.cc files.
#include "tests/unit/support/fake_search.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <sstream>

#include "common/net/url.h"

namespace millrace::elasticsearch {

namespace {

std::string gunzip(std::string_view bytes) {
    z_stream stream{};
    inflateInit2(&stream, 15 + 16);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    std::string text;
    int code = Z_OK;
    while (code == Z_OK) {
        char piece[4096];
        stream.next_out = reinterpret_cast<Bytef*>(piece);
        stream.avail_out = sizeof piece;
        code = inflate(&stream, Z_NO_FLUSH);
        text.append(piece, sizeof piece - stream.avail_out);
    }
    inflateEnd(&stream);
    EXPECT_EQ(code, Z_STREAM_END);
    return text;
}

HttpAnswer reply(int status, const nlohmann::json& body) {
    return FakeHttp::answer(status, body.dump());
}

HttpAnswer error(int status, const std::string& type, const std::string& reason = "") {
    return reply(status, {{"error", {{"type", type}, {"reason", reason}}}, {"status", status}});
}

}  // namespace

Result<HttpAnswer> FakeSearch::answer(const HttpRequest& request) {
    ++requests;
    const bool packed = find_header(request.headers, "content-encoding") == "gzip";
    const std::string body = packed ? gunzip(request.body) : std::string(request.body);
    if (fault) {
        if (auto instead = fault(request, body)) return std::move(*instead);
    }
    std::string path = request.url.substr(request.url.find('/', 8));
    const bool with_source = path.find("_source=false") == std::string::npos;
    path = path.substr(1, path.find('?') == std::string::npos ? path.npos : path.find('?') - 1);
    if (path.empty()) {
        return reply(200, {{"version", {{"number", number}, {"distribution", distribution}}}});
    }
    if (path == "_aliases") return aliases(body);
    const size_t slash = path.find('/');
    const std::string first = percent_decode(path.substr(0, slash));
    const std::string rest = slash == std::string::npos ? "" : path.substr(slash + 1);
    if (first == "_alias") {
        Json holders = Json::object();
        for (const auto& [name, index] : indices) {
            if (index.aliases.contains(rest))
                holders[name] = {{"aliases", {{rest, Json::object()}}}};
        }
        return holders.empty() ? error(404, "aliases_not_found") : reply(200, holders);
    }
    if (rest.empty()) return index_call(request, first, body);
    if (!indices.contains(first)) return error(404, "index_not_found_exception");
    if (rest == "_bulk") return bulk(first, body);
    if (rest == "_mget") return mget(first, body, with_source);
    return sub_call(request, first, rest, body);
}

HttpAnswer FakeSearch::index_call(const HttpRequest& request, const std::string& index,
                                  const std::string& body) {
    const bool there = indices.contains(index);
    switch (request.method) {
        case Method::kHead: return FakeHttp::answer(there ? 200 : 404, "");
        case Method::kDelete:
            if (!there) return error(404, "index_not_found_exception");
            indices.erase(index);
            return reply(200, {{"acknowledged", true}});
        default: break;
    }
    if (there) return error(400, "resource_already_exists_exception");
    const Json made = body.empty() ? Json::object() : Json::parse(body);
    indices[index].mappings = made.value("mappings", Json::object());
    const Json flat = made.value("settings", Json::object()).flatten();
    for (const auto& [key, value] : flat.items()) {
        std::string name = key.substr(1);
        std::replace(name.begin(), name.end(), '/', '.');
        if (!name.starts_with("index.")) name = "index." + name;
        indices[index].settings[name] = value.is_string() ? value : Json(value.dump());
    }
    indices[index].settings["index.uuid"] = "uuid-" + std::to_string(requests);
    return reply(200, {{"acknowledged", true}});
}

HttpAnswer FakeSearch::sub_call(const HttpRequest& request, const std::string& index,
                                const std::string& verb, const std::string& body) {
    Index& one = indices[index];
    if (verb == "_settings") return reply(200, {{index, {{"settings", one.settings}}}});
    if (verb == "_mapping" && request.method == Method::kGet) {
        return reply(200, {{index, {{"mappings", one.mappings}}}});
    }
    if (verb == "_mapping") {
        const Json fields = Json::parse(body).value("properties", Json::object());
        for (const auto& [name, field] : fields.items()) {
            Json& old = one.mappings["properties"][name];
            if (!old.is_null() && old.value("type", "") != field.value("type", "")) {
                return error(400, "illegal_argument_exception", "mapper cannot be changed");
            }
            old = field;
        }
        return reply(200, {{"acknowledged", true}});
    }
    if (verb == "_refresh") return reply(200, {{"_shards", {{"failed", 0}}}});
    if (verb == "_count") return reply(200, {{"count", live(index).size()}});
    return error(405, "unknown_call");
}

HttpAnswer FakeSearch::aliases(const std::string& body) {
    const Json tree = Json::parse(body);
    for (const Json& action : tree["actions"]) {
        for (const auto& [verb, what] : action.items()) {
            Index& index = indices.at(what["index"].get<std::string>());
            if (verb == "add") index.aliases.insert(what["alias"].get<std::string>());
            if (verb == "remove") index.aliases.erase(what["alias"].get<std::string>());
        }
    }
    return reply(200, {{"acknowledged", true}});
}

FakeSearch::Json FakeSearch::write(Index& index, const std::string& action, const Json& meta,
                                   const Json& source) {
    const auto id = meta["_id"].get<std::string>();
    const auto version = meta["version"].get<uint64_t>();
    EXPECT_EQ(meta["version_type"], "external_gte");
    EXPECT_LE(id.size(), 512u);
    if (item_fault) {
        if (auto instead = item_fault(action, id, source)) return *instead;
    }
    Document& document = index.documents[id];
    if (version < document.version) {
        return {{"status", 409}, {"error", {{"type", "version_conflict_engine_exception"}}}};
    }
    const bool was_live = document.live;
    document = {version, action == "index", source};
    if (action == "index") return {{"status", was_live ? 200 : 201}};
    return {{"status", was_live ? 200 : 404}};
}

HttpAnswer FakeSearch::bulk(const std::string& index, const std::string& body) {
    ++bulks;
    if (body.empty() || body.back() != '\n') return error(400, "illegal_argument_exception");
    Json done = Json::array();
    std::istringstream lines(body);
    for (std::string line; std::getline(lines, line);) {
        const Json action = Json::parse(line);
        const std::string name = action.begin().key();
        Json source;
        if (name == "index") {
            std::getline(lines, line);
            source = Json::parse(line);
        }
        done.push_back({{name, write(indices[index], name, action.begin().value(), source)}});
        ++items;
    }
    return reply(200, {{"took", 1}, {"items", done}});
}

HttpAnswer FakeSearch::mget(const std::string& index, const std::string& body, bool with_source) {
    ++mgets;
    Json docs = Json::array();
    const Json tree = Json::parse(body);
    for (const Json& id : tree["ids"]) {
        const auto& documents = indices[index].documents;
        const auto found = documents.find(id.get<std::string>());
        if (found == documents.end() || !found->second.live) {
            docs.push_back({{"found", false}});
            continue;
        }
        Json one = {{"found", true}, {"_version", found->second.version}};
        if (with_source) one["_source"] = found->second.source;
        docs.push_back(one);
    }
    return reply(200, {{"docs", docs}});
}

std::map<std::string, FakeSearch::Json> FakeSearch::live(const std::string& index) const {
    std::map<std::string, Json> all;
    const auto found = indices.find(index);
    if (found == indices.end()) return all;
    for (const auto& [id, document] : found->second.documents) {
        if (document.live) all[id] = document.source;
    }
    return all;
}

TEST(FakeSearch, KeepsTombstones) {
    FakeSearch server;
    server.indices["i"];
    HttpRequest request;
    request.method = Method::kPost;
    request.url = "http://h/i/_bulk";
    const std::string body =
        "{\"delete\":{\"_id\":\"1\",\"version\":5,\"version_type\":\"external_gte\"}}\n"
        "{\"index\":{\"_id\":\"1\",\"version\":4,\"version_type\":\"external_gte\"}}\n{}\n";
    request.body = body;
    const auto answer = server.answer(request);
    ASSERT_TRUE(answer.ok());
    const auto tree = nlohmann::json::parse(answer->body.view());
    EXPECT_EQ(tree["items"][0]["delete"]["status"], 404);
    EXPECT_EQ(tree["items"][1]["index"]["status"], 409);
}

}  // namespace millrace::elasticsearch
