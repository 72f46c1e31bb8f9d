"""The same script gives in a cluster the same content of its target and the same receipt as embedded."""
import json

import pytest

import model
from cloud import ACCESS_ID, MINUTE, PROJECT, SECRET
from runs import STREAM_TO_OSS, STREAM_TO_SEARCH, TABLE_TO_OSS, columns, row_mode
from test_csv import NAMES, history
from test_odps import STREAM_TO_ODPS

OWN = ("meta", "run", "task", "session")


def same(cluster_receipt, embedded_receipt, was="", now=""):
    """All that a receipt says but whose run it was: equal, with the names of one target for those
    of the other."""
    mine = {k: v for k, v in cluster_receipt.items() if k not in OWN}
    theirs = {k: v for k, v in embedded_receipt.items() if k not in OWN}
    text = json.dumps(mine, sort_keys=True).replace(now, was) if now else json.dumps(mine, sort_keys=True)
    assert json.loads(text) == json.loads(json.dumps(theirs, sort_keys=True))


def both(cluster, bench, script_of, window):
    """Receipts of the cluster and of embedded mode; targets differ in their names."""
    clustered = cluster.done(cluster.submit(script_of("there"), window))
    embedded = bench.run(script_of("here"), window).receipt
    return clustered, embedded


def test_csv_of_a_stream(cloud, cluster, bench):
    window = history(cloud, "csv")

    def script_of(where):
        return bench.script(f"{where}.json", STREAM_TO_OSS, table="csv", object=f"{where}/csv",
                            reader=row_mode(*NAMES), writer='"partBytes": 102400,')
    clustered, embedded = both(cluster, bench, script_of, window)
    there, here = cloud.objects("there/csv"), cloud.objects("here/csv")
    assert here and {name.replace("there/", "here/"): data for name, data in there.items()} == here
    same(strip_names(clustered), strip_names(embedded))


def strip_names(receipt):
    """Without what the objects are called."""
    text = json.dumps({k: v for k, v in receipt.items() if k not in OWN})
    made = json.loads(text.replace("there/", "here/"))
    for one in made.get("objects", []):
        one.pop("upload", None)
    return made


def test_parquet_of_a_stream(cloud, cluster, bench):
    window = history(cloud, "parquet", changes=2000)
    parquet = STREAM_TO_OSS.replace('"fileFormat": "csv"', '"fileFormat": "parquet"') \
                           .replace('"encoding": "UTF-8",', "").replace('"fieldDelimiter": ","', "")

    def script_of(where):
        return bench.script(f"{where}.json", parquet, table="parquet", object=f"{where}/parquet",
                            reader=row_mode(*NAMES), writer=f'"column": {columns(*NAMES)},')
    clustered, embedded = both(cluster, bench, script_of, window)
    assert cloud.objects("here/parquet")
    same(strip_names(clustered), strip_names(embedded))


def test_documents_of_a_stream(cloud, cluster, bench, search):
    window = history(cloud, "docs", changes=1500)
    fields = json.dumps([{"name": "pk", "type": "id"}] +
                        [{"name": n, "type": "keyword"} for n in NAMES[1:]])

    def script_of(where):
        return bench.script(f"{where}.json", STREAM_TO_SEARCH, ots=cloud.ots_url, id=ACCESS_ID,
                            instance="school", table="docs", columns=columns(*NAMES), search=search,
                            index=f"{where}-docs", batch="100", writer="", fields=fields)
    clustered, embedded = both(cluster, bench, script_of, window)
    text = json.dumps(strip_names(clustered)).replace("there-docs", "here-docs")
    mine, theirs = json.loads(text), strip_names(embedded)
    for receipt in (mine, theirs):
        receipt["target"].pop("uuid", None)
    assert mine == theirs


def test_cells_in_maxcompute(cloud, cluster, bench):
    from test_odps import CELLS, target
    window = history(cloud, "cells", changes=1500)
    for bench_of in (bench, cluster.bench):
        sources = json.loads(bench_of.sources.read_text())
        sources["odps_first"] = {"type": "odps", "odpsServer": cloud.odps_url, "project": PROJECT,
                                 "accessId": ACCESS_ID, "accessKey": "${env:MILLRACE_TEST_KEY}"}
        bench_of.sources.write_text(json.dumps(sources))
    target(cloud, "cells")

    def script_of(where):
        return bench.script(f"{where}.json", STREAM_TO_ODPS, table="cells", truncate="true",
                            reader='"isExportSequenceInfo": true,', writer='"blockBytes": 4096,',
                            partition=f"pt={where}", column=json.dumps(CELLS), limit="0")
    clustered, embedded = both(cluster, bench, script_of, window)
    there = sorted(cloud.odps_rows("cells", "pt=there"))
    assert there and there == sorted(cloud.odps_rows("cells", "pt=here"))
    for part in ("counts", "sums"):
        assert clustered[part] == embedded[part]


def test_a_whole_table(cloud, cluster, bench):
    history(cloud, "whole", changes=1500)

    def script_of(where):
        return bench.script(f"{where}.json", TABLE_TO_OSS, table="whole", object=f"{where}/whole",
                            columns=columns(*NAMES), reader="", writer="")
    clustered, embedded = both(cluster, bench, script_of, None)
    for part in ("counts", "sums"):
        assert clustered[part] == embedded[part]
    assert sorted(cloud.objects("there/whole").values()) == sorted(cloud.objects("here/whole").values())
