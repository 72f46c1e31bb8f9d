"""A whole table -> OSS csv and a search server, against its rows as the official Python SDK reads them."""
import json
import random

import pytest
import tablestore
from tablestore import INF_MAX, INF_MIN

import model
from cloud import ACCESS_ID, INSTANCE, MINUTE, SEED, by_window_and_shard, shard_text
from runs import TABLE_TO_OSS, TABLE_TO_SEARCH, bound, columns
from test_csv import assert_same_lines, history, utc
from test_search import FIELDS, NAMES, documents, script_for, unique

KEY = [("u", "STRING"), ("n", "INTEGER"), ("b", "BINARY")]
TEXTS = ["", "plain", "with, comma", 'with "quotes"', "line\nbreak", " 前后空白 ", "null", "#5"]
LOW, HIGH = [(name, INF_MIN) for name, _ in KEY], [(name, INF_MAX) for name, _ in KEY]


def value(luck):
    return luck.choice([luck.choice(TEXTS), luck.randint(-2**63, 2**63 - 1), luck.random() * 10**luck.randint(-8, 12),
                        luck.random() < 0.5, bytearray(luck.choice(TEXTS).encode())])


def put(cloud, table, key, cells):
    row = tablestore.Row(key, cells)
    cloud.ots.put_row(table, row, tablestore.Condition(tablestore.RowExistenceExpectation.IGNORE))


@pytest.fixture(scope="module")
def users(cloud):
    """A table with three key columns, cells of any type and some missing, made by the SDK."""
    luck = random.Random(SEED)
    meta = tablestore.TableMeta("users", KEY, [("age", "INTEGER"), ("alive", "BOOLEAN")])
    cloud.ots.create_table(meta, tablestore.TableOptions(max_version=5), tablestore.ReservedThroughput(
        tablestore.CapacityUnit(0, 0)))
    for i in range(700):
        key = [("u", f"user{i % 97:03}"), ("n", i * (-1) ** i), ("b", bytearray(b"b%d" % (i % 3)))]
        cells = [(name, value(luck)) for name in ("age", "mail", "name", "zip") if luck.random() < 0.8]
        put(cloud, "users", key, cells)
    return "users"


def table_script(bench, name, columns_text, reader="", table="users", writer=""):
    return bench.script("job.json", TABLE_TO_OSS, table=table, object=name, reader=reader,
                        columns=columns_text, writer=writer)


def expect_pieces(cloud, ran, prefix, pieces):
    """The objects of one export: rows of each piece, in the order they were read."""
    got = by_window_and_shard(cloud.objects(prefix))
    assert len(got) == 1, sorted(got)
    (begin, end), shards = got.popitem()
    assert begin == end == utc(ran.receipt["window"]["start_ms"])
    wanted = {shard_text(f"range {i + 1:04} of {len(pieces):04}"): rows for i, rows in enumerate(pieces)}
    assert sorted(shards) == sorted(wanted)
    for shard, rows in wanted.items():
        assert_same_lines(shards[shard], b"".join(map(model.csv_line, rows)))
    counts = ran.receipt["counts"]
    assert counts["rows"] == sum(map(len, pieces))
    assert not cloud.open_uploads()


def test_all_types_in_pieces(cloud, bench, users):
    """Split points of the script; runs again under the same name leave the new export only."""
    names = ["mail", "u", "age", "name", "n", "b", "nowhere"]
    split = ('"range": {"begin": [{"type": "INF_MIN"}], "end": [{"type": "INF_MAX"}], "split": ['
             '{"type": "INF_MIN"}, {"type": "STRING", "value": "user030"}, '
             '{"type": "STRING", "value": "user060"}, {"type": "INF_MAX"}]},')
    script = table_script(bench, "users/split", columns(*names), split)
    cuts = [LOW] + [[("u", at)] + LOW[1:] for at in ("user030", "user060")] + [HIGH]
    for _ in range(2):
        pieces = [[model.table_row(row, names) for row in cloud.rows(users, a, b)]
                  for a, b in zip(cuts, cuts[1:])]
        assert sum(map(len, pieces)) >= 700
        ran = bench.run(script)
        expect_pieces(cloud, ran, "users/split", pieces)
        assert ran.receipt["counts"]["read"] == ran.receipt["counts"]["put"] == sum(map(len, pieces))
        assert ran.receipt["source"]["kind"] == "ots"
        put(cloud, users, [("u", "user031"), ("n", 10**6), ("b", bytearray(b"new"))], [("mail", "new")])


def test_columns_that_are_not_given_and_constants(cloud, bench, users):
    found = table_script(bench, "users/found", "[]")
    names = [name for name, _ in KEY] + ["age", "alive", "mail", "name", "zip"]
    rows = cloud.rows(users, LOW, HIGH)
    expect_pieces(cloud, bench.run(found), "users/found", [[model.table_row(r, names) for r in rows]])
    constants = table_script(bench, "users/const", json.dumps(
        [{"name": "u"}, {"type": "int", "value": "42"}, {"type": "string", "value": "x,y"}, {"name": "u"}]))
    expect_pieces(cloud, bench.run(constants), "users/const", [[
        [u, ("INTEGER", 42), ("STRING", "x,y"), u] for u in (model.table_row(r, ["u"])[0] for r in rows)]])


@pytest.mark.parametrize("backward", [False, True])
def test_a_range_either_way(cloud, bench, users, backward):
    edges = [[("u", "user010"), ("n", -300), ("b", INF_MIN)], [("u", "user020"), ("n", INF_MAX), ("b", INF_MAX)]]
    given = [[{"type": "STRING", "value": "user010"}, {"type": "INT", "value": "-300"}],
             [{"type": "string", "value": "user020"}]]
    if backward:  # from the end of user020 to behind all of (user010, -300)
        edges.reverse()
        given.reverse()
    prefix = f"users/range{backward}"
    reader = f'"range": {json.dumps({"begin": given[0], "end": given[1]})},'
    rows = cloud.rows(users, *edges, "BACKWARD" if backward else "FORWARD")
    assert 20 < len(rows) < 200
    script = table_script(bench, prefix, columns("n", "u", "mail"), reader)
    expect_pieces(cloud, bench.run(script), prefix, [[model.table_row(r, ["n", "u", "mail"]) for r in rows]])


def test_versions_of_cells(cloud, bench, users):
    now = cloud.now_ms()
    for i in range(7):
        row = tablestore.Row([("u", "user001"), ("n", -1), ("b", bytearray(b"b1"))],
                             {"PUT": [("mail", f"v{i}", now - 1000 * i)]})
        cloud.ots.update_row(users, row, tablestore.Condition(tablestore.RowExistenceExpectation.IGNORE))
    rows = [line for row in cloud.rows(users, LOW, HIGH, versions=100) for line in model.version_rows(row)]
    script = table_script(bench, "users/versions", "[]", '"mode": "multiVersion",')
    expect_pieces(cloud, bench.run(script), "users/versions", [rows])
    newest = [r for r in rows if r[3][1] in ("mail", "zip") and now - 3000 <= r[4][1] < now]
    assert newest
    few = table_script(bench, "users/few", columns("zip", "mail"),
                       '"mode": "multiVersion", "maxVersion": 5, '
                       f'"timeRange": {{"begin": {now - 3000}, "end": {now}}},')
    expect_pieces(cloud, bench.run(few), "users/few", [newest])


def test_empty_table_and_the_day_in_the_name(cloud, bench):
    cloud.table("nobody", stream=False)
    script = table_script(bench, "nobody/${date}", columns("pk"), table="nobody")
    ran = bench.run(script, None, "-Ddate=20261121")
    assert ran.receipt["counts"]["rows"] == 0
    assert list(cloud.objects("nobody/20261121").values()) == [b""]


def test_pieces_for_all_slots(cloud, bench):
    """A larger table is cut by the service's proposals; together the pieces are the table."""
    now = cloud.now_ms()
    cloud.table("large", stream=True)
    cloud.fill("large", 12000, keys=6000, cells=3, value_bytes=300, mix={"put": 1},
               from_ms=now - 60 * MINUTE, to_ms=now - 20 * MINUTE)
    script = table_script(bench, "large/all", columns("pk", "c0", "c2"), table="large",
                          writer='"partBytes": 131072,')
    script.write_text(script.read_text().replace('"concurrent": "2"', '"concurrent": "4"'))
    ran = bench.run(script)
    rows = cloud.rows("large", [("pk", INF_MIN)], [("pk", INF_MAX)])
    got = by_window_and_shard(cloud.objects("large/all"))
    (_, shards), = got.items()
    assert 4 <= len(shards) <= 64
    lines = b"".join(shards[shard_text(f"range {i + 1:04} of {len(shards):04}")] for i in range(len(shards)))
    assert_same_lines(lines, b"".join(model.csv_line(model.table_row(r, ["pk", "c0", "c2"])) for r in rows))
    assert ran.receipt["counts"]["read"] == len(rows)


def test_export_to_search_and_a_stream_that_follows(cloud, bench, search):
    """Documents carry the export's beginning as their version; newer changes win, older do not."""
    index, table = unique("export"), "exported"
    window = history(cloud, table, changes=3000, types="all", cells=5, charset="ascii")
    wanted = {n: c for n, c in zip(NAMES, FIELDS) if c["type"] != "id"}

    def expected():
        rows = cloud.rows(table, [("pk", INF_MIN)], [("pk", INF_MAX)])
        return {row[0][0][1]: {c["name"]: model.field(v, c["type"]) for (n, c), v in zip(
            wanted.items(), model.table_row(row, list(wanted)))} for row in rows}

    export = bench.script("export.json", TABLE_TO_SEARCH, ots=cloud.ots_url, id=ACCESS_ID, instance=INSTANCE,
                          table=table, search=search, index=index, columns=columns(*NAMES),
                          fields=json.dumps(FIELDS))
    ran = bench.run(export, (0, 0))
    before = expected()
    got = documents(search, index)
    assert {i: d for i, (_, d) in got.items()} == before
    versions = {v for v, _ in got.values()}
    assert len(versions) == 1
    version = versions.pop()
    assert version % (4096 * 1000) == 0
    at_ms = version // 4096 // 1000
    assert cloud.now_ms() - 60_000 < at_ms <= cloud.now_ms()
    assert at_ms == ran.receipt["window"]["start_ms"]

    luck = random.Random(SEED)
    keys = sorted(before)
    for key in luck.sample(keys, 30):
        cloud.ots.delete_row(table, [("pk", key)], tablestore.Condition("IGNORE"))
    for key in luck.sample(keys, 60) + ["brand new"]:
        row = tablestore.Row([("pk", key)], {"PUT": [("c0", "changed later"), ("c1", 5)], "DELETE_ALL": [("c2")]})
        cloud.ots.update_row(table, row, tablestore.Condition("IGNORE"))
    cloud.admin("/clock", {"offset_ms": 10 * MINUTE})
    stream = script_for(bench, search, table, index, writer='"deletes": "propagate",')
    bench.run(stream, (window[0], cloud.now_ms() - 6 * MINUTE))
    after = expected()
    assert after != before and len(after) < len(before)
    now = documents(search, index)
    # An update that only deletes makes no row, but a document without values.
    empty = {i for i, (_, fields) in now.items() if not any(v is not None for v in fields.values())}
    assert sorted(set(now) - (empty - set(after))) == sorted(after)
    wrong = [(i, now[i], after[i]) for i in after
             if {k: v for k, v in now[i][1].items() if v is not None} !=
             {k: v for k, v in after[i].items() if v is not None}]
    assert not wrong, wrong[0]
    untouched = [i for i in after if after[i] == before.get(i)]
    assert untouched and all(now[i][0] == version for i in untouched)
    assert all(now[i][0] > version for i in after if after[i] != before.get(i))
    assert len(cloud.table_rows(table)) == len(after)
