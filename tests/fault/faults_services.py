"""Source and target that throttle, fail, lose answers or refuse a part."""
import abc

from faults import Fault
from processes import until

# How each service says that it is busy, or broken.
BUSY = {"oss": "QpsLimitExceeded", "odps": "FlowExceeded", "opensearch": "3007",
        "ots": "OTSNotEnoughCapacityUnit"}
DOWN = {"oss": "ServiceUnavailable", "odps": "ServiceUnavailable", "opensearch": "1000",
        "ots": "OTSServerBusy"}


class Spoiled(Fault):
    """Requests that the stand-in spoils; it counts them."""
    bytes_per_s, enough, row_hits = 300_000, 3, False

    @abc.abstractmethod
    def rules(self, scene):
        """What the stand-in is told to spoil."""

    def hits(self, scene):
        counters = scene.cluster.cloud.admin("/counters")
        wanted = {f"{rule['action']} {rule['kind']}" for rule in self.made if "action" in rule}
        total = sum(n for what, n in counters["faults"].items() if what in wanted)
        return total + (sum(counters["row_faults"].values()) if self.row_hits else 0)

    def inject(self, scene):
        self.made = self.rules(scene)
        before = self.hits(scene)
        for rule in self.made:
            scene.cluster.cloud.admin("/fault", rule)

        def enough():
            hits = self.hits(scene) - before
            return hits if hits >= self.enough else 0
        self.count = until(enough, f"{self.enough} requests are spoiled")

    def heal(self, scene):
        scene.cluster.cloud.admin("/fault", method="DELETE")

    def happened(self, scene):
        return self.count and f"{self.count} requests were spoiled"


class SourceFault(Spoiled):
    kinds = []

    def rules(self, scene):
        return [{"service": "ots", "action": "GetStreamRecord", "percent": 40, "next": 4, **kind}
                for kind in self.kinds]


class SourceThrottled(SourceFault):
    name = "source_throttled"
    kinds = [{"kind": "status", "status": 403, "error": "OTSNotEnoughCapacityUnit"}]


class SourceBroken(SourceFault):
    name = "source_5xx"
    kinds = [{"kind": "status", "status": 500, "error": "OTSInternalServerError"},
             {"kind": "status", "status": 503, "error": "OTSServerUnavailable"}]


class SourceResets(SourceFault):
    name = "source_resets"
    kinds = [{"kind": "reset"}, {"kind": "drop_reply"}, {"kind": "truncate"}]


class ShardsMove(Fault):
    """The window holds splits and merges, and shards split and merge again while it is carried."""
    name, source, seconds = "split_and_merge", "moving", 12

    def inject(self, scene):
        scene.wait_work()
        cloud, table = scene.cluster.cloud, scene.source.table
        self.shards = len(cloud.admin("/shard/split", {"table": table})["shards"])
        cloud.admin("/shard/merge", {"table": table})

    def happened(self, scene):
        shards = scene.shown()["receipt"]["shards"]
        ended = sum(one["end"]["kind"] == "shard_end" and one["counts"]["read"] > 0 for one in shards)
        return ended and f"{ended} of {len(shards)} shards ended in the window; one more split, one merge"


class TargetFault(Spoiled):
    kind_of_search = ""

    def inject(self, scene):
        if scene.target.kind != "elasticsearch":
            return super().inject(scene)
        search, kind = scene.cluster.search, self.kind_of_search
        before = search.hits[kind]
        search.spoil(kind, 5)

        def enough():
            hits = search.hits[kind] - before
            return hits if hits >= self.enough else 0
        self.count = until(enough, f"{self.enough} bulk requests are spoiled")

    def heal(self, scene):
        super().heal(scene)
        scene.cluster.search.heal()

    def rules(self, scene):
        (service, first), *ends = scene.target.actions
        made = [{"service": service, "action": first, "percent": 50, "next": 5, **self.kind(service)}]
        return made + [{"service": service, "action": action, "next": 1, **self.kind(service)}
                       for _, action in ends]

    def kind(self, service):
        """What becomes of a request of this service, unless `rules` says it all."""
        raise AssertionError(f"{self.name} has rules of its own")


class TargetBusy(TargetFault):
    name, kind_of_search = "target_429", "429"

    def kind(self, service):
        return {"kind": "status", "status": 429, "error": BUSY[service], "retry_after_s": 1}


class TargetDown(TargetFault):
    name, kind_of_search = "target_503", "503"

    def kind(self, service):
        return {"kind": "status", "status": 503, "error": DOWN[service]}


class TargetApplied(TargetFault):
    """Done, but nobody hears of it."""
    name, kind_of_search = "target_applied_but_timed_out", "applied"

    def rules(self, scene):
        made = super().rules(scene)
        (service, action), *_ = scene.target.actions
        return made + [{"service": service, "action": action, "percent": 30, "next": 2,
                        "kind": "lie_reply", "status": 503, "error": DOWN[service]}]

    def kind(self, service):
        return {"kind": "drop_reply"}


class TargetPartial(TargetFault):
    """Some rows of a request are done, others are not; only targets that take single rows."""
    name, kind_of_search, row_hits, enough = "target_partial_failure", "partial", True, 3

    def fits(self, target):
        return target.kind in ("elasticsearch", "tablestore")

    def rules(self, scene):
        return [{"rows": True, "kind": "status", "error": "OTSServerBusy", "percent": 10, "next": 40},
                {"rows": True, "kind": "lie_reply", "error": "OTSTimeout", "percent": 10, "next": 20}]


def faults():
    return [SourceThrottled, SourceBroken, SourceResets, ShardsMove, TargetBusy, TargetDown,
            TargetApplied, TargetPartial]
