"""Stream -> OSS csv, byte for byte against the model."""
import json
from datetime import datetime, timezone

import pytest

import model
from cloud import MINUTE, by_window_and_shard, shard_text
from runs import STREAM_TO_OSS, row_mode

NAMES = ("pk", "c0", "c1", "c2", "c3")


def utc(ms):
    return datetime.fromtimestamp(ms // 1000, timezone.utc).strftime("%Y%m%dT%H%M%S") + "%03d" % (ms % 1000)


def history(cloud, table, changes=6000, **more):
    """A table with three hours of changes up to 6 minutes ago; its shard splits inside the window.
    The window that is exported, in ms."""
    now = cloud.now_ms()
    cloud.table(table, key=(("pk", "string"),))
    shape = {"keys": 200, "cells": 4, "charset": "mixed", "delete_all": 10, "delete_one": 5,
             "per_ms": 3, "split_at_ms": [now - 90 * MINUTE], **more}
    cloud.fill(table, changes, from_ms=now - 180 * MINUTE, to_ms=now - 6 * MINUTE, **shape)
    return now - 150 * MINUTE, now - 20 * MINUTE


def expect_objects(cloud, prefix, stream, windows, rows_of, **form):
    """Exactly the objects of these windows, their bytes in the order of each shard."""
    expected = {}
    for window in windows:
        shards = {shard_text(name): model.csv_bytes(changes, rows_of, **form)
                  for name, changes in model.window(stream, *window).items()}
        expected[tuple(map(utc, window))] = {k: v for k, v in shards.items() if v}
    got = by_window_and_shard(cloud.objects(prefix))
    assert sorted(got) == sorted(expected)
    for window, shards in expected.items():
        assert sorted(got[window]) == sorted(shards)
        for shard, lines in shards.items():
            assert_same_lines(got[window][shard], lines)


def assert_same_lines(got, wanted):
    if got == wanted:
        return
    a, b = got.split(b"\n"), wanted.split(b"\n")
    first = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    raise AssertionError(f"{len(a)} lines, expected {len(b)}; first difference in line {first + 1}: "
                         f"{a[first:first + 1]} instead of {b[first:first + 1]}")


def test_row_mode_over_a_split(cloud, bench):
    window = history(cloud, "rows")
    script = bench.script("job.json", STREAM_TO_OSS, table="rows", object="school/rows/all",
                          reader=row_mode(*NAMES), writer="")
    ran = bench.run(script, window)
    stream = cloud.stream("rows")
    assert len(stream) == 3
    expect_objects(cloud, "school/rows/all", stream, [window],
                   lambda change: model.row_mode(change, NAMES))
    changes = [c for shard in model.window(stream, *window).values() for c in shard]
    counts = ran.receipt["counts"]
    assert counts["read"] == len(changes)
    assert counts["delete"] == sum(c.action == model.DELETE for c in changes)
    assert counts["dropped"]["delete_in_row_mode"] == counts["delete"]
    assert not cloud.open_uploads()

    before = cloud.objects("school/rows/all"), cloud.manifests("school/rows/all")
    assert len(before[1]) == 1
    again = bench.run(script, window)
    assert (cloud.objects("school/rows/all"), cloud.manifests("school/rows/all")) == before
    assert again.receipt == ran.receipt


def test_replay_gives_the_same_rows_under_new_names(cloud, bench):
    window = history(cloud, "replayed", changes=2000)
    script = bench.script("job.json", STREAM_TO_OSS, table="replayed", object="school/replayed/all",
                          reader=row_mode(*NAMES), writer="")
    bench.run(script, window)
    first = cloud.objects("school/replayed/all")
    bench.run(script, window, "--replay")
    second = cloud.objects("school/replayed/all")
    assert not set(first) & set(second)
    assert all(name.endswith("_r1") for name in second)
    assert by_window_and_shard(first) == by_window_and_shard(second)


def test_trimmed_fields_header_and_small_parts(cloud, bench):
    window = history(cloud, "trimmed", changes=4000, value_bytes=120)
    script = bench.script(
        "job.json", STREAM_TO_OSS, table="trimmed", object="school/trimmed/{date}",
        reader=row_mode(*NAMES),
        writer='"trimFields": true, "header": ["a","b","c","d","e"], "suffix": "csv", '
               '"partBytes": 131072, "objectRows": 500, "nullFormat": "",')
    bench.run(script, window, "-Ddate=20260101")
    objects = cloud.objects("school/trimmed/20260101")
    assert len(objects) > 3 and all(name.endswith(".csv") for name in objects)
    head = b"a,b,c,d,e\n"
    assert all(body.startswith(head) for body in objects.values())
    stream = cloud.stream("trimmed")
    got = by_window_and_shard({n: b[len(head):] for n, b in objects.items()})
    for name, changes in model.window(stream, *window).items():
        wanted = model.csv_bytes(changes, lambda c: model.row_mode(c, NAMES), trim=True, null_format="")
        assert_same_lines(got[tuple(map(utc, window))].get(shard_text(name), b""), wanted)


@pytest.mark.parametrize("sequence", [False, True])
def test_column_mode_with_all_types(cloud, bench, sequence):
    table = f"cells{int(sequence)}"
    window = history(cloud, table, changes=3000, types="all", cells=5, charset="ascii")
    script = bench.script(
        "job.json", STREAM_TO_OSS.replace('"isExportSequenceInfo": false', f'"isExportSequenceInfo": {json.dumps(sequence)}'),
        table=table, object=f"school/{table}/all", reader="", writer='"byteEncoding": "base64",')
    bench.run(script, window)
    expect_objects(cloud, f"school/{table}/all", cloud.stream(table), [window],
                   lambda change: model.column_mode(change, sequence), base64_bytes=True)


def test_row_mode_with_all_types(cloud, bench):
    names = ("c4", "c3", "c2", "c1", "c0", "nowhere")
    window = history(cloud, "typed", changes=3000, types="all", cells=5, charset="ascii")
    script = bench.script("job.json", STREAM_TO_OSS, table="typed", object="school/typed/all",
                          reader=row_mode(*names), writer='"byteEncoding": "base64",')
    bench.run(script, window)
    expect_objects(cloud, "school/typed/all", cloud.stream("typed"), [window],
                   lambda change: model.row_mode(change, names), base64_bytes=True)


def test_time_that_goes_back_and_a_split_and_merge_now(cloud, bench):
    """Epochs rise in the past; then a live split and merge make shards that are listed late."""
    now = cloud.now_ms()
    cloud.table("moved")
    cloud.fill("moved", 3000, keys=100, from_ms=now - 120 * MINUTE, to_ms=now - 10 * MINUTE,
               epoch_steps=3, back_ms=5 * MINUTE, split_at_ms=[now - 60 * MINUTE])
    cloud.admin("/shard/split", {"table": "moved"})
    cloud.admin("/shard/merge", {"table": "moved"})
    window = now - 100 * MINUTE, now - 8 * MINUTE
    script = bench.script("job.json", STREAM_TO_OSS, table="moved", object="school/moved/all",
                          reader=row_mode(*NAMES), writer="")
    bench.run(script, window)
    expect_objects(cloud, "school/moved/all", cloud.stream("moved", wait_s=4), [window],
                   lambda change: model.row_mode(change, NAMES))


def test_windows_one_after_the_other(cloud, bench):
    window = history(cloud, "chain", changes=3000)
    borders = [window[0] + i * (window[1] - window[0]) // 4 for i in range(5)]
    windows = list(zip(borders, borders[1:]))
    script = bench.script("job.json", STREAM_TO_OSS, table="chain", object="school/chain/all",
                          reader=row_mode(*NAMES), writer="")
    for one in windows:
        bench.run(script, one)
    expect_objects(cloud, "school/chain/all", cloud.stream("chain"), windows,
                   lambda change: model.row_mode(change, NAMES))


def test_next_follows_the_grid(cloud, bench):
    history(cloud, "next", changes=3000)
    text = STREAM_TO_OSS.replace("startTimestampMillis ", "startTimeString ").replace(
        "endTimestampMillis", "endTimeString")
    script = bench.script("job.json", text, table="next", object="school/next/all",
                          reader=row_mode(*NAMES), writer="")
    refused = bench.call("run", script, "--next")
    assert refused.code == 2 and "--from" in refused.err, refused
    since = cloud.now_ms() - 70 * MINUTE
    local = datetime.fromtimestamp(since / 1000 + 8 * 3600, timezone.utc).strftime("%Y%m%d%H%M%S")
    ran = bench.call("run", script, "--next", "--from", local)
    assert ran.code == 0, ran
    windows = sorted((m["window"]["start_ms"], m["window"]["end_ms"])
                     for m in cloud.manifests("school/next/all").values())
    assert len(windows) >= 12
    assert windows[0][0] == since // 1000 * 1000
    assert all(end % (5 * MINUTE) == 0 for _, end in windows)
    assert all(end - start == 5 * MINUTE for start, end in windows[1:])
    assert all(a[1] == b[0] for a, b in zip(windows, windows[1:]))
    assert 5 * MINUTE <= cloud.now_ms() - windows[-1][1] < 11 * MINUTE
    stream = cloud.stream("next")
    with_rows = [w for w in windows if any(
        model.row_mode(c, NAMES) for s in model.window(stream, *w).values() for c in s)]
    expect_objects(cloud, "school/next/all", stream, with_rows,
                   lambda change: model.row_mode(change, NAMES))
    again = bench.call("run", script, "--next")
    assert again.code == 0, again
