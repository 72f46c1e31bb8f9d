// Scripts and helpers for the tests of the job language.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "common/config/job_parse.h"

namespace millrace {

// A stream -> OSS job as Data Integration writes it, complete and without oddities.
inline std::string oss_script() {
    return R"({
  "type": "job",
  "version": "1.0",
  "configuration": {
    "setting": {
      "errorLimit": { "record": 0 },
      "speed": { "mbps": 2, "concurrent": 3 }
    },
    "reader": {
      "plugin": "otsstream",
      "parameter": {
        "datasource": "school",
        "dataTable": "user_info",
        "statusTable": "TableStoreStreamReaderStatusTable",
        "startTimeString": "${start_time}",
        "endTimeString": "${end_time}",
        "mode": "single_version_and_update_only",
        "column": [ {"name": "uid"}, {"name": "name"} ],
        "isExportSequenceInfo": false,
        "maxRetries": 30
      }
    },
    "writer": {
      "plugin": "oss",
      "parameter": {
        "datasource": "backup",
        "object": "school/user_info/{date}",
        "writeMode": "truncate",
        "fileFormat": "csv"
      }
    }
  }
}
)";
}

// A stream -> Elasticsearch job as DataX writes it.
inline std::string search_script() {
    return R"({
  "job": {
    "setting": { "speed": {"channel": 1}, "errorLimit": {"percentage": 0} },
    "content": [ {
      "reader": {
        "name": "otsstreamreader",
        "parameter": {
          "endpoint": "https://school.cn-hangzhou.ots.aliyuncs.com",
          "accessId": "id",
          "accessKey": "canary-ots-key",
          "instanceName": "school",
          "dataTable": "user_info",
          "statusTable": "status",
          "startTimestampMillis": 1510036262000,
          "endTimestampMillis": 1510036881000,
          "mode": "single_version_and_update_only",
          "column": [ {"name": "uid"}, {"name": "name"} ]
        }
      },
      "writer": {
        "name": "elasticsearchwriter",
        "parameter": {
          "endpoint": "http://127.0.0.1:9200",
          "accessId": "elastic",
          "accessKey": "canary-search-key",
          "index": "school_index",
          "column": [ {"name": "uid", "type": "id"}, {"name": "name", "type": "text"} ]
        }
      }
    } ]
  }
}
)";
}

inline SourcesText test_sources() {
    return {"sources.json", R"({
  "school": {"type": "ots", "endpoint": "http://127.0.0.1:8080", "instance": "school",
             "accessId": "ots-id", "accessKey": "${env:OTS_KEY}"},
  "backup": {"type": "oss", "endpoint": "http://127.0.0.1:8081", "bucket": "backup",
             "accessId": "oss-id", "accessKey": "canary-oss-key"},
  "search": {"type": "elasticsearch", "endpoint": "http://127.0.0.1:9200", "username": "elastic",
             "password": "canary-search-key"},
  "warehouse": {"type": "odps", "endpoint": "http://127.0.0.1:8083/api", "project": "school",
                "accessId": "odps-id", "accessKey": "canary-odps-key"},
  "app": {"type": "opensearch", "endpoint": "http://127.0.0.1:8085", "accessId": "app-id",
          "accessKey": "canary-app-key"}
})"};
}

inline std::optional<std::string> test_environment(std::string_view name) {
    if (name == "OTS_KEY") return "canary-ots-key";
    return {};
}

inline JobRequest request_of(std::string text) {
    JobRequest request;
    request.file = "job.json";
    request.text = std::move(text);
    request.sources = test_sources();
    request.environment = test_environment;
    request.schedule = from_millis(1'510'040'000'000);  // 2017-11-07 15:33:20 in Shanghai
    return request;
}

// The oss script with its window given.
inline JobRequest oss_request() {
    JobRequest request = request_of(oss_script());
    request.variables = {{"start_time", "20171107143000"}, {"end_time", "20171107144000"}};
    return request;
}

inline std::string replaced(std::string text, const std::string& what, const std::string& with) {
    const size_t at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    if (at != std::string::npos) text.replace(at, what.size(), with);
    return text;
}

// All findings, one per line.
inline std::string text_of(const std::vector<Finding>& findings) {
    std::string text;
    for (const Finding& finding : findings) text += to_text(finding) + "\n";
    return text;
}

// The findings with a code, as "line:column severity".
inline std::vector<std::string> places_of(const std::vector<Finding>& findings,
                                          const std::string& code) {
    std::vector<std::string> places;
    for (const Finding& finding : findings) {
        if (finding.code != code) continue;
        places.push_back(std::to_string(finding.line) + ":" + std::to_string(finding.column));
    }
    return places;
}

}  // namespace millrace
