"""A cluster for measuring, times of its logs, and figures with their spread."""
import json
import os
import pathlib
import re
import statistics
import sys
from datetime import datetime

ROOT = pathlib.Path(__file__).parent.parent.parent
for folder in ("cluster", "e2e", "sdk/python"):
    sys.path.insert(0, str(ROOT / "tests/integration" / folder))

import cluster as parts  # noqa: E402
import runs  # noqa: E402
from cloud import Cloud  # noqa: E402

LINE = re.compile(r"(?P<time>\S+)Z \w+ (?P<what>\S+) (?P<fields>.*)")


class Measured(parts.Cluster):
    """Workers of one slot, and a lease of `lease_s`; the servers are those of this call."""

    def __init__(self, folder, lease_s=10):
        folder.mkdir(parents=True)
        self.cloud = Cloud(folder, "--calm", "--page-cache-mb", "2048")
        super().__init__(folder, os.environ["MILLRACE_KAFKA"], os.environ["MILLRACE_REDIS"],
                         runs.Bench(folder, self.cloud))
        config = json.loads(self.config.read_text())
        config["lease"] = {"ttlSeconds": lease_s, "renewSeconds": lease_s / 3, "marginSeconds": 1}
        config["worker"].update(slots=1, lookSeconds=2)
        config["coordinator"]["leadSeconds"] = 10
        self.config.write_text(json.dumps(config))

    def done(self, run, seconds=90):
        """As in tests, but asked so seldom that the asking costs nothing."""
        def receipt():
            shown = self.leader().get(f"/api/v1/runs/{run}")[1]
            assert shown["state"] not in ("FAILED", "CANCELLED"), shown
            return shown["receipt"] if shown["state"] == "CLEANED" else None
        return runs.wait_until(receipt, f"run {run} is done", seconds, 0.5)

    def lines(self, what):
        """(time in s, fields) of the workers' log lines that say so, in the order of time."""
        found = []
        for worker in self.workers:
            for line in worker.log().split("\n"):
                match = LINE.match(line)
                if match and match["what"] == what:
                    time = datetime.fromisoformat(match["time"] + "+00:00").timestamp()
                    fields = dict(word.split("=", 1) for word in match["fields"].split()
                                  if "=" in word)
                    found.append((time, {**fields, "worker": worker}))
        return sorted(found, key=lambda one: one[0])

    def stop(self):
        super().stop()
        self.cloud.stop()


def table(cloud, name, records):
    """A stream of so many records of about 1.1 KB, half an hour old; its window."""
    now = cloud.now_ms()
    cloud.table(name)
    cloud.admin("/fill", {"table": name, "changes": records, "keys": records, "seed": 1, "cells": 1,
                          "from_ms": now - 60 * 60_000, "to_ms": now - 30 * 60_000,
                          "value_bytes": 1000, "charset": "ascii", "types": "string",
                          "mix": {"put": 1, "update": 0, "delete": 0}})
    return now - 70 * 60_000, now - 20 * 60_000


def cpu_seconds(pid):
    """User and system time of all threads of a process."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def spread(values, digits=2):
    values = sorted(values)
    return (f"{statistics.median(values):.{digits}f} "
            f"({values[0]:.{digits}f} to {values[-1]:.{digits}f}, {len(values)})")


def say(what, value, unit, goal, note=""):
    load = os.getloadavg()[0]
    print(f"{what:<34} {value:<28} {unit:<8} goal {goal:<22} load {load:.0f}  {note}", flush=True)
