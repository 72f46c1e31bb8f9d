"""A realtime job in a cluster: window after window, over a take-over, until it is cancelled."""
import signal

from cluster import until
from runs import columns
from test_realtime import STREAM, TO_OSS, put


def runs_of(cluster, task):
    return [run for run in cluster.millrace("ps", "--all")["runs"] if run["task"] == task]


def test_window_follows_window_until_the_job_is_cancelled(cloud, cluster):
    cloud.table("continuous")
    script = cluster.bench.script("continuous.json", STREAM.replace("@WRITER@", TO_OSS),
                                  table="continuous", columns=columns("pk", "c0"),
                                  object="continuous/r")
    first = cluster.submit(script)
    task = cluster.show(first)["task"]

    def cleaned():
        return [run for run in runs_of(cluster, task) if run["state"] == "CLEANED"]

    def rows():
        return sorted(line.split(b",")[0] for body in cloud.objects("continuous/r").values()
                      for line in body.splitlines())
    for number in range(20):
        put(cloud, "continuous", number)
    until(lambda: len(cleaned()) >= 2, "two windows are done")
    leader = cluster.leader()
    stand_by = cluster.add_coordinator()
    leader.end(signal.SIGKILL)
    until(stand_by.ready, "the stand-by leads")
    for number in range(20, 40):
        put(cloud, "continuous", number)
    until(lambda: len(rows()) >= 40, "all rows")
    assert rows() == [f"k{n:04}".encode() for n in range(40)]
    # The id that its submission gave stands for the job, whatever window is open by now.
    ran = cluster.bench.call("cancel", first, MILLRACE_SERVER=cluster.leader().url)
    assert ran.code == 0, ran
    until(lambda: not [run for run in runs_of(cluster, task)
                       if run["state"] in ("RUNNING", "WAITING")], "the job has ended")
    spans = sorted((run["window"]["start"], run["window"]["end"]) for run in cleaned())
    assert all(one[1] == two[0] for one, two in zip(spans, spans[1:]))
