#include "coordinator/sources/make.h"

#include "coordinator/sources/objects.h"
#include "coordinator/sources/partitions.h"
#include "coordinator/sources/stream.h"
#include "coordinator/sources/table.h"

namespace millrace {

Result<std::unique_ptr<SourceSide>> make_source_side(const JobSpec& job,
                                                     const CallContext& context) {
    const std::string& plugin = job.reader.plugin;
    if (plugin == "otsstream") {
        MILLRACE_ASSIGN(StreamReaderConfig reader, read_otsstream_reader(job.reader));
        return std::unique_ptr<SourceSide>(
            std::make_unique<StreamSide>(context, std::move(reader)));
    }
    if (plugin == "ots") {
        MILLRACE_ASSIGN(TableReaderConfig reader, read_ots_reader(job.reader));
        return std::unique_ptr<SourceSide>(
            std::make_unique<TableSide>(context, std::move(reader), job.concurrent));
    }
    if (plugin == "oss") {
        MILLRACE_ASSIGN(OssReaderConfig reader, read_oss_reader(job.reader));
        return std::unique_ptr<SourceSide>(
            std::make_unique<ObjectSide>(context, std::move(reader)));
    }
    if (plugin == "odps") {
        MILLRACE_ASSIGN(OdpsReaderConfig reader, read_odps_reader(job.reader));
        MILLRACE_ASSIGN(maxcompute::Config address, maxcompute::make_config(reader.address));
        return std::unique_ptr<SourceSide>(
            std::make_unique<PartitionSide>(context, std::move(reader), std::move(address)));
    }
    return config_error("reader \"" + plugin + "\" is not built yet");
}

}  // namespace millrace
