"""The kill matrix of Parquet objects: work goes on at the borders of objects."""
import pytest

import model
from cloud import shard_text
from runs import Bench, row_mode
from test_kill import (COMMITTING, ENDING, NAMES, ROUNDS, RUNNING, crash_and_go_on,
                       expect_little_read_again, history, hits_of, rows_of, without_ids)
from test_parquet import STREAM_TO_PARQUET, as_text, tables
from test_parquet import rows_of as rows_of_table

__all__ = ["history"]  # a fixture

POINTS = RUNNING + ENDING + ["after_complete"] + COMMITTING
OBJECT_ROWS, PART_BYTES = 180, 102400


def job(bench, prefix):
    return bench.script("job.json", STREAM_TO_PARQUET, table="kill", object=prefix,
                        reader=row_mode(*NAMES),
                        writer=f'"partBytes": {PART_BYTES}, "objectRows": {OBJECT_ROWS}, "rowGroupRows": 64,')


@pytest.fixture(scope="module")
def calm(cloud, history, tmp_path_factory):
    bench = Bench(tmp_path_factory.mktemp("calm_parquet"), cloud)
    receipt = bench.run(job(bench, "kill/calm/parquet"), history[0]).receipt
    objects = [one["shard"] for one in receipt["objects"]]
    assert len(set(objects)) == 2 and min(map(objects.count, objects)) >= 20, objects
    assert sum(one["parts"] >= 2 for one in receipt["objects"]) > len(objects) / 2
    return receipt, len(objects)


def changes_per_object(changes):
    """The most changes that one object covers."""
    most = count = rows = 0
    for change in changes:
        count, rows = count + 1, rows + len(rows_of(change))
        if rows == OBJECT_ROWS:
            most, count, rows = max(most, count), 0, 0
    return max(most, count)


@pytest.mark.parametrize("point,n", [(point, n) for point in POINTS for n in range(ROUNDS)])
def test_kill_while_writing_parquet(cloud, bench, history, calm, point, n):
    window, changes = history
    receipt_of_calm, objects = calm
    # The last object of a shard is no full one.
    hits = hits_of(point, running=objects, after_encode=objects - 2, after_complete=objects)
    prefix = f"kill/pq_{point}_{n}/all"
    receipt = crash_and_go_on(cloud, bench, job(bench, prefix), window, point, hits)
    assert {shard: rows_of_table(table) for shard, table in tables(cloud, prefix).items()} == {
        shard_text(shard): [tuple(map(as_text, row)) for change in of_shard for row in rows_of(change)]
        for shard, of_shard in changes.items()}
    assert without_ids(receipt) == without_ids(receipt_of_calm)
    assert [(one["rows"], one["crc64"]) for one in receipt["objects"]] == [
        (one["rows"], one["crc64"]) for one in receipt_of_calm["objects"]]
    assert len(cloud.manifests(prefix)) == 1
    assert not [u for u in cloud.open_uploads() if u.startswith(prefix)]
    expect_little_read_again(cloud, changes, changes_per_object, receipt)
