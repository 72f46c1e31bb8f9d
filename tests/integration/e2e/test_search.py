"""Stream -> a real search server: documents and versions against the model."""
import json
import os
import urllib.request

import pytest

import model
from cloud import ACCESS_ID, INSTANCE, MINUTE
from runs import STREAM_TO_SEARCH, bound, columns
from test_csv import history

NAMES = ["pk", "c0", "c1", "c2", "c3", "c4"]
FIELDS = [{"name": "pk", "type": "id"}, {"name": "text", "type": "text"},
          {"name": "number", "type": "long"}, {"name": "real", "type": "double"},
          {"name": "truth", "type": "boolean"}, {"name": "bytes", "type": "binary"}]


def ask(url, body=None, method=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, method=method,
                                     headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read() or b"{}")


def documents(search, index):
    """{id: (version, source)} of the whole index."""
    ask(f"{search}/{index}/_refresh", method="POST")
    found, after = {}, None
    while True:
        query = {"size": 1000, "version": True, "sort": ["_doc"], "query": {"match_all": {}}}
        page = ask(f"{search}/{index}/_search?scroll=1m", query) if after is None else ask(
            f"{search}/_search/scroll", {"scroll": "1m", "scroll_id": after})
        after = page["_scroll_id"]
        hits = page["hits"]["hits"]
        if not hits:
            return found
        found.update({h["_id"]: (h["_version"], h["_source"]) for h in hits})


def script_for(bench, search, table, index, names=NAMES, fields=FIELDS, writer="", batch=100):
    return bench.script(f"{index}.json", STREAM_TO_SEARCH, ots=bench.cloud.ots_url, id=ACCESS_ID,
                        instance=INSTANCE, table=table, search=search, index=index,
                        columns=columns(*names), fields=json.dumps(fields), batch=str(batch),
                        writer=writer)


def expect_documents(search, index, expected):
    got = documents(search, index)
    assert sorted(got) == sorted(expected)
    wrong = [(i, got[i], expected[i]) for i in expected
             if got[i] != expected[i] and not (i in expected.by_update and said(got[i]) == said(expected[i]))]
    assert not wrong, f"{len(wrong)} documents differ, such as {wrong[0]}"


def said(document):
    """An update of a row that is not there may leave the other columns out or make them null."""
    return document[0], {k: v for k, v in document[1].items() if v is not None}


def unique(name):
    """The search server may outlive a test run."""
    return f"{name}-{os.urandom(4).hex()}"


@pytest.mark.parametrize("deletes", ["drop", "propagate"])
def test_documents_of_a_window(cloud, bench, search, deletes):
    index = unique(f"docs-{deletes}")
    table = f"docs_{deletes}"
    window = history(cloud, table, changes=4000, types="all", cells=5, charset="ascii")
    script = script_for(bench, search, table, index, writer=f'"deletes": "{deletes}",')
    ran = bench.run(script, window)
    changes = model.window(cloud.stream(table), *window)
    expected = model.apply_window(model.Documents(), changes, NAMES, FIELDS, deletes)
    expect_documents(search, index, expected)
    counts = ran.receipt["counts"]
    assert counts["read"] == sum(map(len, changes.values()))
    again = bench.run(script, window)
    assert again.receipt == ran.receipt
    expect_documents(search, index, expected)


def test_mixed_texts_and_two_windows(cloud, bench, search):
    index = unique("texts")
    window = history(cloud, "texts", changes=3000)
    names, fields = ["pk", "c2", "c0"], [
        {"name": "pk", "type": "id"}, {"name": "b", "type": "keyword"}, {"name": "a", "type": "text"}]
    middle = sum(window) // 2
    script = script_for(bench, search, "texts", index, names, fields, '"deletes": "propagate",')
    expected = model.Documents()
    stream = cloud.stream("texts")
    for part in ((window[0], middle), (middle, window[1])):
        bench.run(script, part)
        model.apply_window(expected, model.window(stream, *part), names, fields, "propagate")
        expect_documents(search, index, expected)


def test_older_windows_never_win(cloud, bench, search):
    """A window behind a committed later one, and a replay, write rows as they are now."""
    index = unique("older")
    window = history(cloud, "older", changes=3000)
    names, fields = ["pk", "c0", "c1"], [
        {"name": "pk", "type": "id"}, {"name": "a", "type": "text"}, {"name": "b", "type": "text"}]
    script = script_for(bench, search, "older", index, names, fields, '"deletes": "propagate",')
    middle = sum(window) // 2
    bench.run(script, (middle, window[1]))
    bench.run(script, (window[0], middle))
    bench.run(script, (middle, window[1]), "--replay")
    stream, now = cloud.stream("older"), cloud.table_rows("older")
    touched = {model.document_id(c) for s in model.window(stream, *window).values() for c in s}
    got = documents(search, index)
    assert sorted(got) == sorted(touched & set(now))
    for ident, (_, document) in got.items():
        row = now[ident]
        assert {k: v for k, v in document.items() if v is not None} == {
            f: row[c] for c, f in (("c0", "a"), ("c1", "b")) if c in row}, ident


def test_refused_documents_are_quarantined(cloud, bench, search):
    """Texts into a long: dirty; the limit decides, and a rerun with a higher one gets past them."""
    index = unique("dirty")
    now = cloud.now_ms()
    cloud.table("dirty")
    cloud.fill("dirty", 400, keys=400, cells=1, mix={"put": 1}, from_ms=now - 60 * MINUTE,
               to_ms=now - 20 * MINUTE, texts={"c0": ["1", "2", "3", "4", "5", "no number"]})
    window = now - 60 * MINUTE, now - 20 * MINUTE
    fields = [{"name": "pk", "type": "id"}, {"name": "n", "type": "long"}]
    script = script_for(bench, search, "dirty", index, ["pk", "c0"], fields)
    ran = bench.call("run", script, *bound(window))
    changes = [c for s in model.window(cloud.stream("dirty"), *window).values() for c in s]
    good = [c for c in changes if c.cells[0].value[1] != "no number"]
    assert len(good) < len(changes) and ran.code == 3, ran
    done = bench.run(script, window, "--errorLimit", str(len(changes)))
    counts = done.receipt["counts"]
    assert counts["quarantined"] == len(changes) - len(good)
    assert counts["acknowledged"] == len(good)
    assert len(done.receipt["quarantine"]) == counts["quarantined"]
    assert sorted(documents(search, index)) == sorted({model.document_id(c) for c in good})
