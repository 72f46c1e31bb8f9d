"""Items over several workers, and what the death of a worker costs."""
import signal
import statistics
import time

from common import Measured, say, spread, table
from runs import STREAM_TO_OSS, row_mode

ITEMS, ITEM_MB = 8, 6


def script(cluster, name, source, mbps):
    text = STREAM_TO_OSS.replace('"mbps": "200"', f'"mbps": "{mbps}"')
    return cluster.bench.script(f"{name}.json", text, table=source, object=f"{name}/r",
                                reader=row_mode("pk", "c0"), writer="")


def submit_all(cluster, window, round_name, source, count, mbps):
    return [cluster.submit(script(cluster, f"{round_name}i{i}", source, mbps), window)
            for i in range(count)]


def spans(cluster, runs):
    """{run: (claimed, written)} of runs of one item each."""
    claimed = {fields["run"]: time for time, fields in cluster.lines("item_claimed")}
    written = {fields["run"]: time for time, fields in cluster.lines("item_written")}
    return {run: (claimed[run], written[run]) for run in runs}


def shares(folder, rounds):
    """8 items of 1 MB/s each by 1, 2 and 4 workers of one slot: how long until all are written."""
    cluster = Measured(folder).start(0)
    window = table(cluster.cloud, "shares", ITEM_MB * 1_000_000 // 1100)
    one = []
    for workers in (1, 2, 4):
        ratios = []
        for number in range(rounds):
            runs = submit_all(cluster, window, f"s{workers}r{number}", "shares", ITEMS, 1)
            started = [cluster.add_worker() for _ in range(workers)]
            for run in runs:
                cluster.done(run, 300)
            times = spans(cluster, runs)
            if workers == 1:
                one += [end - begin for begin, end in times.values()]
            whole = max(end for _, end in times.values()) - min(begin for begin, _ in times.values())
            ratios.append(whole / (ITEMS / workers * statistics.median(one)))
            for worker in started:
                worker.end()
        if workers == 1:
            say("one item", spread(one), "s", "-", f"{ITEM_MB} MB at 1 MB/s")
        say(f"8 items, {workers} workers", spread(ratios, 3), "x 8/N", "<= 1.05",
            "first claim to last written, over 8/N of one item")
    cluster.stop()


def take_over(folder, rounds, lease_s=10):
    """From kill -9 of the worker that has an item to the claim of another worker."""
    cluster = Measured(folder, lease_s).start(2)
    window = table(cluster.cloud, "taken", 4_000)
    took = []
    for number in range(rounds):
        run = submit_all(cluster, window, f"t{number}", "taken", 1, 0.1)[0]
        claims = lambda: [one for one in cluster.lines("item_claimed") if one[1]["run"] == run]
        while not claims():
            time.sleep(0.02)
        time.sleep(number % 4)  # somewhere between two renewals
        claims()[0][1]["worker"].end(signal.SIGKILL)
        killed = time.time()
        while len(claims()) < 2:
            time.sleep(0.05)
        took.append(claims()[1][0] - killed)
        cluster.millrace("set", run, "mbps=0")
        cluster.done(run)
        cluster.add_worker()
    say("take-over of a killed worker", spread(took), "s", f"<= {lease_s + 5}",
        f"lease {lease_s} s, workers look every 2 s")
    cluster.stop()
