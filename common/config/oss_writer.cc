#include "common/config/oss_writer.h"

#include <algorithm>

#include "common/codec/utf8.h"
#include "common/config/cell_types.h"
#include "common/config/typed_parameters.h"

namespace millrace {
namespace {

constexpr uint64_t kPartBytes = 8 << 20;
constexpr uint64_t kPartBytesMin = 100 * 1024;  // the service's limits of one part
constexpr uint64_t kPartBytesMax = uint64_t{5} << 30;
constexpr uint64_t kObjectBytes = 256 << 20;
constexpr uint64_t kObjectRows = 1'000'000;
constexpr uint64_t kRowGroupRows = 65'536;
constexpr uint64_t kMegabyte = 1 << 20;
// The service takes 10,000 parts of an object; numbers that a lost worker reserved leave gaps.
constexpr uint64_t kPartsMax = 9'000;
constexpr size_t kNameMax = 1023;  // bytes
constexpr size_t kNameTail = 120;  // what names get behind the object parameter, without suffix

std::string lower(std::string text) {
    for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return text;
}

Status odd(const std::string& name, const std::string& value, const std::string& instead) {
    return config_error("\"" + name + "\": \"" + value + "\" " + instead);
}

Result<OssWriteMode> write_mode(const std::string& text) {
    if (text == "truncate") return OssWriteMode::kTruncate;
    if (text == "append") return OssWriteMode::kAppend;
    if (text == "nonConflict") return OssWriteMode::kNonConflict;
    return odd("writeMode", text, "must be truncate, append or nonConflict");
}

Result<ObjectFormat> object_format(TypedParameters& reader) {
    const std::string kind = lower(reader.text("fileFormat", "text"));
    if (kind == "csv") return ObjectFormat::kCsv;
    if (kind == "text" || kind == "txt") return ObjectFormat::kText;
    if (kind == "parquet") return ObjectFormat::kParquet;
    return odd("fileFormat", kind, "is not built yet; write csv, text or parquet");
}

Result<CsvFormat> read_lines(TypedParameters& reader, bool quoting) {
    CsvFormat format;
    format.quoting = quoting;
    const std::string encoding = lower(reader.text("encoding", "UTF-8"));
    if (encoding != "utf-8" && encoding != "utf8") {
        return odd("encoding", encoding, "is not built yet; write UTF-8");
    }
    const std::string delimiter = reader.text("fieldDelimiter", ",");
    if (delimiter.size() != 1 || static_cast<unsigned char>(delimiter[0]) >= 0x80) {
        return odd("fieldDelimiter", delimiter, "must be one ASCII character");
    }
    format.delimiter = delimiter[0];
    if (format.quoting && (delimiter == "\"" || delimiter[0] == '\0')) {
        return odd("fieldDelimiter", delimiter, "cannot separate csv fields; write another one");
    }
    format.line_end = reader.text("lineDelimiter", "\n");
    if (format.line_end.empty() || (format.quoting && format.line_end.size() != 1)) {
        return odd("lineDelimiter", format.line_end, "must be one character; leave it out for \\n");
    }
    if (format.line_end.find(format.delimiter) != std::string::npos) {
        return config_error("\"fieldDelimiter\" must not occur in the line end");
    }
    format.null_text = reader.text("nullFormat", "null");
    // DataX trims csv fields only.
    format.trim = format.quoting && reader.get("trimFields", false);
    const std::string bytes = reader.text("byteEncoding");
    if (!bytes.empty() && lower(bytes) != "base64") {
        return odd("byteEncoding", bytes, "must be base64, or leave it out for text");
    }
    format.base64 = !bytes.empty();
    format.date_format = reader.text("dateFormat");
    format.time_zone = reader.text("timeZone", "Asia/Shanghai");
    const std::string& pattern = format.date_format;
    const Status dates =
        DatePattern::create(pattern.empty() ? "yyyy" : pattern, format.time_zone).status();
    if (!dates.ok()) return dates.with_context("\"dateFormat\"");
    return format;
}

Result<ParquetSettings> read_parquet(TypedParameters& reader) {
    static constexpr std::pair<std::string_view, ParquetCompression> kCodecs[] = {
        {"", ParquetCompression::kNone},         {"none", ParquetCompression::kNone},
        {"snappy", ParquetCompression::kSnappy}, {"zstd", ParquetCompression::kZstd},
        {"gzip", ParquetCompression::kGzip},
    };
    ParquetSettings parquet;
    const std::string codec = lower(reader.text("compress"));
    const auto known = std::find_if(std::begin(kCodecs), std::end(kCodecs),
                                    [&](const auto& one) { return one.first == codec; });
    if (known == std::end(kCodecs)) {
        return odd("compress", codec, "must be none, snappy, zstd or gzip");
    }
    parquet.compression = known->second;
    parquet.row_group_rows = reader.get<uint64_t>("rowGroupRows", kRowGroupRows);
    if (parquet.row_group_rows == 0) return config_error("\"rowGroupRows\" must be at least 1");
    parquet.schema = reader.text("parquetSchema");
    for (const nlohmann::json& item : reader.value("column")) {
        TypedParameters column(item);
        parquet.columns.push_back(
            {column.text("name"), lower(column.text("type")), column.get("repeated", false)});
        MILLRACE_TRY(column.status().with_context("\"column\""));
        if (parquet.columns.back().name.empty() || parquet.columns.back().type.empty()) {
            return config_error("\"column\": parquet needs {\"name\": …, \"type\": …}");
        }
    }
    return parquet;
}

Status check_object(const OssWriterConfig& config) {
    const std::string& object = config.object;
    if (object.empty()) return config_error("\"object\" is empty; give the beginning of the names");
    if (object.front() == '/' || object.front() == '\\') {
        return odd("object", object, "must not begin with a slash: leave it out");
    }
    if (object.back() == '/') return odd("object", object, "ends in a slash: add a name");
    for (const std::string part : {"/../", "/./", "//"}) {
        if (("/" + object + "/").find(part) != std::string::npos) {
            return odd("object", object, "has an empty part, \".\" or \"..\"");
        }
    }
    if (!is_utf8(object) || !is_utf8(config.suffix)) return config_error("\"object\" is not UTF-8");
    if (object.size() + config.suffix.size() + kNameTail > kNameMax) {
        return odd("object", object, "is too long: names have at most 1023 bytes");
    }
    return {};
}

// DataX counts both in MB; our own names win over our own defaults.
Result<uint64_t> size_of(TypedParameters& reader, const char* own, uint64_t fallback,
                         const char* datax) {
    const uint64_t bytes = reader.get<uint64_t>(own, fallback);
    const uint64_t megabytes = reader.get<uint64_t>(datax, 0);
    if (megabytes == 0 || megabytes * kMegabyte == bytes) return bytes;
    if (bytes != fallback) {
        return config_error(std::string("\"") + own + "\" and \"" + datax +
                            "\" say different things; leave one out");
    }
    return megabytes * kMegabyte;
}

Status read_sizes(TypedParameters& reader, OssWriterConfig& config) {
    MILLRACE_ASSIGN(config.part_bytes, size_of(reader, "partBytes", kPartBytes, "blockSizeInMB"));
    MILLRACE_ASSIGN(config.object_bytes,
                    size_of(reader, "objectBytes", kObjectBytes, "maxFileSize"));
    config.object_rows = reader.get<uint64_t>("objectRows", kObjectRows);
    if (config.part_bytes < kPartBytesMin || config.part_bytes > kPartBytesMax) {
        return config_error(
            "\"partBytes\" must lie between 102400 and 5368709120: the service "
            "takes no other parts");
    }
    if (config.object_rows == 0 || config.object_bytes == 0) {
        return config_error("\"objectRows\" and \"objectBytes\" must be at least 1");
    }
    if (config.object_bytes / config.part_bytes > kPartsMax) {
        const uint64_t least = config.object_bytes / kPartsMax + 1;
        return config_error("objects of " + std::to_string(config.object_bytes) + " bytes need \"" +
                            "partBytes\" of at least " + std::to_string(least) +
                            ": an object has at most 10000 parts");
    }
    return {};
}

}  // namespace

Result<OssWriterConfig> read_oss_writer(const PluginSpec& writer) {
    TypedParameters reader(writer.parameters);
    OssWriterConfig config;
    MILLRACE_ASSIGN(config.address,
                    oss::make_config({reader.text("endpoint"), reader.text("bucket"),
                                      reader.text("accessId"), writer.secret("accessKey"),
                                      writer.secret("securityToken"), reader.text("region")}));
    config.object = reader.text("object");
    config.suffix = reader.text("suffix");
    if (!config.suffix.empty() && config.suffix.front() != '.') config.suffix.insert(0, ".");
    MILLRACE_ASSIGN(config.write_mode, write_mode(reader.text("writeMode")));
    MILLRACE_ASSIGN(config.file_format, object_format(reader));
    if (config.file_format == ObjectFormat::kParquet) {
        MILLRACE_ASSIGN(config.parquet, read_parquet(reader));
    } else {
        MILLRACE_ASSIGN(config.format,
                        read_lines(reader, config.file_format == ObjectFormat::kCsv));
    }
    config.header = reader.get("header", std::vector<std::string>());
    config.generate_empty_file = reader.get("generateEmptyFile", false);
    MILLRACE_TRY(read_sizes(reader, config));
    MILLRACE_TRY(check_object(config));
    const char* compress = config.file_format == ObjectFormat::kParquet ? "" : "compress";
    for (const char* name : {compress, "partition", "writeSingleObject", "encrypt"}) {
        const auto found = writer.parameters.find(name);
        const bool set = found != writer.parameters.end() && !found->is_null() && !found->empty() &&
                         *found != false && *found != "";
        if (set)
            return config_error("\"" + std::string(name) + "\" is not built yet; leave it out");
    }
    MILLRACE_TRY(reader.status());
    return config;
}

oss::Naming naming_of(const OssWriterConfig& config, const Window& window, int replay) {
    return {.object = config.object, .suffix = config.suffix, .window = window, .replay = replay};
}

}  // namespace millrace
