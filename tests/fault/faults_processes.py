"""Workers and coordinators that are killed, frozen, doubled and restarted."""
import signal
import threading

from cluster import PARTITIONS, WORKERS
from faults import Fault
from processes import until

# Crash points of a worker and how often a run passes them at least, whatever the target.
WORKER_POINTS = {"after_read": 3, "after_encode": 3, "after_send": 3, "after_acknowledge": 3,
                 "before_checkpoint": 3, "after_checkpoint": 3, "before_finish": 3, "after_finish": 3}
COORDINATOR_POINTS = {"after_add_item": 1, "before_borders": 1, "after_borders": 1,
                      "before_intent": 1, "after_intent": 1, "after_complete": 1,
                      "after_manifest": 1, "after_receipt": 1, "after_announce": 1,
                      "after_cleanup": 1}
STAGED_POINTS = ("after_complete",)


class WorkerCrash(Fault):
    bytes_per_s = 500_000

    def __init__(self, point):
        self.point, self.name, self.code = point, f"worker_dies_{point}", None

    def prepare(self, scene):
        self.hit = scene.luck.randint(1, WORKER_POINTS[self.point])
        scene.stop_workers_but_one(f"{self.point}:{self.hit}")

    def inject(self, scene):
        self.code = scene.cluster.process("worker1").ended()

    def heal(self, scene):
        scene.start_missing_workers()

    def happened(self, scene):
        return self.code == -signal.SIGKILL and f"worker1 died at {self.point}:{self.hit}"


class CoordinatorCrash(Fault):
    bytes_per_s = 800_000

    def __init__(self, point):
        self.point, self.name, self.code = point, f"coordinator_dies_{point}", None

    def fits(self, target):
        return target.staged or self.point not in STAGED_POINTS

    def prepare(self, scene):
        self.hit = scene.luck.randint(1, COORDINATOR_POINTS[self.point])
        for one in scene.cluster.coordinators():
            one.end()
        scene.cluster.process("coordinator1").start(f"{self.point}:{self.hit}")
        scene.cluster.process("coordinator1").ready()
        scene.cluster.wait_ready()

    def inject(self, scene):
        self.code = scene.cluster.process("coordinator1").ended()

    def heal(self, scene):
        scene.cluster.process("coordinator1").start()
        scene.cluster.process("coordinator1").ready()

    def happened(self, scene):
        return self.code == -signal.SIGKILL and f"coordinator1 died at {self.point}:{self.hit}"


class WorkerKilled(Fault):
    name = "worker_killed"

    def inject(self, scene):
        scene.wait_work()
        self.victim = scene.cluster.busy_worker()
        self.held = self.victim.metric("millrace_leases_held")
        self.victim.kill()

    def heal(self, scene):
        scene.start_missing_workers()

    def happened(self, scene):
        return self.held and f"{self.victim.name} was killed with {self.held:.0f} leases"


class WorkerFrozen(Fault):
    """For three lease times, and until others have finished its items."""
    name, seconds = "worker_frozen", 12

    def inject(self, scene):
        scene.wait_work()
        self.victim = scene.cluster.busy_worker()
        self.before = self.seen()
        self.victim.freeze()
        scene.hurry()
        scene.pause(leases=3)
        scene.wait_all_written()
        self.victim.thaw()
        self.after = until(self.told, "the thawed worker tells of leases that it lost")

    def seen(self):
        return {"leases": self.victim.metric("millrace_leases_lost_total"),
                "items": self.victim.metric("millrace_items_ended_total", end="lost"),
                "calls": self.victim.metric("millrace_writes_fenced_total")}

    def told(self):
        now = self.seen()
        return now if now != self.before and sum(now.values()) > 0 else None

    def heal(self, scene):
        self.victim.thaw()

    def happened(self, scene):
        leases, items, calls = (self.after[n] - self.before[n] for n in self.before)
        return (f"{self.victim.name} was told of {leases:.0f} leases that they are gone, gave up "
                f"{items:.0f} items, and {calls:.0f} of its writes were fenced")


class RollingRestart(Fault):
    name, seconds, bytes_per_s = "workers_restarted_in_turn", 12, 150_000

    def inject(self, scene):
        scene.wait_work()
        self.ends, self.held = [], 0
        for name in WORKERS:
            one = scene.cluster.process(name)
            self.held += one.metric("millrace_leases_held")
            self.ends.append(one.end())
            one.start()
            one.ready()

    def happened(self, scene):
        assert all(code in (0, 128 + signal.SIGTERM) for code in self.ends), (
            f"workers ended with {self.ends} on SIGTERM")
        return self.held and f"three workers ended with {self.held:.0f} leases in hand"


class MoreWorkers(Fault):
    """More workers than the topic has partitions: some never get a message."""
    name = "more_workers_than_partitions"
    more = [f"worker{i}" for i in range(4, 4 + PARTITIONS - 1)]

    def prepare(self, scene):
        for name in self.more:
            scene.cluster.process(name).start()
        for name in self.more:
            scene.cluster.process(name).ready()

    def inject(self, scene):
        kafka, wanted = scene.cluster.kafka, len(WORKERS) + len(self.more)

        def members():
            counts = {g: kafka.members(g) for g in kafka.groups() if g.startswith(scene.cluster.name)}
            return max(counts.values(), default=0)
        self.members = until(lambda: members() >= wanted and members(), f"{wanted} workers in a group")
        self.partitions = kafka.partitions(f"{scene.cluster.name}.work")

    def heal(self, scene):
        threads = [threading.Thread(target=scene.cluster.process(name).end) for name in self.more]
        for one in threads:
            one.start()
        for one in threads:
            one.join()

    def happened(self, scene):
        more = self.members > self.partitions
        return more and f"{self.members} workers, {self.partitions} partitions"


class CoordinatorKilled(Fault):
    name = "coordinator_killed"

    def inject(self, scene):
        scene.wait_work()
        victim = scene.cluster.active()
        victim.kill()
        self.code = victim.process.returncode
        victim.start()
        victim.ready()

    def happened(self, scene):
        return self.code == -signal.SIGKILL and "it was killed in mid-run and started again"


class TwoCoordinators(Fault):
    """Another one takes over from one that still lives; base of the ways to make it do so."""
    seconds, may_begin_again = 14, True

    def prepare(self, scene):
        self.first = scene.cluster.active()
        other = "coordinator2" if self.first.name == "coordinator1" else "coordinator1"
        self.second = scene.cluster.process(other)
        if not self.second.alive:
            self.second.start()
        self.second.ready()

    def take_over(self, scene):
        until(lambda: scene.cluster.active() is self.second, "the other coordinator acts")

    def expect_gone(self):
        """The first one is fenced: it ends, with a clear text."""
        self.code = self.first.ended()
        self.said = next((line for line in reversed(self.first.tail().splitlines())
                          if "coordinator" in line), "")

    def happened(self, scene):
        taken = self.second.metric("millrace_takeovers_total")
        return self.code not in (None, 0) and taken and (
            f"{self.second.name} took over, {self.first.name} ended with {self.code}")


class CoordinatorFrozen(TwoCoordinators):
    name = "coordinator_frozen"

    def inject(self, scene):
        scene.wait_work()
        self.first.freeze()
        self.take_over(scene)
        self.first.thaw()
        self.expect_gone()


class CoordinatorFrozenInCommit(TwoCoordinators):
    """The other one finishes the commit in the target; the first one wakes up in the middle of it."""
    name = "coordinator_frozen_in_commit"

    def fits(self, target):
        return target.staged

    def inject(self, scene):
        scene.wait_commit()
        self.first.freeze()
        self.take_over(scene)
        scene.cluster.wait_end(scene.run)
        self.first.thaw()
        self.expect_gone()


class CoordinatorsAtOnce(TwoCoordinators):
    """The first one cannot reach Redis for a while, so that the second one leads; both live."""
    name = "two_coordinators"

    def inject(self, scene):
        scene.wait_work()
        scene.gate.rule(self.first.name, "redis", cut=True)
        self.take_over(scene)
        scene.gate.heal()
        self.expect_gone()


def faults():
    made = [lambda point=point: WorkerCrash(point) for point in WORKER_POINTS]
    made += [lambda point=point: CoordinatorCrash(point) for point in COORDINATOR_POINTS]
    return made + [WorkerKilled, WorkerFrozen, RollingRestart, MoreWorkers, CoordinatorKilled,
                   CoordinatorFrozen, CoordinatorFrozenInCommit, CoordinatorsAtOnce]
