"""What a cluster tells of itself: answers as the API's document has them, metrics as docs/metrics.md."""
import json
import pathlib
import re
import sys
import urllib.error
import urllib.request

import pytest

from cloud import SECRET
from cluster import until
from runs import STREAM_TO_OSS, row_mode
from test_csv import NAMES, history

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "api"))
from metrics import base_name, documented, expressions, uses  # noqa: E402
from openapi import DOCUMENT, answer_errors  # noqa: E402

NO_RUN = "0123456789abcdef"
# They tell of harm or of what a calm cluster has none of: absent until it happens.
ONLY_WHEN_IT_HAPPENS = {"millrace_doorbells_dropped_total", "millrace_retries_total"}


@pytest.fixture(scope="module")
def run(cloud, cluster):
    """One run that was carried to its end, with a request that had to be sent again."""
    window = history(cloud, "told", changes=3000)
    script = cluster.bench.script("told.json", STREAM_TO_OSS, table="told", object="told/all",
                                  reader=row_mode(*NAMES), writer='"partBytes": 102400,')
    cloud.admin("/fault", {"service": "ots", "action": "GetStreamRecord", "kind": "status", "code": 503,
                           "error": "OTSServerBusy", "next": 2})
    made = cluster.submit(script, window)
    cluster.done(made)
    cloud.admin("/fault", method="DELETE")
    return made


@pytest.fixture
def ask(cluster):
    """Asks, checks the answer against the document, and gives (status, body)."""
    def ask(method, path, body=None, token=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(cluster.leader().url + path, data=data, method=method,
                                         headers={"Content-Type": "application/json"} if data else {})
        try:
            answer = urllib.request.urlopen(request, timeout=60)
        except urllib.error.HTTPError as error:
            answer = error
        text = answer.read().decode()
        assert SECRET not in text
        content = json.loads(text)
        kind = answer.headers["Content-Type"]
        assert answer_errors(method, path.split("?")[0], answer.status, kind, content) == []
        return answer.status, content
    return ask


def test_answers_are_as_the_document_says(ask, run):
    assert ask("GET", "/api/v1/openapi.json") == (200, DOCUMENT)
    status, listed = ask("GET", "/api/v1/runs")
    assert status == 200 and [one["run"] for one in listed["runs"]] == [run]
    assert ask("GET", "/api/v1/runs?active=true")[1]["runs"] == []
    status, shown = ask("GET", f"/api/v1/runs/{run}")
    assert status == 200 and shown["receipt"]["run"] == run and shown["items"]
    assert ask("GET", "/api/v1/cluster")[1]["role"] == "active"
    until(lambda: len(ask("GET", "/api/v1/cluster")[1]["workers"]) == 2, "both workers have told")


def test_a_log_is_read_in_pages_to_its_end(ask, run):
    lines, after = [], 0
    while True:
        status, page = ask("GET", f"/api/v1/runs/{run}/log?after={after}&max=3&wait=5")
        assert status == 200 and len(page["lines"]) <= 3
        lines, after = lines + page["lines"], page["next"]
        if page["ended"] and not page["lines"]:
            break
    assert any("item_claimed" in line for line in lines)
    assert ask("GET", f"/api/v1/runs/{run}/log?max=5000")[1]["lines"] == lines


@pytest.mark.parametrize("method, path, body, status", [
    ("GET", f"/api/v1/runs/{NO_RUN}", None, 404),
    ("GET", f"/api/v1/runs/{NO_RUN}/log", None, 404),
    ("POST", f"/api/v1/runs/{NO_RUN}/pause", None, 404),
    ("POST", f"/api/v1/runs/{NO_RUN}/cancel", None, 404),
    ("PATCH", f"/api/v1/runs/{NO_RUN}", {"mbps": 1}, 404),
    ("POST", "/api/v1/runs", {"script": "{"}, 422),
    ("POST", "/api/v1/runs", {"scrpt": "{}"}, 400),
    ("POST", "/api/v1/replays",
     {"task": NO_RUN, "from": "2026-11-21T10:00:00Z", "to": "2026-11-21T11:00:00Z"}, 404),
])
def test_problems_are_as_the_document_says(ask, run, method, path, body, status):
    answered, problem = ask(method, path, body)
    assert (answered, problem["status"]) == (status, status), problem


def test_what_is_over_cannot_be_steered(ask, run):
    for method, path, body in (("POST", f"/api/v1/runs/{run}/pause", None),
                               ("POST", f"/api/v1/runs/{run}/cancel", None),
                               ("PATCH", f"/api/v1/runs/{run}", {"mbps": 1})):
        assert ask(method, path, body)[0] == 409


def series(process):
    """[(name, {label: value})] and {name: type} of a process's /metrics."""
    status, text = process.get("/metrics")
    assert status == 200 and SECRET not in text
    types = dict(re.findall(r"^# TYPE (millrace_\w+) (\w+)$", text, re.M))
    found = [(name, dict(re.findall(r'(\w+)="([^"]*)"', labels)))
             for name, labels in re.findall(r"^(millrace_\w+)(?:\{([^}]*)\})? \S+$", text, re.M)]
    return found, types


def test_every_metric_is_documented_and_every_documented_one_is_there(cluster, run):
    known = documented()
    seen = set()
    for process in cluster.coordinators + cluster.workers:
        found, types = series(process)
        for name, labels in found:
            base = base_name(name, known)
            assert base in known, f"{name} is not in docs/metrics.md"
            assert types[base] == known[base][0]
            assert set(labels) - {"le"} == known[base][1], name
            seen.add(base)
    late = {"millrace_shard_lag_seconds", "millrace_stream_retention_left_seconds"}
    assert set(known) - seen - ONLY_WHEN_IT_HAPPENS - late == set()
    assert "millrace_retries_total" in seen
    asked = {base_name(name, known) for _, text in expressions() for name, _ in uses(text)}
    assert asked - seen - ONLY_WHEN_IT_HAPPENS - late == set()


def test_lag_and_what_the_stream_keeps_are_there_while_a_run_is_open(cloud, cluster):
    window = history(cloud, "late", changes=3000)
    script = cluster.bench.script(
        "late.json", STREAM_TO_OSS.replace('"mbps": "200"', '"mbps": "0.02"'), table="late",
        object="late/all", reader=row_mode(*NAMES), writer='"partBytes": 102400,')
    run = cluster.submit(script, window)

    def told():
        found = [(name, labels) for one in cluster.coordinators for name, labels in series(one)[0]]
        lags = [labels for name, labels in found if name == "millrace_shard_lag_seconds"]
        left = [labels for name, labels in found if name == "millrace_stream_retention_left_seconds"]
        return lags and left and {labels["task"] for labels in lags + left}
    assert until(told, "lag and retention are told") == {cluster.show(run)["task"]}
    cluster.millrace("cancel", run)


def test_a_watched_run_that_fails_says_why_with_its_exit_code(cloud, cluster):
    window = history(cloud, "wrong", changes=800)
    columns = json.dumps([{"name": "pk", "type": "string"}, {"name": "c0", "type": "bigint"}])
    parquet = STREAM_TO_OSS.replace('"fileFormat": "csv"', '"fileFormat": "parquet"') \
                           .replace('"encoding": "UTF-8",', "").replace('"fieldDelimiter": ","', "")
    script = cluster.bench.script("wrong.json", parquet, table="wrong", object="wrong/all",
                                  reader=row_mode("pk", "c0"), writer=f'"column": {columns},')
    ran = cluster.bench.call("submit", script, f"-Dstart_time={window[0]}", f"-Dend_time={window[1]}",
                             f"-DSECRET={SECRET}", "--watch", MILLRACE_SERVER=cluster.leader().url)
    assert ran.code == 3 and " FAILED " in ran.out, ran
    run = ran.out.split()[1]
    assert cluster.show(run)["code"] == "dirty_record"


def test_no_secret_is_kept_in_clear_text(cluster, run):
    for path in cluster.folder.rglob("*"):
        if path.is_file() and path.name != "sources.json" and path.suffix != ".json":
            assert SECRET.encode() not in path.read_bytes(), path
