"""Runs of the `millrace` command, with a state folder and a data sources file of their own."""
import json
import os
import signal
import subprocess
import time

from cloud import ACCESS_ID, BIN, BUCKET, INSTANCE, SECRET

# The shape of the documents' scripts, with their oddities: comments, trailing commas, a key with a
# blank, numbers as text.
STREAM_TO_OSS = """{
  "type": "job",  # do not change
  "version": "1.0",
  "configuration": {
    "setting": {
      "errorLimit": { "record": "0" },  # one more fails the job
      "speed": { "mbps": "200", "concurrent": "2" }
    },
    "reader": {
      "plugin": "otsstream",  # do not change
      "parameter": {
        "datasource": "school", // the source
        "dataTable": "@TABLE@",
        "statusTable": "TableStoreStreamReaderStatusTable",
        "startTimestampMillis ": "${start_time}",
        "endTimestampMillis": "${end_time}",
        @READER@
        "isExportSequenceInfo": false,
        "maxRetries": 30,
      }
    },
    "writer": {
      "plugin": "oss",
      "parameter": {
        "datasource": "backup",
        "object": "@OBJECT@", # how the names begin
        "writeMode": "truncate",
        "fileFormat": "csv",
        "encoding": "UTF-8",
        @WRITER@
        "fieldDelimiter": ","
      }
    }
  }
}
"""

# The shape of DataX's own scripts.
STREAM_TO_SEARCH = """{
  "job": {
    "setting": { "speed": { "channel": 2 }, "errorLimit": { "percentage": 0 } },
    "content": [
      {
        "reader": {
          "name": "otsstreamreader",
          "parameter": {
            "endpoint": "@OTS@", "accessId": "@ID@", "accessKey": "${SECRET}", "instanceName": "@INSTANCE@",
            "dataTable": "@TABLE@", "statusTable": "TableStoreStreamReaderStatusTable",
            "startTimestampMillis": ${start_time}, "endTimestampMillis": ${end_time},
            "mode": "single_version_and_update_only",
            "column": @COLUMNS@,
            "isExportSequenceInfo": false, "maxRetries": 30
          }
        },
        "writer": {
          "name": "elasticsearchwriter",
          "parameter": {
            "accessId": "", "accessKey": "", # no login
            "endpoint": "@SEARCH@", "index": "@INDEX@", "type": "user_info",
            "cleanup": false, "discovery": true, "batchSize": @BATCH@,
            @WRITER@
            "column": @FIELDS@
          }
        }
      }
    ]
  }
}
"""

# The shape of the documents' export of a whole table.
TABLE_TO_OSS = """{
  "type": "job",
  "version": "1.0",
  "configuration": {
    "setting": {
      "errorLimit": { "record": "0" },
      "speed": { "mbps": "200", "concurrent": "2" }
    },
    "reader": {
      "plugin": "ots",
      "parameter": {
        "datasource": "school",
        "table": "@TABLE@",
        @READER@
        "column": @COLUMNS@
      }
    },
    "writer": {
      "plugin": "oss",
      "parameter": {
        "datasource": "backup",
        "object": "@OBJECT@",
        "writeMode": "truncate",
        "fileFormat": "csv",
        "encoding": "UTF-8",
        "nullFormat": "null",
        @WRITER@
        "dateFormat": "yyyy-MM-dd HH:mm:ss",
        "fieldDelimiter": ","
      }
    }
  }
}
"""

# DataX's own shape.
TABLE_TO_SEARCH = """{
  "job": {
    "setting": { "speed": { "channel": 2 }, "errorLimit": { "record": 0 } },
    "content": [
      {
        "reader": {
          "name": "otsreader",
          "parameter": {
            "endpoint": "@OTS@", "accessId": "@ID@", "accessKey": "${SECRET}", "instanceName": "@INSTANCE@",
            "table": "@TABLE@", "column": @COLUMNS@, "newVersion": "true", "mode": "normal",
            "range": { "begin": [{"type": "INF_MIN"}], "end": [{"type": "INF_MAX"}], "split": [] }
          }
        },
        "writer": {
          "name": "elasticsearchwriter",
          "parameter": { "endpoint": "@SEARCH@", "index": "@INDEX@", "cleanup": false, "batchSize": 100,
                         "column": @FIELDS@ }
        }
      }
    ]
  }
}
"""


# The changes of a table into another table, with the documents' odd spellings.
STREAM_TO_TABLE = """{
  "type": "job",
  "version": "1.0",
  "configuration": {
    "setting": { "errorLimit": { "record": "0" }, "speed": { "concurrent": "2" } },
    "reader": {
      "plugin": "otsstream",
      "parameter": {
        "datasource": "school", "dataTable": "@TABLE@", "statusTable": "",
        "startTimestampMillis": "${start_time}", "endTimestampMillis": "${end_time}",
        @READER@
        "isExportSequenceInfo": "false"
      }
    },
    "writer": {
      "plugin": "otswriter",
      "parameter": {
        "datasource": "school", "table": "@COPY@", "newVersion": "true",
        "primaryKey": [ { "name": "pk", "type": "string" } ],
        "column": @COLUMNS@,
        @WRITER@
        "writeMode": "PutRow" # or UpdateRow
      }
    }
  }
}
"""


class Ran:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def __repr__(self):
        return f"exit {self.code}\n--- stdout\n{self.out[-4000:]}\n--- stderr\n{self.err[-4000:]}"

    @property
    def receipt(self):
        answer = json.loads(self.out)
        return answer.get("receipt", answer)


class Bench:
    """A folder with a state folder, a sources file and scripts, for one job or several."""

    def __init__(self, folder, cloud):
        self.folder, self.cloud, self.runs = folder, cloud, 0
        self.sources = folder / "sources.json"
        self.sources.write_text(json.dumps({
            "school": {"type": "ots", "endpoint": cloud.ots_url, "instance": INSTANCE,
                       "accessId": ACCESS_ID, "accessKey": "${env:MILLRACE_TEST_KEY}"},
            "backup": {"type": "oss", "endpoint": cloud.oss_url, "bucket": BUCKET,
                       "accessId": ACCESS_ID, "accessKey": "${env:MILLRACE_TEST_KEY}"}}))

    def script(self, name, text, **holes):
        for hole, value in holes.items():
            text = text.replace(f"@{hole.upper()}@", value)
        path = self.folder / name
        path.write_text(text)
        return path

    def environment(self, more):
        return {**os.environ, "MILLRACE_TEST_KEY": SECRET, "HOME": str(self.folder), **more}

    def command(self, word, *arguments):
        line = [f"{BIN}/millrace", word, *map(str, arguments)]
        if word in ("run", "plan", "check", "lint", "verify", "quarantine"):
            line += ["--sources", str(self.sources)]
        if word in ("run", "plan", "check", "verify", "quarantine"):
            line += ["--state", str(self.folder / "state")]
        return line

    def start(self, *arguments, **environment):
        return subprocess.Popen(self.command(*arguments), stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, env=self.environment(environment),
                                cwd=self.folder)

    def call(self, *arguments, timeout=180, **environment):
        """Runs to the end; what it printed also stays in files, where secrets are looked for."""
        process = self.start(*arguments, **environment)
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            out, err = process.communicate()
            raise AssertionError(f"still running after {timeout} s\n"
                                 f"{Ran(process.returncode, out.decode(), err.decode())}")
        self.runs += 1
        (self.folder / f"out{self.runs}.txt").write_bytes(out)
        (self.folder / f"err{self.runs}.txt").write_bytes(err)
        return Ran(process.returncode, out.decode(), err.decode())

    def run(self, script, window=None, *more, **environment):
        """`millrace run` of a window in ms; must end well."""
        ran = self.call("run", script, *bound(window), "--json", *more, **environment)
        assert ran.code == 0, ran
        return ran


def bound(window):
    if window is None:
        return []
    return [f"-Dstart_time={window[0]}", f"-Dend_time={window[1]}", f"-DSECRET={SECRET}"]


def columns(*names):
    return json.dumps([{"name": n} for n in names])


def row_mode(*names):
    return f'"mode": "single_version_and_update_only", "column": {columns(*names)},'


def wait_until(condition, what, seconds=20, pause=0.05):
    """The first true value of the condition: what other processes do can only be asked for."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(pause)
    return found
