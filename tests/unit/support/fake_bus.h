// A bus for one thread: waiting moves a fake clock, and a hook plays the rest of the world.
#pragma once

#include <deque>
#include <functional>

#include "common/base/fakes/fake_clock.h"
#include "common/bus/bus.h"

namespace millrace {

class FakeBus final : public Bus {
  public:
    explicit FakeBus(FakeClock& clock) : clock_(clock) {}

    Status publish(const Doorbell& doorbell) override {
        published.push_back(doorbell);
        waiting.push_back(doorbell);
        return {};
    }
    Result<std::optional<Doorbell>> poll(Duration timeout) override {
        if (before_poll) before_poll();
        if (waiting.empty()) {
            clock_.advance(timeout);
            if (on_silence) on_silence();
            return std::optional<Doorbell>();
        }
        std::optional<Doorbell> first = waiting.front();
        waiting.pop_front();
        return first;
    }

    std::vector<Doorbell> published;
    std::deque<Doorbell> waiting;
    std::function<void()> before_poll;
    std::function<void()> on_silence;  // nobody rang for the whole time

  private:
    FakeClock& clock_;
};

}  // namespace millrace
