#include "tests/standin/http_server.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "tests/standin/alarm.h"

namespace millrace::standin {
namespace {

char lower_letter(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// One request from its first line until its answer is out.
struct Exchange {
    Request request;
    Response response;
    bool begun = false;
    bool handled = false;
};

void* on_target(void*, const char* target, MHD_Connection*) {
    auto exchange = std::make_unique<Exchange>();
    exchange->request.target = target;
    return exchange.release();
}

void on_completed(void*, MHD_Connection*, void** state, MHD_RequestTerminationCode) {
    delete static_cast<Exchange*>(*state);
    *state = nullptr;
}

MHD_Result on_header(void* headers, MHD_ValueKind, const char* name, const char* value) {
    static_cast<Headers*>(headers)->emplace_back(name, value ? value : "");
    return MHD_YES;
}

void begin(Exchange& exchange, MHD_Connection* connection, const char* method) {
    Request& request = exchange.request;
    request.method = method;
    MHD_get_connection_values(connection, MHD_HEADER_KIND, on_header, &request.headers);
    // A length from outside is only a hint, so what it reserves is bounded.
    if (const std::string* length = request.header("content-length"))
        request.body.reserve(std::min(std::strtoull(length->c_str(), nullptr, 10), 64ull << 20));
    exchange.begun = true;
}

MHD_Result reset(MHD_Connection* connection) {
    const auto* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    const linger at_once{1, 0};  // close() then sends RST instead of FIN
    if (info) setsockopt(info->connect_fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    return MHD_NO;
}

void drop_body(void* body) {
    delete static_cast<Body*>(body);
}

ssize_t half_of_body(void* state, uint64_t position, char* to, size_t room) {
    const std::string& body = **static_cast<Body*>(state);
    const uint64_t end = body.size() / 2;
    if (position >= end) return MHD_CONTENT_READER_END_WITH_ERROR;
    const size_t size = std::min(room, static_cast<size_t>(end - position));
    std::memcpy(to, body.data() + position, size);
    return static_cast<ssize_t>(size);
}

MHD_Response* wire_form(const Response& response) {
    auto* body = new Body(response.body ? response.body : std::make_shared<const std::string>());
    if (response.end == Response::End::kTruncated)
        return MHD_create_response_from_callback((*body)->size(), 64 << 10, half_of_body, body,
                                                 drop_body);
    // MHD only reads the bytes, although the parameter is not const.
    return MHD_create_response_from_buffer_with_free_callback_cls(
        (*body)->size(), const_cast<char*>((*body)->data()), drop_body, body);
}

MHD_Result send(MHD_Connection* connection, const Response& response) {
    if (response.end == Response::End::kReset) return reset(connection);
    MHD_Response* wire = wire_form(response);
    for (const auto& [name, value] : response.headers)
        MHD_add_response_header(wire, name.c_str(), value.c_str());
    const auto status = static_cast<unsigned>(response.status);
    const MHD_Result result = MHD_queue_response(connection, status, wire);
    MHD_destroy_response(wire);
    return result;
}

}  // namespace

struct HttpServer::Impl {
    Handler handler;
    MHD_Daemon* daemon = nullptr;
    Alarm alarm;

    static MHD_Result on_request(void* self, MHD_Connection* connection, const char*,
                                 const char* method, const char*, const char* upload, size_t* size,
                                 void** state) {
        auto& exchange = *static_cast<Exchange*>(*state);
        if (!exchange.begun) {
            begin(exchange, connection, method);
            return MHD_YES;
        }
        if (*size > 0) {
            exchange.request.body.append(upload, *size);
            *size = 0;
            return MHD_YES;
        }
        return static_cast<Impl*>(self)->answer(exchange, connection);
    }

    MHD_Result answer(Exchange& exchange, MHD_Connection* connection) {
        if (!exchange.handled) {
            exchange.response = handler(exchange.request);
            exchange.handled = true;
            if (exchange.response.delay.count() > 0) {
                // MHD calls again for this request once the connection is resumed.
                MHD_suspend_connection(connection);
                alarm.after(exchange.response.delay,
                            [connection] { MHD_resume_connection(connection); });
                return MHD_YES;
            }
        }
        return send(connection, exchange.response);
    }
};

Result<std::unique_ptr<HttpServer>> HttpServer::create(uint16_t port, Handler handler,
                                                       unsigned threads) {
    auto impl = std::make_unique<Impl>();
    impl->handler = std::move(handler);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    impl->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, port, nullptr, nullptr,
        &Impl::on_request, impl.get(), MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_THREAD_POOL_SIZE,
        threads, MHD_OPTION_CONNECTION_MEMORY_LIMIT, size_t{512 << 10}, MHD_OPTION_URI_LOG_CALLBACK,
        &on_target, nullptr, MHD_OPTION_NOTIFY_COMPLETED, &on_completed, nullptr, MHD_OPTION_END);
    if (!impl->daemon)
        return fatal_error("cannot listen on 127.0.0.1:" + std::to_string(port) +
                           "; is the port in use?");
    return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpServer::~HttpServer() {
    impl_->alarm.finish();  // every suspended connection is resumed before the server stops
    MHD_stop_daemon(impl_->daemon);
}

uint16_t HttpServer::port() const {
    return MHD_get_daemon_info(impl_->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}

std::string HttpServer::url() const {
    return "http://127.0.0.1:" + std::to_string(port());
}

std::string_view Request::path() const {
    return std::string_view(target).substr(0, target.find('?'));
}

std::string_view Request::query() const {
    const size_t mark = target.find('?');
    return mark == std::string::npos ? std::string_view()
                                     : std::string_view(target).substr(mark + 1);
}

const std::string* Request::header(std::string_view name) const {
    for (const auto& [key, value] : headers)
        if (same_name(key, name)) return &value;
    return nullptr;
}

bool same_name(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower_letter(x) == lower_letter(y); });
}

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result) c = lower_letter(c);
    return result;
}

}  // namespace millrace::standin
