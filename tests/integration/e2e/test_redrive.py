"""Rows written as they are now: quarantined ones that are redriven, and windows that are replayed
behind newer ones."""
import json

import pytest
from tablestore import Condition, Row

import test_app_search
import test_import
import test_search
from cloud import MINUTE, SEED
from overtaking import Overtaking
from runs import bound

BAD = {"elasticsearch": "no number", "opensearch": "4\u001d2"}
DELETES = '"deletes": "propagate",'


class Search:
    """Documents {id: n} of one table, in an index of a search server."""

    def __init__(self, bench, url, table, writer=DELETES):
        self.url, self.index = url, test_search.unique(table.replace("_", "-"))
        self.way = Overtaking(url)
        fields = [{"name": "pk", "type": "id"}, {"name": "n", "type": "long"}]
        self.script = test_search.script_for(bench, self.way.url, table, self.index, ["pk", "c0"], fields, writer)

    def versions(self):
        return {key: version for key, (version, _) in test_search.documents(self.url, self.index).items()}

    def documents(self):
        return {key: str(held["n"]) for key, (_, held) in test_search.documents(self.url, self.index).items()}

    def write(self, key, value, now_ms):
        """As a window does that reads the change made now."""
        test_search.ask(f"{self.url}/{self.index}/_doc/{key}?version_type=external&version={now_ms * 1000 * 4096}",
                        {"n": int(value)}, "PUT")


class App:
    """Documents {id: a} of one table, in an application of Alibaba OpenSearch."""

    def __init__(self, bench, table, writer=DELETES):
        bench.cloud.admin("/opensearch", {"clear": True, "edition": "advanced", "delay_ms": 0})
        self.app, self.way = bench.cloud.app, Overtaking(bench.cloud.opensearch_url)
        self.script = test_app_search.script_for(bench, table, f'"writeMode": "add", {writer}', ["pk", "c0"],
                                                 ["id", "a"], host=self.way.url)

    def versions(self):
        return None  # nobody sees them

    def documents(self):
        return {key: held.get("a") for key, held in self.app.documents().items()}

    def write(self, key, value, now_ms):
        assert self.app.push([{"cmd": "add", "timestamp": now_ms, "fields": {"id": key, "a": value}}]) == 0


@pytest.fixture(params=["elasticsearch", "opensearch"])
def target(request, cloud, bench):
    """What makes the target of a table."""
    kind, made = request.param, []

    def make(table):
        made.append(Search(bench, request.getfixturevalue("search"), table) if kind == "elasticsearch"
                    else App(bench, table))
        made[-1].bad = BAD[kind]
        return made[-1]

    if kind == "elasticsearch":
        request.getfixturevalue("search")  # skips early
    make.kind = kind
    yield make
    for one in made:
        one.way.stop()


def two_windows(cloud, table, bad):
    """Numbers as texts, some bad in the first window; the second writes many rows anew, all of them well."""
    now = cloud.now_ms()
    first, second = (now - 60 * MINUTE, now - 40 * MINUTE), (now - 40 * MINUTE, now - 15 * MINUTE)
    cloud.table(table)
    numbers = [str(n) for n in range(10, 30)]
    for seed, (begin, end), texts, mix in ((1, first, numbers + [bad] * 3, {"put": 1}),
                                           (2, second, numbers, {"put": 95, "delete": 5})):
        cloud.fill(table, 300, keys=400, cells=1, texts={"c0": texts}, from_ms=begin, to_ms=end - MINUTE,
                   mix=mix, seed=SEED + seed)
    return first, second


def put(cloud, table, key, value):
    cloud.ots.put_row(table, Row([("pk", key)], [("c0", value)]), Condition("IGNORE"))


def rows(cloud, table):
    return {key: row["c0"] for key, row in cloud.table_rows(table).items()}


def quarantined_keys(bench, run):
    listed = json.loads(bench.call("quarantine", "ls", run, "--contents", "--json").out)
    return {line["key"][0]["value"] for one in listed for line in one["lines"]}


def redrive(bench, script, run, window):
    ran = bench.call("quarantine", "redrive", run, script, *bound(window), "--json")
    assert ran.out, ran
    return json.loads(ran.out)


def test_a_corrected_row_is_redriven_as_it_is_now(cloud, bench, target):
    table = f"redriven_{target.kind}"
    into = target(table)
    first, second = two_windows(cloud, table, into.bad)
    script = into.script
    run = bench.run(script, first, "--errorLimit", "300").receipt["run"]
    keys = quarantined_keys(bench, run)
    bench.run(script, second)
    # Of the rows that were dirty some are well again, by the later window; some are bad still.
    now = rows(cloud, table)
    bad = sorted(key for key, value in now.items() if value == into.bad)
    assert len(keys) > len(bad) > 3 and set(bad) < keys
    gone, left, *corrected = bad
    cloud.ots.delete_row(table, Row([("pk", gone)]), Condition("IGNORE"))
    for i, key in enumerate(corrected):
        put(cloud, table, key, str(1000 + i))
    done = redrive(bench, script, run, first)
    assert done["redriven"] > 0 and len(done["left"]) > 0, done
    expected = rows(cloud, table)
    assert expected.pop(left) == into.bad
    got = into.documents()
    got.pop(left, None)  # an image of an older change of this row may be there
    assert got == expected
    assert quarantined_keys(bench, run) == {left}
    # The last one, and after it there is nothing to do.
    put(cloud, table, left, "2000")
    assert redrive(bench, script, run, first)["left"] == []
    assert into.documents() == rows(cloud, table)
    versions = into.versions()
    put(cloud, table, left, "3000")  # of a later window
    again = redrive(bench, script, run, first)
    assert again["redriven"] == 0 and again["left"] == []
    assert into.documents()[left] == "2000" and into.versions() == versions


def test_a_newer_document_stays_when_a_redrive_is_overtaken(cloud, bench, target):
    """Between the read of the row and its write the row changes, and a later window writes that."""
    table = f"overtaken_{target.kind}"
    into = target(table)
    first, _ = two_windows(cloud, table, into.bad)
    run = bench.run(into.script, first, "--errorLimit", "300").receipt["run"]
    keys = sorted(quarantined_keys(bench, run))
    for i, key in enumerate(keys):
        put(cloud, table, key, str(1000 + i))

    def overtake():
        put(cloud, table, keys[0], "7777")
        into.write(keys[0], "7777", cloud.now_ms())

    into.way.before_write = overtake
    done = redrive(bench, into.script, run, first)
    assert into.way.before_write is None and done["left"] == [], done
    got = into.documents()
    assert {key: got[key] for key in keys} == {
        key: "7777" if i == 0 else str(1000 + i) for i, key in enumerate(keys)}


def test_the_replay_of_an_old_window_keeps_newer_documents(cloud, bench, target):
    table = f"replayed_{target.kind}"
    into = target(table)
    first, second = two_windows(cloud, table, "41")
    for window in (first, second):
        bench.run(into.script, window)
    now = rows(cloud, table)
    assert into.documents() == now
    versions = into.versions()
    replay = bench.run(into.script, first, "--replay").receipt
    assert replay["counts"]["read"] > 0
    assert into.documents() == now
    if versions:
        after = into.versions()
        assert all(after[key] >= version for key, version in versions.items())


def test_the_replay_of_an_old_window_keeps_newer_rows(cloud, bench):
    table = "replayed_ots"
    begin, end = test_import.source(cloud, table, changes=2000)
    cloud.make_table(f"{table}_copy")
    script = test_import.script_for(bench, table)
    middle = (begin + end) // 2
    older = bench.run(script, (begin, middle)).receipt
    assert cloud.table_rows(f"{table}_copy") != cloud.table_rows(table)
    bench.run(script, (middle, end))
    assert cloud.table_rows(f"{table}_copy") == cloud.table_rows(table)
    replay = bench.run(script, (begin, middle), "--replay").receipt
    assert replay["counts"]["read"] == older["counts"]["read"] > 0
    assert cloud.table_rows(f"{table}_copy") == cloud.table_rows(table)
