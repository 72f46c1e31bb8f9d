"""MaxCompute -> OSS csv and Tablestore, against what PyODPS reads; and a table there and back."""
import json
import random
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pandas
import pytest
import tablestore
from tablestore import INF_MAX, INF_MIN

import model
from cloud import ACCESS_ID, PROJECT, SEED, by_window_and_shard, shard_text

ZONE = ZoneInfo("Asia/Shanghai")  # of jobs that name none
TYPES = {"id": "bigint", "ti": "tinyint", "si": "smallint", "i": "int", "f": "float", "d": "double",
         "flag": "boolean", "price": "decimal(38,18)", "s": "string", "v": "varchar(20)", "c": "char(5)",
         "b": "binary", "day": "date", "dt": "datetime", "ts": "timestamp", "ntz": "timestamp_ntz"}
PARTITIONS = ("pt=20261120,region=east", "pt=20261121,region=east", "pt=20261121,region=west")
TEXTS = ["", "plain", "with, comma", 'with "quotes"', "line\nbreak", "前后", "null", "#5"]

JOB = """{
  "type": "job",
  "version": "1.0",
  "configuration": {
    "setting": { "errorLimit": { "record": 0 }, "speed": { "mbps": 200, "concurrent": 2 } },
    "reader": { "plugin": "@FROM@", "parameter": @READER@ },
    "writer": { "plugin": "@TO@", "parameter": @WRITER@ }
  }
}
"""


@pytest.fixture(autouse=True)
def no_faults_stay(cloud):
    yield
    cloud.admin("/fault", method="DELETE")


def some_time(luck):
    return datetime(1992, 1, 1) + timedelta(milliseconds=luck.randrange(10**12))


def value(kind, i, luck):
    """What PyODPS writes into a column; UTC."""
    if luck.random() < 0.2 and kind != "bigint":
        return None
    text = luck.choice(TEXTS)
    nanos = luck.choice([0, 1000, 123456789, 500000000, 999999999])
    return {"bigint": lambda: i, "tinyint": lambda: luck.randint(-128, 127),
            "smallint": lambda: luck.randint(-2**15, 2**15 - 1), "int": lambda: luck.randint(-2**31, 2**31 - 1),
            "float": lambda: luck.choice([0.5, -1.25, 3e20]), "double": lambda: luck.random() * 10**luck.randint(-8, 12),
            "boolean": lambda: luck.random() < 0.5, "decimal(38,18)": lambda: Decimal(luck.randint(-10**9, 10**9)) / 1000,
            "string": lambda: text, "varchar(20)": lambda: text, "char(5)": lambda: text[:5],
            "binary": lambda: text.encode(), "date": lambda: some_time(luck).date(),
            "datetime": lambda: some_time(luck),
            "timestamp": lambda: pandas.Timestamp(some_time(luck).replace(microsecond=0)) + pandas.Timedelta(nanos),
            "timestamp_ntz": lambda: pandas.Timestamp(some_time(luck).replace(microsecond=0)) + pandas.Timedelta(nanos),
            }[kind]()


@pytest.fixture(scope="module")
def wide(cloud):
    from odps.models import TableSchema
    luck = random.Random(SEED)
    schema = TableSchema.from_lists(list(TYPES), list(TYPES.values()), ["pt", "region"], ["string", "string"])
    table = cloud.odps.create_table("wide", schema)
    for part, partition in enumerate(PARTITIONS):
        table.create_partition(partition)
        with table.open_writer(partition) as writer:
            writer.write([[value(kind, part * 1000 + i, luck) for kind in TYPES.values()] for i in range(300)])
    return "wide"


def sources(bench):
    known = json.loads(bench.sources.read_text())
    known["warehouse"] = {"type": "odps", "odpsServer": bench.cloud.odps_url, "project": PROJECT,
                          "accessId": ACCESS_ID, "accessKey": "${env:MILLRACE_TEST_KEY}"}
    bench.sources.write_text(json.dumps(known))


def job(bench, name, reader, writer):
    sources(bench)
    (source, reading), (target, writing) = reader, writer
    return bench.script(f"{name}.json", JOB, **{"from": source, "to": target, "reader": json.dumps(reading),
                                                "writer": json.dumps(writing)})


def from_odps(table, columns, partitions=(), **more):
    return "odps", {"datasource": "warehouse", "table": table, "column": columns, "partition": list(partitions), **more}


def to_csv(name):
    return "oss", {"datasource": "backup", "object": name, "writeMode": "truncate", "fileFormat": "csv",
                   "nullFormat": "null", "dateFormat": "yyyy-MM-dd HH:mm:ss.SSS", "fieldDelimiter": ","}


def to_ots(table, key, columns, **more):
    return "ots", {"datasource": "school", "table": table, "writeMode": "PutRow",
                   "primaryKey": [{"name": n, "type": t} for n, t in key],
                   "column": [{"name": n, "type": t} for n, t in columns], **more}


def nanos_of(stamp):
    return stamp.microsecond * 1000 + stamp.nanosecond


def shown(value, kind):
    """As the csv has it: times in the job's zone, what is finer than milliseconds with nine digits."""
    if value is None or kind in ("string", "varchar(20)", "char(5)"):
        return None if value is None else ("STRING", value)
    if kind in ("float", "double"):
        return "DOUBLE", float(value)
    if kind == "decimal(38,18)":
        return "STRING", format(value, "f")
    if kind == "binary":
        return "BINARY", bytes(value)
    if kind == "boolean":
        return "BOOLEAN", value
    if kind == "date":
        return "STRING", f"{value} 00:00:00.000"
    if kind == "timestamp_ntz":
        return "STRING", f"{value:%Y-%m-%d %H:%M:%S}" + (f".{nanos_of(value):09}" if nanos_of(value) else "")
    if kind in ("datetime", "timestamp"):
        local = value.replace(tzinfo=timezone.utc).astimezone(ZONE)
        nanos = nanos_of(value) if kind == "timestamp" else value.microsecond * 1000
        digits = f"{nanos:09}" if nanos % 10**6 else f"{nanos // 10**6:03}"
        return "STRING", f"{local:%Y-%m-%d %H:%M:%S}.{digits}"
    return "INTEGER", value


def rows(cloud, table, partition=None):
    """Rows as PyODPS reads them, by name of column."""
    kinds = list(TYPES)
    return [dict(zip(kinds, values)) for values in cloud.odps_rows(table, partition)]


def line(row, columns, partition=None):
    fixed = dict(level.split("=") for level in partition.split(",")) if partition else {}
    cells = []
    for name in columns:
        if name.startswith("'"):
            cells.append(("STRING", name[1:-1]))
        elif name in fixed:
            cells.append(("STRING", fixed[name]))
        else:
            cells.append(shown(row[name], TYPES[name]))
    return model.csv_line(cells)


def pieces(cloud, prefix):
    (_, shards), = by_window_and_shard(cloud.objects(prefix)).items()
    return shards


def test_every_type_in_slices(cloud, bench, wide):
    """All partitions that a pattern names, in slices of rows; columns in another order, twice, fixed."""
    columns = ["ts", "id", *list(TYPES)[1:], "PT".lower(), "'x,y'", "id", "region"]
    ran = bench.run(job(bench, "job", from_odps(wide, columns, ["region=*/pt=20261121"], sliceRows=130),
                        to_csv("wide/all")))
    got = pieces(cloud, "wide/all")
    wanted = {}
    for partition in PARTITIONS[1:]:
        everything = rows(cloud, wide, partition)
        for first in range(0, 300, 130):
            few = everything[first:first + 130]
            wanted[shard_text(f"{partition} rows {first}-{first + len(few) - 1}")] = b"".join(
                line(row, columns, partition) for row in few)
    assert sorted(got) == sorted(wanted)
    for shard, text in wanted.items():
        assert got[shard].decode().split("\n") == text.decode().split("\n")
    assert ran.receipt["counts"]["rows"] == 600
    assert ran.receipt["source"] == {"kind": "odps", "endpoint": cloud.odps_url[:-len("/api")], "project": PROJECT,
                                     "table": wide, "partitions": ["region=*,pt=20261121"]}


def test_whole_partitions_and_a_table_without_any(cloud, bench, wide):
    bench.run(job(bench, "parts", from_odps(wide, ["*"], ["pt=*,region=*", PARTITIONS[0]], splitMode="partition"),
                  to_csv("wide/parts")))
    got = pieces(cloud, "wide/parts")
    assert sorted(got) == sorted(shard_text(f"{partition} rows 0-299") for partition in PARTITIONS)
    for partition in PARTITIONS:
        text = b"".join(line(row, TYPES, partition) for row in rows(cloud, wide, partition))
        assert got[shard_text(f"{partition} rows 0-299")].decode().split("\n") == text.decode().split("\n")
    flat = cloud.odps.create_table("flat", "id bigint, s string")
    empty = job(bench, "flat", from_odps("flat", []), to_csv("flat/all"))
    assert bench.run(empty).receipt["counts"]["rows"] == 0
    with flat.open_writer() as writer:
        writer.write([[i, f"row {i}"] for i in range(5)])
    assert bench.run(empty).receipt["counts"]["rows"] == 5
    assert b"".join(pieces(cloud, "flat/all").values()) == b"".join(b"%d,row %d\n" % (i, i) for i in range(5))


def ots_table(cloud, name, key):
    meta = tablestore.TableMeta(name, key)
    cloud.ots.create_table(meta, tablestore.TableOptions(), tablestore.ReservedThroughput(
        tablestore.CapacityUnit(0, 0)))
    return [(column, INF_MIN) for column, _ in key], [(column, INF_MAX) for column, _ in key]


def ots_rows(cloud, name, low, high):
    """{key values: {column: value}}; versions are the writer's own."""
    return {tuple(v for _, v in key): {cell[0]: cell[1] for cell in cells}
            for key, cells in cloud.rows(name, low, high)}


def test_into_a_table_of_tablestore(cloud, bench, wide):
    low, high = ots_table(cloud, "landed", [("pt", "STRING"), ("id", "INTEGER")])
    columns = {"ti": "int", "f": "double", "d": "double", "flag": "bool", "price": "string", "s": "string",
               "b": "binary", "ntz": "string"}
    bench.run(job(bench, "job", from_odps(wide, ["pt", "id", *columns], ["pt=*,region=east"], sliceRows=70),
                  to_ots("landed", [("pt", "string"), ("id", "int")], columns.items())))
    wanted = {}
    for partition in PARTITIONS[:2]:
        for row in rows(cloud, wide, partition):
            cells = {name: shown(row[name], TYPES[name]) for name in columns}
            wanted[partition[3:11], row["id"]] = {n: cell[1] for n, cell in cells.items() if cell is not None}
    assert ots_rows(cloud, "landed", low, high) == wanted


def test_there_and_back_is_the_same_table(cloud, bench):
    """Tablestore -> MaxCompute -> Tablestore: types, nulls and binaries."""
    key = [("u", "STRING"), ("n", "INTEGER"), ("k", "BINARY")]
    low, high = ots_table(cloud, "outward", key)
    ots_table(cloud, "homeward", key)
    luck = random.Random(SEED)
    names = {"age": "bigint", "share": "double", "alive": "boolean", "name": "string", "photo": "binary"}
    for i in range(500):
        cells = {"age": luck.randint(-2**63 + 1, 2**63 - 1), "share": luck.random() * 10**luck.randint(-8, 12),
                 "alive": luck.random() < 0.5, "name": luck.choice(TEXTS),
                 "photo": bytearray(luck.randbytes(luck.randint(0, 40)))}
        row = tablestore.Row([("u", f"user{i}"), ("n", -i), ("k", bytearray(b"\0\xff%d" % i))],
                             [(n, cell) for n, cell in cells.items() if luck.random() < 0.7])
        cloud.ots.put_row("outward", row, tablestore.Condition("IGNORE"))
    kinds = {"u": "string", "n": "bigint", "k": "binary", **names}
    cloud.odps.create_table("between", ", ".join(f"{n} {t}" for n, t in kinds.items()))
    bench.run(job(bench, "out", ("ots", {"datasource": "school", "table": "outward",
                                         "column": [{"name": n} for n in kinds]}),
                  ("odps", {"datasource": "warehouse", "table": "between", "truncate": True, "partition": "",
                            "column": list(kinds)})))
    bench.run(job(bench, "home", from_odps("between", list(kinds), sliceRows=99), to_ots(
        "homeward", [("u", "string"), ("n", "int"), ("k", "binary")],
        [("age", "int"), ("share", "double"), ("alive", "bool"), ("name", "string"), ("photo", "binary")])))

    def plain(table):
        return {tuple(bytes(v) if isinstance(v, bytearray) else v for v in row_key): cells
                for row_key, cells in ((tuple(v for _, v in k), {c[0]: c[1] for c in cells})
                                       for k, cells in cloud.rows(table, low, high))}
    there = plain("outward")
    assert len(there) == 500
    assert plain("homeward") == there


def broken_run(cloud, bench, script):
    """A run that reads some pieces of rows and is refused the others."""
    cloud.admin("/fault", {"service": "odps", "action": "ReadDownload", "kind": "status", "code": 403,
                           "error": "NoPermission", "skip": 2})
    failed = bench.call("run", script)
    assert failed.code != 0 and "NoPermission" in failed.err, failed
    cloud.admin("/fault", method="DELETE")


@pytest.mark.parametrize("state", ["expired", "gone"])
def test_sessions_that_ended_are_begun_again(cloud, bench, wide, state):
    script = job(bench, "job", from_odps(wide, ["id"], [PARTITIONS[0]], sliceRows=60), to_csv(f"ended/{state}"))
    broken_run(cloud, bench, script)
    cloud.admin("/odps/sessions", {"downloads": state})
    assert bench.run(script).receipt["counts"]["rows"] == 300
    assert sorted(b"".join(pieces(cloud, f"ended/{state}").values()).split()) == sorted(
        b"%d" % i for i in range(300))


@pytest.mark.parametrize("state,how", [("open", "it was rewritten"), ("gone", "it has 301 rows, not 300")])
def test_a_partition_that_changed_ends_the_run(cloud, bench, wide, state, how):
    name, partition = f"moving_{state}", "pt=1"
    table = cloud.odps.create_table(name, ("id bigint", "pt string"))
    table.create_partition(partition)
    with table.open_writer(partition) as writer:
        writer.write([[i] for i in range(300)])
    script = job(bench, "job", from_odps(name, ["id"], [partition], sliceRows=60), to_csv(f"moving/{state}"))
    broken_run(cloud, bench, script)
    with table.open_writer(partition, overwrite=state == "open") as writer:
        writer.write([[1000]])
    if state == "gone":
        cloud.admin("/odps/sessions", {"downloads": "gone"})
    failed = bench.call("run", script)
    assert failed.code != 0 and f"partition pt=1 of {name} changed since the run began ({how})" in failed.err, failed
    assert not cloud.objects(f"moving/{state}")
    # That run can never be completed: the next one begins anew.
    assert bench.run(script).receipt["counts"]["rows"] == (1 if state == "open" else 301)


@pytest.mark.parametrize("kind", ["flip", "drop_reply", "status", "reset"])
def test_a_passing_fault_leaves_every_row_once(cloud, bench, wide, kind):
    script = job(bench, "job", from_odps(wide, ["id", "s"], ["pt=*,region=east"], sliceRows=100), to_csv(f"fault/{kind}"))
    # Only rows carry a checksum.
    for action in ("ReadDownload",) if kind == "flip" else ("ReadDownload", "CreateDownload", "GetDownload"):
        cloud.admin("/fault", {"service": "odps", "action": action, "kind": kind, "code": 503,
                               "error": "ServiceUnavailable", "next": 2})
    bench.run(script)
    text = b"".join(pieces(cloud, f"fault/{kind}").values())
    wanted = b"".join(line(row, ["id", "s"]) for p in PARTITIONS[:2] for row in rows(cloud, wide, p))
    assert sorted(text.split(b"\n")) == sorted(wanted.split(b"\n"))


@pytest.mark.parametrize("change,text", [
    ({"table": "nowhere"}, "nowhere"),
    ({"partitions": []}, 'needs "pt=…,region=…"'),
    ({"partitions": ["pt=*"]}, 'needs "pt=…,region=…"'),
    ({"partitions": ["pt=2025*,region=east"]}, 'has no partition pt=2025*,region=east; with "successOnNoPartition"'),
    ({"columns": ["id", "nothing"]}, 'column "nothing" is not in the table, which has id, ti, si'),
    ({"table": "lists", "partitions": []}, 'column "tags" of type array<string> cannot be read'),
    ({"table": "lists", "partitions": ["pt=1"], "columns": ["id"]}, 'is not partitioned: remove "partition"'),
])
def test_what_does_not_fit_is_said_before_anything_is_read(cloud, bench, wide, change, text):
    if not cloud.odps.exist_table("lists"):
        cloud.odps.create_table("lists", "id bigint, tags array<string>")
    wanted = {"table": wide, "columns": ["*"], "partitions": [PARTITIONS[0]], **change}
    ran = bench.call("run", job(bench, "job", from_odps(**wanted), to_csv("unfit/all")))
    assert ran.code == 2 and text in ran.err, ran
    assert not cloud.objects("unfit/")


def test_no_partition_may_be_no_error(cloud, bench, wide):
    ran = bench.run(job(bench, "job", from_odps(wide, ["*"], ["pt=2025*,region=*"], successOnNoPartition=True),
                        to_csv("none/all")))
    assert ran.receipt["counts"]["rows"] == 0
