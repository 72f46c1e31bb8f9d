"""Faults of the source and the target, signals, locks, a full disk: a clear end, nothing half visible."""
import os
import signal
import subprocess

import pytest

from cloud import MINUTE
from runs import STREAM_TO_OSS, bound, row_mode, wait_until
from test_csv import NAMES, expect_objects, history
import model


@pytest.fixture(autouse=True)
def no_faults_stay(cloud):
    yield
    cloud.admin("/fault", method="DELETE")


def job(bench, table, retries=2, writer=""):
    text = STREAM_TO_OSS.replace('"maxRetries": 30', f'"maxRetries": {retries}')
    return bench.script("job.json", text, table=table, object=f"school/{table}/all",
                        reader=row_mode(*NAMES), writer=writer)


@pytest.mark.parametrize("kind", ["flip", "truncate", "reset", "drop_reply", "status"])
def test_a_passing_fault_is_retried(cloud, bench, kind):
    table = f"passing_{kind}"
    window = history(cloud, table, changes=3000)
    cloud.admin("/fault", {"service": "ots", "action": "GetStreamRecord", "kind": kind, "code": 503,
                           "error": "OTSServerBusy", "skip": 2, "next": 2})
    cloud.admin("/fault", {"service": "oss", "kind": "reset" if kind == "flip" else kind, "code": 503,
                           "error": "ServiceUnavailable", "skip": 3, "next": 1})
    bench.run(job(bench, table, retries=5), window)
    cloud.admin("/fault", method="DELETE")
    expect_objects(cloud, f"school/{table}/all", cloud.stream(table), [window],
                   lambda change: model.row_mode(change, NAMES))


@pytest.mark.parametrize("kind", ["flip", "truncate"])
def test_a_lasting_fault_of_the_source_writes_nothing(cloud, bench, kind):
    table = f"lasting_{kind}"
    window = history(cloud, table, changes=3000)
    script = job(bench, table)
    cloud.admin("/fault", {"service": "ots", "action": "GetStreamRecord", "kind": kind, "skip": 3})
    ran = bench.call("run", script, *bound(window))
    assert ran.code in (1, 4) and ran.err.strip(), ran
    assert not cloud.objects(f"school/{table}/")
    cloud.admin("/fault", method="DELETE")
    bench.run(script, window)
    expect_objects(cloud, f"school/{table}/all", cloud.stream(table), [window],
                   lambda change: model.row_mode(change, NAMES))


@pytest.mark.parametrize("which", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_drains_and_the_next_run_goes_on(cloud, bench, which):
    table = f"signal_{which}"
    window = history(cloud, table, changes=4000, value_bytes=400)
    script = job(bench, table, writer='"partBytes": 131072,')
    cloud.admin("/fault", {"service": "oss", "action": "UploadPart", "kind": "latency", "delay_ms": 700})
    cloud.admin("/counters/reset", {})
    process = bench.start("run", script, *bound(window))
    wait_until(lambda: cloud.admin("/counters")["actions"].get("UploadPart", 0) > 2, "parts are sent")
    process.send_signal(which)
    _, err = process.communicate(timeout=40)
    assert process.returncode == 128 + which, err.decode()
    assert not cloud.objects(f"school/{table}/")
    cloud.admin("/fault", method="DELETE")
    bench.run(script, window)
    expect_objects(cloud, f"school/{table}/all", cloud.stream(table), [window],
                   lambda change: model.row_mode(change, NAMES))


def test_two_processes_on_one_state_folder(cloud, bench):
    window = history(cloud, "locked", changes=3000, value_bytes=400)
    script = job(bench, "locked", writer='"partBytes": 131072,')
    cloud.admin("/fault", {"service": "oss", "action": "UploadPart", "kind": "latency", "delay_ms": 500})
    process = bench.start("run", script, *bound(window))
    wait_until((bench.folder / "state" / "ledger.sqlite").exists, "the ledger is there")
    second = bench.call("run", script, *bound(window))
    assert second.code == 1 and str(process.pid) in second.err, second
    cloud.admin("/fault", method="DELETE")
    process.communicate(timeout=60)
    assert process.returncode == 0


def test_trimmed_changes_are_told_as_loss(cloud, bench):
    window = history(cloud, "lost", changes=3000)
    script = job(bench, "lost")
    middle = sum(window) // 2
    bench.run(script, (window[0], middle))
    cloud.admin("/trim", {"table": "lost", "before_ms": middle + 10 * MINUTE})
    ran = bench.call("run", script, *bound((middle, window[1])))
    assert ran.code == 1 and "possible loss" in ran.err, ran
    done = bench.run(script, (middle, window[1]), "--accept-loss")
    assert done.receipt["loss"]


def test_full_disk_in_the_state_folder(cloud, bench):
    state = bench.folder / "state"
    state.mkdir()
    if os.geteuid() != 0 or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=160k", "none", str(state)],
            stderr=subprocess.DEVNULL).returncode != 0:
        pytest.skip("cannot mount a small tmpfs here")
    try:
        window = history(cloud, "full", changes=6000, value_bytes=400)
        ran = bench.call("run", job(bench, "full", writer='"partBytes": 131072,'), *bound(window),
                         timeout=60)
        assert ran.code == 1 and "full" in ran.err.lower() + ran.out.lower(), ran
        assert not cloud.objects("school/full/")
    finally:
        subprocess.run(["umount", "-l", str(state)], check=True)
