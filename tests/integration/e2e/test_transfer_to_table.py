"""Whole tables and objects into a Tablestore table, read back by the official SDK."""
import datetime
import json

import tablestore

from cloud import ACCESS_ID, MINUTE, PROJECT
from runs import columns
from test_import import NAMES, TYPES
from test_odps import target as odps_target

TYPED = [{"name": n, "type": t} for n, t in zip(NAMES, TYPES)]
PK = [{"name": "pk", "type": "string"}]


def job(bench, reader, copy, column=TYPED, limit=0, name="job.json", **writer):
    sources = json.loads(bench.sources.read_text())
    sources["warehouse"] = {"type": "odps", "odpsServer": bench.cloud.odps_url, "project": PROJECT,
                            "accessId": ACCESS_ID, "accessKey": "${env:MILLRACE_TEST_KEY}"}
    bench.sources.write_text(json.dumps(sources))
    parameter = {"datasource": "school", "table": copy, "primaryKey": PK, "column": column,
                 "writeMode": "PutRow", **writer}
    plugin, reader = reader
    script = {"type": "job", "version": "1.0", "configuration": {
        "setting": {"errorLimit": {"record": limit}, "speed": {"concurrent": 2}},
        "reader": {"plugin": plugin, "parameter": reader},
        "writer": {"plugin": "ots", "parameter": parameter}}}
    path = bench.folder / name
    path.write_text(json.dumps(script))
    return path


def filled(cloud, table, **more):
    now = cloud.now_ms()
    cloud.table(table, **more)
    cloud.fill(table, 3000, keys=700, cells=5, types="all", charset="mixed", delete_all=10,
               mix={"put": 60, "update": 30, "delete": 10},
               from_ms=now - 120 * MINUTE, to_ms=now - 10 * MINUTE)


def test_a_table_into_a_table(cloud, bench):
    filled(cloud, "whole")
    cloud.make_table("whole_copy")
    reader = {"datasource": "school", "table": "whole", "column": json.loads(columns("pk", *NAMES)),
              "range": {"split": [{"type": "STRING", "value": "k00000300"}]}}
    ran = bench.run(job(bench, ("ots", reader), "whole_copy"))
    assert cloud.table_rows("whole_copy") == cloud.table_rows("whole")
    assert len(ran.receipt["shards"]) == 2
    # UpdateRow leaves what others wrote.
    cloud.ots.update_row("whole_copy", tablestore.Row(
        [("pk", next(iter(cloud.table_rows("whole"))))], {"put": [("other", "mine")]}),
        tablestore.Condition("IGNORE"))
    bench.run(job(bench, ("ots", reader), "whole_copy", writeMode="UpdateRow", name="again.json"))
    kept = [row for row in cloud.table_rows("whole_copy").values() if "other" in row]
    assert [row.pop("other") for row in kept] == ["mine"] and kept[0] in cloud.table_rows("whole").values()


def test_versions_into_versions(cloud, bench):
    filled(cloud, "versions", max_versions=5)
    cloud.make_table("versions_copy", max_versions=5)
    reader = {"datasource": "school", "table": "versions", "mode": "multiVersion",
              "newVersion": "true", "column": []}
    bench.run(job(bench, ("ots", reader), "versions_copy", column=[], mode="multiVersion",
                  newVersion="true", writeMode="UpdateRow"))
    low, high = [("pk", tablestore.INF_MIN)], [("pk", tablestore.INF_MAX)]
    rows = {str(key): cells for key, cells in cloud.rows("versions", low, high, versions=5) if cells}
    copy = {str(key): cells for key, cells in cloud.rows("versions_copy", low, high, versions=5)}
    assert copy == rows
    assert max(len(cells) for cells in rows.values()) > len(NAMES)


def test_csv_objects_into_a_table(cloud, bench):
    lines = [f'k{i:04},"n, {i}",{i}.0,{i}.5,TRUE,x{i}' for i in range(500)]
    lines.insert(100, "bad,n,seven,1,true,x")
    lines.insert(200, ",n,1,1,true,x")
    cloud.bucket.put_object("import/part1.csv", "\n".join(lines[:250]) + "\n")
    cloud.bucket.put_object("import/part2.csv", "\n".join(lines[250:]) + "\n")
    cloud.make_table("csv_copy")
    reader = {"datasource": "backup", "object": ["import/part*"], "fileFormat": "csv",
              "encoding": "UTF-8", "fieldDelimiter": ",", "nullFormat": "",
              "column": [{"index": i, "type": "string"} for i in range(6)]}
    ran = bench.run(job(bench, ("oss", reader), "csv_copy", limit=2))
    expected = {f"k{i:04}": {"c0": f"n, {i}", "c1": i, "c2": i + 0.5, "c3": True,
                             "c4": bytearray(f"x{i}".encode())} for i in range(500)}
    assert cloud.table_rows("csv_copy") == expected
    assert sorted(q["reason"] for q in ran.receipt["quarantine"]) == [
        "the value cannot be read as an integer", "the value of a key column is missing"]
    refused = bench.call("quarantine", "redrive", ran.receipt["run"])
    assert refused.code == 2 and "correct the source and run the transfer again" in refused.err


def test_a_maxcompute_table_into_a_table(cloud, bench):
    names = ["pk", "text", "whole", "real", "truth", "day", "moment"]
    table = odps_target(cloud, "warehouse_rows", names,
                        ["string", "string", "bigint", "double", "boolean", "date", "datetime"])
    table.create_partition("pt=1")
    rows = [[f"k{i:04}", None if i % 7 == 0 else f"text {i}", i, i / 4, i % 2 == 0,
             datetime.date(2026, 1, 1) + datetime.timedelta(days=i),
             datetime.datetime(2026, 1, 1, 4, 5, 6)] for i in range(300)]
    with table.open_writer("pt=1") as writer:
        writer.write(rows)
    cloud.make_table("warehouse_copy")
    reader = {"datasource": "warehouse", "table": "warehouse_rows", "partition": ["pt=1"], "column": names}
    types = ["string", "int", "double", "bool", "string", "int"]
    bench.run(job(bench, ("odps", reader), "warehouse_copy",
                  column=[{"name": n, "type": t} for n, t in zip(names[1:], types)]))
    copy = cloud.table_rows("warehouse_copy")
    assert len(copy) == 300
    for row in rows:
        expected = {"whole": row[2], "real": row[3], "truth": row[4], "day": str(row[5]),
                    "moment": int(row[6].replace(tzinfo=datetime.timezone.utc).timestamp() * 1000)}
        if row[1] is not None:
            expected["text"] = row[1]
        assert copy[row[0]] == expected
