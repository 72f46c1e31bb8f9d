#include "common/net/http_server.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <strings.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <optional>
#include <utility>

#include "common/net/alarm.h"

namespace millrace {
namespace {

// How long the end of the server waits for answers that are on their way.
constexpr std::chrono::seconds kLastAnswers{2};

// One request from its first line until its answer is out.
struct Exchange {
    ServerRequest request;
    ServerResponse response;
    uint64_t received = 0;  // bytes of the body
    bool begun = false;
    bool handled = false;
};

// The exchanges under way, so that the end can wait for them.
class Open {
  public:
    void add(int count) {
        const std::lock_guard lock(mutex_);
        count_ += count;
        if (count_ == 0) none_.notify_all();
    }
    void wait_for_none(std::chrono::milliseconds longest) {
        std::unique_lock lock(mutex_);
        none_.wait_for(lock, longest, [this] { return count_ == 0; });
    }

  private:
    std::mutex mutex_;
    std::condition_variable none_;
    int count_ = 0;
};

void* on_target(void* open, const char* target, MHD_Connection*) {
    auto exchange = std::make_unique<Exchange>();
    exchange->request.target = target;
    static_cast<Open*>(open)->add(1);
    return exchange.release();
}

void on_completed(void* open, MHD_Connection*, void** state, MHD_RequestTerminationCode) {
    if (*state == nullptr) return;
    delete static_cast<Exchange*>(*state);
    *state = nullptr;
    static_cast<Open*>(open)->add(-1);
}

MHD_Result on_header(void* headers, MHD_ValueKind, const char* name, const char* value) {
    static_cast<Headers*>(headers)->emplace_back(name, value ? value : "");
    return MHD_YES;
}

void begin(Exchange& exchange, MHD_Connection* connection, const char* method, uint64_t body_max) {
    ServerRequest& request = exchange.request;
    request.method = method;
    MHD_get_connection_values(connection, MHD_HEADER_KIND, on_header, &request.headers);
    exchange.begun = true;
    const std::string* length = request.header("content-length");
    if (!length) return;
    // A length from outside is only a hint, so what it reserves is bounded.
    const uint64_t announced = std::strtoull(length->c_str(), nullptr, 10);
    request.body_too_long = announced > body_max;
    if (!request.body_too_long) request.body.reserve(std::min<uint64_t>(announced, 64u << 20));
}

// An address of the form that the system calls take; nothing when it is none.
std::optional<sockaddr_storage> socket_address(const std::string& host, int port) {
    sockaddr_storage address{};
    auto& v4 = reinterpret_cast<sockaddr_in&>(address);
    auto& v6 = reinterpret_cast<sockaddr_in6&>(address);
    const char* text = host == "localhost" ? "127.0.0.1" : host.c_str();
    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
        v4.sin_family = AF_INET;
        v4.sin_port = htons(static_cast<uint16_t>(port));
    } else if (inet_pton(AF_INET6, text, &v6.sin6_addr) == 1) {
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(static_cast<uint16_t>(port));
    } else {
        return {};
    }
    return address;
}

std::string with_port(const std::string& host, int port) {
    const bool v6 = host.find(':') != std::string::npos;
    return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

MHD_Result reset(MHD_Connection* connection) {
    const auto* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    const linger at_once{1, 0};  // close() then sends RST instead of FIN
    if (info) setsockopt(info->connect_fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    return MHD_NO;
}

void drop_body(void* body) {
    delete static_cast<ServerBody*>(body);
}

ssize_t half_of_body(void* state, uint64_t position, char* to, size_t room) {
    const std::string& body = **static_cast<ServerBody*>(state);
    const uint64_t end = body.size() / 2;
    if (position >= end) return MHD_CONTENT_READER_END_WITH_ERROR;
    const size_t size = std::min(room, static_cast<size_t>(end - position));
    std::memcpy(to, body.data() + position, size);
    return static_cast<ssize_t>(size);
}

MHD_Response* wire_form(const ServerResponse& response) {
    auto* body =
        new ServerBody(response.body ? response.body : std::make_shared<const std::string>());
    if (response.end == ServerResponse::End::kTruncated)
        return MHD_create_response_from_callback((*body)->size(), 64 << 10, half_of_body, body,
                                                 drop_body);
    // MHD only reads the bytes, although the parameter is not const.
    return MHD_create_response_from_buffer_with_free_callback_cls(
        (*body)->size(), const_cast<char*>((*body)->data()), drop_body, body);
}

MHD_Result send(MHD_Connection* connection, const ServerResponse& response) {
    if (response.end == ServerResponse::End::kReset) return reset(connection);
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
    HttpServerOptions options;
    ServerHandler handler;
    MHD_Daemon* daemon = nullptr;
    Open open;
    Alarm alarm;
    std::atomic<bool> ending = false;

    static MHD_Result on_request(void* self, MHD_Connection* connection, const char*,
                                 const char* method, const char*, const char* upload, size_t* size,
                                 void** state) {
        auto& exchange = *static_cast<Exchange*>(*state);
        auto& impl = *static_cast<Impl*>(self);
        if (!exchange.begun) {
            begin(exchange, connection, method, impl.options.body_bytes_max);
            // An answer before the body was sent ends the connection, too.
            return exchange.request.body_too_long ? impl.answer(exchange, connection) : MHD_YES;
        }
        if (*size == 0) return impl.answer(exchange, connection);
        return impl.take(exchange, {upload, std::exchange(*size, 0)});
    }

    // A body without an announced length that gets too long is read on, to be answered at its end;
    // not for ever.
    MHD_Result take(Exchange& exchange, std::string_view piece) const {
        ServerRequest& request = exchange.request;
        exchange.received += piece.size();
        if (exchange.received <= options.body_bytes_max) {
            request.body.append(piece);
            return MHD_YES;
        }
        request.body_too_long = true;
        request.body.clear();
        return exchange.received / 4 > options.body_bytes_max ? MHD_NO : MHD_YES;
    }

    // MHD calls again for this request once the connection is resumed.
    MHD_Result answer(Exchange& exchange, MHD_Connection* connection) {
        ServerResponse& response = exchange.response;
        if (!exchange.handled) {
            response = handler(exchange.request);
            exchange.handled = true;
        } else if (response.later && !ending) {
            const auto later = std::move(response.later);
            response = later();
        } else {
            response.delay = {};
        }
        if (response.delay.count() == 0) return send(connection, response);
        MHD_suspend_connection(connection);
        alarm.after(response.delay, [connection] { MHD_resume_connection(connection); });
        return MHD_YES;
    }
};

Result<std::unique_ptr<HttpServer>> HttpServer::create(HttpServerOptions options,
                                                       ServerHandler handler) {
    const std::string place = with_port(options.host, options.port);
    const std::optional<sockaddr_storage> address = socket_address(options.host, options.port);
    if (!address) {
        return config_error("cannot listen on " + place +
                            ": the host must be an address of this machine or localhost");
    }
    auto impl = std::make_unique<Impl>();
    impl->options = std::move(options);
    impl->handler = std::move(handler);
    const auto v6 = address->ss_family == AF_INET6 ? MHD_USE_IPv6 : MHD_NO_FLAG;
    // MHD shares the connections out to the threads and refuses less than one for each.
    const unsigned connections = std::max(impl->options.connections_max, impl->options.threads);
    impl->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | v6, 0, nullptr, nullptr,
        &Impl::on_request, impl.get(), MHD_OPTION_SOCK_ADDR, &*address, MHD_OPTION_THREAD_POOL_SIZE,
        impl->options.threads, MHD_OPTION_CONNECTION_LIMIT, connections,
        MHD_OPTION_CONNECTION_TIMEOUT, static_cast<unsigned>(impl->options.idle_max.count()),
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, size_t{512 << 10}, MHD_OPTION_URI_LOG_CALLBACK,
        &on_target, &impl->open, MHD_OPTION_NOTIFY_COMPLETED, &on_completed, &impl->open,
        MHD_OPTION_END);
    if (!impl->daemon) return config_error("cannot listen on " + place + "; is the port in use?");
    return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpServer::~HttpServer() {
    impl_->ending = true;
    impl_->alarm.finish();  // every suspended connection is resumed before the server stops
    impl_->open.wait_for_none(kLastAnswers);
    MHD_stop_daemon(impl_->daemon);
}

int HttpServer::port() const {
    return MHD_get_daemon_info(impl_->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}

std::string HttpServer::url() const {
    return "http://" + with_port(impl_->options.host, port());
}

std::string_view ServerRequest::path() const {
    return std::string_view(target).substr(0, target.find('?'));
}

std::string_view ServerRequest::query() const {
    const size_t mark = target.find('?');
    return mark == std::string::npos ? std::string_view()
                                     : std::string_view(target).substr(mark + 1);
}

const std::string* ServerRequest::header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
        if (key.size() == name.size() && strncasecmp(key.data(), name.data(), name.size()) == 0)
            return &value;
    }
    return nullptr;
}

}  // namespace millrace
