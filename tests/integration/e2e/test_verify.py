"""`millrace verify`: a target changed behind the system's back is told from an untouched one."""
import json

from runs import STREAM_TO_OSS, row_mode
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
