"""latency: realtime - window follows window while the table changes; records are written as they come."""
import json
import signal
import time

import pytest
import tablestore

from cloud import ACCESS_ID, APP, MINUTE, SECRET
from runs import columns, wait_until

STREAM = """{ "type": "job", "version": "1.0", "configuration": {
  "setting": { "errorLimit": { "record": "0" }, "speed": { "concurrent": "2" } },
  "reader": { "plugin": "otsstream", "parameter": {
    "datasource": "school", "dataTable": "@TABLE@", "mode": "single_version_and_update_only",
    "column": @COLUMNS@, "latency": "realtime", "windowSeconds": 2 } },
  "writer": @WRITER@ } }
"""
TO_APP = """{ "plugin": "opensearch", "parameter": { "host": "@HOST@", "accessId": "@ID@",
  "accessKey": "${SECRET}", "indexName": "@APP@", "table": "main", "column": ["id", "a"],
  "writeMode": "update" } }"""
TO_OSS = """{ "plugin": "oss", "parameter": { "datasource": "backup", "object": "@OBJECT@",
  "writeMode": "truncate", "fileFormat": "csv" } }"""


def put(cloud, table, number):
    row = tablestore.Row([("pk", f"k{number:04}")], [("c0", f"value {number}")])
    cloud.ots.put_row(table, row, tablestore.Condition("IGNORE"))


def start(bench, table, writer, *more, **holes):
    script = bench.script(f"{table}.json", STREAM.replace("@WRITER@", writer), table=table,
                          columns=columns("pk", "c0"), **holes)
    return bench.start("run", script, "--json", f"-DSECRET={SECRET}", *more)


def end(process):
    """The receipts of a job that is asked to stop."""
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 143, err
    return [json.loads(line)["receipt"] for line in out.decode().splitlines()]


def windows_of(receipts):
    return [(r["window"]["start_ms"], r["window"]["end_ms"]) for r in receipts]


def test_documents_come_while_their_window_is_open(cloud, bench):
    cloud.admin("/opensearch", {"clear": True, "edition": "advanced", "delay_ms": 0})
    table = "realtime_app"
    cloud.table(table)
    begin = cloud.now_ms() - MINUTE
    process = start(bench, table, TO_APP, "--from", bench_time(begin), host=cloud.opensearch_url,
                       id=ACCESS_ID, app=APP)
    wanted, number = {}, 0
    opened = cloud.now_ms()
    while cloud.now_ms() < opened + 7000:
        for _ in range(3):
            number += 1
            put(cloud, table, number)
            wanted[f"k{number:04}"] = {"id": f"k{number:04}", "a": f"value {number}"}
        # Before the window ends, that is: nothing else happens until this is there.
        wait_until(lambda: f"k{number:04}" in cloud.app.documents(), "the last row", 30)
    receipts = end(process)
    assert cloud.app.documents() == wanted
    spans = windows_of(receipts)
    assert len(spans) >= 2
    assert all(one[1] == two[0] for one, two in zip(spans, spans[1:]))


def test_a_job_goes_on_where_it_was_stopped_and_leaves_objects_per_window(cloud, bench):
    table = "realtime_oss"
    cloud.table(table)
    begin = cloud.now_ms() - 3 * MINUTE
    receipts = []
    process = start(bench, table, TO_OSS, "--from", bench_time(begin), object="realtime/r")
    for number in range(40):
        put(cloud, table, number)
    wait_until(lambda: len(cloud.objects("realtime/r")) > 0, "the first object", 30)
    receipts += end(process)
    for number in range(40, 60):
        put(cloud, table, number)
    process = start(bench, table, TO_OSS, object="realtime/r")
    rows = lambda: sorted(line.split(b",")[0] for body in cloud.objects("realtime/r").values()
                          for line in body.splitlines())
    wait_until(lambda: len(rows()) >= 60, "all rows", 30)
    receipts += end(process)
    assert rows() == [f"k{n:04}".encode() for n in range(60)]
    spans = windows_of(receipts)
    assert all(one[1] == two[0] for one, two in zip(spans, spans[1:]))
    assert spans[0][0] == begin // 1000 * 1000


def bench_time(millis):
    """yyyyMMddHHmmss in the job's time zone, which is Shanghai's."""
    return time.strftime("%Y%m%d%H%M%S", time.gmtime(millis // 1000 + 8 * 3600))


@pytest.mark.parametrize("more,said", [
    ('"windowSeconds": 0,', "windowSeconds"),
    ('"latency": "soon",', "latency"),
])
def test_values_that_are_none(bench, more, said):
    text = STREAM.replace("@WRITER@", TO_OSS).replace(
        '"latency": "realtime", "windowSeconds": 2', more.rstrip(","))
    script = bench.script("bad.json", text, table="t", columns=columns("pk"), object="o")
    ran = bench.call("lint", script)
    assert ran.code == 2 and said in ran.err + ran.out
