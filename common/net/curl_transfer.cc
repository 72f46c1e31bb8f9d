#include "common/net/curl_transfer.h"

#include <algorithm>
#include <charconv>

namespace millrace {
namespace {

// Measured: smaller buffers double the cost of receiving; larger ones gain nothing.
constexpr long kReceiveBuffer = 512 * 1024;
constexpr long kUploadBuffer = 1024 * 1024;
constexpr size_t kReserveMax = 64 * 1024 * 1024;

long millis(Duration duration) {
    return std::max<long>(1,
                          std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
    return text;
}

}  // namespace

CurlTransfer::CurlTransfer(CURL* easy, HttpRequest request, const Clock& clock)
    : easy_(easy), request_(std::move(request)) {
    answer_.body = std::move(request_.answer_buffer);
    answer_.body.clear();
    curl_easy_reset(easy_);
    curl_easy_setopt(easy_, CURLOPT_URL, request_.url.c_str());
    curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, error_);
    curl_easy_setopt(easy_, CURLOPT_BUFFERSIZE, kReceiveBuffer);
    curl_easy_setopt(easy_, CURLOPT_UPLOAD_BUFFERSIZE, kUploadBuffer);
    curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, &CurlTransfer::on_header);
    curl_easy_setopt(easy_, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &CurlTransfer::on_body);
    curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(easy_, CURLOPT_PRIVATE, this);
    set_method();
    set_headers();
    set_timeouts(clock);
}

CurlTransfer::~CurlTransfer() {
    curl_slist_free_all(headers_);
}

void CurlTransfer::set_method() {
    const bool sends = request_.method == Method::kPut || request_.method == Method::kPost ||
                       request_.method == Method::kPatch || !request_.body.empty();
    if (sends) {
        // POSTFIELDS sends straight from the caller's memory; the verb is set apart.
        curl_easy_setopt(easy_, CURLOPT_POST, 1L);
        curl_easy_setopt(easy_, CURLOPT_POSTFIELDS,
                         request_.body.empty() ? "" : request_.body.data());
        curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE,
                         static_cast<curl_off_t>(request_.body.size()));
    }
    if (request_.method == Method::kHead) {
        curl_easy_setopt(easy_, CURLOPT_NOBODY, 1L);
    } else if (request_.method != Method::kGet || sends) {
        curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST,
                         std::string(name_of(request_.method)).c_str());
    }
}

void CurlTransfer::set_headers() {
    for (const auto& [name, value] : request_.headers) {
        const std::string line = value.empty() ? name + ";" : name + ": " + value;
        headers_ = curl_slist_append(headers_, line.c_str());
    }
    // curl adds these by itself; signatures cover what is sent, so nothing unasked may be added.
    for (const char* name : {"Expect", "Content-Type"}) {
        if (find_header(request_.headers, name).empty()) {
            headers_ = curl_slist_append(headers_, (std::string(name) + ":").c_str());
        }
    }
    curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, headers_);
}

void CurlTransfer::set_timeouts(const Clock& clock) {
    Duration total = request_.timeouts.total;
    if (request_.deadline) {
        const Duration left = *request_.deadline - clock.monotonic();
        bound_by_lease_ = left < total;
        total = std::min(total, left);
    }
    curl_easy_setopt(easy_, CURLOPT_CONNECTTIMEOUT_MS, millis(request_.timeouts.connect));
    curl_easy_setopt(easy_, CURLOPT_TIMEOUT_MS, millis(total));
    curl_easy_setopt(easy_, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(easy_, CURLOPT_LOW_SPEED_TIME,
                     std::max(1L, millis(request_.timeouts.stall) / 1000));
}

size_t CurlTransfer::on_header(char* data, size_t size, size_t count, void* self) {
    auto& answer = static_cast<CurlTransfer*>(self)->answer_;
    const std::string_view line(data, size * count);
    if (line.starts_with("HTTP/")) {  // also of an answer that follows a 100 Continue
        answer.headers.clear();
        return line.size();
    }
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) return line.size();
    std::string name(line.substr(0, colon));
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    const std::string_view value = trim(line.substr(colon + 1));
    if (name == "content-length") {
        size_t length = 0;
        std::from_chars(value.data(), value.data() + value.size(), length);
        answer.body.reserve(std::min(length, kReserveMax));
    }
    answer.headers.emplace_back(std::move(name), value);
    return line.size();
}

size_t CurlTransfer::on_body(char* data, size_t size, size_t count, void* self) {
    static_cast<CurlTransfer*>(self)->answer_.body.append({data, size * count});
    return size * count;
}

Status CurlTransfer::failure(CURLcode outcome) const {
    const std::string cause = error_[0] ? error_ : curl_easy_strerror(outcome);
    // The query may hold a signature: name the place only.
    const std::string text = request_.url.substr(0, request_.url.find('?')) + ": " + cause;
    curl_off_t connected = 0;
    curl_easy_getinfo(easy_, CURLINFO_CONNECT_TIME_T, &connected);
    switch (outcome) {
        case CURLE_URL_MALFORMAT:
        case CURLE_UNSUPPORTED_PROTOCOL: return config_error(text);
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_RESOLVE_PROXY:
        case CURLE_COULDNT_CONNECT:
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_PEER_FAILED_VERIFICATION: return Status(Code::kUnreachable, text);
        case CURLE_OPERATION_TIMEDOUT:
            if (bound_by_lease_) return Status(Code::kLeaseLost, text + " (the lease ended)");
            return Status(connected == 0 ? Code::kUnreachable : Code::kUnknownOutcome, text);
        default: return Status(Code::kUnknownOutcome, text);
    }
}

void CurlTransfer::complete(CURLcode outcome) {
    if (outcome == CURLE_OK) {
        long status = 0;
        curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
        answer_.status = static_cast<int>(status);
    } else {
        status_ = failure(outcome);
    }
    done = true;
}

Result<HttpAnswer> CurlTransfer::take() {
    if (!status_.ok()) return status_;
    return std::move(answer_);
}

}  // namespace millrace
