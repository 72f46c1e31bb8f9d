"""Kill matrix: the process is killed (-9) at a named point, at a random hit of it; the next run ends
as if nothing had happened, and reads little again: two parts (or bulks) and 4 MiB of pages.

A point that is never hit is a failure. MILLRACE_LONG=1 takes every point several times.
"""
import json
import os
import random

import pytest
from tablestore import INF_MAX, INF_MIN

import model
from cloud import MINUTE, SEED, by_window_and_shard, shard_text
from runs import STREAM_TO_OSS, STREAM_TO_TABLE, TABLE_TO_OSS, Bench, bound, columns, row_mode
from test_app_search import documents_of
from test_app_search import script_for as app_script_for
from test_odps import job as odps_job, rows as odps_rows, target as odps_target
from test_search import expect_documents, script_for, unique

# How often every point is taken, each time at another hit of it.
ROUNDS = 5 if os.environ.get("MILLRACE_LONG") else 1
SHARDS = 2

RUNNING = ["after_read", "after_encode", "after_send", "after_acknowledge", "before_checkpoint",
           "after_checkpoint"]
ENDING = ["before_finish", "after_finish"]  # once per shard
COMMITTING = ["after_add_item", "before_borders", "after_borders", "before_intent", "after_intent", "after_manifest",
              "after_receipt", "after_announce", "after_cleanup"]  # once
# A table's items are listed and added once, together.
EXPORT_ONCE = ["after_add_item"]
POINTS = {"export": RUNNING + ENDING + ["after_complete"] + COMMITTING,
          "oss": RUNNING + ENDING + ["after_complete"] + COMMITTING,
          "odps": RUNNING + ENDING + ["after_complete"] + COMMITTING,
          "search": RUNNING + ENDING + COMMITTING,
          "app": RUNNING + ENDING + COMMITTING,
          "table": RUNNING + ENDING + COMMITTING}

CHANGES, VALUE_BYTES = 10000, 240
PART_BYTES, OBJECT_ROWS, BATCH = 131072, 600, 100
PAGE = 1000  # records that the stand-in gives at once, at most; about 1 MiB here
NAMES = ["pk", "c0", "c1", "c2", "c3"]
NAMES_OF_APP = ["id"] + NAMES[1:]
FIELDS = [{"name": "pk", "type": "id"}] + [{"name": n, "type": "keyword"} for n in NAMES[1:]]


def cases(writer):
    return [(point, n) for point in POINTS[writer] for n in range(ROUNDS)]


def hits_of(point, **known):
    """How often a run passes this point, at least."""
    known.setdefault("after_read", 6)
    return known.get(point, known["running"] if point in RUNNING else SHARDS if point in ENDING else 1)


@pytest.fixture(scope="module")
def history(cloud):
    """A table with two shards, and the window of all its changes."""
    now = cloud.now_ms()
    window = now - 120 * MINUTE, now - 10 * MINUTE
    cloud.table("kill", at=["k00000200"])
    cloud.fill("kill", CHANGES, keys=400, cells=4, value_bytes=VALUE_BYTES, per_ms=2,
               mix={"put": 80, "update": 15, "delete": 5}, from_ms=window[0], to_ms=window[1])
    return window, model.window(cloud.stream("kill"), *window)


def rows_of(change):
    return model.row_mode(change, NAMES)


def changes_per_part(changes):
    """The most changes that one part covers; objects end at OBJECT_ROWS."""
    most = count = size = rows = 0
    for change in changes:
        lines = rows_of(change)
        count, rows = count + 1, rows + len(lines)
        size += sum(len(model.csv_line(line)) for line in lines)
        if lines and (size >= PART_BYTES or rows == OBJECT_ROWS):
            most, count, size, rows = max(most, count), 0, 0, rows % OBJECT_ROWS
    return max(most, count)


def changes_per_block(changes):
    """The most changes that one block covers: no row is shorter than its values, their tags and
    lengths, and the shortest end."""
    most = count = size = 0
    for change in changes:
        count += 1
        for row in rows_of(change):
            texts = [value[1].encode() for value in row if value is not None]
            size += sum(len(text) + (2 if len(text) < 128 else 3) for text in texts) + 7
        if size >= PART_BYTES:
            most, count, size = max(most, count), 0, 0
    return max(most, count)


def changes_per_bulk(changes):
    most = count = rows = 0
    for change in changes:
        count += 1
        rows += change.action != model.DELETE
        if rows == BATCH:
            most, count, rows = max(most, count), 0, 0
    return max(most, count)


def changes_per_rows(changes):
    """A batch ends with its BATCH-th different key."""
    most = count = 0
    keys = set()
    for change in changes:
        count += 1
        keys.add(change.key_values)
        if len(keys) == BATCH:
            most, count, keys = max(most, count), 0, set()
    return max(most, count)


def expect_little_read_again(cloud, changes, per_batch, receipt):
    """At most two batches, and pages: the one that the checkpoint lies in is read again from its
    beginning, one was in hand, one was read ahead."""
    record_bytes = receipt["counts"]["source_bytes"] / receipt["counts"]["read"]
    served = cloud.served()
    for shard, all_of_it in changes.items():
        pages = served[shard]["total"] - served[shard]["distinct"] - 2 * per_batch(all_of_it)
        assert pages <= 3 * PAGE and pages * record_bytes <= 4 << 20, (shard, pages, record_bytes)
        assert served[shard]["distinct"] >= len(all_of_it)


def crash_and_go_on(cloud, bench, script, window, point, hits):
    """Killed once, then run to the end; the receipt."""
    hit = random.Random(f"{SEED} {point} {bench.folder}").randint(1, hits)
    print(f"seed {SEED}: {point}:{hit}")
    cloud.admin("/counters/reset", {})
    killed = bench.call("run", script, *bound(window), "--json", MILLRACE_CRASH=f"{point}:{hit}")
    assert killed.code == -9, f"{point}:{hit} was not reached: {killed}"
    return bench.run(script, window).receipt


def without_ids(receipt):
    """What two runs of the same work must have in common."""
    kept = ("window", "stream", "counts", "sums", "quarantine", "loss")
    shards = {s["shard"]: (s["counts"], s["sums"], s["end"]["kind"]) for s in receipt["shards"]}
    return {**{k: receipt[k] for k in kept}, "shards": shards}


def oss_job(bench, prefix):
    return bench.script("job.json", STREAM_TO_OSS, table="kill", object=prefix,
                        reader=row_mode(*NAMES),
                        writer=f'"partBytes": {PART_BYTES}, "objectRows": {OBJECT_ROWS},')


@pytest.fixture(scope="module")
def calm_oss_run(cloud, history, tmp_path_factory):
    """A run without a crash: its receipt, and how often its points are hit at least."""
    bench = Bench(tmp_path_factory.mktemp("calm"), cloud)
    receipt = bench.run(oss_job(bench, "kill/calm/all"), history[0]).receipt
    parts = {}
    for one in receipt["objects"]:
        assert one["parts"] >= 3 or one["rows"] < OBJECT_ROWS, one
        parts[one["shard"]] = parts.get(one["shard"], 0) + one["parts"]
    assert len(parts) == 2 and min(parts.values()) >= 20, parts
    return receipt, sum(parts.values()), len(receipt["objects"])


@pytest.mark.parametrize("point,n", cases("oss"))
def test_kill_while_writing_objects(cloud, bench, history, calm_oss_run, point, n):
    window, changes = history
    calm, parts, objects = calm_oss_run
    # The last part of an object may be no full one.
    hits = hits_of(point, running=parts, after_encode=parts - objects, after_complete=objects)
    prefix = f"kill/{point}_{n}/all"
    receipt = crash_and_go_on(cloud, bench, oss_job(bench, prefix), window, point, hits)
    got = by_window_and_shard(cloud.objects(prefix))
    assert list(got.values()) == [
        {shard_text(s): model.csv_bytes(c, rows_of) for s, c in changes.items()}]
    assert without_ids(receipt) == without_ids(calm)
    assert len(cloud.manifests(prefix)) == 1
    assert not [u for u in cloud.open_uploads() if u.startswith(prefix)]
    expect_little_read_again(cloud, changes, changes_per_part, receipt)


def odps_script(cloud, bench, table):
    """The table is the target's; the source is always the same."""
    odps_target(cloud, table, NAMES, ["string"] * len(NAMES))
    text = odps_job(bench, cloud, table, reader=row_mode(*NAMES), column=NAMES,
                    writer=f'"blockBytes": {PART_BYTES},').read_text()
    return bench.script("job.json", text.replace(f'"dataTable": "{table}"', '"dataTable": "kill"'))


@pytest.fixture(scope="module")
def calm_odps_run(cloud, history, tmp_path_factory):
    bench = Bench(tmp_path_factory.mktemp("calm_odps"), cloud)
    receipt = bench.run(odps_script(cloud, bench, "calm_mc"), history[0]).receipt
    blocks = [one["shard"] for one in receipt["blocks"]]
    assert len(set(blocks)) == 2 and min(map(blocks.count, blocks)) >= 20, blocks
    return receipt, len(blocks)


@pytest.mark.parametrize("point,n", cases("odps"))
def test_kill_while_writing_blocks(cloud, bench, history, calm_odps_run, point, n):
    window, changes = history
    calm, blocks = calm_odps_run
    # The last block of a shard is no full one.
    hits = hits_of(point, running=blocks, after_encode=blocks - SHARDS)
    table = f"kill_{point}_{n}_mc"
    script = odps_script(cloud, bench, table)
    receipt = crash_and_go_on(cloud, bench, script, window, point, hits)
    wanted = [[None if value is None else value[1] for value in row]
              for of_shard in changes.values() for change in of_shard for row in rows_of(change)]
    assert odps_rows(cloud, table) == sorted(map(repr, wanted))
    assert without_ids(receipt) == without_ids(calm)
    expect_little_read_again(cloud, changes, changes_per_block, receipt)


@pytest.mark.parametrize("point,n", cases("search"))
def test_kill_while_writing_documents(cloud, bench, search, history, point, n):
    window, changes = history
    index = unique(f"kill-{point}-{n}").replace("_", "-")
    script = script_for(bench, search, "kill", index, NAMES, FIELDS, '"deletes": "propagate",', BATCH)
    rows = sum(1 for c in changes.values() for _ in c)
    hits = hits_of(point, running=rows // (2 * BATCH))
    receipt = crash_and_go_on(cloud, bench, script, window, point, hits)
    expect_documents(search, index, model.apply_window(model.Documents(), changes, NAMES, FIELDS, "propagate"))
    assert receipt["counts"]["read"] == rows
    expect_little_read_again(cloud, changes, changes_per_bulk, receipt)


@pytest.mark.parametrize("point,n", cases("app"))
def test_kill_while_pushing_documents(cloud, bench, history, point, n):
    """Updates are pushed as such; two changes share a millisecond, so a batch may have one more."""
    window, changes = history
    cloud.admin("/opensearch", {"clear": True})
    script = app_script_for(bench, "kill", '"writeMode": "update", "deletes": "propagate",', NAMES, NAMES_OF_APP)
    rows = sum(map(len, changes.values()))
    hits = hits_of(point, running=rows // (2 * BATCH))
    receipt = crash_and_go_on(cloud, bench, script, window, point, hits)
    assert cloud.app.documents() == documents_of(changes, "propagate", NAMES, NAMES_OF_APP)
    assert receipt["counts"]["read"] == receipt["counts"]["acknowledged"] == rows
    expect_little_read_again(cloud, changes, lambda _: BATCH + 1, receipt)


@pytest.fixture(scope="module")
def export(cloud):
    """A table, and the rows of its two halves as the SDK reads them."""
    now = cloud.now_ms()
    cloud.table("export", stream=True)
    cloud.fill("export", CHANGES, keys=6000, cells=4, value_bytes=VALUE_BYTES, mix={"put": 1},
               from_ms=now - 120 * MINUTE, to_ms=now - 10 * MINUTE)
    cuts = INF_MIN, "k00003000", INF_MAX
    return [[model.table_row(row, NAMES) for row in cloud.rows("export", [("pk", a)], [("pk", b)])]
            for a, b in zip(cuts, cuts[1:])]


def export_job(bench, prefix):
    return bench.script("job.json", TABLE_TO_OSS, table="export", object=prefix, columns=columns(*NAMES),
                        reader='"range": {"split": [{"type": "STRING", "value": "k00003000"}]},',
                        writer=f'"partBytes": {PART_BYTES}, "objectRows": {OBJECT_ROWS},')


@pytest.fixture(scope="module")
def calm_export(cloud, export, tmp_path_factory):
    bench = Bench(tmp_path_factory.mktemp("calm_export"), cloud)
    receipt = bench.run(export_job(bench, "kill/calm/export")).receipt
    parts = {}
    for one in receipt["objects"]:
        parts[one["shard"]] = parts.get(one["shard"], 0) + one["parts"]
    assert len(parts) == 2 and min(parts.values()) >= 20, parts
    return receipt, sum(parts.values()), len(receipt["objects"])


@pytest.mark.parametrize("point,n", cases("export"))
def test_kill_while_exporting_a_table(cloud, bench, export, calm_export, point, n):
    calm, parts, objects = calm_export
    hits = 1 if point in EXPORT_ONCE else hits_of(
        point, running=parts, after_encode=parts - objects, after_complete=objects, after_read=2)
    prefix = f"kill/export_{point}_{n}/all"
    receipt = crash_and_go_on(cloud, bench, export_job(bench, prefix), None, point, hits)
    got = by_window_and_shard(cloud.objects(prefix))
    assert list(got.values()) == [
        {shard_text(f"range {i + 1:04} of 0002"): b"".join(map(model.csv_line, rows))
         for i, rows in enumerate(export)}]
    assert {k: receipt[k] for k in ("counts", "sums")} == {k: calm[k] for k in ("counts", "sums")}
    assert len(cloud.manifests(prefix)) == 1
    assert not [u for u in cloud.open_uploads() if u.startswith(prefix)]


@pytest.mark.parametrize("point,n", cases("table"))
def test_kill_while_writing_rows(cloud, bench, history, point, n):
    window, changes = history
    copy = f"kill_{point}_{n}"
    cloud.make_table(copy)
    script = bench.script("job.json", STREAM_TO_TABLE, table="kill", copy=copy,
                          reader=row_mode(*NAMES),
                          columns=json.dumps([{"name": c, "type": "string"} for c in NAMES[1:]]),
                          writer=f'"deletes": "propagate", "batchWriteCount": {BATCH},')
    count = sum(map(len, changes.values()))
    batches = sum(len(c) // changes_per_rows(c) for c in changes.values())
    receipt = crash_and_go_on(cloud, bench, script, window, point, hits_of(point, running=batches))
    assert cloud.table_rows(copy) == cloud.table_rows("kill")
    assert receipt["counts"]["read"] == receipt["counts"]["acknowledged"] == count
    expect_little_read_again(cloud, changes, changes_per_rows, receipt)
