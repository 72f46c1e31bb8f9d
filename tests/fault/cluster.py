"""One cluster: Kafka, Redis, a coordinator, three workers and a stand-in cloud with changing tables.

Every link goes through a gate. Started once and used by many cases, one after the other.
"""
import json
import os
import threading

from cloud import Cloud
from gate import Gate
from processes import PATIENCE, Broken, Process, until
from search_gate import SearchGate
from servers import Kafka, Redis
from source import Changing, make_sources
from targets import TARGETS, data_sources

WORKERS = ["worker1", "worker2", "worker3"]
LEASE_S, RENEW_S, MARGIN_S, LEAD_S = 2.0, 0.6, 0.3, 2.0
PARTITIONS = 4
ENDED = ("CLEANED", "FAILED", "CANCELLED")


class Cluster:
    def __init__(self, folder, search_url):
        self.folder, self.search_url, self.name = folder, search_url, folder.name
        folder.mkdir(parents=True)
        self.gate, self.processes = Gate(), {}
        self.kafka, self.redis = Kafka(folder / "kafka"), Redis(folder / "redis")
        self.cloud = self.changing = self.search = None

    def start(self):
        together(self.start_kafka, self.start_redis, self.start_cloud)
        self.write_config()
        for name in ["coordinator1", *WORKERS]:
            self.process(name).start()
        for name in ["coordinator1", *WORKERS]:
            self.process(name).ready()
        self.wait_ready()
        return self

    def start_kafka(self):
        self.kafka.advertised = self.gate.listen("kafka", self.kafka.port)
        self.kafka.start()
        self.gate.known("kafka", self.kafka.pid)
        self.gate.known("test", os.getpid())

    def start_redis(self):
        self.redis.start()
        self.redis_port = self.gate.listen("redis", self.redis.port)

    def start_cloud(self):
        self.cloud = Cloud(self.folder)
        self.search = SearchGate(self.search_url)
        direct = {"ots": self.cloud.ots_url, "oss": self.cloud.oss_url,
                  "odps": self.cloud.odps_url, "opensearch": self.cloud.opensearch_url,
                  "search": self.search.url}
        self.urls = {server: f"http://127.0.0.1:{self.gate.listen(server, port_of(url))}"
                     for server, url in direct.items()}
        self.urls["search server"] = self.search_url
        self.sources = make_sources(self.cloud)
        self.targets = {kind.kind: kind(self.cloud, self.urls) for kind in TARGETS}
        self.changing = Changing(self.cloud, list(self.sources))

    def write_config(self):
        self.config = self.folder / "millrace.json"
        self.config.write_text(json.dumps({
            "cluster": self.name, "stateFolder": str(self.folder / "state"), "key": "5a" * 32,
            "kafka": {"properties": {"bootstrap.servers": f"127.0.0.1:{self.kafka.advertised}",
                                     "reconnect.backoff.max.ms": "500"},
                      "partitions": PARTITIONS},
            "redis": {"address": f"127.0.0.1:{self.redis_port}", "timeoutMs": 500},
            "lease": {"ttlSeconds": LEASE_S, "renewSeconds": RENEW_S, "marginSeconds": MARGIN_S},
            "coordinator": {"listen": "127.0.0.1:0", "leadSeconds": LEAD_S,
                            "lateWritesSeconds": 2 * LEASE_S},
            "worker": {"listen": "127.0.0.1:0", "slots": 2, "drainSeconds": 5, "lookSeconds": 0.3}}))

    def stop(self):
        for one in list(self.processes.values()):
            if one.alive:
                one.kill()
        together(self.kafka.stop, self.redis.stop)
        try:
            if self.changing:
                self.changing.stop()
        finally:
            if self.cloud:
                self.cloud.stop()
                self.search.stop()
            self.gate.stop()

    # ---- processes

    def process(self, name):
        if name not in self.processes:
            self.processes[name] = Process(name, self.config, self.gate, self.folder)
        return self.processes[name]

    def workers(self):
        return [one for name, one in sorted(self.processes.items())
                if name.startswith("worker") and one.alive]

    def coordinators(self):
        return [one for name, one in sorted(self.processes.items())
                if name.startswith("coordinator") and one.alive]

    def busy_worker(self):
        """One that holds a lease now, as it says itself."""
        def find():
            return next((w for w in self.workers() if w.metric("millrace_leases_held") > 0), None)
        return until(find, "a worker holds a lease")

    def restore(self):
        """Everything as it is between two cases: healed, all processes there and none more."""
        self.gate.heal()
        self.search.heal()
        self.cloud.admin("/fault", method="DELETE")
        for one in [*self.workers(), *self.coordinators()]:
            one.thaw()
        wanted = {"coordinator1", *WORKERS}
        for name, one in self.processes.items():
            if name not in wanted and one.alive and name.startswith("worker"):
                one.end()
        for name in sorted(wanted):
            if name.startswith("worker") or not self.coordinators():
                if not self.process(name).alive:
                    self.process(name).start()
        for one in [*self.workers(), *self.coordinators()]:
            one.ready()
        self.wait_ready()

    def wait_ready(self):
        """An active coordinator answers, and all workers take work."""
        def ready():
            return self.active() and all(w.ask("/readyz")[0] == 200 for w in self.workers())
        try:
            until(ready, "the cluster is ready")
        except AssertionError as error:
            states = {one.name: one.ask("/readyz") for one in self.coordinators() + self.workers()}
            raise Broken(f"{error}; {states}") from None

    def active(self):
        """The coordinator that acts, or None."""
        return next((one for one in self.coordinators() if one.url and not one.frozen and
                     one.ask("/readyz", timeout=3)[0] == 200 and
                     one.metric("millrace_coordinator_active") == 1), None)

    # ---- the API

    def ask(self, path, body=None, method=None, seconds=PATIENCE):
        """An answer of whoever leads; waits while nobody does."""
        told = []

        def answered():
            for one in self.coordinators():
                if one.url and not one.frozen:
                    status, answer = one.ask(path, body, method)
                    if 200 <= status < 300:
                        return (answer,)
                    told[:] = [status, answer]
                    assert not 400 <= status < 500 or status in (404, 409, 429), told
            return None
        try:
            return until(answered, "a coordinator answers", seconds, 0.1)[0]
        except AssertionError as error:
            raise AssertionError(f"{method or 'GET'} {path}: {error}; {told}") from None

    def submit(self, name, script, seconds=PATIENCE):
        body = {"name": name, "script": script, "sources": data_sources(self.urls),
                "file": "job.json"}
        return self.ask("/api/v1/runs", body, "POST", seconds)["run"]

    def show(self, run, seconds=PATIENCE):
        return self.ask(f"/api/v1/runs/{run}", seconds=seconds)

    def wait_end(self, run, seconds=PATIENCE):
        """What the API shows of the run at its end."""
        shown = {}

        def over():
            shown.update(self.show(run))
            return shown["state"] in ENDED
        try:
            until(over, "the run ends", seconds, pause=0.2)
        except AssertionError as error:
            raise AssertionError(f"{error}; {summary(shown)}") from None
        assert shown["state"] == "CLEANED", f"the run ends {shown['state']}: {summary(shown)}"
        return shown

    def logs(self):
        """The last lines of all processes, for a person who looks for a cause."""
        return "\n".join(f"--- {one.name}\n{one.tail()}" for one in self.processes.values())


def summary(shown):
    items = [{k: v for k, v in item.items() if k in (
        "shard", "state", "holder", "epoch", "attempts", "read", "reason")}
        for item in shown.get("items", [])]
    return json.dumps({**{k: shown.get(k) for k in ("state", "reason", "notes")}, "items": items})[:1500]


def port_of(url):
    return int(url.split("/")[2].rpartition(":")[2])


def together(*steps):
    """Runs them at the same time; the first failure is raised when all have ended."""
    failures = []

    def run(step):
        try:
            step()
        except Exception as error:
            failures.append(error)
    threads = [threading.Thread(target=run, args=(step,)) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
