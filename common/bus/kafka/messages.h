// From and to the messages of proto/millrace.proto.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/bus/bus.h"

namespace millrace::wire {
class Event;
class QuarantineLines;
}  // namespace millrace::wire

namespace millrace::kafka {

constexpr uint32_t kSchema = 1;  // what this version writes, and the newest that it reads

enum class Reading {
    kGood,
    kNewer,      // of a later version: to be parked
    kMalformed,  // nothing of ours
};

std::string encode(const Doorbell& doorbell);
Reading decode(std::string_view message, Doorbell& doorbell);

std::string encode(wire::Event event);  // sets `schema`
Reading decode(std::string_view message, wire::Event& event);
Reading decode(std::string_view message, wire::QuarantineLines& lines);

}  // namespace millrace::kafka
