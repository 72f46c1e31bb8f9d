"""Wrong scripts, addresses and keys: the right exit code, a text that says what to do, nothing written.

cases/NAME.case holds one word and its argument per line:
  exit CODE | text FRAGMENT (of what is printed) | command WORD (else run) | base search, table or copy (else oss)
  replace OLD => NEW (in the script) | whole TEXT (is the script) | script FILE (another file name)
  window START END (minutes before now) | source NAME KEY VALUE (in the data sources file; @OSS@ = its address)
  sources FILE (another data sources file)
"""
import json
import pathlib

import pytest
from tablestore import PK_AUTO_INCR

from cloud import ACCESS_ID, INSTANCE, MINUTE, SECRET
from runs import (STREAM_TO_OSS, STREAM_TO_SEARCH, STREAM_TO_TABLE, TABLE_TO_OSS, bound, columns,
                  row_mode)

CASES = sorted((pathlib.Path(__file__).parent / "cases").glob("*.case"))


# An empty one is the whole table.
TABLE_RANGE = '"range": {"begin": [], "end": [], "split": []}, "mode": "normal", "maxRetries": 30,'

TYPED = '[{"name": "c0", "type": "string"}]'


@pytest.fixture(scope="module", autouse=True)
def tables(cloud):
    now = cloud.now_ms()
    cloud.table("orders")
    cloud.fill("orders", 200, keys=20, from_ms=now - 90 * MINUTE, to_ms=now - 10 * MINUTE)
    cloud.table("quiet", stream=False)
    cloud.make_table("orders_copy")
    cloud.make_table("numbered", (("pk", "STRING"), ("number", "INTEGER", PK_AUTO_INCR)))


def read_case(path):
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return [tuple(line.split(" ", 1)) for line in lines]


def arguments(case, word, default=()):
    return [argument for name, argument in case if name == word] or list(default)


def script_of(bench, case, name):
    if arguments(case, "base") == ["search"]:
        return bench.script(name, STREAM_TO_SEARCH, ots=bench.cloud.ots_url, id=ACCESS_ID,
                            instance=INSTANCE, table="orders", search="http://127.0.0.1:9",
                            index="x", columns=columns("pk", "c0", "c1"), batch="100", writer="",
                            fields=json.dumps([{"name": "pk", "type": "id"}]))
    base = {"table": TABLE_TO_OSS, "copy": STREAM_TO_TABLE}.get(*arguments(case, "base", ["oss"]),
                                                                STREAM_TO_OSS)
    table, copy = base == TABLE_TO_OSS, base == STREAM_TO_TABLE
    script = bench.script(name, base, table="orders", copy="orders_copy",
                          object="bad/orders/all", writer="",
                          columns=TYPED if copy else columns("pk", "c0"),
                          reader=TABLE_RANGE if table else row_mode("pk", "c0"))
    text = script.read_text().replace('"maxRetries": 30', '"maxRetries": 2')
    for change in arguments(case, "replace"):
        old, new = change.split(" => ")
        assert old in text, old
        text = text.replace(old, new)
    script.write_text(*arguments(case, "whole", [text]))
    return script


def set_sources(bench, case):
    path = bench.folder / "sources.json"
    sources = json.loads(path.read_text())
    for argument in arguments(case, "source"):
        name, key, value = argument.split(" ", 2)
        sources[name][key] = value.replace("@OSS@", bench.cloud.oss_url)
    path.write_text(json.dumps(sources))
    bench.sources = bench.folder / arguments(case, "sources", [path.name])[0]


@pytest.mark.parametrize("path", CASES, ids=[p.stem for p in CASES])
def test_bad_input(cloud, bench, path):
    case = read_case(path)
    known = {"exit", "text", "command", "base", "replace", "whole", "script", "window", "source", "sources"}
    assert {word for word, _ in case} <= known
    script = script_of(bench, case, f"{path.stem}.json")
    set_sources(bench, case)
    first, last = map(int, arguments(case, "window", ["60 20"])[0].split())
    now = cloud.now_ms()
    ran = bench.call(*arguments(case, "command", ["run"]), *arguments(case, "script", [script]),
                     *bound((now - first * MINUTE, now - last * MINUTE)), timeout=60)
    printed = ran.out + ran.err
    assert str(ran.code) == arguments(case, "exit")[0], ran
    for fragment in arguments(case, "text"):
        assert fragment in printed, (fragment, ran)
    assert SECRET not in printed
    assert not cloud.objects("bad/")
    assert not cloud.open_uploads()
    assert not cloud.table_rows("orders_copy")
