"""`millrace verify`: a target changed behind the system's back is told from an untouched one."""
import json
import urllib.parse

import pytest
import tablestore

import model
import test_app_search as app
import test_import as imports
import test_odps as mc
import test_search as es
import test_transfer_to_table as transfers
from cloud import ACCESS_ID, INSTANCE, MINUTE, PROJECT
from runs import STREAM_TO_OSS, TABLE_TO_SEARCH, columns, row_mode
from test_csv import NAMES, history


def verdict(bench, receipt, *more):
    """The exit code and what `verify` found."""
    ran = bench.call("verify", receipt["run"], "--json", *more)
    assert ran.out, ran
    return ran.code, json.loads(ran.out)


def exported(cloud, bench, name):
    window = history(cloud, name, changes=2000)
    script = bench.script(f"{name}.json", STREAM_TO_OSS, table=name, object=f"school/{name}/all",
                          reader=row_mode(*NAMES), writer='"header": ["a", "b", "c", "d", "e"],')
    return script, window, bench.run(script, window).receipt


def test_an_untouched_target_is_verified_and_a_replaced_one_superseded(cloud, bench):
    script, window, receipt = exported(cloud, bench, "verified")
    code, found = verdict(bench, receipt)
    assert (code, found["verdict"], found["differences"]) == (0, "verified", [])
    assert found["rows"] == receipt["counts"]["rows"] > 0
    # From a file, by whoever has the keys but not the ledger.
    path = bench.folder / "receipt.json"
    path.write_text(json.dumps(receipt))
    from_file = bench.call("verify", path, "--job", script, *(f"-D{n}={v}" for n, v in zip(
        ("start_time", "end_time"), window)), "--json")
    assert from_file.code == 0, from_file
    replay = bench.run(script, window, "--replay").receipt
    code, found = verdict(bench, receipt)
    assert (code, found["verdict"]) == (0, "superseded") and replay["run"] in found["why"]
    assert verdict(bench, replay)[1]["verdict"] == "verified"


def test_every_change_of_an_object_is_found_and_named(cloud, bench):
    _, _, receipt = exported(cloud, bench, "tampered")
    name = receipt["objects"][0]["name"]
    good = cloud.bucket.get_object(name).read()
    lines = good.split(b"\n")
    altered = good.replace(b"1", b"2", 1)
    assert altered != good
    for what, bytes_ in {"one row less": b"\n".join(lines[:1] + lines[2:]),
                         "one row more": good + lines[1] + b"\n",
                         "one byte changed": altered,
                         "rows in another order": b"\n".join([lines[0], lines[2], lines[1], *lines[3:]])
                         }.items():
        cloud.bucket.put_object(name, bytes_)
        code, found = verdict(bench, receipt)
        assert (code, found["verdict"]) == (1, "different"), what
        assert len(found["differences"]) == 1 and name in found["differences"][0], what
    cloud.bucket.delete_object(name)
    code, found = verdict(bench, receipt)
    assert code == 1 and found["differences"] == [f"object {name} is missing"]
    cloud.bucket.put_object(name, good)
    assert verdict(bench, receipt)[0] == 0


def test_objects_and_manifests_that_nobody_made_are_named(cloud, bench):
    _, _, receipt = exported(cloud, bench, "added")
    name = receipt["objects"][0]["name"]
    stranger = name.replace("_0000", "_0007")
    cloud.bucket.put_object(stranger, b"1\n")
    code, found = verdict(bench, receipt)
    assert code == 1 and found["differences"] == [f"object {stranger} is of no run that is known"]
    cloud.bucket.delete_object(stranger)
    manifest = receipt["manifest"]
    kept = cloud.bucket.get_object(manifest).read()
    cloud.bucket.put_object(manifest, kept.replace(b'"rows": ', b'"rows": 1', 1))
    assert manifest in verdict(bench, receipt)[1]["differences"][0]
    cloud.bucket.delete_object(manifest)
    assert verdict(bench, receipt)[1]["differences"] == [f"manifest {manifest} is missing"]


def test_a_receipt_that_was_changed_does_not_verify(cloud, bench):
    _, _, receipt = exported(cloud, bench, "forged")
    receipt["objects"][0]["rows"] += 1
    path = bench.folder / "forged.json"
    path.write_text(json.dumps(receipt))
    ran = bench.call("verify", path, "--json")
    assert ran.code == 1 and "receipt" in json.loads(ran.out)["differences"][0], ran
    path.write_text("{}")
    assert bench.call("verify", path).code == 2


# ---- MaxCompute

def store(cloud, table, rows, **how):
    """Writes rows as somebody else would."""
    with cloud.odps.get_table(table).open_writer(mc.PARTITION, **how) as writer:
        writer.write(rows)


def test_a_partition_is_what_its_receipts_add_up_to(cloud, bench):
    name = "verified_mc"
    window = history(cloud, name, changes=2000)
    table = mc.target(cloud, name)
    script = mc.job(bench, cloud, name)
    receipts = [bench.run(script, half).receipt for half in mc.halves(window)]
    count = sum(receipt["counts"]["rows"] for receipt in receipts)

    def verdicts():
        return [verdict(bench, receipt) for receipt in receipts]
    for code, found in verdicts():
        assert (code, found["verdict"], found["rows"]) == (0, "verified", count)
    good = cloud.odps_rows(name, mc.PARTITION)
    altered = [list(row) for row in good]
    altered[7][3] = (altered[7][3] or "") + "x"
    place = f"{PROJECT}.{name} ({mc.PARTITION})"
    for what, rows, said in [
            ("one row less", good[1:], f"{place} holds {count - 1} rows"),
            ("one row more", good + good[:1], f"{place} holds {count + 1} rows"),
            ("one value changed", altered, "but their content is another"),
            ("nothing", [], f"{place} holds 0 rows")]:
        table.delete_partition(mc.PARTITION)
        table.create_partition(mc.PARTITION)
        if rows:
            store(cloud, name, rows)
        for code, found in verdicts():
            assert code == 1 and len(found["differences"]) == 1, what
            assert said in found["differences"][0] and place in found["differences"][0], what
    store(cloud, name, good[::-1])
    assert [code for code, _ in verdicts()] == [0, 0]
    table.delete_partition(mc.PARTITION)
    assert verdict(bench, receipts[0])[1]["differences"] == [f"partition {place} is missing"]
    table.drop()
    assert verdict(bench, receipts[1])[1]["differences"] == [f"partition {place} is missing"]


def test_a_partition_that_was_overwritten_since_is_superseded(cloud, bench):
    name = "superseded_mc"
    window = history(cloud, name, changes=1500)
    mc.target(cloud, name)
    script = mc.job(bench, cloud, name, writer='"truncateScope": "instance",')
    first, second = (bench.run(script, half).receipt for half in mc.halves(window))
    code, found = verdict(bench, first)
    assert (code, found["verdict"]) == (0, "superseded") and second["run"] in found["why"]
    replay = bench.run(script, mc.halves(window)[1], "--replay").receipt
    assert replay["run"] in verdict(bench, second)[1]["why"]
    assert verdict(bench, replay)[1]["verdict"] == "verified"


def test_rows_of_all_types_are_read_back_as_they_were_written(cloud, bench):
    name = "types_mc"
    window = history(cloud, name, changes=1500, types="all", cells=5, charset="ascii")
    names = ("pk", "c0", "c1", "c2", "c3", "c4")
    table = mc.target(cloud, name, ["c4", "unlisted", "pk", "c3", "c2", "c1", "c0"],
                      ["string", "bigint", "string", "bigint", "double", "decimal(38,18)", "binary"],
                      keys=())
    script = mc.job(bench, cloud, name, reader=row_mode(*names), column=list(names), partition="",
                    limit="100000", truncate="false")
    receipt = bench.run(script, window).receipt
    assert verdict(bench, receipt)[:1] == (0,)
    # Nobody overwrote the table, so more rows prove nothing, but fewer do.
    with table.open_writer() as writer:
        writer.write([[None] * 7])
    code, found = verdict(bench, receipt)
    assert (code, found["verdict"]) == (4, "unprovable") and "holds" in found["why"]
    table.truncate()
    assert verdict(bench, receipt)[0] == 1


# ---- Elasticsearch

def tamper(search, index, ident, document=None, version=None):
    """What somebody else does to a document; without one it is deleted. With a version nobody sees
    from the version that it was not us."""
    query = f"&version={version}&version_type=external_gte" if version else ""
    url = f"{search}/{index}/_doc/{urllib.parse.quote(ident, safe='')}?refresh=true{query}"
    es.ask(url, document, method="DELETE" if document is None else "PUT")


def differences(bench, receipt):
    code, found = verdict(bench, receipt)
    assert (code, found["verdict"]) == (1, "different"), found
    return found["differences"]


@pytest.mark.parametrize("deletes", ["drop", "propagate"])
def test_documents_of_a_window_are_found_untouched_and_touched(cloud, bench, search, deletes):
    index, table = es.unique(f"verify-{deletes}"), f"verify_{deletes}"
    begin, end = history(cloud, table, changes=3000, types="all", cells=5, charset="ascii")
    window = begin, end + 14 * MINUTE + 30_000  # nothing changes behind it
    script = es.script_for(bench, search, table, index, writer=f'"deletes": "{deletes}",')
    first, second = mc.halves(window)
    receipt = bench.run(script, first).receipt
    code, found = verdict(bench, receipt)
    assert (code, found["differences"]) == (0, []) and found["checked"] > 100
    # A later window is in effect.
    later = bench.run(script, second).receipt
    assert [verdict(bench, r)[0] for r in (receipt, later)] == [0, 0]
    documents = es.documents(search, index)
    now = cloud.table_rows(table)
    ident = max((i for i in documents if "c0" in now.get(i, ())), key=lambda i: documents[i][0])
    version, good = documents[ident]
    tamper(search, index, ident, None, version)
    assert differences(bench, later) == [f"document {ident} is missing"]
    tamper(search, index, ident, {**good, "text": "changed by somebody"}, version)
    assert differences(bench, later) == [f"document {ident} has other contents than its row"]
    tamper(search, index, ident, good, version)
    assert verdict(bench, later)[0] == 0
    tamper(search, index, ident, {**good, "text": "changed by somebody"})
    assert differences(bench, later) == [f"document {ident} has other contents than its row"]
    tamper(search, index, "nobody", {"text": "added"})
    found = differences(bench, later)
    assert sorted(found) == sorted([f"document {ident} has other contents than its row",
                                    "document nobody is of no row"])
    tamper(search, index, "nobody")
    # A replay writes the rows as they are now.
    replay = bench.run(script, second, "--replay").receipt
    assert [verdict(bench, r)[0] for r in (receipt, later, replay)] == [0, 0, 0]
    tamper(search, index, ident, {**es.documents(search, index)[ident][1], "text": "again"})
    assert differences(bench, replay) == [f"document {ident} has other contents than its row"]
    es.ask(f"{search}/{index}", method="DELETE")
    assert differences(bench, replay) == [f"index {index} is missing"]


def test_a_deleted_row_that_comes_back_is_found(cloud, bench, search):
    index, table = es.unique("verify-back"), "verify_back"
    window = history(cloud, table, changes=1500)
    names, fields = ["pk", "c0"], [{"name": "pk", "type": "id"}, {"name": "a", "type": "text"}]
    script = es.script_for(bench, search, table, index, names, fields, '"deletes": "propagate",')
    receipt = bench.run(script, window).receipt
    stream = model.window(cloud.stream(table), *window)
    idents = {model.document_id(c) for shard in stream.values() for c in shard}
    gone = sorted(idents - set(es.documents(search, index)))[0]
    tamper(search, index, gone, {"a": "x"})
    assert differences(bench, receipt) == [f"document {gone} is there, though its row was deleted"]


def test_documents_of_a_whole_table(cloud, bench, search):
    index, table = es.unique("verify-export"), "verify_export"
    history(cloud, table, changes=2000, types="all", cells=5, charset="ascii")
    script = bench.script("export.json", TABLE_TO_SEARCH, ots=cloud.ots_url, id=ACCESS_ID,
                          instance=INSTANCE, table=table, search=search, index=index,
                          columns=columns(*es.NAMES), fields=json.dumps(es.FIELDS))
    receipt = bench.run(script, (0, 0)).receipt
    code, found = verdict(bench, receipt)
    assert (code, found["rows"]) == (0, receipt["counts"]["rows"])
    documents = es.documents(search, index)
    ident = sorted(documents)[3]
    version, good = documents[ident]
    tamper(search, index, ident, None, version)
    assert differences(bench, receipt) == [f"document {ident} is missing"]
    tamper(search, index, ident, {**good, "text": "other"}, version)
    assert differences(bench, receipt) == [f"document {ident} has other contents than its row"]
    tamper(search, index, ident, good, version)
    assert verdict(bench, receipt)[0] == 0
    tamper(search, index, "nobody", good, version)
    assert differences(bench, receipt) == ["document nobody is of no row"]
    tamper(search, index, "nobody")
    tamper(search, index, "somebody", good)
    assert differences(bench, receipt) == ["document somebody is of no row"]
    tamper(search, index, "somebody")
    # Changes that a stream job has carried since do no harm; others make it impossible to tell.
    tamper(search, index, ident, {**good, "text": "newer"}, version + 4096)
    assert verdict(bench, receipt)[0] == 0
    tamper(search, index, sorted(documents)[4], {**good, "text": "other"})
    assert differences(bench, receipt) == [
        f"document {sorted(documents)[4]} has other contents than its row"]


# ---- Tablestore

def write_row(cloud, table, key, cells):
    cloud.ots.put_row(table, tablestore.Row([("pk", key)], sorted(cells.items())),
                      tablestore.Condition(tablestore.RowExistenceExpectation.IGNORE))


def lasting_key(cloud, table, window, rows):
    """A row to which both halves of the window gave a value, and which none of them deleted."""
    stream, keys = cloud.stream(table), set(rows)
    for half in mc.halves(window):
        changes = [c for shard in model.window(stream, *half).values() for c in shard]
        given = {dict(c.key)["pk"][1] for c in changes if any(cell.op == "PUT" for cell in c.cells)}
        keys &= given - {dict(c.key)["pk"][1] for c in changes if c.action == model.DELETE}
    return min(keys)


@pytest.mark.parametrize("writer", ['"deletes": "propagate",', ""])
def test_rows_of_a_copy(cloud, bench, writer):
    table = f"verify_copy_{len(writer)}"
    copy = f"{table}_copy"
    window = imports.source(cloud, table, changes=3000)
    cloud.make_table(copy)
    script = imports.script_for(bench, table, writer)
    first, second = (bench.run(script, half).receipt for half in mc.halves(window))
    for receipt in (first, second):
        code, found = verdict(bench, receipt)
        assert (code, found["differences"]) == (0, []) and found["checked"] > 100
    rows = cloud.table_rows(copy)
    key = lasting_key(cloud, table, window, rows)
    good = rows[key]
    changed = {**good, "c0": "changed by somebody"}
    for receipt, cells, said in ((first, None, "is missing"), (second, None, "is missing"),
                                 (second, changed, "has other contents than its row")):
        if cells is None:
            cloud.ots.delete_row(copy, tablestore.Row([("pk", key)]), tablestore.Condition("IGNORE"))
        else:
            write_row(cloud, copy, key, cells)
        assert differences(bench, receipt) == [f"row pk={key} {said}"]
    write_row(cloud, copy, key, good)
    assert [verdict(bench, r)[0] for r in (first, second)] == [0, 0]
    if writer:
        gone = sorted(set(imports_keys(cloud, table)) - set(rows))[0]
        write_row(cloud, copy, gone, good)
        assert f"row pk={gone} is there, though its row was deleted" in (
            differences(bench, second) if verdict(bench, second)[0] else differences(bench, first))
        cloud.ots.delete_row(copy, tablestore.Row([("pk", gone)]), tablestore.Condition("IGNORE"))
    replay = bench.run(script, mc.halves(window)[1], "--replay").receipt
    assert [verdict(bench, r)[0] for r in (first, second, replay)] == [0, 0, 0]
    write_row(cloud, copy, key, changed)
    assert differences(bench, replay) == [f"row pk={key} has other contents than its row"]
    cloud.ots.delete_table(copy)
    assert differences(bench, replay) == [f"table {copy} is missing"]


def imports_keys(cloud, table):
    return {model.document_id(change) for shard in cloud.stream(table).values()
            for change in shard.changes}


# ---- Alibaba OpenSearch

@pytest.mark.parametrize("mode,deletes", [("update", "drop"), ("update", "propagate"),
                                          ("add", "propagate")])
def test_documents_of_an_application(cloud, bench, mode, deletes):
    cloud.admin("/opensearch", {"clear": True, "edition": "advanced", "delay_ms": 0})
    sources = json.loads(bench.sources.read_text())
    sources["app"] = {"type": "opensearch", "host": cloud.opensearch_url, "accessId": ACCESS_ID,
                      "accessKey": "${env:MILLRACE_TEST_KEY}"}
    bench.sources.write_text(json.dumps(sources))
    table = f"verify_app_{mode}_{deletes}"
    begin, end = app.history(cloud, table)
    window = begin, end + MINUTE
    script = app.script_for(bench, table, f'"writeMode": "{mode}", "deletes": "{deletes}",')
    first, second = (bench.run(script, half).receipt for half in mc.halves(window))
    for receipt in (first, second):
        code, found = verdict(bench, receipt)
        assert (code, found["differences"]) == (0, []) and found["checked"] > 100
    documents = cloud.app.documents()
    key = sorted(set(documents) & set(cloud.table_rows(table)))[5]
    good, now = documents[key], cloud.now_ms()
    assert cloud.app.push([{"cmd": "delete", "timestamp": now, "fields": {"id": key}}]) == 0
    for receipt in (first, second):
        if any(key in line for line in verdict(bench, receipt)[1]["differences"]):
            assert differences(bench, receipt) == [f"document {key} is missing"]
    assert differences(bench, second) == [f"document {key} is missing"]
    changed = {**good, "a": "changed by somebody"}
    assert cloud.app.push([{"cmd": "add", "timestamp": now + 1, "fields": changed}]) == 0
    assert differences(bench, second) == [f"document {key} has other contents than its row"]
    assert cloud.app.push([{"cmd": "add", "timestamp": now + 2, "fields": good}]) == 0
    assert [verdict(bench, r)[0] for r in (first, second)] == [0, 0]
    replay = bench.run(script, mc.halves(window)[1], "--replay").receipt
    assert [verdict(bench, r)[0] for r in (first, second, replay)] == [0, 0, 0]


# ---- whole tables and objects into a table

def test_rows_of_objects_in_a_table(cloud, bench):
    lines = [f"k{i:04},n {i},{i},{i}.5,TRUE,x{i}" for i in range(1500)]
    lines.insert(100, "bad,n,seven,1,true,x")
    cloud.bucket.put_object("verify/part.csv", "\n".join(lines) + "\n")
    cloud.make_table("verify_csv")
    reader = {"datasource": "backup", "object": ["verify/part*"], "fileFormat": "csv",
              "encoding": "UTF-8", "fieldDelimiter": ",",
              "column": [{"index": i, "type": "string"} for i in range(6)]}
    receipt = bench.run(transfers.job(bench, ("oss", reader), "verify_csv", limit=1)).receipt
    code, found = verdict(bench, receipt)
    assert (code, found["checked"], found["rows"]) == (0, 1500, 1500)
    good = cloud.table_rows("verify_csv")["k0007"]
    cloud.ots.delete_row("verify_csv", tablestore.Row([("pk", "k0007")]), tablestore.Condition("IGNORE"))
    write_row(cloud, "verify_csv", "k1400", {**good, "c1": 5})
    assert differences(bench, receipt) == ["row pk=k0007 is missing",
                                           "row pk=k1400 has other contents than its row"]
    # Other objects prove nothing of what was written.
    cloud.bucket.put_object("verify/part.csv", "\n".join(lines[:5]) + "\n")
    assert verdict(bench, receipt)[0] == 4
    cloud.bucket.delete_object("verify/part.csv")
    code, found = verdict(bench, receipt)
    assert (code, found["verdict"]) == (4, "unprovable") and "verify/part" in found["why"]


def test_rows_of_a_copied_table(cloud, bench):
    transfers.filled(cloud, "verify_whole")
    cloud.make_table("verify_whole_copy")
    reader = {"datasource": "school", "table": "verify_whole",
              "column": json.loads(columns("pk", *imports.NAMES))}
    receipt = bench.run(transfers.job(bench, ("ots", reader), "verify_whole_copy")).receipt
    assert verdict(bench, receipt)[0] == 0
    key, other = sorted(cloud.table_rows("verify_whole"))[3:5]
    good = cloud.table_rows("verify_whole_copy")[key]
    write_row(cloud, "verify_whole_copy", key, {**good, "c0": "changed"})
    assert differences(bench, receipt) == [f"row pk={key} has other contents than its row"]
    # The source goes on: what its rows were can no longer be said.
    write_row(cloud, "verify_whole", other, {"c0": "later"})
    code, found = verdict(bench, receipt)
    assert (code, found["verdict"]) == (4, "unprovable") and "has changed since" in found["why"]
    cloud.ots.delete_table("verify_whole")
    code, found = verdict(bench, receipt)
    assert (code, found["verdict"]) == (4, "unprovable") and "no longer" in found["why"]
