// What the ledger keeps of an item's objects: written by the worker, read by both sides.
#pragma once

#include <string>

#include "common/base/hash128.h"
#include "common/base/status.h"

namespace millrace::oss {

// Progress::staging: the object that is open after an acknowledged part, or the number of the next.
struct Staging {
    uint32_t object = 0;  // 0, 1, … within the item
    std::string name;
    std::string upload;  // empty = not begun
    // The reserved number of its first part: a part's number in the upload is reserved - base + 1,
    // so that numbers of a lost worker are never used again.
    uint32_t base = 0;
    uint64_t rows = 0;   // in the object so far
    uint64_t bytes = 0;  // header included

    std::string json() const;
    static Result<Staging> parse(const std::string& json);
    bool operator==(const Staging&) const = default;
};

// Part::data: one uploaded part.
struct StagedPart {
    std::string name;  // of the object
    std::string upload;
    uint32_t number = 0;  // in the upload
    std::string etag;
    uint64_t crc64 = 0;
    uint64_t bytes = 0;
    uint64_t rows = 0;
    Sum128 sum;  // of its rows

    std::string json() const;
    static Result<StagedPart> parse(const std::string& json);
    bool operator==(const StagedPart&) const = default;
};

}  // namespace millrace::oss
