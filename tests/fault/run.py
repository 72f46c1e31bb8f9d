"""Faults on a real cluster: inject, heal, compare every record of source and target.

    run.py                      every fault once, every target at least three times, paired by the seed
    run.py --all                every fault with every target
    run.py --only FAULT [--target KIND] [--times N]

Ends with a table fault x target and the line "N passed, N failed". Environment: as tests/run.
"""
import argparse
import dataclasses
import os
import pathlib
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback

HERE = pathlib.Path(__file__).parent
for folder in (HERE, HERE.parent / "integration/e2e", HERE.parent / "integration/sdk/python"):
    sys.path.insert(0, str(folder))

import matrix  # noqa: E402
from cluster import Cluster  # noqa: E402
from cloud import SEED  # noqa: E402
from faults import Scene  # noqa: E402
from processes import STARTS, Broken  # noqa: E402
from targets import check_receipt  # noqa: E402


@dataclasses.dataclass
class Result:
    fault: str
    target: str
    passed: bool
    seconds: float
    text: str


class Lane(threading.Thread):
    """A cluster of its own, and cases that use it one after the other."""

    def __init__(self, name, pairs, options, tell):
        super().__init__(name=name)
        self.pairs, self.options, self.tell = pairs, options, tell
        self.cluster, self.count, self.dropping = None, 0, threading.Lock()

    def run(self):
        for number, (fault, target) in enumerate(self.pairs):
            began = time.monotonic()
            try:
                self.have_cluster()
                text, passed = self.case(fault, target, number), True
            except Exception as error:
                passed, text = False, self.explain(error)
            self.tell(Result(fault, target, passed, time.monotonic() - began, text))
            if not passed:
                self.drop_cluster()
        self.drop_cluster()

    def case(self, name, kind, number):
        """One case; the proof that its fault happened."""
        cluster, fault = self.cluster, matrix.all_faults()[name]()
        target, source = cluster.targets[kind], cluster.sources[fault.source]
        scene = Scene(cluster, target, source, random.Random(f"{SEED} {name} {kind} {number}"))
        own = f"{name}_{number}_{os.urandom(3).hex()}"
        script = target.script(own, source, fault.bytes_per_s)
        changes = cluster.changing.count
        still = fault.may_begin_again and not target.staged
        cluster.changing.let(not still)
        try:
            fault.prepare(scene)
            scene.begin(own, script)
            fault.inject(scene)
        finally:
            fault.heal(scene)
        scene.submitted()
        scene.hurry()
        receipt = cluster.wait_end(scene.run)["receipt"]
        proof = fault.happened(scene)
        assert proof, "the fault did not happen"
        check_receipt(target, source, receipt)
        if still and receipt.get("by_image"):
            target.check_images(own, source)
        else:
            target.check(own, source, receipt)
        assert still or cluster.changing.count > changes, "the tables did not change meanwhile"
        cluster.changing.let(True)
        cluster.restore()
        return proof

    def have_cluster(self):
        if self.cluster is None:
            self.count += 1
            self.cluster = Cluster(self.options.folder / f"{self.name}n{self.count}",
                                   os.environ["MILLRACE_SEARCH_URL"])
            self.cluster.start()

    def drop_cluster(self):
        with self.dropping:
            try:
                if self.cluster is not None:
                    self.cluster.stop()
            except Exception:
                traceback.print_exc()
            self.cluster = None

    def explain(self, error):
        if isinstance(error, (AssertionError, Broken)):
            text = str(error)
        else:
            text = "".join(traceback.format_exception(error))
        place = traceback.extract_tb(error.__traceback__)[-1]
        text += f"\n    at {place.filename}:{place.lineno}"
        if self.cluster is not None:
            text += f"\n    logs: {self.cluster.folder}"
            if self.options.logs:
                text += "\n" + self.cluster.logs()
        return text


def leave(lanes, code):
    """Told to end: nothing that was started stays."""
    STARTS.close()
    for lane in lanes:
        lane.drop_cluster()
    os._exit(code)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true", help="the whole matrix")
    parser.add_argument("--only", action="append", default=[], metavar="FAULT")
    parser.add_argument("--target", action="append", default=[], metavar="KIND")
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--lanes", type=int, default=3, help="clusters at the same time")
    parser.add_argument("--logs", action="store_true", help="with the ends of logs where it fails")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--folder", type=pathlib.Path)
    return parser.parse_args()


def main():
    options, makers = arguments(), matrix.all_faults()
    pairs = matrix.whole(makers) if options.all or options.only else matrix.sample(makers, SEED)
    if options.only:
        pairs = [p for p in pairs if p[0] in options.only and (not options.target or p[1] in options.target)]
    if options.list:
        return print(*(" ".join(pair) for pair in pairs), sep="\n")
    pairs *= options.times
    keep = options.folder is not None
    options.folder = options.folder or pathlib.Path(tempfile.mkdtemp(prefix="millrace-fault."))
    options.folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    options.folder.chmod(0o755)
    print(f"seed {SEED}: {len(pairs)} cases", flush=True)

    results, mutex = [], threading.Lock()

    def tell(result):
        with mutex:
            results.append(result)
            word = "ok    " if result.passed else "FAILED"
            print(f"{word} {len(results)}/{len(pairs)} {result.fault} x {result.target}, "
                  f"{result.seconds:.0f} s: {result.text}", flush=True)
    dealt = matrix.lanes(pairs, makers, min(options.lanes, len(pairs)))
    threads = [Lane(f"lane{i}", mine, options, tell) for i, mine in enumerate(dealt, 1)]
    for which in (signal.SIGTERM, signal.SIGINT):
        signal.signal(which, lambda number, _: leave(threads, 128 + number))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    order = list(makers)
    print(*matrix.table(sorted(results, key=lambda r: order.index(r.fault))), sep="\n")
    failed = sum(not result.passed for result in results)
    if not failed and not keep:
        shutil.rmtree(options.folder, ignore_errors=True)
    print(f"{len(results) - failed} passed, {failed} failed", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
