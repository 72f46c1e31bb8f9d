"""The targets: how a job writes there, and the comparison of every record with the source.

Independent of the product: what is there is read by the official SDKs or from the objects, what must
be there is computed by tests/integration/e2e/model.py.
"""
import abc
import io
import json

import model
import pyarrow
import pyarrow.parquet
import tablestore
from cloud import ACCESS_ID, BUCKET, INSTANCE, NAME, PROJECT, SECRET, by_window_and_shard, shard_text
from source import NAMES
from test_app_search import documents_of
from test_csv import assert_same_lines
from test_odps import PARTITION
from test_search import documents, expect_documents

BYTES_PER_S = 450_000  # of a job, unless a fault wants another speed


class Target(abc.ABC):
    """One per cluster. `name` is a run's own name, of letters, digits and _."""
    kind = staged = gate = ""
    actions = []  # those of its writes that the stand-in can spoil: (service, action)

    def __init__(self, cloud, urls):
        self.cloud, self.urls = cloud, urls

    @abc.abstractmethod
    def writer(self, name):
        """Makes what must be there before; (plugin, its parameters)."""

    @abc.abstractmethod
    def check(self, name, source, receipt):
        """Every record of the source's window is in the target, once, and nothing else."""

    def rows_now(self, source):
        """What a run by image leaves of the window's rows: as they are now in the source."""
        now = self.cloud.table_rows(source.table)
        return {key: now[key] for key in source.touched() & set(now)}

    def check_images(self, name, source):
        """Of keyed targets: after items were begun again, rows are written as they are now."""
        raise AssertionError(f"{self.kind} is not written by image")

    def script(self, name, source, bytes_per_s=BYTES_PER_S, concurrent=4):
        plugin, parameter = self.writer(name)
        return json.dumps({"type": "job", "version": "1.0", "configuration": {
            "setting": {"errorLimit": {"record": 0},
                        "speed": {"byte": int(bytes_per_s), "concurrent": concurrent}},
            "reader": {"plugin": "otsstream", "parameter": {
                "datasource": "school", "dataTable": source.table,
                "statusTable": "TableStoreStreamReaderStatusTable",
                "startTimestampMillis": source.window[0], "endTimestampMillis": source.window[1],
                "mode": "single_version_and_update_only", "column": [{"name": n} for n in NAMES],
                "isExportSequenceInfo": False, "maxRetries": 30}},
            "writer": {"plugin": plugin, "parameter": parameter}}})


def data_sources(urls):
    """The text of a data sources file; it holds the secret, so it goes into no file."""
    keys = {"accessId": ACCESS_ID, "accessKey": SECRET}
    return json.dumps({
        "school": {"type": "ots", "endpoint": urls["ots"], "instance": INSTANCE, **keys},
        "backup": {"type": "oss", "endpoint": urls["oss"], "bucket": BUCKET, **keys},
        "warehouse": {"type": "odps", "odpsServer": urls["odps"] + "/api", "project": PROJECT,
                      "tunnelServer": urls["odps"], **keys}})


class Objects(Target):
    staged, gate = True, "oss"
    actions = [("oss", "UploadPart"), ("oss", "CompleteMultipartUpload")]
    form = {}

    def prefix(self, name):
        return f"{self.kind}/{name}/all"

    def writer(self, name):
        return "oss", {"datasource": "backup", "object": self.prefix(name), "writeMode": "truncate",
                       "partBytes": 102400, **self.form}

    def check(self, name, source, receipt):
        prefix = self.prefix(name)
        objects = self.cloud.objects(prefix)
        self.compare(objects, {shard_text(s): rows for s, rows in source.rows.items() if rows})
        told = {one["name"]: one["rows"] for one in receipt["objects"]}
        assert sorted(told) == sorted(objects), "the receipt names other objects"
        assert sum(told.values()) == sum(map(len, source.rows.values()))
        assert len(self.cloud.manifests(prefix)) == 1, "not one manifest"
        left = [name for name in self.cloud.open_uploads() if name.startswith(prefix)]
        assert not left, f"uploads stay open: {left}"

    @abc.abstractmethod
    def compare(self, objects, wanted):
        """The rows of these objects are those that are wanted."""


class Csv(Objects):
    kind = "csv"
    form = {"fileFormat": "csv", "encoding": "UTF-8", "nullFormat": "null", "fieldDelimiter": ",",
            "objectRows": 400}

    def compare(self, objects, wanted):
        (got,) = by_window_and_shard(objects).values()
        assert sorted(got) == sorted(wanted), "objects of other shards"
        for shard, rows in wanted.items():
            assert_same_lines(got[shard], b"".join(map(model.csv_line, rows)))


class Parquet(Objects):
    kind = "parquet"
    form = {"fileFormat": "parquet", "suffix": "parquet", "objectRows": 300, "rowGroupRows": 100}

    def compare(self, objects, wanted):
        got = {}
        for name in sorted(objects, key=lambda n: int(NAME.fullmatch(n)["number"])):
            table = pyarrow.parquet.read_table(io.BytesIO(objects[name]))
            got.setdefault(NAME.fullmatch(name)["shard"], []).extend(
                tuple(row.values()) for row in table.to_pylist())
        assert sorted(got) == sorted(wanted), "objects of other shards"
        for shard, rows in wanted.items():
            texts = [tuple(None if v is None else model.text(v) for v in row) for row in rows]
            assert_same_rows(got[shard], texts)


class Search(Target):
    kind, staged, gate = "elasticsearch", False, "search"
    fields = [{"name": "pk", "type": "id"}] + [{"name": n, "type": "keyword"} for n in NAMES[1:]]

    def index(self, name):
        return f"fault-{name.replace('_', '-')}"

    def writer(self, name):
        return "elasticsearch", {
            "endpoint": self.urls["search"], "accessId": "", "accessKey": "", "index": self.index(name),
            "type": "doc", "cleanup": False, "batchSize": 100, "deletes": "propagate",
            "column": self.fields}

    def check(self, name, source, receipt):
        wanted = model.apply_window(model.Documents(), source.changes, NAMES, self.fields, "propagate")
        expect_documents(self.urls["search server"], self.index(name), wanted)

    def check_images(self, name, source):
        got = documents(self.urls["search server"], self.index(name))
        said = {key: {n: v for n, v in document.items() if v is not None}
                for key, (_, document) in got.items()}
        assert_same_map(said, self.rows_now(source))


class App(Target):
    """Alibaba OpenSearch; its one table is emptied for each run."""
    kind, staged, gate = "opensearch", False, "opensearch"
    actions = [("opensearch", "Push")]

    def writer(self, name):
        self.cloud.admin("/opensearch", {"clear": True, "edition": "advanced", "delay_ms": 0})
        return "opensearch", {
            "endpoint": self.urls["opensearch"], "host": self.urls["opensearch"],
            "accessId": ACCESS_ID, "accessKey": SECRET, "indexName": self.cloud.app.app,
            "table": "main", "column": ["id"] + NAMES[1:], "writeMode": "update",
            "deletes": "propagate", "batchSize": 100}

    def check(self, name, source, receipt):
        wanted = documents_of(source.changes, "propagate", NAMES, ["id"] + NAMES[1:])
        assert_same_map(self.cloud.app.documents(), wanted)

    def check_images(self, name, source):
        assert_same_map(self.cloud.app.documents(), {
            key: {"id": key, **row} for key, row in self.rows_now(source).items()})


class Warehouse(Target):
    kind, staged, gate = "maxcompute", True, "odps"
    actions = [("odps", "PutBlock"), ("odps", "CommitUpload")]

    def writer(self, name):
        from odps.models import TableSchema
        self.cloud.odps.create_table(name, TableSchema.from_lists(
            NAMES, ["string"] * len(NAMES), ["pt"], ["string"]))
        return "odps", {"datasource": "warehouse", "table": name, "partition": PARTITION,
                        "truncate": True, "column": NAMES, "blockBytes": 65536}

    def check(self, name, source, receipt):
        wanted = [tuple(None if v is None else v[1] for v in row)
                  for rows in source.rows.values() for row in rows]
        got = [tuple(row) for row in self.cloud.odps_rows(name, PARTITION)]
        told = sum(block["rows"] for block in receipt["blocks"])
        assert told == len(wanted), f"the receipt's blocks hold {told} rows, not {len(wanted)}"
        assert_same_rows(sorted(got, key=repr), sorted(wanted, key=repr))


class Import(Target):
    """Into another table of Tablestore."""
    kind, staged, gate = "tablestore", False, "ots"
    actions = [("ots", "BatchWriteRow")]

    def writer(self, name):
        self.cloud.ots.create_table(
            tablestore.TableMeta(name, [("pk", "STRING")]), tablestore.TableOptions(-1, 1),
            tablestore.ReservedThroughput(tablestore.CapacityUnit(0, 0)))
        return "ots", {"datasource": "school", "table": name, "writeMode": "PutRow",
                       "primaryKey": [{"name": "pk", "type": "string"}],
                       "column": [{"name": n, "type": "string"} for n in NAMES[1:]],
                       "deletes": "propagate", "batchWriteCount": 50}

    def check(self, name, source, receipt):
        assert_same_map(self.cloud.table_rows(name), source.table_rows)

    def check_images(self, name, source):
        assert_same_map(self.cloud.table_rows(name), self.rows_now(source))


TARGETS = [Csv, Parquet, Search, App, Warehouse, Import]


def check_receipt(target, source, receipt):
    """Counts and sums that every run of this window must show, whatever happened to it."""
    counts, wanted = receipt["counts"], source.counts()
    got = {name: counts[name] for name in wanted}
    assert got == wanted, f"the receipt counts {got}, the source has {wanted}"
    assert not counts["quarantined"] and not receipt["quarantine"] and not receipt["loss"]
    dropped = sum(counts["dropped"].values())
    assert counts["read"] == counts["acknowledged"] + dropped, counts
    if target.staged:
        assert counts["rows"] == sum(map(len, source.rows.values())), counts
    shards = {one["shard"]: one["counts"]["read"] for one in receipt["shards"]}
    wanted = {shard: len(changes) for shard, changes in source.changes.items()}
    assert {s: n for s, n in shards.items() if n} == {s: n for s, n in wanted.items() if n}, (
        f"records per shard: {shards}, the source has {wanted}")


def assert_same_rows(got, wanted):
    if got == wanted:
        return
    first = next((i for i, (a, b) in enumerate(zip(got, wanted)) if a != b), min(len(got), len(wanted)))
    raise AssertionError(f"{len(got)} rows, expected {len(wanted)}; the first that differs is number "
                         f"{first + 1}: {got[first:first + 1]} instead of {wanted[first:first + 1]}")


def assert_same_map(got, wanted):
    if got == wanted:
        return
    missing, more = sorted(set(wanted) - set(got)), sorted(set(got) - set(wanted))
    differ = sorted(k for k in set(got) & set(wanted) if got[k] != wanted[k])
    example = f", such as {got[differ[0]]} instead of {wanted[differ[0]]}" if differ else ""
    raise AssertionError(f"{len(missing)} are missing {missing[:3]}, {len(more)} are too many "
                         f"{more[:3]}, {len(differ)} differ {differ[:3]}{example}")
