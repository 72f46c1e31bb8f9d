"""Kafka and Redis that are restarted, slow or forgetful, and the network between any two."""
import abc

from faults import Fault
from processes import until


class KafkaRestarted(Fault):
    name, seconds, bytes_per_s = "kafka_restarted", 16, 150_000

    def inject(self, scene):
        scene.wait_work()
        kafka = scene.cluster.kafka
        self.before, links = kafka.pid, scene.gate.count("*", "kafka", "connections")
        kafka.stop(kill=scene.luck.random() < 0.5)
        kafka.start()
        scene.gate.known("kafka", kafka.pid)
        self.after = kafka.pid

        def back():
            return scene.gate.count("coordinator1", "kafka", "connections") and (
                scene.gate.count("*", "kafka", "connections") - links)
        self.links = until(back, "the processes are connected again")

    def happened(self, scene):
        return self.after != self.before and f"a new process, {self.links} new connections"


class MessagesTwiceAndLate(Fault):
    name = "messages_twice_and_late"

    def prepare(self, scene):
        scene.gate.rule("*", "kafka", delay_ms=150)

    def inject(self, scene):
        scene.wait_work()
        self.again = scene.cluster.kafka.deliver_again(f"{scene.cluster.name}.work")
        scene.cluster.kafka.deliver_again(f"{scene.cluster.name}.events")
        self.slowed = scene.gate.count("*", "kafka", "slowed")

    def happened(self, scene):
        return self.again and self.slowed and (
            f"{self.again} work messages came again, {self.slowed} chunks came late")


class OffsetsLost(Fault):
    """The group is gone with all its offsets while no worker lives."""
    name, seconds, bytes_per_s = "offsets_lost", 12, 100_000

    def inject(self, scene):
        scene.wait_work()
        kafka = scene.cluster.kafka

        def stored():
            return any(n > 0 for g in kafka.groups() if g.startswith(scene.cluster.name)
                       for (topic, _), n in kafka.offsets(g).items() if topic.endswith(".work"))
        until(stored, "an offset is stored")
        for one in scene.cluster.workers():
            one.end()

        def empty():
            groups = [g for g in kafka.groups() if g.startswith(scene.cluster.name)]
            return groups and all(kafka.members(g) == 0 for g in groups
                                  if any(t.endswith(".work") for t, _ in kafka.offsets(g))) and groups
        groups = until(empty, "the group of the workers has no members")
        self.forgotten = 0
        for group in groups:
            stored = {place: n for place, n in kafka.offsets(group).items() if place[0].endswith(".work")}
            if stored:
                self.forgotten += sum(n > 0 for n in stored.values())
                kafka.forget(group)
        scene.start_missing_workers()

    def happened(self, scene):
        return self.forgotten and f"stored offsets of {self.forgotten} partitions were forgotten"


class Rebuilt(Fault):
    """Redis loses something; the coordinator notices and makes the ledger anew."""
    seconds, may_begin_again = 12, True

    def wait(self, scene):
        scene.wait_work()

    def inject(self, scene):
        self.wait(scene)
        self.first = scene.cluster.active()
        self.before = self.first.metric("millrace_rebuilds_total")
        self.run_id = scene.cluster.redis.run_id
        self.lose(scene)
        self.rebuilds = until(lambda: self.first.metric("millrace_rebuilds_total") - self.before,
                              "the coordinator rebuilds the ledger")

    @abc.abstractmethod
    def lose(self, scene):
        """Redis forgets."""

    def happened(self, scene):
        return self.rebuilds and f"{self.rebuilds:.0f} rebuild of the ledger"


class RedisRestarted(Rebuilt):
    name = "redis_restarted"

    def lose(self, scene):
        scene.cluster.redis.stop(kill=scene.luck.random() < 0.5)
        scene.cluster.redis.start()

    def happened(self, scene):
        return scene.cluster.redis.run_id != self.run_id and super().happened(scene)


class RedisFlushed(Rebuilt):
    name = "redis_flushed"

    def lose(self, scene):
        scene.cluster.redis.ask("FLUSHALL")


class RedisFlushedInCommit(RedisFlushed):
    """What is committed then stays; its items are not begun again."""
    name, bytes_per_s = "redis_flushed_in_commit", 800_000

    def fits(self, target):
        return target.staged

    def wait(self, scene):
        scene.wait_commit()


class RedisOld(Rebuilt):
    """What it held a while ago is there again."""
    name, bytes_per_s = "redis_old_snapshot", 150_000

    def lose(self, scene):
        scene.cluster.redis.save()
        scene.pause(leases=0.5)
        scene.cluster.redis.restore()


class RedisSlow(Fault):
    name, may_begin_again = "redis_slow", True

    def inject(self, scene):
        scene.wait_work()
        scene.gate.rule("*", "redis", delay_ms=scene.luck.randint(40, 120))
        scene.pause(leases=2)
        self.slowed = scene.gate.count("*", "redis", "slowed")

    def heal(self, scene):
        scene.gate.heal()

    def happened(self, scene):
        return self.slowed and f"{self.slowed} chunks were slowed down"


class RedisCut(Fault):
    name, may_begin_again = "redis_cut", True

    def inject(self, scene):
        scene.wait_work()
        scene.gate.rule("*", "redis", cut=True)
        until(lambda: scene.gate.count("*", "redis", "refused"), "somebody misses Redis")
        scene.pause(leases=1.5)

    def heal(self, scene):
        scene.gate.heal()

    def happened(self, scene):
        cut, refused = (scene.gate.count("*", "redis", what) for what in ("cut", "refused"))
        return cut and refused and f"{cut} connections were cut, {refused} refused"


class NetworkFault(Fault):
    """Between one process and one server that speak to each other, both drawn, for two lease times."""
    seconds, bytes_per_s, may_begin_again = 12, 150_000, True
    how, counters = {}, []

    def inject(self, scene):
        servers = ["redis", "kafka", "ots", scene.target.gate]
        if scene.luck.random() < 0.75:
            scene.wait_work()
            process = scene.cluster.busy_worker().name
        else:
            process = scene.cluster.active().name
            if not scene.target.staged:
                servers.pop()
        self.pair = process, scene.luck.choice(servers)
        self.before = self.seen(scene)
        scene.gate.rule(*self.pair, **self.how)
        self.count = until(lambda: self.seen(scene) - self.before, f"{self.pair} miss each other")
        scene.pause(leases=2)

    def seen(self, scene):
        return sum(scene.gate.count(*self.pair, what) for what in self.counters)

    def heal(self, scene):
        scene.gate.heal()

    def happened(self, scene):
        return self.count and f"{' and '.join(self.pair)}: {self.count} times {self.counters[-1]}"


class NetworkCut(NetworkFault):
    name, how, counters = "network_cut", {"cut": True}, ["cut", "refused"]


class NetworkSilent(NetworkFault):
    name, how, counters = "network_silent", {"hold": "both"}, ["held"]


class NetworkOneWay(NetworkFault):
    """What is sent arrives, no answer comes back."""
    name, how, counters = "network_one_way", {"hold": "down"}, ["held"]


class LateRequests(Fault):
    """What a worker sends to the target is held for two lease times, then it arrives after all."""
    name, seconds = "requests_come_late", 12

    def inject(self, scene):
        scene.wait_work()
        self.pair = scene.cluster.busy_worker().name, scene.target.gate
        scene.gate.rule(*self.pair, hold="up")
        self.count = until(lambda: scene.gate.count(*self.pair, "held"), "a request is held")
        scene.pause(leases=2)

    def heal(self, scene):
        scene.gate.heal()

    def happened(self, scene):
        return self.count and f"{self.pair[0]}: {self.count} chunks arrived late at the target"


def faults():
    return [KafkaRestarted, MessagesTwiceAndLate, OffsetsLost, RedisRestarted, RedisSlow, RedisCut,
            RedisFlushed, RedisFlushedInCommit, RedisOld, NetworkCut, NetworkSilent, NetworkOneWay,
            LateRequests]
