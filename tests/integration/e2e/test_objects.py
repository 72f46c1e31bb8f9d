"""Objects that Python's csv module wrote -> rows -> objects, compared as rows."""
import csv
import gzip
import io
import json
import random

import pytest

from cloud import SEED

# The shape of the documents' scripts for a reader of objects.
OSS_TO_OSS = """{
  "type": "job",
  "version": "1.0",
  "configuration": {
    "setting": { "errorLimit": { "record": "@DIRTY@" }, "speed": { "concurrent": "2" } },
    "reader": {
      "plugin": "oss",
      "parameter": {
        "datasource": "backup", # where the objects are
        "object": @FROM@,
        @READER@
        "fieldDelimiter": ","
      }
    },
    "writer": {
      "plugin": "oss",
      "parameter": {
        "datasource": "backup",
        "object": "@TO@",
        "writeMode": "truncate",
        "fileFormat": "csv",
        @WRITER@
        "fieldDelimiter": ","
      }
    }
  }
}
"""
ALL = '"fileFormat": "csv", "column": ["*"],'


def script(bench, source, to, reader=ALL, writer="", dirty="0"):
    return bench.script("job.json", OSS_TO_OSS, to=to, reader=reader, writer=writer, dirty=dirty,
                        **{"from": json.dumps(source)})


def rows_of(blobs):
    """The rows of objects in any order; no line end is translated."""
    rows = []
    for blob in blobs:
        rows += csv.reader(io.StringIO(blob.decode(), newline=""))
    return sorted(rows)


def as_csv(rows, **form):
    out = io.StringIO(newline="")
    csv.writer(out, **form).writerows(rows)
    return out.getvalue().encode()


def odd_rows(seed, count, width=4):
    """Quotes, delimiters, line breaks, blanks, other alphabets, long and empty fields."""
    rnd = random.Random(seed)
    pieces = ['"', ",", "\n", "\r\n", " ", "#", "目录", "😀", "null", "x" * 40, "", "a", "1.5"]
    return [["%d" % i] + ["".join(rnd.choice(pieces) for _ in range(rnd.randrange(6)))
                          for _ in range(width - 1)] for i in range(count)]


def test_whatever_python_writes_arrives(cloud, bench):
    one, two = odd_rows(SEED, 3000), odd_rows(SEED + 1, 500)
    cloud.bucket.put_object("in/objects/1.csv", b"\xef\xbb\xbf" + as_csv(one))
    cloud.bucket.put_object("in/objects/2.csv", as_csv(two, lineterminator="\n", quoting=csv.QUOTE_ALL))
    cloud.bucket.put_object("in/objects/3.csv", b"")
    cloud.bucket.put_object("in/objects/other.txt", b"not,read\n")
    ran = bench.run(script(bench, "in/objects/*.csv", "out/objects/all"))
    assert rows_of(cloud.objects("out/objects/all").values()) == sorted(one + two)
    assert ran.receipt["counts"]["read"] == 3500
    assert ran.receipt["source"]["objects"] == ["in/objects/*.csv"]
    assert not cloud.open_uploads()

    # What Millrace wrote, with its manifests beside it, is read back by a job of its own.
    bench.run(script(bench, "out/objects/*", "again/objects/all"))
    assert rows_of(cloud.objects("again/objects/all").values()) == sorted(one + two)


def test_every_run_carries_what_is_there_now(cloud, bench):
    path = script(bench, ["in/now/a.csv", "in/now/b.csv"], "out/now/t")
    for text in ("a\n", "b\n"):
        cloud.bucket.put_object("in/now/a.csv", text)
        cloud.bucket.put_object("in/now/b.csv", "c\n")
        bench.run(path)
        assert sorted(cloud.objects("out/now/t").values()) == sorted([text.encode(), b"c\n"])


def test_gzip_header_types_and_dates(cloud, bench):
    text = ("id,at,price,ok,note\n"
            "7,2026-11-21 08:00:00,1.50,TRUE,\\N\n"
            "-8,20261122,-2,false,x\n")
    cloud.bucket.put_object("in/typed/a.gz", gzip.compress(text[:30].encode()) +
                            gzip.compress(text[30:].encode()))
    columns = [{"index": 4, "type": "string"}, {"index": 0, "type": "long"}, {"value": "const"},
               {"index": 1, "type": "date"}, {"index": 2, "type": "double"},
               {"index": 3, "type": "boolean"}]
    reader = ('"fileFormat": "csv", "compress": "gzip", "skipHeader": true, "nullFormat": "\\\\N", '
              f'"column": {json.dumps(columns)},')
    bench.run(script(bench, "in/typed/a.gz", "out/typed/t", reader=reader,
                     writer='"nullFormat": "nil", "dateFormat": "yyyy-MM-dd\'T\'HH:mmXXX",'))
    assert list(cloud.objects("out/typed/t").values()) == [
        b"nil,7,const,2026-11-21T08:00+08:00,1.5,true\n"
        b"x,-8,const,2026-11-22T00:00+08:00,-2.0,false\n"]


def test_bad_lines_are_kept_aside(cloud, bench):
    cloud.bucket.put_object("in/bad/a.csv", b"1,a\n2\n3,c,more\n4,\xff\n5,\"e\"e\nsix,f\n7,g\n")
    reader = ('"fileFormat": "csv", "column": [{"index": 0, "type": "long"}, '
              '{"index": 1, "type": "string"}],')
    strict = bench.call("run", script(bench, "in/bad/a.csv", "out/bad/t", reader=reader), "--json")
    assert strict.code == 3, strict
    assert not cloud.objects("out/bad/t")

    ran = bench.run(script(bench, "in/bad/a.csv", "out/bad/u", reader=reader, dirty="4"))
    assert list(cloud.objects("out/bad/u").values()) == [b"1,a\n3,c\n7,g\n"]
    reasons = [line["reason"] for line in ran.receipt["quarantine"]]
    assert reasons == ["line 2: it has 1 field, none with index 1",
                       "line 4: field 1: it is not UTF-8",
                       "line 5: field 1: text stands behind a closing quote",
                       "line 6: field 0: it is no whole number of 64 bits"]
    kept = [json.loads(line) for path in (bench.folder / "state" / "quarantine").glob("*.jsonl")
            for line in path.read_text().splitlines() if line]
    assert "six,f\n" in [line.get("record") for line in kept]


@pytest.mark.parametrize("source, what", [
    ("in/none/gone.csv", "in/none/gone.csv"),
    ("in/none/*.csv", "in/none/*.csv"),
])
def test_a_missing_object_is_named(cloud, bench, source, what):
    ran = bench.call("run", script(bench, source, "out/none/t"), "--json")
    assert ran.code == 2, ran
    assert what in ran.err
    reader = ALL + '"successOnNoObject": true,'
    assert bench.run(script(bench, source, "out/none/u", reader=reader)).receipt["counts"]["read"] == 0


def test_plan_lists_the_objects(cloud, bench):
    cloud.bucket.put_object("in/plan/a.csv", b"1\n")
    ran = bench.call("plan", script(bench, "in/plan/*", "out/plan/t"), "--json")
    assert ran.code == 0, ran
    assert "in/plan/a.csv" in ran.out
