"""Which fault meets which target: the whole matrix, or a sample of it by seed; and the table."""
import random

import faults_processes
import faults_servers
import faults_services
from targets import TARGETS

EACH_TARGET = 3


def all_faults():
    """What makes a fresh one of each fault, by name."""
    made = {}
    for group in (faults_processes, faults_servers, faults_services):
        for maker in group.faults():
            made[maker().name] = maker
    return made


def whole(makers):
    return [(fault, target.kind) for fault in makers for target in TARGETS
            if makers[fault]().fits(target)]


def sample(makers, seed):
    """Every fault once, every target at least EACH_TARGET times, paired by the seed."""
    luck = random.Random(seed)
    names = sorted(makers)
    luck.shuffle(names)
    # Those that fit few targets choose first.
    names.sort(key=lambda name: sum(makers[name]().fits(t) for t in TARGETS))
    taken = {target: 0 for target in TARGETS}
    pairs = []
    for name in names:
        fitting = [t for t in TARGETS if makers[name]().fits(t)]
        least = min(taken[t] for t in fitting)
        target = luck.choice([t for t in fitting if taken[t] == least])
        taken[target] += 1
        pairs.append((name, target.kind))
    while len(makers) > 1 and min(taken.values()) < EACH_TARGET:
        target = min(taken, key=taken.get)
        name = luck.choice([n for n in names if makers[n]().fits(target)])
        taken[target] += 1
        pairs.append((name, target.kind))
    return pairs


def lanes(pairs, makers, count):
    """The pairs dealt out, so that all lanes end at about the same time."""
    made, load = [[] for _ in range(count)], [0] * count
    for fault, target in sorted(pairs, key=lambda pair: -makers[pair[0]]().seconds):
        lane = load.index(min(load))
        made[lane].append((fault, target))
        load[lane] += makers[fault]().seconds
    return [lane for lane in made if lane]


def table(results):
    """Lines: a row per fault, a column per target; runs and verdicts, ! = one failed."""
    columns = [target.kind for target in TARGETS]
    faults = sorted({result.fault for result in results}, key=[r.fault for r in results].index)
    width = max(map(len, faults))
    lines = [" ".join(["fault".ljust(width), *columns])]
    for fault in faults:
        cells = []
        for column in columns:
            mine = [r for r in results if (r.fault, r.target) == (fault, column)]
            bad = sum(not r.passed for r in mine)
            text = "." if not mine else f"{len(mine)} ok" if not bad else f"{bad}/{len(mine)} FAILED"
            cells.append(text.ljust(len(column)))
        lines.append(" ".join([fault.ljust(width), *cells]).rstrip())
    return lines
