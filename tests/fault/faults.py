"""What a fault is. The faults themselves: faults_processes, faults_servers, faults_services."""
import abc
import threading
import time

from cluster import LEASE_S, WORKERS
from processes import PATIENCE, until


class Fault(abc.ABC):
    """One per case. Proves that it happened: `happened` gives an event or a count, or nothing."""
    name = ""
    source = "still"
    bytes_per_s = 200_000   # of the job until it was hit
    seconds = 9             # that a case takes, roughly; to share out the work

    # All items, when the ledger seems lost: keyed targets get rows as they are then, so that the
    # source stands still meanwhile.
    may_begin_again = False

    def fits(self, target):
        """Whether this fault can happen to a run into this kind of target."""
        return True

    def prepare(self, scene):
        """Before the run is submitted."""

    def inject(self, scene):
        """While the run is at work; returns when it has happened."""

    def heal(self, scene):
        """All is as before but for what the fault has done."""

    @abc.abstractmethod
    def happened(self, scene):
        """The proof in a few words; empty = it did not happen."""


class Scene:
    """A fault, a run and a cluster."""

    def __init__(self, cluster, target, source, luck):
        self.cluster, self.target, self.source, self.luck = cluster, target, source, luck
        self.run = None

    def begin(self, name, script):
        """Submits the job. A coordinator may die of it: then the thread goes on asking."""
        self.name, self.script = name, script
        self.asking = threading.Thread(target=self.ask_for_it, daemon=True)
        self.asking.start()
        self.asking.join(timeout=5)

    def ask_for_it(self):
        try:
            self.run = self.cluster.submit(self.name, self.script, seconds=2 * PATIENCE)
        except Exception as error:
            self.refusal = error

    def submitted(self):
        """After the fault: the run's id is known, or why it was refused."""
        self.asking.join()
        if self.run is None:
            raise self.refusal

    @property
    def gate(self):
        return self.cluster.gate

    def shown(self):
        self.submitted()
        return self.cluster.show(self.run)

    def wait_work(self):
        """Until something was written and checkpointed; fails when the run is over already."""
        def working():
            shown = self.shown()
            assert not shown.get("receipt"), "the run ended before the fault could happen"
            return any(item["state"] == "CLAIMED" and item["read"] for item in shown["items"])
        until(working, "an item is at work")

    def wait_all_written(self, seconds=60):
        def written():
            shown = self.shown()
            items = shown.get("items") or []
            return shown.get("receipt") or items and all(i["state"] == "WRITTEN" for i in items)
        until(written, "all items are written", seconds)

    def wait_commit(self):
        """Until the target has been asked to make the run visible; it answers slowly."""
        service, action = self.target.actions[-1]
        self.cluster.cloud.admin("/fault", {"service": service, "action": action, "next": 2,
                                            "kind": "latency", "delay_ms": 3000})
        before = self.cluster.cloud.admin("/counters")["faults"].get(f"{action} latency", 0)

        def committing():
            faults = self.cluster.cloud.admin("/counters")["faults"]
            return self.shown()["state"] == "COMMITTING" and faults.get(f"{action} latency", 0) > before
        until(committing, "the run is being committed")

    def hurry(self):
        """From now on the run is as fast as it can be, if somebody takes the order."""
        for one in self.cluster.coordinators():
            if self.run and one.url and not one.frozen:
                one.ask(f"/api/v1/runs/{self.run}", {"mbps": 0}, "PATCH", timeout=5)

    def pause(self, leases):
        """Lets so many lease times go by: what is being tested is that time passes."""
        time.sleep(leases * LEASE_S)

    def stop_workers_but_one(self, crash):
        """Only worker1 is left, started anew with a crash point."""
        for one in self.cluster.workers():
            one.end()
        self.cluster.process("worker1").start(crash)
        self.cluster.process("worker1").ready()

    def start_missing_workers(self):
        missing = [self.cluster.process(n) for n in WORKERS if not self.cluster.process(n).alive]
        for one in missing:
            one.start()
        for one in missing:
            one.ready()
