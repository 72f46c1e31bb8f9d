// The table of the quickstart: `user_info` with a few hours of puts, updates and deletes.
#pragma once

#include "tests/standin/database.h"

namespace millrace::standin {

void make_demo(Database& database);

}  // namespace millrace::standin
