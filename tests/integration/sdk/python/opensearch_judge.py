#!/usr/bin/env python3
"""Judges the stand-in's OpenSearch with requests signed by the official Python helper.

    opensearch_judge.py --standin build/release/bin/millrace-standin

Prints "N passed, N failed" and exits 1 when any failed.
"""
import argparse
import json
import subprocess
import sys
import traceback

from opensearch_signed import SignedApp

ID, KEY, APP = "standin", "standin-secret", "judge_app"


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def equal(got, wanted):
    expect(got == wanted, f"{got!r}, not {wanted!r}")


def add(key, **fields):
    return {"cmd": "add", "fields": {"id": key, **fields}}


def add_and_find(cloud):
    equal(cloud.push([add(f"k{i}", title=f"hello {i}", n=i) for i in range(4)]), 0)
    equal(cloud.search("''")["total"], 4)
    equal(cloud.document("k2"), {"id": "k2", "title": "hello 2", "n": "2"})
    equal(cloud.search("id:'k2'", "json")["items"][0]["index_name"], APP)


def update_and_delete(cloud):
    equal(cloud.push([{"cmd": "update", "fields": {"id": "k0", "title": "new"}},
                      {"cmd": "delete", "fields": {"id": "k1"}}]), 0)
    equal(cloud.document("k0"), {"id": "k0", "title": "new", "n": "0"})
    equal(cloud.document("k1"), None)


def texts(cloud):
    text = "\u76ee\u5f55 \"q\" a&b=c+d%e/*~' \U0001F600"
    equal(cloud.push([add("u 1", title=text, n=2**63 - 1, tags=["a", "b"])]), 0)
    equal(cloud.document("u 1"), {"id": "u 1", "title": text, "n": str(2**63 - 1), "tags": "a\tb"})


def fetched_fields(cloud):
    found = cloud.search("id:'k0'", fetch_fields="id;n")["items"][0]["fields"]
    equal(found, {"id": "k0", "n": "0"})


def nonces(cloud):
    equal(cloud.push([add("n")], nonce="once"), 0)
    equal(cloud.push([add("n")], nonce="once"), 4005)


def refused(cloud):
    equal(cloud.push([add("no")], date="2014-01-01T00:00:00Z"), 4010)
    equal(cloud.push([add("no")], key="wrong"), 4003)
    equal(cloud.push([add("no")], key_id="nobody"), 5001)
    equal(cloud.push([]), 3001)
    equal(cloud.push("[{"), 4007)
    equal(cloud.push([add(f"x{i}") for i in range(1001)]), 3015)
    equal(cloud.push([add("no"), {"cmd": "add", "fields": {"title": "keyless"}}]), 3009)
    equal(cloud.push([add(f"x{i}", title="x" * 900_000) for i in range(3)]), 3008)
    equal(cloud.push([add("no", title="x" * 1_100_000)]), 3002)
    equal(cloud.document("no"), None)
    status, answer = cloud.ask("GET", "/v3/openapi/apps/nosuch")
    equal((status, answer["errors"][0]["code"]), (404, 2001))


def scans(cloud):
    equal(cloud.push([add(f"s{i:03}") for i in range(130)]), 0)
    equal(len(cloud.documents(hit=50)), cloud.search("''")["total"])


CASES = [add_and_find, update_and_delete, texts, fetched_fields, nonces, refused, scans]


def judge(cloud):
    passed = failed = 0
    for case in CASES:
        try:
            case(cloud)
            passed += 1
        except Exception:
            failed += 1
            print(f"FAILED {case.__name__}", file=sys.stderr)
            traceback.print_exc()
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser(description="Judges the stand-in's OpenSearch.")
    parser.add_argument("--standin", required=True, help="program to start; it prints a ready line")
    args = parser.parse_args()
    server = subprocess.Popen(
        [args.standin, "--app", APP, "--access-id", ID, "--access-key", KEY, "--until-stdin-closes"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        return judge(SignedApp(json.loads(server.stdout.readline())["opensearch"], APP, ID, KEY))
    finally:
        server.stdin.close()
        server.wait(timeout=10)


if __name__ == "__main__":
    sys.exit(main())
