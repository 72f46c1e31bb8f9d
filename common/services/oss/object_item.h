// What the ledger keeps of an item that reads an object: where it begins, made by the coordinator,
// and how far it is, made by the worker. Read by both sides.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/status.h"

namespace millrace::oss {

// One version of an object.
struct ObjectStart {
    std::string object;  // empty = nothing is read
    std::string etag;
    uint64_t length = 0;
    // Rows with all fields: as many as the first row of the run's first object has.
    uint64_t fields = 0;

    std::string json() const;
    static Result<ObjectStart> parse(const std::string& json);
    bool operator==(const ObjectStart&) const = default;
};

// The place behind a record. Of compressed objects the offset is that of the bytes they hold.
struct ObjectPosition {
    uint64_t offset = 0;
    uint64_t records = 0;  // before the place, headers not among them
    uint64_t line = 0;     // line ends before the place
    uint64_t crc64 = 0;    // of the object's first `crc_offset` bytes, as they are stored
    uint64_t crc_offset = 0;

    std::string json() const;
    static Result<ObjectPosition> parse(const std::string& json);
    bool operator==(const ObjectPosition&) const = default;
};

}  // namespace millrace::oss
