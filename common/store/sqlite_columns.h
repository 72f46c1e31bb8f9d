// How enumerations and sums stand in the columns of SQLite: as the names that people read.
#pragma once

#include <initializer_list>
#include <string>

#include "common/store/rows.h"

namespace millrace {

template <typename Enum>
Enum from_name(const std::string& name, std::initializer_list<Enum> all) {
    for (const Enum value : all) {
        if (name_of(value) == name) return value;
    }
    throw StorageFailure{fatal_error("the ledger holds the unknown word \"" + name +
                                     "\"; restore it from a copy, or name another state folder")};
}

inline InstanceState instance_state(const std::string& name) {
    using enum InstanceState;
    return from_name(name, {kRunning, kCommitting, kCommitted, kCleaned, kFailed, kCancelled});
}

inline ItemState item_state(const std::string& name) {
    using enum ItemState;
    return from_name(name, {kReady, kClaimed, kWritten, kParked});
}

inline Sum128 sum_of(const std::string& hex) {
    const Result<Sum128> sum = Sum128::parse(hex);
    if (!sum.ok()) throw StorageFailure{sum.status().with_context("the ledger holds a bad sum")};
    return *sum;
}

}  // namespace millrace
