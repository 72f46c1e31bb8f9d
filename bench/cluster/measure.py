"""Figures of a cluster of real processes; see README.md."""
import argparse
import pathlib
import tempfile

import cpu
import items
import lag

FIGURES = {
    "shares": lambda folder, how: items.shares(folder, how.rounds),
    "cpu": lambda folder, how: cpu.per_record(folder, how.rounds, how.records),
    "take-over": lambda folder, how: items.take_over(folder, how.rounds),
    "lag": lambda folder, how: lag.realtime(folder, 50, how.seconds, how.window),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("figures", nargs="*", metavar="FIGURE", help=" ".join(FIGURES))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--records", type=int, default=1_000_000, help="of cpu")
    parser.add_argument("--seconds", type=int, default=200, help="of lag")
    parser.add_argument("--window", type=int, default=60, help="windowSeconds of lag")
    how = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="millrace-bench-") as folder:
        for name in how.figures or FIGURES:
            FIGURES[name](pathlib.Path(folder) / name, how)


main()
