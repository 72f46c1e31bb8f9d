#include <nlohmann/json.hpp>

#include "tests/standin/service.h"

namespace millrace::standin {
namespace {

class Unbuilt final : public Service {
  public:
    explicit Unbuilt(std::string name) : name_(std::move(name)) {}
    std::string name() const override { return name_; }
    std::string action_of(const Request&) const override { return "unknown"; }
    Response handle(const Request& request) override {
        return failure(request, 501, "NotImplemented", "the stand-in has no such service yet");
    }
    Response failure(const Request&, int status, const std::string& code,
                     const std::string& message) override {
        Response response;
        response.status = status;
        response.set_body(code + ": " + message + "\n");
        return response;
    }
    void add_counters(nlohmann::json&) const override {}
    void reset_counters() override {}

  private:
    const std::string name_;
};

}  // namespace

std::unique_ptr<Service> make_unbuilt_service(std::string name) {
    return std::make_unique<Unbuilt>(std::move(name));
}

}  // namespace millrace::standin
