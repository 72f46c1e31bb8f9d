// What a read wants of a row: columns, versions, filter.
#pragma once

#include <limits>
#include <optional>
#include <set>
#include <string>

#include "tablestore.pb.h"
#include "tests/standin/filter.h"
#include "tests/standin/ots_error.h"

namespace millrace::standin {

class Selection {
  public:
    // From a GetRow, GetRange or one table of a BatchGetRow. Throws OTSParameterInvalid.
    template <typename Request>
    explicit Selection(const Request& request)
        : columns_(request.columns_to_get().begin(), request.columns_to_get().end()),
          start_(request.start_column()),
          filter_(Filter::parse(request.filter())) {
        if (request.has_end_column()) end_ = request.end_column();
        if (request.columns_to_get_size() > 128)
            refuse_parameter("The number of columns_to_get exceeds the limit: 128.");
        if (!request.has_max_versions() && !request.has_time_range())
            refuse_parameter("Neither max_versions nor time_range is set.");
        if (request.has_max_versions()) {
            if (request.max_versions() < 1)
                refuse_parameter("max_versions must be greater than 0.");
            max_versions_ = request.max_versions();
        }
        if (request.has_time_range()) set_time_range(request.time_range());
    }

    // The columns of a row that are wanted, or none when the row is filtered out or has none of the
    // columns asked for by name. `key_names` may be asked for too.
    std::optional<Selected> choose(const Row& row, const std::vector<std::string>& key_names) const;

  private:
    void set_time_range(const tablestore::wire::TimeRange& range);

    std::set<std::string> columns_;  // empty = all
    std::string start_;
    std::optional<std::string> end_;
    Filter filter_;
    int32_t max_versions_ = std::numeric_limits<int32_t>::max();
    int64_t since_ms_ = 0;
    int64_t before_ms_ = std::numeric_limits<int64_t>::max();
};

}  // namespace millrace::standin
