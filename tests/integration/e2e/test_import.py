"""Into a Tablestore table: what the official SDK reads there against what it reads at the source."""
import json
import zlib

import pytest

from cloud import MINUTE
from runs import STREAM_TO_OSS, STREAM_TO_TABLE, bound, row_mode

NAMES = ["c0", "c1", "c2", "c3", "c4"]
TYPES = ["string", "int", "double", "bool", "binary"]


def source(cloud, table, changes=4000, **more):
    """A table all of whose changes lie in the window that is returned, in ms."""
    now = cloud.now_ms()
    window = now - 120 * MINUTE, now - 10 * MINUTE
    shape = {"keys": 300, "cells": 5, "types": "all", "charset": "mixed", "delete_all": 10,
             "per_ms": 3, "mix": {"put": 50, "update": 40, "delete": 10},
             "split_at_ms": [now - 60 * MINUTE], **more}
    cloud.table(table)
    cloud.fill(table, changes, from_ms=window[0], to_ms=window[1], **shape)
    return window


def script_for(bench, table, writer='"deletes": "propagate",', name="job.json"):
    return bench.script(
        name, STREAM_TO_TABLE, table=table, copy=f"{table}_copy", reader=row_mode("pk", *NAMES),
        columns=json.dumps([{"name": n, "type": t} for n, t in zip(NAMES, TYPES)]), writer=writer)


@pytest.mark.parametrize("writer", ['"deletes": "propagate",',
                                    '"deletes": "propagate", "batchWriteCount": 7,',
                                    '"deletes": "propagate", "requestTotalSizeLimitation": 3000,'])
def test_a_copy_equals_its_source(cloud, bench, writer):
    table = f"copied_{zlib.crc32(writer.encode())}"
    window = source(cloud, table)
    cloud.make_table(f"{table}_copy")
    ran = bench.run(script_for(bench, table, writer), window)
    assert cloud.table_rows(f"{table}_copy") == cloud.table_rows(table)
    counts = ran.receipt["counts"]
    assert counts["read"] == counts["acknowledged"] == 4000
    assert ran.receipt["target"]["table"] == f"{table}_copy"
    # By image: the rows as they are now, again.
    bench.run(script_for(bench, table, writer), window, "--replay")
    assert cloud.table_rows(f"{table}_copy") == cloud.table_rows(table)


def test_without_deletes_rows_stay(cloud, bench):
    window = source(cloud, "kept")
    cloud.make_table("kept_copy")
    ran = bench.run(script_for(bench, "kept", writer=""), window)
    rows, copy = cloud.table_rows("kept"), cloud.table_rows("kept_copy")
    assert len(copy) > len(rows) and set(copy) > set(rows)
    counts = ran.receipt["counts"]
    assert counts["dropped"]["delete_in_row_mode"] == counts["delete"] > 0


FAULTS = [
    {"rows": True, "kind": "status", "error": "OTSServerBusy", "percent": 5},
    {"rows": True, "kind": "lie_reply", "error": "OTSTimeout", "percent": 5},
    {"rows": True, "kind": "status", "error": "OTSTableNotReady", "percent": 5, "next": 50},
    {"service": "ots", "action": "BatchWriteRow", "kind": "drop_reply", "percent": 20},
    {"service": "ots", "action": "BatchWriteRow", "kind": "truncate", "percent": 20},
    {"service": "ots", "action": "BatchWriteRow", "kind": "status", "status": 503,
     "error": "OTSServerBusy", "percent": 20},
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f"{f['kind']}-{f.get('error', 'none')}-{f.get('rows')}")
def test_faults_pass_by(cloud, bench, fault):
    table = f"fault_{FAULTS.index(fault)}"
    window = source(cloud, table, changes=1500, keys=100)
    cloud.make_table(f"{table}_copy")
    cloud.admin("/fault", fault)
    try:
        bench.run(script_for(bench, table), window)
    finally:
        cloud.admin("/fault", method="DELETE")
    assert cloud.table_rows(f"{table}_copy") == cloud.table_rows(table)


def test_bad_rows_are_kept_and_redriven(cloud, bench):
    window = source(cloud, "bad", changes=1000, keys=2000)
    cloud.make_table("bad_copy")
    cloud.admin("/fault", {"rows": True, "kind": "status", "error": "OTSParameterInvalid",
                           "message": "The length of attribute column: 'c0' exceeds.",
                           "skip": 20, "next": 30})
    script = script_for(bench, "bad")
    refused = bench.call("run", script, *bound(window), "--json")
    assert refused.code == 3, refused
    ran = bench.run(script, window, "--errorLimit", "100")
    run = ran.receipt["run"]
    cloud.admin("/fault", method="DELETE")
    quarantined = ran.receipt["counts"]["quarantined"]
    assert quarantined > 0
    listed = bench.call("quarantine", "ls", "--json")
    assert listed.code == 0, listed
    assert [(r["run"], r["left"]) for r in json.loads(listed.out)] == [(run, quarantined)]
    one = bench.call("quarantine", "ls", run)
    assert one.code == 0 and one.out.count("OTSParameterInvalid on this column (column c0)") == quarantined
    value = json.loads(bench.call("quarantine", "ls", run, "--contents", "--json").out)
    key = value[0]["lines"][0]["key"][0]["value"]
    assert key not in one.out
    of_job = bench.call("quarantine", "ls", script, *bound(window))
    assert of_job.code == 0 and run in of_job.out, of_job

    redriven = bench.call("quarantine", "redrive", run, "--json")
    assert redriven.code == 0, redriven
    result = json.loads(redriven.out)
    assert result["redriven"] == quarantined and result["left"] == []
    assert cloud.table_rows("bad_copy") == cloud.table_rows("bad")
    again = bench.call("quarantine", "redrive", run, script, *bound(window), "--json")
    assert again.code == 0 and json.loads(again.out)["redriven"] == 0, again
    assert f"{run}  0 left, {quarantined} redriven" in bench.call("quarantine", "ls").out


def test_what_cannot_be_redriven_says_what_to_do(cloud, bench):
    unknown = bench.call("quarantine", "redrive", "0123456789abcdef")
    assert unknown.code == 2 and "is not in the state folder" in unknown.err
    window = source(cloud, "staged", changes=100)
    staged = bench.run(bench.script("oss.json", STREAM_TO_OSS, table="staged", object="import/staged",
                                    reader=row_mode("pk", "c0"), writer=""), window)
    refused = bench.call("quarantine", "redrive", staged.receipt["run"])
    assert refused.code == 2 and "replay the window with --replay --errorLimit" in refused.err
    nothing = bench.call("quarantine", "ls")
    assert nothing.code == 0 and "no record is in the quarantine" in nothing.out
