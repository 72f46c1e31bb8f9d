"""DataX's status table as Millrace leaves it, read by its documented layout and nothing of Millrace."""
import json
import zlib

from tablestore import Direction

from cloud import MINUTE
from runs import STREAM_TO_OSS, Bench, row_mode
from test_csv import NAMES, history

TABLE = "TableStoreStreamReaderStatusTable"
CHECKPOINT, JOB = "CheckpointForDataxReader", "DataxJobDesc"


def rows(cloud, stream, kind, first, last):
    """StatusValue -> columns, of the rows with first <= StatusValue < last."""
    found, at = {}, [("StreamId", stream), ("StatusType", kind), ("StatusValue", first)]
    while at:
        _, at, page, _ = cloud.ots.get_range(
            TABLE, Direction.FORWARD, at,
            [("StreamId", stream), ("StatusType", kind), ("StatusValue", last)], max_version=1)
        for row in page:
            found[row.primary_key[2][1]] = {name: value for name, value, *_ in row.attribute_columns}
    return found


def complete_set(cloud, stream, time_ms):
    """Shard -> checkpoint, as DataX takes it: a job row, all its shards, one version."""
    at = "%16d" % time_ms
    jobs = rows(cloud, stream, JOB, at, at + "\0")
    assert list(jobs) == [at]
    job = jobs[at]
    pieces, n = b"", 0
    while f"ShardIds_{n}" in job:
        pieces, n = pieces + bytes(job[f"ShardIds_{n}"]), n + 1
    shards = json.loads(zlib.decompress(pieces))
    checkpoints = rows(cloud, stream, CHECKPOINT, at + "\t", at + "\t\x7f")
    assert sorted(checkpoints) == sorted(f"{at}\t{shard}" for shard in shards)
    assert {row["Version"] for row in checkpoints.values()} == {job["Version"]}
    assert {row["SkipCount"] for row in checkpoints.values()} == {0}
    assert (job["JobStreamId"], job["EndTime"]) == (stream, time_ms)
    return {value.split("\t")[1]: row["Checkpoint"] for value, row in checkpoints.items()}


def test_a_window_leaves_a_complete_set_and_a_fresh_state_goes_on_from_it(cloud, bench, tmp_path):
    start, end = history(cloud, "status", changes=3000, split_at_ms=[cloud.now_ms() - 90 * MINUTE])
    half = (start + end) // 2
    holes = dict(table="status", reader=row_mode(*NAMES), writer='"generateEmptyFile": false,')
    script = bench.script("status.json", STREAM_TO_OSS, object="school/status/a", **holes)
    first = bench.run(script, (start, half)).receipt
    left = complete_set(cloud, first["stream"], half)
    ends = {s["shard"]: s["end"] for s in first["shards"]}
    assert set(left) >= set(ends)
    for shard, checkpoint in left.items():
        if shard not in ends:
            assert checkpoint in ("TRIM_HORIZON", "SHARD_END")
        else:
            assert (checkpoint == "SHARD_END") == (ends[shard]["kind"] == "shard_end")

    # Another ledger knows nothing: it begins at what stands in the table, and skips nothing.
    (tmp_path / "other").mkdir()
    other = Bench(tmp_path / "other", cloud)
    script = other.script("status.json", STREAM_TO_OSS, object="school/status/b", **holes)
    second = other.run(script, (half, end)).receipt
    for shard in second["shards"]:
        if left.get(shard["shard"]) not in (None, "TRIM_HORIZON", "SHARD_END"):
            # The iterator itself may have moved on over empty pages.
            assert shard["start"]["skip"] == 0
    # Both together are the whole, as one ledger alone reads it.
    (tmp_path / "whole").mkdir()
    whole = Bench(tmp_path / "whole", cloud)
    script = whole.script("status.json", STREAM_TO_OSS, object="school/status/c", **holes)
    all_of_it = whole.run(script, (start, end)).receipt
    assert first["counts"]["read"] + second["counts"]["read"] == all_of_it["counts"]["read"]
    assert first["counts"]["read"] > 0 and second["counts"]["read"] > 0
