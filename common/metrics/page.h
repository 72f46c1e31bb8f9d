// docs/metrics.md.
#pragma once

#include <string>

namespace millrace {

std::string metrics_page();

}  // namespace millrace
