"""A cluster on this machine: Kafka, Redis, coordinators and workers, each a process."""
import json
import os
import pathlib
import signal
import subprocess
import urllib.error
import urllib.request

from cloud import BIN, SECRET
from runs import wait_until

SERVERS = pathlib.Path(__file__).parent.parent.parent / "servers"
LEASE_S, LEAD_S = 3, 2


def server(name, *arguments):
    done = subprocess.run([SERVERS / name, *map(str, arguments)], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=240, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip().split("\n")[-1]


def until(condition, what, seconds=90):
    """As wait_until, with the patience that several processes need."""
    return wait_until(condition, what, seconds)


class Process:
    def __init__(self, folder, name, command, config):
        self.log_path = folder / f"{name}.log"
        self.process = subprocess.Popen(
            [f"{BIN}/millrace", command, "--config", config], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=open(self.log_path, "wb"),
            env={**os.environ, "MILLRACE_TEST_KEY": SECRET, "HOME": str(folder)})
        ready = self.process.stdout.readline()
        assert ready, self.log()
        self.url = json.loads(ready)["http"]

    def log(self):
        return self.log_path.read_text(errors="replace")

    def get(self, path):
        """(status, JSON or text); 0 when it cannot be reached."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=20) as answer:
                text, status = answer.read().decode(), answer.status
        except urllib.error.HTTPError as error:
            text, status = error.read().decode(), error.code
        except OSError as error:
            return 0, str(error)
        return status, json.loads(text) if text.startswith("{") else text

    def ready(self):
        return self.get("/readyz")[0] == 200

    def metric(self, series):
        """The value of `name` or `name{label="value"}`."""
        for line in self.get("/metrics")[1].split("\n"):
            if line.rpartition(" ")[0] == series:
                return float(line.rpartition(" ")[2])
        return None

    def end(self, which=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(which)
        return self.process.wait(timeout=60)


class Cluster:
    """`kafka` and `redis` are host:port; the cluster has a name, and with it topics, of its own."""

    def __init__(self, folder, kafka, redis, bench):
        self.folder, self.bench, self.count = folder, bench, 0
        self.config = folder / "millrace.json"
        self.config.write_text(json.dumps({
            "cluster": folder.name, "stateFolder": str(folder / "state"), "key": "5a" * 32,
            "kafka": {"properties": {"bootstrap.servers": kafka}, "partitions": 4},
            "redis": {"address": redis},
            "lease": {"ttlSeconds": LEASE_S, "renewSeconds": 1, "marginSeconds": 0.5},
            "coordinator": {"listen": "127.0.0.1:0", "leadSeconds": LEAD_S,
                            "sources": str(bench.sources)},
            "worker": {"listen": "127.0.0.1:0", "slots": 2, "lookSeconds": 0.3}}))
        self.coordinators, self.workers = [], []

    def start(self, workers=2):
        self.add_coordinator()
        for _ in range(workers):
            self.add_worker()
        until(self.leader, "a coordinator leads")
        return self

    def add_coordinator(self):
        self.coordinators.append(self.launch("coordinator"))
        return self.coordinators[-1]

    def add_worker(self):
        self.workers.append(self.launch("worker"))
        return self.workers[-1]

    def launch(self, command):
        self.count += 1
        return Process(self.folder, f"{command}-{self.count}", command, self.config)

    def leader(self):
        return next((one for one in self.coordinators
                     if one.process.poll() is None and one.ready()), None)

    def millrace(self, *arguments, code=0):
        """A command of a person; its JSON."""
        ran = self.bench.call(*map(str, arguments), "--json", MILLRACE_SERVER=self.leader().url)
        assert ran.code == code, ran
        return json.loads(ran.out) if code == 0 else ran

    def submit(self, script, window=None, *more):
        bound = [] if window is None else [f"-Dstart_time={window[0]}", f"-Dend_time={window[1]}"]
        return self.millrace("submit", script, *bound, f"-DSECRET={SECRET}", *more)["run"]

    def show(self, run):
        return self.millrace("show", run)

    def reaches(self, run, state, seconds=90):
        """What is shown of the run once it is in the state."""
        def there():
            shown = self.show(run)
            assert shown["state"] == state or shown["state"] not in ("FAILED", "CANCELLED"), shown
            return shown if shown["state"] == state else None
        return until(there, f"run {run} is {state}", seconds)

    def done(self, run, seconds=90):
        """The receipt of a run that was carried to its end."""
        return self.reaches(run, "CLEANED", seconds)["receipt"]

    def stop(self):
        for one in [*self.workers, *self.coordinators]:
            one.end(signal.SIGKILL)
