"""CPU of a worker in the cluster against `millrace run` of the same job."""
import os
import statistics

from common import Measured, cpu_seconds, say, spread, table
from runs import STREAM_TO_OSS, Ran, bound, row_mode


def per_record(folder, rounds, records):
    cluster = Measured(folder).start(1)
    window = table(cluster.cloud, "cpu", records)
    text = STREAM_TO_OSS.replace('"concurrent": "2"', '"concurrent": "1"') \
                        .replace('"mbps": "200"', '"mbps": "0"')
    embedded, clustered = [], []
    for number in range(rounds + 1):  # the first fills the stand-in's cache of pages
        for kind, figures in (("e", embedded), ("c", clustered)):
            name = f"{kind}{number}"
            script = cluster.bench.script(f"{name}.json", text, table="cpu", object=f"{name}/r",
                                          reader=row_mode("pk", "c0"), writer="")
            seconds, receipt = (of_run if kind == "e" else of_worker)(cluster, script, window)
            assert receipt["counts"]["read"] == records, receipt["counts"]
            if number:
                figures.append(1e6 * seconds / records)
    say("embedded run, whole process", spread(embedded), "us/rec", "-", f"{records} records")
    say("worker in the cluster", spread(clustered), "us/rec", "-", "while the run lasts")
    ratio = statistics.median(clustered) / statistics.median(embedded)
    say("worker over embedded", f"{ratio:.3f}", "", "<= 1.05", "medians")
    cluster.stop()


def of_run(cluster, script, window):
    process = cluster.bench.start("run", script, *bound(window), "--json")
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, process.stderr.read()
    return usage.ru_utime + usage.ru_stime, Ran(0, out, b"").receipt


def of_worker(cluster, script, window):
    pid = cluster.workers[0].process.pid
    before = cpu_seconds(pid)
    receipt = cluster.done(cluster.submit(script, window), 300)
    return cpu_seconds(pid) - before, receipt
