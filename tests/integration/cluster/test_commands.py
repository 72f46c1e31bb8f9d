"""Every command of a person on a small job, in a cluster of real processes."""
import json
import signal

import pytest

import test_odps
from cloud import MINUTE, SECRET
from cluster import until
from runs import STREAM_TO_OSS, row_mode
from test_csv import NAMES, history


def job_of(cloud, cluster, request, changes):
    """(script, window) of a stream's export into objects named after the test."""
    table = request.node.name.replace("_", "")[4:24]
    window = history(cloud, table, changes=changes)
    script = cluster.bench.script(f"{table}.json", STREAM_TO_OSS, table=table, object=f"{table}/all",
                                  reader=row_mode(*NAMES), writer='"partBytes": 102400,')
    return script, window


@pytest.fixture
def job(cloud, cluster, request):
    return job_of(cloud, cluster, request, 3000)


@pytest.fixture
def long_job(cloud, cluster, request):
    """At 0.05 MB/s it outlasts a take-over, also on a busy machine."""
    return job_of(cloud, cluster, request, 20_000)


def halves(window):
    middle = (window[0] + window[1]) // 2
    return (window[0], middle), (middle, window[1])


def text_of(cluster, *arguments):
    ran = cluster.bench.call(*arguments, MILLRACE_SERVER=cluster.leader().url)
    assert ran.code == 0, ran
    return ran.out


def test_submit_watch_and_show(cluster, job):
    script, window = job
    bound = [f"-Dstart_time={window[0]}", f"-Dend_time={window[1]}", f"-DSECRET={SECRET}"]
    out = text_of(cluster, "submit", script, *bound, "--watch")
    run = out.split()[1]
    shown = cluster.show(run)
    assert shown["state"] == "CLEANED" and shown["receipt"]["counts"]["read"] > 1000
    assert [item["state"] for item in shown["items"]] == ["WRITTEN"] * 3
    assert run in text_of(cluster, "ps", "--all")
    assert run not in text_of(cluster, "ps")
    assert "CLEANED" in text_of(cluster, "show", run)
    again = cluster.millrace("submit", script, *bound)
    assert again["wasDone"] and again["run"] == run


def test_the_log_of_a_run_has_lines_of_coordinator_and_workers(cluster, job):
    run = cluster.submit(*job)
    cluster.done(run)
    lines = until(lambda: [l for l in text_of(cluster, "logs", run).split("\n") if l]
                  if "item_written" in text_of(cluster, "logs", run) else None, "lines of workers")
    assert any("instance_created" in line for line in lines)
    written = [line for line in lines if "item_written" in line]
    fields = [f"run={run}", "item=", "shard=", "epoch=", "attempt=1"]
    assert written and all(field in line for field in fields for line in written)
    followed = text_of(cluster, "logs", run, "-f")
    assert followed.count("\n") >= len(lines)


def test_pause_set_and_resume(cluster, job):
    script, window = job
    slow = cluster.bench.script("slow.json", script.read_text().replace('"mbps": "200"', '"mbps": "0.02"'))
    run = cluster.submit(slow, window)
    until(lambda: cluster.show(run)["read"] > 0, "something was read")
    cluster.millrace("pause", run)
    until(lambda: all(i["state"] != "CLAIMED" for i in cluster.show(run)["items"]), "workers stop")
    read = cluster.show(run)["read"]
    assert cluster.show(run)["paused"] and cluster.show(run)["read"] == read
    cluster.millrace("set", run, "mbps=0", "concurrent=3")
    shown = cluster.show(run)
    assert (shown["mbps"], shown["concurrent"]) == (0, 3)
    cluster.millrace("resume", run)
    assert cluster.done(run)["counts"]["read"] > read


def test_cancel_leaves_nothing(cloud, cluster, job):
    script, window = job
    slow = cluster.bench.script("slow.json", script.read_text().replace('"mbps": "200"', '"mbps": "0.02"'))
    run = cluster.submit(slow, window)
    until(lambda: cluster.show(run)["read"] > 0, "something was read")
    cluster.millrace("cancel", run)
    assert cluster.show(run)["state"] == "CANCELLED"
    prefix = json.loads(json.dumps(script.stem)) + "/all"
    assert cloud.objects(prefix) == {}
    until(lambda: not list(cloud.bucket.list_multipart_uploads(prefix=prefix).upload_list),
          "no upload is open")
    assert cluster.millrace("cancel", run, code=1).code == 1


def test_windows_of_a_task_wait_for_each_other(cluster, job):
    script, window = job
    first, second = halves(window)
    slow = cluster.bench.script("slow.json", script.read_text().replace('"mbps": "200"', '"mbps": "0.05"'))
    one, other = cluster.submit(slow, first), cluster.submit(slow, second)
    waiting = cluster.show(other)
    assert waiting["state"] == "WAITING" and one in waiting["reason"]
    cluster.millrace("set", one, "mbps=0")
    whole = cluster.done(one)["counts"]["read"] + cluster.done(other)["counts"]["read"]
    assert whole > 1000


def test_rerun_gets_past_dirty_records(cloud, cluster, bench):
    window = history(cloud, "dirty", changes=800)
    parquet = STREAM_TO_OSS.replace('"fileFormat": "csv"', '"fileFormat": "parquet"') \
                           .replace('"encoding": "UTF-8",', "").replace('"fieldDelimiter": ","', "")
    columns = json.dumps([{"name": "pk", "type": "string"}, {"name": "c0", "type": "bigint"}])
    script = bench.script("dirty.json", parquet, table="dirty", object="dirty/all",
                          reader=row_mode("pk", "c0"), writer=f'"column": {columns},')
    run = cluster.submit(script, window)
    failed = until(lambda: (s := cluster.show(run)) and s["state"] == "FAILED" and s, "it failed")
    assert "dirty" in failed["reason"]
    cluster.millrace("rerun", run, "--errorLimit", "1000000")
    receipt = cluster.done(run)
    assert receipt["counts"]["quarantined"] == len(receipt["quarantine"]) > 0


def test_replay_of_a_range(cloud, cluster, job):
    script, window = job
    runs = [cluster.submit(script, one) for one in halves(window)]
    receipts = [cluster.done(run) for run in runs]
    task = cluster.show(runs[0])["task"]
    utc = [iso(ms) for ms in window]
    dry = cluster.millrace("replay", task, "--from", utc[0], "--to", utc[1], "--dry-run")["windows"]
    assert [one["replaces"] for one in dry] == runs
    before = cloud.objects(f"{script.stem}/all")
    replayed = cluster.millrace("replay", runs[1], "--from", utc[0], "--to", utc[1])["windows"]
    for one, was in zip(replayed, receipts):
        receipt = cluster.done(one["run"])
        assert receipt["kind"] == "replay" and receipt["sums"] == was["sums"]
    after = cloud.objects(f"{script.stem}/all")
    assert sorted(before.values()) == sorted(after.values()) and set(before).isdisjoint(after)


def test_replay_of_a_whole_partition(cloud, cluster):
    name = "wholepartition"
    window = history(cloud, name, changes=2000)
    table = test_odps.target(cloud, name)
    script = test_odps.job(cluster.bench, cloud, name)
    first, second = halves(window)
    runs = [cluster.submit(script, one) for one in (first, second)]
    receipts = [cluster.done(run) for run in runs]
    everything = test_odps.expected(cloud, name, [window])
    assert test_odps.rows(cloud, name) == everything
    with table.open_writer(test_odps.PARTITION, overwrite=True) as writer:
        writer.write([["other"] + [None] * 5])
    one_of_them = ("--from", iso(first[0]), "--to", iso(first[1]))
    refused = cluster.millrace("replay", runs[0], *one_of_them, code=2)
    assert "--whole-partition" in refused.err, refused
    whole = (*one_of_them, "--whole-partition")
    dry = cluster.millrace("replay", runs[0], *whole, "--dry-run")["windows"]
    assert [one["replaces"] for one in dry] == runs
    assert {one["partition"] for one in dry} == {test_odps.PARTITION}
    table_of = text_of(cluster, "replay", runs[0], *whole, "--dry-run")
    assert table_of.count(test_odps.PARTITION) == 2, table_of
    replayed = cluster.millrace("replay", runs[0], *whole)["windows"]
    assert len({one["run"] for one in replayed}) == 1
    receipt = cluster.done(replayed[0]["run"])
    assert receipt["counts"]["read"] == sum(one["counts"]["read"] for one in receipts)
    assert test_odps.rows(cloud, name) == everything


def iso(ms):
    from datetime import datetime, timezone
    return datetime.fromtimestamp(ms / 1000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def test_what_cannot_run_is_refused_with_its_findings(cluster, bench):
    script = bench.script("wrong.json", '{"job": {}}')
    ran = cluster.millrace("submit", script, code=2)
    assert "wrong.json:1:" in ran.err and SECRET not in ran.err


def test_a_stand_by_takes_over_in_mid_run(cloud, cluster, long_job):
    script, window = long_job
    slow = cluster.bench.script("slow.json", script.read_text().replace('"mbps": "200"', '"mbps": "0.05"'))
    run = cluster.submit(slow, window)
    leader = cluster.leader()
    stand_by = cluster.add_coordinator()
    assert stand_by.get("/readyz")[0] == 503
    assert stand_by.get("/api/v1/cluster")[1]["role"] == "standby"
    until(lambda: cluster.show(run)["read"] > 0, "something was read")
    leader.end(signal.SIGKILL)
    until(stand_by.ready, "the stand-by leads")
    cluster.millrace("set", run, "mbps=0")
    assert cluster.done(run)["counts"]["read"] > 1000
    assert stand_by.metric("millrace_takeovers_total") == 1


def test_a_coordinator_that_is_told_to_end_ends_well(cluster, job):
    run = cluster.submit(*job)
    leader = cluster.leader()
    assert leader.end() == 0, leader.log()
    cluster.add_coordinator()
    until(cluster.leader, "the next one leads")
    cluster.done(run)


def test_a_lost_redis_costs_only_time(cluster, long_job, redis):
    import socket
    script, window = long_job
    slow = cluster.bench.script("slow.json", script.read_text().replace('"mbps": "200"', '"mbps": "0.05"'))
    run = cluster.submit(slow, window)
    until(lambda: cluster.show(run)["read"] > 0, "something was read")
    host, port = redis.split(":")
    with socket.create_connection((host, int(port))) as link:
        link.sendall(b"FLUSHALL\r\n")
        assert link.recv(100).startswith(b"+OK")
    until(lambda: cluster.leader() and cluster.leader().metric("millrace_rebuilds_total"), "a rebuild")
    until(cluster.leader, "the coordinator is ready again")
    cluster.millrace("set", run, "mbps=0")
    assert cluster.done(run)["counts"]["read"] > 1000


def test_metrics_tell_of_runs_and_workers(cluster, job):
    run = cluster.submit(*job)
    cluster.done(run)
    leader = cluster.leader()
    assert leader.metric('millrace_windows{state="CLEANED"}') >= 1
    assert leader.metric("millrace_coordinator_active") == 1
    until(lambda: leader.metric("millrace_workers") == 2, "both workers were heard of")
    workers = cluster.millrace("ps") and leader.get("/api/v1/cluster")[1]["workers"]
    assert len(workers) == 2 and all(w["slots"] == 2 for w in workers)
