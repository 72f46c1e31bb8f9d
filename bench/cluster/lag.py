"""How long a change takes to be seen in the target of a realtime job."""
import threading
import time

import tablestore

from cloud import ACCESS_ID, APP, INSTANCE, SECRET
from common import Measured, say
from runs import columns

JOB = """{ "type": "job", "version": "1.0", "configuration": {
  "setting": { "errorLimit": { "record": "0" }, "speed": { "concurrent": "2" } },
  "reader": { "plugin": "otsstream", "parameter": {
    "datasource": "school", "dataTable": "@TABLE@", "mode": "single_version_and_update_only",
    "column": @COLUMNS@, "latency": "realtime", "windowSeconds": @WINDOW@ } },
  "writer": { "plugin": "opensearch", "parameter": { "host": "@HOST@", "accessId": "@ID@",
    "accessKey": "${SECRET}", "indexName": "@APP@", "table": "main", "column": ["id", "a"],
    "writeMode": "update" } } } }
"""


class Puts(threading.Thread):
    """Rows at a steady rate, each a key of its own; when each was acknowledged."""

    def __init__(self, cloud, table, rate, seconds):
        super().__init__(daemon=True)
        self.ots = tablestore.OTSClient(cloud.ots_url, ACCESS_ID, SECRET, INSTANCE)
        self.table, self.rate, self.count = table, rate, int(rate * seconds)
        self.times = []

    def run(self):
        began = time.time()
        for number in range(self.count):
            time.sleep(max(0, began + number / self.rate - time.time()))
            row = tablestore.Row([("pk", f"k{number:06}")], [("c0", f"value {number}")])
            self.ots.put_row(self.table, row, tablestore.Condition("IGNORE"))
            self.times.append(time.time())


def realtime(folder, rate, seconds, window_s):
    cluster = Measured(folder).start(2)
    cloud = cluster.cloud
    cloud.admin("/opensearch", {"clear": True, "edition": "advanced", "delay_ms": 0})
    cloud.table("lag")
    script = cluster.bench.script("lag.json", JOB, table="lag", columns=columns("pk", "c0"),
                                  window=str(window_s), host=cloud.opensearch_url, id=ACCESS_ID,
                                  app=APP)
    run = cluster.submit(script)
    puts = Puts(cloud, "lag", rate, seconds)
    puts.start()
    # One shard, written in its order: as many as are seen are the first that were put.
    seen, seen_at = 0, []
    while seen < puts.count:
        total = cloud.app.search("''", hit=1)["total"]
        seen_at += [time.time()] * (total - seen)
        seen = total
        assert puts.is_alive() or time.time() < puts.times[-1] + 60, f"{seen} of {puts.count}"
        time.sleep(0.02)
    lags = sorted(at - put for put, at in zip(puts.times, seen_at))
    at = lambda share: lags[min(len(lags) - 1, int(share * len(lags)))]
    say(f"lag, {rate} rows/s, windows of {window_s} s",
        f"p50 {at(.5):.2f} p90 {at(.9):.2f} p99 {at(.99):.2f} max {lags[-1]:.2f}", "s",
        "p99 <= 3", f"{len(lags)} rows, acknowledged to found by a search")
    cluster.millrace("cancel", run)
    cluster.stop()
