"""The sample of the matrix, and the parts of bulk requests."""
import pathlib
import re

import pytest

import faults_processes
import matrix
from search_gate import bulk_items
from targets import TARGETS

ROOT = pathlib.Path(__file__).parents[2]
KINDS = [target.kind for target in TARGETS]


@pytest.mark.parametrize("seed", range(20))
def test_a_sample_has_every_fault_and_every_target(seed):
    makers = matrix.all_faults()
    pairs = matrix.sample(makers, seed)
    assert {fault for fault, _ in pairs} == set(makers)
    assert min([t for _, t in pairs].count(kind) for kind in KINDS) >= matrix.EACH_TARGET
    assert set(pairs) <= set(matrix.whole(makers))
    assert matrix.sample(makers, seed) == pairs


def test_lanes_have_all_pairs():
    makers = matrix.all_faults()
    pairs = matrix.sample(makers, 1)
    assert sorted(sum(matrix.lanes(pairs, makers, 3), [])) == sorted(pairs)


def test_items_of_a_bulk_request():
    body = (b'{"index":{"_index":"i","_id":"1"}}\n{"a":1}\n{"delete":{"_index":"i","_id":"2"}}\n'
            b'{"index":{"_index":"i","_id":"3"}}\n{"a":3}\n')
    items = bulk_items(body)
    assert [(verb, meta["_id"]) for verb, meta, _ in items] == [
        ("index", "1"), ("delete", "2"), ("index", "3")]
    assert b"".join(text for _, _, text in items) == body


def test_every_crash_point_of_the_product_is_a_fault():
    """A new one belongs into the lists of faults_processes.py."""
    known = {"worker": faults_processes.WORKER_POINTS, "coordinator": faults_processes.COORDINATOR_POINTS}
    for folder, points in known.items():
        found = set()
        for path in (ROOT / folder).rglob("*.cc"):
            found |= set(re.findall(r'crash_point\("(\w+)"\)', path.read_text()))
        assert found == set(points), folder
