#include "common/codec/parquet/built.h"

namespace millrace::parquet {

Status check_built() {
#ifdef MILLRACE_PARQUET
    return {};
#else
    return config_error(
        "\"fileFormat\": \"parquet\" is not in this build of millrace: run deploy/quickstart or "
        "tests/run once with a way to the Python packages (they fetch Apache Arrow) and build "
        "again, or write csv");
#endif
}

}  // namespace millrace::parquet
