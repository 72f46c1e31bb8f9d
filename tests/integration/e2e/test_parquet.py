"""Parquet objects: written by Millrace and read by Apache Arrow and DuckDB, and the other way round."""
import datetime
import decimal
import io
import json

import duckdb
import pyarrow
import pyarrow.parquet as parquet
import pytest
from tablestore import INF_MAX, INF_MIN

import model
from cloud import NAME, shard_text
from runs import STREAM_TO_OSS, TABLE_TO_OSS, bound, columns, row_mode
from test_csv import NAMES, history

UTC = datetime.timezone.utc

OBJECTS_TO_OBJECTS = """{
  "type": "job", "version": "1.0",
  "configuration": {
    "setting": { "errorLimit": { "record": 0 }, "speed": { "concurrent": 2 }, "timeZone": "UTC" },
    "reader": { "plugin": "oss", "parameter": {
      "datasource": "backup", "object": "@FROM@", "fileFormat": "parquet", "column": @COLUMNS@ } },
    "writer": { "plugin": "oss", "parameter": {
      "datasource": "backup", "object": "@TO@", "writeMode": "truncate", @WRITER@
      "fileFormat": "@FORMAT@" } }
  }
}"""



def as_parquet(script):
    """The script of a csv job, as one of Parquet."""
    for csv, ours in (('"encoding": "UTF-8",', ""), ('"nullFormat": "null",', ""),
                      ('"dateFormat": "yyyy-MM-dd HH:mm:ss",', ""), ('"fileFormat": "csv"', '"fileFormat": "parquet"'),
                      ('"fieldDelimiter": ","', '"suffix": "parquet"')):
        script = script.replace(csv, ours)
    return script


STREAM_TO_PARQUET, TABLE_TO_PARQUET = as_parquet(STREAM_TO_OSS), as_parquet(TABLE_TO_OSS)


def tables(cloud, prefix):
    """{shard: table}, the objects of a shard joined in their order."""
    shards = {}
    objects = cloud.objects(prefix)
    for name in sorted(objects, key=lambda n: int(NAME.fullmatch(n)["number"])):
        table = parquet.read_table(io.BytesIO(objects[name]))
        shards.setdefault(NAME.fullmatch(name)["shard"], []).append(table)
    return {shard: pyarrow.concat_tables(parts) for shard, parts in shards.items()}


def expected_rows(cloud, table, window, rows_of):
    shards = {shard_text(name): [row for c in changes for row in rows_of(c)]
              for name, changes in model.window(cloud.stream(table), *window).items()}
    return {shard: rows for shard, rows in shards.items() if rows}


def rows_of(table):
    return [tuple(row.values()) for row in table.to_pylist()]


def as_text(value):
    return None if value is None else model.text(value)


@pytest.mark.parametrize("codec", ["none", "snappy", "zstd", "gzip"])
def test_stream_to_parquet(cloud, bench, codec):
    table = f"pq_{codec}"
    window = history(cloud, table, changes=4000, value_bytes=200)
    script = bench.script(
        "job.json", STREAM_TO_PARQUET, table=table, object=f"pq/{codec}/all", reader=row_mode(*NAMES),
        writer=f'"compress": "{codec}", "partBytes": 131072, "objectRows": 700, "rowGroupRows": 250,')
    receipt = bench.run(script, window).receipt
    wanted = expected_rows(cloud, table, window, lambda c: model.row_mode(c, NAMES))
    got = tables(cloud, f"pq/{codec}/all")
    assert {s: rows_of(t) for s, t in got.items()} == {
        s: [tuple(map(as_text, row)) for row in rows] for s, rows in wanted.items()}
    objects = cloud.objects(f"pq/{codec}/all")
    assert len(objects) >= 4 and len(objects) == len(receipt["objects"])
    for name, content in objects.items():
        file = parquet.ParquetFile(io.BytesIO(content))
        column = file.metadata.row_group(0).column(0)
        assert column.compression == {"none": "UNCOMPRESSED"}.get(codec, codec.upper())
        assert file.metadata.num_row_groups == -(-file.metadata.num_rows // 250)
        assert file.metadata.created_by == "millrace"
        path = bench.folder / "object.parquet"
        path.write_bytes(content)
        rows = duckdb.sql(f"SELECT * FROM read_parquet('{path}')").fetchall()
        assert rows == rows_of(file.read())
    assert not cloud.open_uploads()
    verified = bench.call("verify", receipt["run"])
    assert verified.code == 0, verified

    before = cloud.objects(f"pq/{codec}/all")
    bench.run(script, window)
    assert cloud.objects(f"pq/{codec}/all") == before
    # A replay gives the same bytes under new names.
    bench.run(script, window, "--replay")
    again = cloud.objects(f"pq/{codec}/all")
    assert not set(before) & set(again)
    assert sorted(before.values()) == sorted(again.values())


def test_whole_table_to_parquet(cloud, bench):
    now = cloud.now_ms()
    cloud.table("pq_table", stream=True)
    cloud.fill("pq_table", 3000, keys=1500, cells=4, mix={"put": 1}, from_ms=now - 60 * 60 * 1000,
               to_ms=now - 10 * 60 * 1000)
    script = bench.script("job.json", TABLE_TO_PARQUET, table="pq_table", object="pq/table/all", reader="",
                          columns=columns(*NAMES), writer='"objectRows": 400, "compress": "zstd",')
    receipt = bench.run(script).receipt
    low, high = [[("pk", end)] for end in (INF_MIN, INF_MAX)]
    wanted = [tuple(map(as_text, model.table_row(row, NAMES))) for row in cloud.rows("pq_table", low, high)]
    got = [row for table in tables(cloud, "pq/table/all").values() for row in rows_of(table)]
    assert sorted(got) == sorted(wanted) and len(got) == receipt["counts"]["rows"]
    assert bench.call("verify", receipt["run"]).code == 0


def test_columns_have_the_types_of_the_script(cloud, bench):
    names = ("pk", "c0", "c1", "c2", "c3", "c4")
    window = history(cloud, "pq_typed", changes=2000, types="all", cells=5, charset="ascii")
    columns = json.dumps([{"name": n, "type": "string"} for n in names[:1]] +
                         [{"name": n, "type": "binary"} for n in names[1:]])
    script = bench.script("job.json", STREAM_TO_PARQUET, table="pq_typed", object="pq/typed/all",
                          reader=row_mode(*names), writer=f'"column": {columns},')
    bench.run(script, window)
    wanted = expected_rows(cloud, "pq_typed", window, lambda c: model.row_mode(c, names))
    got = tables(cloud, "pq/typed/all")

    def as_bytes(value):
        if value is None:
            return None
        return value[1] if value[0] == "BINARY" else model.text(value).encode()
    for shard, rows in wanted.items():
        assert rows_of(got[shard]) == [(model.text(r[0]), *map(as_bytes, r[1:])) for r in rows]


def test_a_schema_of_other_types(cloud, bench):
    window = history(cloud, "pq_schema", changes=600)
    schema = ("message m { required binary id (UTF8); optional binary a (UTF8); "
              "optional int64 b; optional binary c (UTF8); optional binary d (UTF8); }")
    script = bench.script("job.json", STREAM_TO_PARQUET.replace('"0" }', '"100000" }'),
                          table="pq_schema", object="pq/schema/all", reader=row_mode(*NAMES),
                          writer=f'"parquetSchema": "{schema}",')
    receipt = bench.run(script, window).receipt
    # Texts are no numbers: rows that have one are quarantined, the others are written.
    rows = [r for rows in expected_rows(cloud, "pq_schema", window,
                                        lambda c: model.row_mode(c, NAMES)).values() for r in rows]
    assert receipt["counts"]["quarantined"] == sum(r[2] is not None for r in rows)
    got = [r for t in tables(cloud, "pq/schema/all").values() for r in rows_of(t)]
    assert len(got) == sum(r[2] is None for r in rows)

    wrong = bench.script("wrong.json", STREAM_TO_PARQUET, table="pq_schema", object="pq/x",
                         reader=row_mode(*NAMES), writer='"parquetSchema": "message m { int64 a; }",')
    ran = bench.call("lint", wrong, *bound(window))
    assert ran.code == 2 and "parquetSchema, line 1, column 13" in ran.err + ran.out, ran
    fewer = bench.script("fewer.json", STREAM_TO_PARQUET, table="pq_schema", object="pq/y",
                         reader=row_mode(*NAMES),
                         writer='"parquetSchema": "message m { optional int64 a; }",')
    ran = bench.call("run", fewer, *bound(window))
    assert ran.code in (1, 2) and "have 5 columns, the parquet objects 1" in ran.err, ran


def written(table, **more):
    sink = io.BytesIO()
    parquet.write_table(table, sink, **more)
    return sink.getvalue()


def arrow_table(rows=3000):
    def every(make):
        return [None if n % 11 == 3 else make(n) for n in range(rows)]
    day = datetime.date(1970, 1, 1)
    moment = datetime.datetime(2026, 11, 21, 10, tzinfo=UTC)
    return pyarrow.table({
        "n": pyarrow.array(range(rows), pyarrow.int64()),
        "small": pyarrow.array(every(lambda n: n % 100), pyarrow.int8()),
        "real": pyarrow.array(every(lambda n: n / 8), pyarrow.float64()),
        "flag": pyarrow.array(every(lambda n: n % 2 == 0)),
        "text": pyarrow.array(every(lambda n: f"“{n}”, \"x\"")),
        "word": pyarrow.array(every(lambda n: f"w{n % 5}")).dictionary_encode(),
        "bytes": pyarrow.array(every(lambda n: bytes([n % 128, 65]))),
        "day": pyarrow.array(every(lambda n: day + datetime.timedelta(days=n))),
        "at": pyarrow.array(every(lambda n: moment + datetime.timedelta(milliseconds=n)),
                            pyarrow.timestamp("ms", "UTC")),
        "price": pyarrow.array(every(lambda n: decimal.Decimal(n) / 100), pyarrow.decimal128(12, 2)),
        "list": pyarrow.array(every(lambda n: list(range(n % 4))), pyarrow.list_(pyarrow.int32())),
    })


def test_parquet_to_parquet(cloud, bench):
    table = arrow_table()
    cloud.bucket.put_object("in/a/1.parquet", written(table.slice(0, 2000), row_group_size=300))
    cloud.bucket.put_object("in/a/2.parquet", written(table.slice(2000), compression="zstd"))
    script = bench.script("job.json", OBJECTS_TO_OBJECTS, **{"from": "in/a/*", "to": "out/a/all"},
                          columns='["*"]', format="parquet", writer='"objectRows": 450,')
    receipt = bench.run(script).receipt
    assert receipt["counts"]["rows"] == 3000
    got = pyarrow.concat_tables(tables(cloud, "out/a/all").values()).sort_by("n")
    for name in ("n", "real", "flag", "text", "bytes", "day", "at"):
        assert got[name].to_pylist() == table[name].to_pylist(), name
    assert got["small"].to_pylist() == table["small"].to_pylist()
    assert got["word"].to_pylist() == table["word"].to_pylist()
    assert got["price"].to_pylist() == [None if v is None else str(v) for v in table["price"].to_pylist()]
    assert [None if v is None else json.loads(v) for v in got["list"].to_pylist()] == table["list"].to_pylist()
    assert bench.call("verify", receipt["run"]).code == 0


def test_parquet_to_csv_by_name_and_index(cloud, bench):
    table = arrow_table(1200)
    cloud.bucket.put_object("in/b/one.parquet", written(table, row_group_size=100))
    columns = [{"name": "text", "type": "string"}, {"index": 0, "type": "long"},
               {"value": "fixed", "type": "string"}, {"name": "real", "type": "double"},
               {"name": "price", "type": "string"}, {"name": "n", "type": "string"}]
    script = bench.script("job.json", OBJECTS_TO_OBJECTS,
                          **{"from": "in/b/one.parquet", "to": "out/b/all"},
                          columns=json.dumps(columns), format="csv", writer="")
    bench.run(script)
    lines = b"".join(cloud.objects("out/b/all").values())

    def cell(value, kind, form=lambda v: v):
        return None if value is None else (kind, form(value))
    wanted = b"".join(model.csv_line([
        cell(row["text"], "STRING"), cell(row["n"], "INTEGER"), ("STRING", "fixed"),
        cell(row["real"], "DOUBLE"), cell(row["price"], "STRING", str),
        cell(row["n"], "STRING", str)]) for row in table.to_pylist())
    assert lines == wanted


def test_files_that_are_no_parquet(cloud, bench):
    cloud.bucket.put_object("in/c/bad.parquet", b"uid,name\n" * 100)
    script = bench.script("job.json", OBJECTS_TO_OBJECTS,
                          **{"from": "in/c/bad.parquet", "to": "out/c/all"},
                          columns='["*"]', format="csv", writer="")
    ran = bench.call("run", script)
    assert ran.code in (1, 2) and "in/c/bad.parquet cannot be read as parquet" in ran.err, ran
    cloud.bucket.put_object("in/c/one.parquet", written(arrow_table(3)))
    missing = bench.script("missing.json", OBJECTS_TO_OBJECTS,
                           **{"from": "in/c/one.parquet", "to": "out/c/all"},
                           columns='[{"name": "nowhere", "type": "string"}]', format="csv", writer="")
    ran = bench.call("run", missing)
    assert ran.code in (1, 2) and 'no column "nowhere"' in ran.err, ran
    wrong = bench.script("wrong.json", OBJECTS_TO_OBJECTS,
                         **{"from": "in/c/one.parquet", "to": "out/c/wrong"},
                         columns='[{"name": "text", "type": "long"}]', format="csv", writer="")
    ran = bench.call("run", wrong)
    assert ran.code == 3, ran
