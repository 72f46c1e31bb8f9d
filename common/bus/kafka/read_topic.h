// Reads topics without a consumer group.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "common/bus/kafka/client.h"

namespace millrace::kafka {

// A client that reads what is assigned to it: committed records only, and says where a partition
// ends. `lost` is where it goes on when its position is gone: "earliest" or "latest".
Result<Client> make_reader(const Cluster& cluster, const std::string& lost);

enum class Begin { kBeginning, kEnd };
// Assigns all partitions of the topic to the client, from where they begin, or end, now. Returns
// the offsets behind the last record of each. kNotFound when there is no such topic.
Result<std::vector<int64_t>> assign_all(rd_kafka_t* client, const std::string& topic, Begin begin);

// Gives all records that are committed now, those of one partition in order; an empty value may be
// a removed key. Ends with the first status of `take` that is not ok. Views end with the call.
Status read_topic(const Cluster& cluster, const std::string& topic,
                  const std::function<Status(std::string_view key, std::string_view value)>& take);

}  // namespace millrace::kafka
