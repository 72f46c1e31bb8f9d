"""Stream -> Alibaba OpenSearch: documents of the application against the model."""
import json

import pytest

import model
from cloud import ACCESS_ID, APP, MINUTE
from runs import bound, columns

# The shape of the documents' script, with its oddities.
STREAM_TO_APP = """    {
    "type": "job",  # do not change
    "version": "1.0",  # do not change
    "configuration": {
     "setting": {
       "errorLimit": { "record": "0" },
       "speed": { "mbps": "100", "concurrent": "2" }
     },
     "reader": {
       "plugin": "otsstream",  # do not change
       "parameter": {
         "datasource": "school",
         "dataTable": "@TABLE@",
         "statusTable": "TableStoreStreamReaderStatusTable",
         "startTimestampMillis ": "${start_time}",
         "endTimestampMillis ": "${end_time}",
         "mode": "single_version_and_update_only",
         "column": @COLUMNS@,
         "isExportSequenceInfo": false,
         "maxRetries": 30
       }
     },
     "writer": {
       "plugin": "opensearch",    # do not change
       "parameter": {
         "endpoint": "@HOST@",
         "accessId": "@ID@",
         "accessKey": "${SECRET}",
         "host": "@HOST@",
         "indexName": "@APP@",
         "table": "main",
         "column": @FIELDS@,
         @WRITER@
         "batchSize": "100",
         "skipDirtyRecord": "true",
         "ignoreWriteError": "false"
       }
     }
    }
    }
"""
NAMES, FIELDS = ["pk", "c0", "c1", "c2"], ["id", "a", "b", "c"]


@pytest.fixture(autouse=True)
def fresh_application(cloud):
    cloud.admin("/opensearch", {"clear": True, "edition": "advanced", "delay_ms": 0})
    yield
    cloud.admin("/fault", method="DELETE")


def script_for(bench, table, writer, names=NAMES, fields=FIELDS, **holes):
    holes = {"host": bench.cloud.opensearch_url, "app": APP, **holes}
    return bench.script(f"{table}.json", STREAM_TO_APP, table=table, id=ACCESS_ID,
                        columns=columns(*names), fields=json.dumps(fields), writer=writer, **holes)


def history(cloud, table, changes=3000, **more):
    """A table whose last change lies in the window, so that rows as they are now are those of its
    end."""
    now = cloud.now_ms()
    window = now - 150 * MINUTE, now - 20 * MINUTE
    cloud.table(table)
    shape = {"keys": 200, "cells": 3, "charset": "mixed", "delete_all": 10, "per_ms": 7,
             "split_at_ms": [now - 90 * MINUTE], **more}
    cloud.fill(table, changes, from_ms=window[0], to_ms=window[1] - MINUTE, **shape)
    return window


def shown(row, names=NAMES, fields=FIELDS):
    """A document as searches give it: texts, and only what is there."""
    return {f: model.text(row[n]) for n, f in zip(names, fields) if row.get(n) is not None}


def documents_of(changes, deletes, names=NAMES, fields=FIELDS):
    rows = {}
    for shard in changes.values():
        for change in shard:
            key = model.document_id(change)
            if change.action == model.DELETE:
                if deletes == "propagate":
                    rows.pop(key, None)
                continue
            row = rows.setdefault(key, {})
            if change.action == model.PUT:
                row.clear()
            row.update(change.key)
            for cell in change.cells:
                if cell.op == "PUT":
                    row[cell.name] = cell.value
                elif cell.op == "DELETE_ALL_VERSION":
                    row[cell.name] = None
    return {key: shown(row, names, fields) for key, row in rows.items()}


def with_values(documents):
    """Updates that only delete make no row: where rows are read and written whole, no document either."""
    return {key: fields for key, fields in documents.items() if len(fields) > 1}


@pytest.mark.parametrize("mode,deletes,edition", [
    ("update", "drop", "advanced"), ("update", "propagate", "advanced"),
    ("add", "propagate", "advanced"), ("add", "propagate", "standard")])
def test_documents_of_a_window(cloud, bench, mode, deletes, edition):
    cloud.admin("/opensearch", {"edition": edition})
    table = f"app_{mode}_{deletes}_{edition}"
    window = history(cloud, table)
    script = script_for(bench, table, f'"writeMode": "{mode}", "deletes": "{deletes}",')
    ran = bench.run(script, window)
    changes = model.window(cloud.stream(table), *window)
    expected = documents_of(changes, deletes)
    got = before = cloud.app.documents()
    if mode == "add":
        expected, got = with_values(expected), with_values(got)
    assert got == expected
    counts = ran.receipt["counts"]
    assert counts["read"] == sum(map(len, changes.values()))
    dropped = sum(c.action == model.DELETE for s in changes.values() for c in s)
    assert counts["acknowledged"] == counts["read"] - (dropped if deletes == "drop" else 0)
    assert ran.receipt["target"]["app"] == APP
    again = bench.run(script, window)
    assert again.receipt == ran.receipt
    assert cloud.app.documents() == before


def test_an_old_application(cloud, bench):
    """The interface v2 has no command for partial changes of new rows: documents are written whole."""
    cloud.admin("/opensearch", {"edition": "standard"})
    window = history(cloud, "app_old")
    script = script_for(bench, "app_old",
                        '"writeMode": "update", "version": "v2", "deletes": "propagate",')
    bench.run(script, window)
    changes = model.window(cloud.stream("app_old"), *window)
    assert with_values(cloud.app.documents()) == with_values(documents_of(changes, "propagate"))
    assert cloud.admin("/counters")["actions"]["PushV2"] > 0


def test_older_windows_never_win(cloud, bench):
    """A window behind a committed later one, and a replay, write rows as they are now."""
    window = history(cloud, "app_older")
    script = script_for(bench, "app_older", '"writeMode": "update", "deletes": "propagate",')
    middle = sum(window) // 2
    bench.run(script, (middle, window[1]))
    bench.run(script, (window[0], middle))
    bench.run(script, (middle, window[1]), "--replay")
    stream, now = cloud.stream("app_older"), cloud.table_rows("app_older")
    touched = {model.document_id(c) for s in model.window(stream, *window).values() for c in s}
    got = cloud.app.documents()
    assert sorted(got) == sorted(touched & set(now))
    for key, document in got.items():
        row = now[key]
        assert document == {"id": key, **{f: row[n] for n, f in zip(NAMES, FIELDS) if n in row}}


def test_throttling_and_broken_connections(cloud, bench):
    window = history(cloud, "app_faults", changes=1500)
    for fault in ({"kind": "status", "status": 429, "error": "3007", "next": 2},
                  {"kind": "status", "status": 500, "error": "1000", "skip": 3, "next": 2},
                  {"kind": "status", "status": 403, "error": "4005", "skip": 6, "next": 1},
                  {"kind": "drop_reply", "percent": 20},
                  {"kind": "reset", "percent": 20}):
        cloud.admin("/fault", {"service": "opensearch", "action": "Push", **fault})
    script = script_for(bench, "app_faults", '"writeMode": "update", "deletes": "propagate",')
    bench.run(script, window)
    changes = model.window(cloud.stream("app_faults"), *window)
    assert cloud.app.documents() == documents_of(changes, "propagate")


def test_a_wrong_clock_of_the_service(cloud, bench):
    window = history(cloud, "app_clock", changes=200)
    script = script_for(bench, "app_clock", '"writeMode": "update",')
    cloud.admin("/fault", {"service": "opensearch", "action": "Push", "kind": "status",
                           "status": 403, "error": "4010", "next": 1})
    bench.run(script, window)
    assert len(cloud.app.documents()) > 0


def test_bad_documents_are_quarantined(cloud, bench):
    """Characters that the service keeps for itself: dirty; the limit decides, a rerun gets past."""
    now = cloud.now_ms()
    window = now - 60 * MINUTE, now - 20 * MINUTE
    cloud.table("app_dirty")
    cloud.fill("app_dirty", 400, keys=400, cells=1, mix={"put": 1}, from_ms=window[0],
               to_ms=window[1], texts={"c0": ["one", "two", "three", "a\u001db"]})
    script = script_for(bench, "app_dirty", '"writeMode": "add",', ["pk", "c0"], ["id", "a"])
    ran = bench.call("run", script, *bound(window))
    changes = [c for s in model.window(cloud.stream("app_dirty"), *window).values() for c in s]
    good = [c for c in changes if "\u001d" not in c.cells[0].value[1]]
    assert len(good) < len(changes) and ran.code == 3, ran
    done = bench.run(script, window, "--errorLimit", str(len(changes)))
    assert done.receipt["counts"]["quarantined"] == len(changes) - len(good)
    assert done.receipt["counts"]["acknowledged"] == len(good)
    assert sorted(cloud.app.documents()) == sorted({model.document_id(c) for c in good})


@pytest.fixture(scope="module")
def misfits(cloud):
    return history(cloud, "app_misfits", changes=10)


@pytest.mark.parametrize("holes,edition,text", [
    ({"writer": '"writeMode": "update",', "app": "nosuch"}, "advanced", "no such application"),
    ({"writer": '"writeMode": "update",', "fields": ["other", "a", "b", "c"]}, "advanced",
     'the key field "id"'),
    ({"writer": '"writeMode": "update",'}, "standard", '"writeMode": "add"'),
    ({"writer": '"writeMode": "add", "timestamps": "on",'}, "standard", '"timestamps": "off"')])
def test_what_does_not_fit_is_told_before_anything_is_written(cloud, bench, misfits, holes, edition,
                                                              text):
    cloud.admin("/opensearch", {"edition": edition})
    ran = bench.call("run", script_for(bench, "app_misfits", **holes), *bound(misfits))
    assert ran.code == 2 and text in ran.err, ran
    assert not cloud.app.documents()
