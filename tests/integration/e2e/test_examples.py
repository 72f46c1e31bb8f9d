"""Every script of docs/examples, as it stands there, runs and leaves in its target what its source has."""
import io
import json
import pathlib
import urllib.error
from datetime import datetime
from zoneinfo import ZoneInfo

import pyarrow.parquet as parquet
import pytest
from tablestore import Condition, Row

import model
from cloud import ACCESS_ID, BUCKET, INSTANCE, MINUTE, PROJECT, SECRET, Cloud
from runs import Bench
from test_app_search import documents_of
from test_odps import target
from test_search import ask, documents, expect_documents

FOLDER = pathlib.Path(__file__).parents[3] / "docs/examples"
ZONE = ZoneInfo("Asia/Shanghai")  # of jobs that name none
COLUMNS = ["uid", "name", "phone_number"]
DAY = "20261120"
BY_DAY = [f"-Ddate={DAY}", f"-Dbdp.system.bizdate={DAY}"]
PARTITION = f"pt={DAY}"


class School:
    """A cloud with the names of the examples, and runs of them."""

    def __init__(self, folder, search=None):
        self.cloud = Cloud(folder, "--app-tables", "main:uid", app="school")
        self.bench = Bench(folder, self.cloud)
        self.bench.sources.write_text(json.dumps(self.sources(search)))

    def sources(self, search):
        """Those of the examples, at the addresses of this place."""
        here = {"ots": {"endpoint": self.cloud.ots_url, "instance": INSTANCE},
                "oss": {"endpoint": self.cloud.oss_url, "bucket": BUCKET},
                "odps": {"endpoint": self.cloud.odps_url, "project": PROJECT},
                "opensearch": {"host": self.cloud.opensearch_url},
                "elasticsearch": {"endpoint": search}}
        sources = json.loads((FOLDER / "sources.json").read_text())
        for source in sources.values():
            source.update(here[source["type"]])
        return sources

    def run(self, name, *more):
        """What the receipt counts."""
        ran = self.bench.run(FOLDER / f"{name}.json", None, *BY_DAY, *more, ALIYUN_ID=ACCESS_ID,
                             ALIYUN_KEY=SECRET, SEARCH_PASSWORD=SECRET)
        counts = ran.receipt["counts"]
        assert counts["read"] > 0 and counts["quarantined"] == 0, ran
        return counts

    def run_stream(self, name, table="user_info"):
        """A window of the table's changes: the counts and the changes of each shard."""
        now = self.cloud.now_ms() // 1000 * 1000
        begin, end = now - 100 * MINUTE, now - 20 * MINUTE
        self.cloud.table(table, key=[("uid", "string")])
        self.cloud.fill(table, 2000, keys=300, key_prefix="u", columns=COLUMNS[1:], cells=2, charset="mixed",
                        delete_all=10, per_ms=3, from_ms=begin - 10 * MINUTE, to_ms=now - 10 * MINUTE,
                        split_at_ms=[now - 60 * MINUTE])
        counts = self.run(name, *(f"-D{n}={datetime.fromtimestamp(t // 1000, ZONE):%Y%m%d%H%M%S}"
                                  for n, t in (("start_time", begin), ("end_time", end))))
        changes = model.window(self.cloud.stream(table), begin, end)
        assert counts["read"] == sum(map(len, changes.values()))
        assert sum(map(bool, changes.values())) == 3
        return counts, changes

    def users(self):
        """A table of users, made by the official SDK; some have no phone."""
        self.cloud.make_table("user_info", [("uid", "STRING")])
        for i in range(300):
            cells = [("name", f"name, {i} “名”")] + [("phone_number", f"1380000{i:04}")] * (i % 7 > 0)
            self.cloud.ots.put_row("user_info", Row([("uid", f"u{i:05}")], cells), Condition("IGNORE"))
        return {uid: [uid, row["name"], row.get("phone_number")]
                for uid, row in self.cloud.table_rows("user_info", "uid").items()}

    def expect_copy(self, rows):
        """The rows of the table that the imports write."""
        copy = self.cloud.table_rows("user_info_copy", "uid")
        assert len(rows) > 0
        assert copy == {uid: {n: v for n, v in zip(COLUMNS[1:], rest) if v is not None}
                        for uid, *rest in rows.values()}


@pytest.fixture
def school(tmp_path):
    made = School(tmp_path)
    yield made
    made.cloud.stop()


@pytest.fixture
def school_with_search(tmp_path, search):
    try:  # of an earlier run
        ask(f"{search}/school_index", method="DELETE")
    except urllib.error.HTTPError as missing:
        assert missing.code == 404
    made = School(tmp_path, search)
    yield made
    made.cloud.stop()


def rows_of(changes):
    """The exported columns, as texts."""
    return [[None if value is None else value[1] for value in row] for shard in changes.values()
            for change in shard for row in model.row_mode(change, COLUMNS)]


def expect_csv(school, rows, prefix, counts):
    """Objects that hold these rows; of the order nothing is said here."""
    wanted = b"".join(model.csv_line([None if v is None else ("STRING", v) for v in row]) for row in rows)
    held = b"".join(school.cloud.objects(prefix).values())
    assert counts["rows"] == len(rows) > 0
    assert sorted(held.split(b"\n")) == sorted(wanted.split(b"\n"))


def expect_parquet(school, rows, prefix, counts):
    held = [list(row.values()) for content in school.cloud.objects(prefix).values()
            for row in parquet.read_table(io.BytesIO(content)).to_pylist()]
    assert counts["rows"] == len(rows) > 0
    assert sorted(map(repr, held)) == sorted(map(repr, rows))


def test_stream_to_oss_csv(school):
    counts, changes = school.run_stream("stream-to-oss-csv")
    expect_csv(school, rows_of(changes), f"school/user_info/{DAY}/changes", counts)


def test_stream_to_oss_parquet(school):
    counts, changes = school.run_stream("stream-to-oss-parquet")
    expect_parquet(school, rows_of(changes), f"school/user_info/{DAY}/changes", counts)


def test_stream_to_elasticsearch(school_with_search, search):
    counts, changes = school_with_search.run_stream("stream-to-elasticsearch")
    fields = [{"name": "uid", "type": "id"}, {"name": "name", "type": "text"},
              {"name": "phone_number", "type": "keyword"}]
    expected = model.apply_window(model.Documents(), changes, COLUMNS, fields)
    expect_documents(search, "school_index", expected)
    assert counts["acknowledged"] == counts["read"] - counts["delete"] > 0


def test_stream_to_opensearch(school):
    counts, changes = school.run_stream("stream-to-opensearch")
    expected = documents_of(changes, "drop", COLUMNS, ["uid", "name", "phone"])
    assert school.cloud.app.documents(key="uid") == expected
    assert counts["acknowledged"] == counts["read"] - counts["delete"] > 0


def test_stream_to_maxcompute(school):
    names = ["id", "colname", "version", "colvalue", "optype", "sequenceinfo"]
    target(school.cloud, "person", names, ["string", "string", "bigint", "string", "string", "string"])
    counts, changes = school.run_stream("stream-to-maxcompute")
    expected = [[None if value is None else value[1] for value in row] for shard in changes.values()
                for change in shard for row in model.column_mode(change, True)]
    assert counts["rows"] == len(expected) > 0
    assert sorted(map(repr, school.cloud.odps_rows("person", PARTITION))) == sorted(map(repr, expected))


def test_table_to_oss_csv_and_back(school):
    users = school.users()
    counts = school.run("table-to-oss-csv")
    assert counts["read"] == len(users)
    expect_csv(school, list(users.values()), f"tablestore/{DAY}/user_info", counts)
    school.cloud.make_table("user_info_copy", [("uid", "STRING")])
    counts = school.run("oss-csv-to-table")
    assert counts["read"] == counts["acknowledged"] == len(users)
    school.expect_copy(users)


def test_table_to_oss_parquet_and_back(school):
    users = school.users()
    counts = school.run("table-to-oss-parquet")
    assert counts["read"] == len(users)
    expect_parquet(school, list(users.values()), f"school/user_info/{DAY}/whole", counts)
    school.cloud.make_table("user_info_copy", [("uid", "STRING")])
    counts = school.run("oss-parquet-to-table")
    assert counts["read"] == counts["acknowledged"] == len(users)
    school.expect_copy(users)


def test_table_to_elasticsearch(school_with_search, search):
    users = school_with_search.users()
    counts = school_with_search.run("table-to-elasticsearch")
    assert counts["read"] == counts["acknowledged"] == len(users)
    assert {uid: document for uid, (_, document) in documents(search, "school_index").items()} == {
        uid: {"name": name, "phone_number": phone} for uid, name, phone in users.values()}


def test_table_to_maxcompute(school):
    school.cloud.make_table("user_info", [("uid", "STRING"), ("pid", "INTEGER")])
    expected = []
    for i in range(300):
        uid = f"{chr(ord('a') + i % 26)}{i:03}"  # on both sides of the script's split points
        cells = [("name", f"name {i}")] + [("age", i % 90)] * (i % 7 > 0)
        school.cloud.ots.put_row("user_info", Row([("uid", uid), ("pid", i)], cells), Condition("IGNORE"))
        expected.append([uid, i, f"name {i}", i % 90 if i % 7 > 0 else None])
    target(school.cloud, "person", ["uid", "pid", "name", "age"], ["string", "bigint", "string", "bigint"])
    counts = school.run("table-to-maxcompute")
    assert counts["read"] == counts["rows"] == 300
    assert sorted(school.cloud.odps_rows("person", PARTITION)) == sorted(expected)


def test_maxcompute_to_table(school):
    table = target(school.cloud, "person", COLUMNS, ["string"] * 3)
    rows = [[f"u{i:05}", f"name {i}", f"1380000{i:04}" if i % 7 > 0 else None] for i in range(300)]
    for partition, held in ((PARTITION, rows), ("pt=20261119", [["other", "day", None]])):
        table.create_partition(partition)
        with table.open_writer(partition) as writer:
            writer.write(held)
    school.cloud.make_table("user_info_copy", [("uid", "STRING")])
    counts = school.run("maxcompute-to-table")
    assert counts["read"] == counts["acknowledged"] == len(rows)
    school.expect_copy({row[0]: row for row in rows})


def test_no_example_is_left_out():
    """Each script is named in a test of this file."""
    text = pathlib.Path(__file__).read_text()
    scripts = {path.stem for path in FOLDER.glob("*.json")} - {"sources"}
    assert len(scripts) >= 12
    assert [name for name in sorted(scripts) if f'("{name}")' not in text] == []
