"""The commands that ask a coordinator, as processes."""
import json
import os
import pathlib
import signal
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from coordinator import Coordinator  # noqa: E402
from openapi import DOCUMENT, schema_errors  # noqa: E402

RUN = "8f14e45fceea167a"
TOKEN = "canary-api-token"
BIN = str(pathlib.Path(os.environ.get("MILLRACE_BIN", "build/release/bin")).resolve())


@pytest.fixture
def coordinator():
    made = Coordinator()
    yield made
    made.stop()


@pytest.fixture
def millrace(coordinator, tmp_path):
    def run(*arguments, **environment):
        done = subprocess.run(
            [BIN + "/millrace", *arguments], cwd=tmp_path, capture_output=True, text=True,
            timeout=30, env={**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": "",
                             "MILLRACE_SERVER": coordinator.url, **environment})
        assert "canary" not in done.stdout + done.stderr
        return done
    return run


@pytest.mark.parametrize("command, asked, printed", [
    (["ps"], ("GET", "/api/v1/runs?active=true&max=200"), RUN + "  RUNNING"),
    (["ps", "--all"], ("GET", "/api/v1/runs?active=false&max=200"), "1/3"),
    (["show", RUN], ("GET", "/api/v1/runs/" + RUN), "worker-1"),
    (["pause", RUN], ("POST", f"/api/v1/runs/{RUN}/pause"), "pauses"),
    (["resume", RUN], ("POST", f"/api/v1/runs/{RUN}/resume"), "goes on"),
    (["cancel", RUN], ("POST", f"/api/v1/runs/{RUN}/cancel"), "cancelled"),
    (["rerun", RUN], ("POST", f"/api/v1/runs/{RUN}/rerun"), "goes on"),
    (["set", RUN, "mbps=7", "concurrent=4"], ("PATCH", "/api/v1/runs/" + RUN), "new limits"),
    (["replay", RUN, "--from", "20261121180000", "--to", "20261121190000", "--dry-run"],
     ("POST", "/api/v1/replays"), "2026-11-21T10:00:00.000Z"),
])
def test_asks_and_prints(coordinator, millrace, command, asked, printed):
    done = millrace(*command)
    assert done.returncode == 0, done.stderr
    assert printed in done.stdout
    assert [one[:2] for one in coordinator.asked] == [asked]
    body = coordinator.asked[0][2]
    schema = {"set": "Limits", "replay": "Replay", "rerun": "Rerun"}.get(command[0])
    if schema:
        assert schema_errors(DOCUMENT["components"]["schemas"][schema], body) == []
    done = millrace(*command, "--json")
    assert done.returncode == 0 and json.loads(done.stdout)


def test_logs_are_followed_to_the_end(coordinator, millrace):
    coordinator.log = [{"lines": ["one"], "next": 1, "ended": False},
                       {"lines": ["two"], "next": 2, "ended": True}]
    for form in ([], ["-f"]):
        assert millrace("logs", RUN, *form).stdout == "one\ntwo\n"


def submit_files(tmp_path):
    (tmp_path / "job.json").write_text('{"reader": {"parameter": {"datasource": "school"}}} # x')
    (tmp_path / "sources.json").write_text(
        '{"school": {"accessKey": "${env:OTS_KEY}"}, "other": {"accessKey": "canary-other"}}')


def test_submit_sends_the_sources_that_the_job_names(coordinator, millrace, tmp_path):
    submit_files(tmp_path)
    coordinator.token = TOKEN
    coordinator.run["state"] = "CLEANED"
    done = millrace("submit", "job.json", "-Dday=1", "--label", "cn", "--watch",
                    OTS_KEY="canary-ots-key", MILLRACE_API_TOKEN=TOKEN)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"run {RUN}\n{RUN} CLEANED [====")
    (method, path, sent), (_, watched, _) = coordinator.asked
    assert (method, path, watched) == ("POST", "/api/v1/runs", "/api/v1/runs/" + RUN)
    assert schema_errors(DOCUMENT["components"]["schemas"]["Submission"], sent) == []
    assert json.loads(sent["sources"]) == {"school": {"accessKey": "canary-ots-key"}}
    assert sent["script"].endswith("# x") and sent["variables"] == {"day": "1"}
    assert sent["label"] == "cn"


def test_what_is_missing_is_said_before_anything_is_sent(coordinator, millrace, tmp_path):
    submit_files(tmp_path)
    done = millrace("submit", "job.json")
    assert done.returncode == 2 and "OTS_KEY" in done.stderr and "sources.json:1:" in done.stderr
    done = millrace("submit", "none.json")
    assert done.returncode == 2 and "none.json" in done.stderr
    assert coordinator.asked == []


@pytest.mark.parametrize("says, code", [
    ((404, "not_found", "there is no such run"), 1),
    ((409, "fatal", "it is committed"), 1),
    ((409, "dirty_record", "too many"), 3),
    ((422, "config", "job.json:3:7: error"), 2),
    ((400, "config", "the body"), 2),
    ((503, "unreachable", "stands by"), 4),
    ((500, "corrupt", "broken"), 1),
    ((502, "", ""), 4),
])
def test_exit_codes(coordinator, millrace, says, code):
    coordinator.says = says
    done = millrace("pause", RUN)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith("millrace pause: ") and says[2] in done.stderr


def test_who_does_not_answer(coordinator, millrace):
    done = millrace("ps", "--server", "http://127.0.0.1:1")
    assert done.returncode == 4 and "http://127.0.0.1:1" in done.stderr
    assert millrace("ps", "--server", "nonsense://x").returncode == 2
    assert millrace("show", "../cluster").returncode == 2
    assert coordinator.asked == []


def test_the_token_comes_from_the_environment_or_a_file(coordinator, millrace, tmp_path):
    coordinator.token = TOKEN
    (tmp_path / "token").write_text(TOKEN + "\n")
    assert millrace("ps", MILLRACE_API_TOKEN=TOKEN).returncode == 0
    assert millrace("ps", "--token-file", "token").returncode == 0
    assert millrace("ps", "--token-file", "none").returncode == 2
    for given in ("", "canary-wrong"):
        done = millrace("ps", MILLRACE_API_TOKEN=given)
        assert done.returncode == 2 and "token" in done.stderr


def test_watching_ends_with_a_signal(coordinator, tmp_path):
    watching = subprocess.Popen(
        [BIN + "/millrace", "ps", "--watch", "--server", coordinator.url], cwd=tmp_path,
        stdout=subprocess.PIPE, text=True,
        # Whoever runs the tests in the background of a shell has it ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    assert watching.stdout.readline().startswith(RUN + " RUNNING [")
    watching.send_signal(signal.SIGINT)
    assert watching.wait(10) == -signal.SIGINT
