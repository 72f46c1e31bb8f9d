"""Stream -> MaxCompute, read back by PyODPS against the model."""
import json
from decimal import ROUND_HALF_UP, Decimal, localcontext

import pytest

import model
from cloud import ACCESS_ID, MINUTE, PROJECT, SECRET
from runs import bound, columns, row_mode
from test_csv import NAMES, history

PARTITION = "pt=20261121"

# The shape of the documents' script.
STREAM_TO_ODPS = """{
  "type": "job",
  "version": "1.0",
  "configuration": {
    "reader": {
      "plugin": "otsstream",
      "parameter": {
        "datasource": "school",//the source
        "dataTable": "@TABLE@",
        "startTimestampMillis": "${start_time}",
        "endTimestampMillis": "${end_time}",
        "statusTable": "TableStoreStreamReaderStatusTable",
        "maxRetries": 30,
        @READER@
      }
    },
    "writer": {
      "plugin": "odps",
      "parameter": {
        "datasource": "odps_first",//the target
        "table": "@TABLE@",
        "truncate": @TRUNCATE@,
        "partition": "@PARTITION@",
        @WRITER@
        "column": @COLUMN@
      }
    },
    "setting": {
      "errorLimit": { "record": "@LIMIT@" },
      "speed": { "mbps": 200, "concurrent": 2 }
    }
  }
}
"""
CELLS = ["id", "colname", "version", "colvalue", "optype", "sequenceinfo"]
CELL_TYPES = ["string", "string", "bigint", "string", "string", "string"]


@pytest.fixture(autouse=True)
def no_faults_stay(cloud):
    yield
    cloud.admin("/fault", method="DELETE")


def job(bench, cloud, table, reader='"isExportSequenceInfo": true,', column=CELLS, truncate="true",
        partition=PARTITION, writer='"blockBytes": 4096,', limit="0"):
    sources = json.loads(bench.sources.read_text())
    sources["odps_first"] = {"type": "odps", "odpsServer": cloud.odps_url, "project": PROJECT,
                             "accessId": ACCESS_ID, "accessKey": "${env:MILLRACE_TEST_KEY}"}
    bench.sources.write_text(json.dumps(sources))
    return bench.script("job.json", STREAM_TO_ODPS, table=table, reader=reader, truncate=truncate,
                        partition=partition, writer=writer, column=json.dumps(column), limit=limit)


def target(cloud, table, names=CELLS, types=CELL_TYPES, keys=("pt",)):
    from odps.models import TableSchema
    schema = TableSchema.from_lists(names, types, list(keys), ["string"] * len(keys))
    return cloud.odps.create_table(table, schema)


def rows(cloud, table, partition=PARTITION):
    return sorted(map(repr, cloud.odps_rows(table, partition)))


def expected(cloud, table, windows, rows_of=lambda change: model.column_mode(change, True)):
    """Rows of these windows by the model, in the types of columns of text and numbers."""
    stream = cloud.stream(table)
    return sorted(repr([None if value is None else value[1] for value in row])
                  for window in windows for changes in model.window(stream, *window).values()
                  for change in changes for row in rows_of(change))


def halves(window):
    middle = (window[0] + window[1]) // 2
    return (window[0], middle), (middle, window[1])


def test_cells_of_two_windows_in_one_partition(cloud, bench):
    window = history(cloud, "cells_mc")
    table = target(cloud, "cells_mc")
    # What was there before this job is replaced by its first window, which later ones add to.
    table.create_partition(PARTITION)
    with table.open_writer(PARTITION) as writer:
        writer.write([["old"] + [None] * 5])
    first, second = halves(window)
    script = job(bench, cloud, "cells_mc")
    ran = bench.run(script, first)
    assert ran.receipt["overwrite"] is True
    assert len(ran.receipt["blocks"]) > 5
    assert rows(cloud, "cells_mc") == expected(cloud, "cells_mc", [first])
    ran = bench.run(script, second)
    assert ran.receipt["overwrite"] is False
    everything = expected(cloud, "cells_mc", [window])
    assert rows(cloud, "cells_mc") == everything
    # A window that is done is not done again, and one that shares its partition is not replayed.
    assert bench.run(script, second).receipt == ran.receipt
    refused = bench.call("run", script, *bound(first), "--replay")
    assert refused.code == 2 and "its partition also holds" in refused.err, refused
    assert "--whole-partition" in refused.err, refused
    assert rows(cloud, "cells_mc") == everything


def test_truncate_by_instance_keeps_the_last_window(cloud, bench):
    window = history(cloud, "daily_mc", changes=2000)
    target(cloud, "daily_mc")
    script = job(bench, cloud, "daily_mc", writer='"truncateScope": "instance",')
    first, second = halves(window)
    bench.run(script, first)
    bench.run(script, second)
    assert rows(cloud, "daily_mc") == expected(cloud, "daily_mc", [second])
    bench.run(script, second, "--replay")
    assert rows(cloud, "daily_mc") == expected(cloud, "daily_mc", [second])


def test_typed_columns_in_any_order_and_rows_that_do_not_fit(cloud, bench):
    """Cells of all types land in columns of their own and of other types; the rest is quarantined."""
    window = history(cloud, "typed_mc", changes=2000, types="all", cells=5, charset="ascii")
    names = ("pk", "c0", "c1", "c2", "c3", "c4")
    target(cloud, "typed_mc", ["c4", "unlisted", "pk", "c3", "c2", "c1", "c0"],
           ["string", "bigint", "string", "bigint", "double", "decimal(38,18)", "binary"], keys=())
    script = job(bench, cloud, "typed_mc", reader=row_mode(*names), column=[n.upper() for n in names],
                 partition="", limit="100000")
    ran = bench.run(script, window)
    good, dirty = [], 0
    for changes in model.window(cloud.stream("typed_mc"), *window).values():
        for change in changes:
            for row in model.row_mode(change, names):
                fits = [fitting(value, kind) for value, kind in
                        zip(row, ("string", "binary", "decimal", "double", "bigint", "string"))]
                if any(value is DIRTY for value in fits):
                    dirty += 1
                else:
                    pk, c0, c1, c2, c3, c4 = fits
                    good.append(repr([c4, None, pk, c3, c2, c1, c0]))
    assert good and dirty
    assert ran.receipt["counts"]["quarantined"] == dirty
    assert rows(cloud, "typed_mc", None) == sorted(good)


DIRTY = object()


def fitting(value, kind):
    """A cell in a column of MaxCompute, or DIRTY."""
    if value is None:
        return None
    of, value = value
    try:
        if kind == "binary":
            if of == "STRING":
                return value.encode()
            return value if of == "BINARY" else DIRTY
        if kind == "string":
            if of == "BINARY":
                return value.decode()
            if of == "STRING":
                return value
            if of == "BOOLEAN":
                return "true" if value else "false"
            return model.double_text(value) if of == "DOUBLE" else str(value)
        if of == "BINARY":
            return DIRTY
        if kind == "double":
            return float(value)
        if kind == "bigint":
            whole = int(Decimal(value)) if of == "STRING" else int(value)
            return whole if -2 ** 63 < whole < 2 ** 63 else DIRTY
        with localcontext(prec=60, rounding=ROUND_HALF_UP):
            exact = Decimal(repr(value)) if of == "DOUBLE" else Decimal(value)
            exact = exact.quantize(Decimal(1).scaleb(-18))
            return exact.normalize() + 0 if abs(exact) < 10 ** 20 else DIRTY
    except (ValueError, ArithmeticError, UnicodeDecodeError):
        return DIRTY


@pytest.mark.parametrize("action,kind", [
    ("CommitUpload", "drop_reply"), ("CommitUpload", "lie_reply"), ("CommitUpload", "status"),
    ("PutBlock", "flip_upload"), ("PutBlock", "drop_reply"), ("PutBlock", "status"),
    ("CreateUpload", "drop_reply"), ("GetUpload", "reset")])
def test_a_passing_fault_leaves_every_row_once(cloud, bench, action, kind):
    table = f"fault_{action}_{kind}".lower()
    window = history(cloud, table, changes=1500)
    target(cloud, table)
    cloud.admin("/fault", {"service": "odps", "action": action, "kind": kind, "code": 503,
                           "error": "ServiceUnavailable", "next": 2})
    bench.run(job(bench, cloud, table), window)
    assert rows(cloud, table) == expected(cloud, table, [window])


@pytest.mark.parametrize("state", ["expired", "gone"])
def test_a_session_that_ended_early_is_made_anew(cloud, bench, state):
    table = f"session_{state}"
    window = history(cloud, table, changes=1500)
    target(cloud, table)
    script = job(bench, cloud, table)
    # Some blocks are written, then the session ends.
    cloud.admin("/fault", {"service": "odps", "action": "PutBlock", "kind": "status", "code": 403,
                           "error": "NoPermission", "skip": 5})
    failed = bench.call("run", script, *bound(window))
    assert failed.code != 0, failed
    cloud.admin("/fault", method="DELETE")
    cloud.admin("/odps/sessions", {"uploads": state})
    bench.run(script, window)
    assert rows(cloud, table) == expected(cloud, table, [window])


@pytest.mark.parametrize("change,text", [
    ({"partition": "day=1"}, 'needs "pt=…"'),
    ({"partition": ""}, 'needs "pt=…"'),
    ({"partition": "pt=1,region=x"}, 'needs "pt=…"'),
    ({"column": CELLS[:5]}, "the reader gives 6 to 9 columns"),
    ({"column": CELLS[:5] + ["nowhere"]}, '"nowhere" is not in the table'),
])
def test_what_does_not_fit_is_said_before_anything_is_read(cloud, bench, change, text):
    name = "unfit_mc"
    if not cloud.odps.exist_table(name):
        history(cloud, name, changes=100)
        target(cloud, name)
    now = cloud.now_ms()
    window = now - 60 * MINUTE, now - 30 * MINUTE
    ran = bench.call("run", job(bench, cloud, name, **change), *bound(window))
    assert ran.code == 2, ran
    assert text in ran.err, ran


def test_a_missing_table_is_named(cloud, bench):
    window = history(cloud, "nowhere_mc", changes=100)
    ran = bench.call("run", job(bench, cloud, "nowhere_mc"), *bound(window))
    assert ran.code == 2 and "nowhere_mc" in ran.err, ran


def verdict(bench, receipt):
    ran = bench.call("verify", receipt["run"], "--json")
    assert ran.out, ran
    found = json.loads(ran.out)
    assert (ran.code == 1) == (found["verdict"] == "different"), ran
    return found


def test_verify_sums_a_partition_since_its_last_overwrite(cloud, bench):
    window = history(cloud, "verified_mc", changes=2000)
    table = target(cloud, "verified_mc")
    script = job(bench, cloud, "verified_mc")
    first, second = (bench.run(script, one).receipt for one in halves(window))
    for receipt in (first, second):
        found = verdict(bench, receipt)
        assert found["verdict"] == "verified", found
        assert found["rows"] == first["counts"]["rows"] + second["counts"]["rows"]
    good = cloud.odps_rows("verified_mc", PARTITION)

    def holds(changed):
        with table.open_writer(PARTITION, overwrite=True) as writer:
            if changed:
                writer.write(changed)
        return verdict(bench, second)

    altered = [good[0][:3] + ["altered"] + good[0][4:]] + good[1:]
    for changed, text in ((good[1:], f"holds {len(good) - 1} rows"), (altered, "content is another"),
                          (good + good[:1], f"holds {len(good) + 1} rows"), ([], "holds 0 rows")):
        found = holds(changed)
        assert found["verdict"] == "different" and len(found["differences"]) == 1, found
        assert PARTITION in found["differences"][0] and text in found["differences"][0], found
    assert holds(good[::-1])["verdict"] == "verified"  # the order of rows is nobody's promise


def test_verify_of_what_a_later_window_replaced_or_others_added_to(cloud, bench):
    window = history(cloud, "replaced_mc", changes=1000)
    table = target(cloud, "replaced_mc")
    script = job(bench, cloud, "replaced_mc", writer='"truncateScope": "instance",')
    first, second = (bench.run(script, one).receipt for one in halves(window))
    found = verdict(bench, first)
    assert found["verdict"] == "superseded" and second["run"] in found["why"], found
    assert verdict(bench, second)["verdict"] == "verified"

    history(cloud, "added_mc", changes=1000)
    table = target(cloud, "added_mc")
    receipt = bench.run(job(bench, cloud, "added_mc", truncate="false"), window).receipt
    assert verdict(bench, receipt)["verdict"] == "verified"
    with table.open_writer(PARTITION) as writer:
        writer.write([["other"] + [None] * 5])
    assert verdict(bench, receipt)["verdict"] == "unprovable"


def cycles(window, minutes=5):
    return [(start, start + minutes * MINUTE)
            for start in range(window[0], window[1] - minutes * MINUTE + 1, minutes * MINUTE)]


def test_a_damaged_partition_is_replayed_as_a_whole(cloud, bench):
    """Cycles of 5 minutes into one day's partition, over a split of the shard."""
    name = "whole_mc"
    now = cloud.now_ms()
    history(cloud, name, changes=4000)
    table = target(cloud, name)
    script = job(bench, cloud, name)
    windows = cycles((now - 105 * MINUTE, now - 70 * MINUTE))
    receipts = [bench.run(script, one).receipt for one in windows]
    assert [one["overwrite"] for one in receipts] == [True] + [False] * 6
    everything = expected(cloud, name, windows)
    assert rows(cloud, name) == everything
    other = bench.run(job(bench, cloud, name, partition="pt=20261122"), (windows[-1][1], now - 60 * MINUTE))

    # Rows go and others come, behind the back of everybody.
    with table.open_writer(PARTITION, overwrite=True) as writer:
        writer.write(cloud.odps_rows(name, PARTITION)[7:] + [["other"] + [None] * 5])
    assert verdict(bench, receipts[3])["verdict"] == "different"

    script = job(bench, cloud, name)
    whole = ("--replay", "--whole-partition")
    plan = json.loads(bench.call("plan", script, *bound(windows[2]), *whole, "--json").out)
    assert plan["run"] == "would be created", plan
    assert [one["run"] for one in plan["replaces"]] == [one["run"] for one in receipts]
    assert rows(cloud, name) != everything

    replayed = bench.run(script, windows[2], *whole).receipt
    assert rows(cloud, name) == everything
    assert [one["replaces"] for one in replayed["windows"]] == [one["run"] for one in receipts]
    assert replayed["window"] == {"start_ms": windows[0][0], "end_ms": windows[-1][1]}
    assert replayed["counts"]["read"] == sum(one["counts"]["read"] for one in receipts)
    assert verdict(bench, replayed)["verdict"] == "verified"
    found = verdict(bench, receipts[3])
    assert found["verdict"] == "superseded" and replayed["run"] in found["why"], found
    assert verdict(bench, other.receipt)["verdict"] == "verified"


def test_a_cycle_that_comes_between_is_kept(cloud, bench):
    """A replay is killed, the next cycle is committed, the replay is asked for again."""
    name = "between_mc"
    now = cloud.now_ms()
    history(cloud, name, changes=3000)
    table = target(cloud, name)
    script = job(bench, cloud, name)
    windows = cycles((now - 100 * MINUTE, now - 80 * MINUTE))
    for one in windows[:-1]:
        bench.run(script, one)
    with table.open_writer(PARTITION, overwrite=True) as writer:
        writer.write([["other"] + [None] * 5])
    whole = (script, *bound(windows[0]), "--replay", "--whole-partition")
    died = bench.call("run", *whole, MILLRACE_CRASH="before_intent:1")
    assert died.code != 0, died
    assert bench.run(script, windows[-1]).receipt["overwrite"] is False
    replayed = bench.call("run", *whole, "--json")
    assert replayed.code == 0, replayed
    assert len(replayed.receipt["windows"]) == len(windows)
    assert rows(cloud, name) == expected(cloud, name, windows)
    assert verdict(bench, replayed.receipt)["verdict"] == "verified"


def test_a_partition_with_a_gap_is_not_replayed(cloud, bench):
    window = history(cloud, "gap_mc", changes=500)
    target(cloud, "gap_mc")
    script = job(bench, cloud, "gap_mc")
    windows = cycles((window[0], window[0] + 15 * MINUTE))
    for one in (windows[0], windows[2]):
        bench.run(script, one)
    before = rows(cloud, "gap_mc")
    refused = bench.call("run", script, *bound(windows[0]), "--replay", "--whole-partition")
    assert refused.code == 2 and "is missing" in refused.err, refused
    assert rows(cloud, "gap_mc") == before
    bench.run(script, windows[1])
    bench.run(script, windows[0], "--replay", "--whole-partition")
    assert rows(cloud, "gap_mc") == expected(cloud, "gap_mc", windows)
