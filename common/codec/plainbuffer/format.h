// The tags and type bytes of PlainBuffer. All integers of the format are little-endian.
#pragma once

#include <cstdint>

namespace millrace::plainbuffer {

inline constexpr uint32_t kHeader = 0x75;
inline constexpr uint32_t kSequenceSize = 19;   // of the content of kTagSequence
inline constexpr uint32_t kExtensionSize = 24;  // of an extension that holds nothing else

enum Tag : uint8_t {
    kTagPadding = 0x00,
    kTagRow = 0x01,
    kTagAttributes = 0x02,
    kTagCell = 0x03,
    kTagName = 0x04,
    kTagValue = 0x05,
    kTagOp = 0x06,
    kTagTimestamp = 0x07,
    kTagDeleteMarker = 0x08,
    kTagRowChecksum = 0x09,
    kTagCellChecksum = 0x0a,
    kTagExtension = 0x0b,
    kTagSequence = 0x0c,
    kTagEpoch = 0x0d,
    kTagTimestampUs = 0x0e,
    kTagRowIndex = 0x0f,
};

enum Type : uint8_t {
    kTypeInteger = 0x00,
    kTypeDouble = 0x01,
    kTypeBoolean = 0x02,
    kTypeString = 0x03,
    kTypeBinary = 0x07,
    kTypeInfMin = 0x09,
    kTypeInfMax = 0x0a,
    kTypeAutoIncrement = 0x0b,
};

}  // namespace millrace::plainbuffer
