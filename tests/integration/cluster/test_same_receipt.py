"""The same script gives in a cluster the same content of its target and the same receipt as embedded."""
import json

from cloud import ACCESS_ID, PROJECT
from runs import STREAM_TO_OSS, STREAM_TO_SEARCH, TABLE_TO_OSS, columns, row_mode
from test_csv import NAMES, history
from test_odps import CELLS, STREAM_TO_ODPS, target

# Which run it was, and what times it took.
OWN = ("meta", "run")


def facts(receipt, *more):
    return {name: value for name, value in receipt.items() if name not in (*OWN, *more)}


def both(cluster, bench, script, window, empty):
    """Receipts of the cluster and of embedded mode, and what `empty` took out of the target."""
    clustered = cluster.done(cluster.submit(script, window))
    there = empty()
    embedded = bench.run(script, window).receipt
    return clustered, embedded, there, empty()


def emptied(cloud, prefix):
    """Takes all objects that begin so, manifests too."""
    def take():
        found = {**cloud.objects(prefix), **cloud.manifests(prefix)}
        for name in found:
            cloud.bucket.delete_object(name)
        return {name: data for name, data in found.items() if isinstance(data, bytes)}
    return take


def test_csv_of_a_stream(cloud, cluster, bench):
    window = history(cloud, "csv")
    script = bench.script("csv.json", STREAM_TO_OSS, table="csv", object="same/csv",
                          reader=row_mode(*NAMES), writer='"partBytes": 102400,')
    clustered, embedded, there, here = both(cluster, bench, script, window,
                                            emptied(cloud, "same/csv"))
    assert there and there == here
    assert facts(clustered) == facts(embedded)


def test_parquet_of_a_stream(cloud, cluster, bench):
    window = history(cloud, "parquet", changes=2000)
    parquet = STREAM_TO_OSS.replace('"fileFormat": "csv"', '"fileFormat": "parquet"') \
                           .replace('"encoding": "UTF-8",', "").replace('"fieldDelimiter": ","', "")
    texts = json.dumps([{"name": n, "type": "string"} for n in NAMES])
    script = bench.script("parquet.json", parquet, table="parquet", object="same/parquet",
                          reader=row_mode(*NAMES), writer=f'"column": {texts},')
    clustered, embedded, there, here = both(cluster, bench, script, window,
                                            emptied(cloud, "same/parquet"))
    assert there and there == here
    assert facts(clustered) == facts(embedded)


def test_documents_of_a_stream(cloud, cluster, bench, search):
    import urllib.request
    window = history(cloud, "docs", changes=1500)
    fields = json.dumps([{"name": "pk", "type": "id"}] +
                        [{"name": n, "type": "keyword"} for n in NAMES[1:]])
    script = bench.script("docs.json", STREAM_TO_SEARCH, ots=cloud.ots_url, id=ACCESS_ID,
                          instance="school", table="docs", columns=columns(*NAMES), search=search,
                          index="same-docs", batch="100", writer="", fields=fields)

    def empty():
        def ask(method, path):
            with urllib.request.urlopen(urllib.request.Request(search + path, method=method)) as got:
                return json.loads(got.read())
        ask("POST", "/same-docs/_refresh")
        hits = ask("GET", "/same-docs/_search?size=10000&version=true")["hits"]["hits"]
        ask("DELETE", "/same-docs")
        return {one["_id"]: (one["_version"], one["_source"]) for one in hits}
    clustered, embedded, there, here = both(cluster, bench, script, window, empty)
    assert there and there == here
    for receipt in (clustered, embedded):
        receipt["target"].pop("uuid", None)  # of the index
    assert facts(clustered) == facts(embedded)


def test_cells_in_maxcompute(cloud, cluster, bench):
    window = history(cloud, "cells", changes=1500)
    for one in (bench, cluster.bench):
        sources = json.loads(one.sources.read_text())
        sources["odps_first"] = {"type": "odps", "odpsServer": cloud.odps_url, "project": PROJECT,
                                 "accessId": ACCESS_ID, "accessKey": "${env:MILLRACE_TEST_KEY}"}
        one.sources.write_text(json.dumps(sources))
    target(cloud, "cells")
    script = bench.script("cells.json", STREAM_TO_ODPS, table="cells", truncate="true",
                          reader='"isExportSequenceInfo": true,', writer='"blockBytes": 4096,',
                          partition="pt=1", column=json.dumps(CELLS), limit="0")
    clustered, embedded, there, here = both(
        cluster, bench, script, window,
        lambda: sorted(map(str, cloud.odps_rows("cells", "pt=1"))))
    assert there and there == here
    assert facts(clustered, "session", "blocks") == facts(embedded, "session", "blocks")

    # Numbers are given to items as they ask, and items run side by side.
    def contents(receipt):
        return sorted(json.dumps({k: v for k, v in block.items() if k != "block"},
                                 sort_keys=True) for block in receipt["blocks"])
    assert contents(clustered) == contents(embedded)


def test_a_whole_table(cloud, cluster, bench):
    history(cloud, "whole", changes=1500)
    script = bench.script("whole.json", TABLE_TO_OSS, table="whole", object="same/whole",
                          columns=columns(*NAMES), reader="", writer="")
    clustered, embedded, there, here = both(cluster, bench, script, None,
                                            emptied(cloud, "same/whole"))
    assert sorted(there.values()) == sorted(here.values()) and there
    for part in ("counts", "sums", "source", "target", "job"):
        assert clustered[part] == embedded[part]
