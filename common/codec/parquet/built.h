// Is this program built with Apache Arrow?
#pragma once

#include "common/base/status.h"

namespace millrace::parquet {

// kConfig that says what to do, when it is not.
Status check_built();

}  // namespace millrace::parquet
