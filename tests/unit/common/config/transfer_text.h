// Scripts of the other transfers, with the keys and oddities that people's scripts have.
#pragma once

#include "tests/unit/common/config/job_text.h"

namespace millrace {

// Changes of a Stream, one row per cell, into MaxCompute.
inline std::string cells_to_odps() {
    return R"({
  "type": "job",
  "version": "1.0",
  "configuration": {
    "reader": {
      "plugin": "otsstream",
      "parameter": {
        "datasource": "school",//the name of the data source
        "dataTable": "person",//its Stream must be on
        "startTimeString": "${startTime}",
        "endTimeString": "${endTime}",
        "statusTable": "TableStoreStreamReaderStatusTable",
        "maxRetries": 30,
        "isExportSequenceInfo": false,
      }
    },
    "writer": {
      "plugin": "odps",
      "parameter": {
        "datasource": "warehouse",
        "table": "person",
        "truncate": true,
        "partition": "pt=${bdp.system.bizdate}",//one per day
        "column": [//names
          "id", "colname", "version", "colvalue", "optype"
        ]
      }
    },
    "setting": {"speed": {"mbps": 7, "concurrent": 7}, "errorLimit": {"record": 0}}
  }
}
)";
}

// A whole table into MaxCompute.
inline std::string table_to_odps() {
    return R"({
  "type": "job",
  "version": "1.0",
  "configuration": {
    "setting": {"errorLimit": {"record": 0}, "speed": {"mbps": 1, "concurrent": 1}},
    "reader": {
      "plugin": "ots",
      "parameter": {
        "datasource": "school",
        "table": "person",
        "column": [ {"name": "uid"}, {"name": "pid"}, {"name": "name"} ],
        "range": {
          "begin": [ {"type": "STRING", "value": "b"}, {"type": "INT", "value": "0"} ],
          "end": [ {"type": "STRING", "value": "y"}, {"type": "INF_MAX"} ],
          "split": [ {"type": "STRING", "value": "h"}, {"type": "STRING", "value": "q"} ]
        }
      }
    },
    "writer": {
      "plugin": "odps",
      "parameter": {
        "datasource": "warehouse", "table": "person", "truncate": false,
        "partition": "pt='20171107' / hh = 09",
        "column": [ "uid", "pid", "name" ]
      }
    }
  }
}
)";
}

// Changes of a Stream into Alibaba OpenSearch.
inline std::string stream_to_app() {
    return R"({
  "type": "job",  # do not change
  "version": "1.0",
  "configuration": {
    "setting": {"errorLimit": {"record": 0}, "speed": {"mbps": 1, "concurrent": 1}},
    "reader": {
      "plugin": "otsstream",
      "parameter": {
        "datasource": "school",
        "dataTable": "person",
        "startTimeString ": "20171107143000",
        "endTimeString ": "20171107144000"",  the end of it
        "mode": "single_version_and_update_only",
        "column":[
              {"name":"uid"},  # the key
              {"name":"name"}
         ]
      }
    },
    "writer": {
      "plugin": "opensearchwriter",
      "parameter": {
        "endpoint": "http://127.0.0.1:8085",  # the same address twice
        "accessId": "app-id",
        "accessKey": "canary-app-key",
        "host": "http://127.0.0.1:8085",
        "indexName": "school",
        "table": "main",
        "column": [ "uid", "title" ],
        "batchSize": 500,
        "writeMode": "update",
        "skipDirtyRecord": true,
        "ignoreWriteError": false
      }
    }
  }
}
)";
}

// Objects into a table, as DataX writes it.
inline std::string objects_to_table() {
    return R"({
  "job": {
    "setting": { "speed": {"channel": 1}, "errorLimit": {"record": 0} },
    "content": [ {
      "reader": {
        "name": "ossreader",
        "parameter": {
          "datasource": "backup",
          "object": ["school/{date}/*", "old"],
          "column": [ {"index": 0, "type": "string"}, {"index": 1, "type": "long"} ],
          "encoding": "UTF-8",
          "fieldDelimiter": ",",
          "fileFormat": "csv"
        }
      },
      "writer": {
        "name": "otswriter",
        "parameter": {
          "endpoint": "http://127.0.0.1:8080", "instanceName": "school.",
          "accessId": "id", "accessKey": "canary-ots-key",
          "table": "person",
          "primaryKey": [ {"name": "uid", "type": "string"} ],
          "column": [ {"name": "age", "type": "int"} ],
          "writeMode": "PutRow"
        }
      }
    } ]
  }
}
)";
}

// A MaxCompute table into a table, cell by cell.
inline std::string odps_to_cells() {
    return R"({
  "job": {
    "setting": { "speed": {"channel": 1}, "errorLimit": {"record": 0} },
    "content": [ {
      "reader": {
        "name": "odpsreader",
        "parameter": {
          "odpsServer": "http://127.0.0.1:8083/api", "project": "school",
          "accessId": "id", "accessKey": "canary-odps-key",
          "table": "person",
          "partition": ["pt = 2017*"],
          "column": ["uid", "colname", "version", "colvalue"]
        }
      },
      "writer": {
        "name": "otswriter",
        "parameter": {
          "datasource": "school",
          "table": "copy",
          "mode": "multiVersion",
          "primaryKey": ["uid"]
        }
      }
    } ]
  }
}
)";
}

// Versions of cells from one table into another.
inline std::string versions_to_table() {
    return R"({
  "job": {
    "setting": { "speed": {"channel": 1}, "errorLimit": {"record": 0} },
    "content": [ {
      "reader": {
        "name": "otsreader",
        "parameter": {
          "datasource": "school",
          "table": "person",
          "mode": "multiVersion", "newVersion": "true",
          "column": [ {"name": "a"}, {"name": "b"} ],
          "timeRange": {"begin": 0, "end": "1510036262000"},
          "maxVersion": 3
        }
      },
      "writer": {
        "name": "otswriter",
        "parameter": {
          "datasource": "school",
          "table": "copy",
          "mode": "multiversion",
          "primaryKey": ["uid"]
        }
      }
    } ]
  }
}
)";
}

// A MaxCompute table into Elasticsearch.
inline std::string odps_to_search() {
    return R"({
  "job": {
    "setting": { "speed": {"channel": 1}, "errorLimit": {"record": 0} },
    "content": [ {
      "reader": {
        "name": "odpsreader",
        "parameter": { "datasource": "warehouse", "table": "person", "column": ["uid", "'x'"] }
      },
      "writer": {
        "name": "elasticsearchwriter",
        "parameter": {
          "datasource": "search",
          "index": "person",
          "column": [ {"name": "uid", "type": "id"}, {"name": "kind", "type": "keyword"} ]
        }
      }
    } ]
  }
}
)";
}

// Changes of a Stream into objects of Parquet.
inline std::string stream_to_parquet() {
    std::string text = replaced(oss_script(), "${start_time}", "20171107143000");
    text = replaced(text, "${end_time}", "20171107144000");
    return replaced(text, "\"fileFormat\": \"csv\"", R"x("fileFormat": "parquet",
        "compress": "snappy",
        "column": [ {"name": "uid", "type": "string"}, {"name": "name", "type": "varchar(20)"} ])x");
}

// With the variables that the scripts of streams name.
inline JobRequest transfer_request(std::string text) {
    const bool named = text.find("${startTime}") != std::string::npos;
    JobRequest request = request_of(std::move(text));
    if (named) request.variables = {{"startTime", "20171107143000"}, {"endTime", "20171107144000"}};
    return request;
}

// One wrong thing in a script: the change, and what is said about it at which place.
struct TransferMistake {
    const char* name;
    std::string (*script)();
    const char* what;
    const char* with;
    const char* code;
    const char* place;
    Severity severity = Severity::kError;
    const char* text = "";  // stands in the finding
};

inline void PrintTo(const TransferMistake& mistake, std::ostream* out) {
    *out << mistake.name;
}

inline void expect_said(const TransferMistake& mistake) {
    const ParsedJob parsed =
        parse_job(transfer_request(replaced(mistake.script(), mistake.what, mistake.with)));
    size_t said = 0;
    bool failed = false;
    for (const Finding& finding : parsed.findings) {
        failed = failed || finding.severity == Severity::kError;
        if (finding.code != mistake.code) continue;
        ++said;
        EXPECT_EQ(std::to_string(finding.line) + ":" + std::to_string(finding.column),
                  mistake.place);
        EXPECT_EQ(finding.severity, mistake.severity) << to_text(finding);
        EXPECT_NE(finding.text.find(mistake.text), std::string::npos) << to_text(finding);
    }
    EXPECT_EQ(said, 1u) << text_of(parsed.findings);
    EXPECT_EQ(failed, mistake.severity == Severity::kError) << text_of(parsed.findings);
    EXPECT_EQ(parsed.job.has_value(), !failed);
}

}  // namespace millrace
