#!/usr/bin/env python3
"""count.py FILE: counts a report of gtest or pytest (JUnit XML).

Prints "PASSED FAILED SKIPPED", then each reason of a skip once, with how often it was given.
"""
import collections
import re
import sys
import xml.etree.ElementTree as ElementTree


def main(path):
    passed = failed = 0
    reasons = collections.Counter()
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        skip = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        elif skip is not None or case.get("result") == "skipped":
            text = (skip.get("message") if skip is not None else "") or "no reason given"
            # gtest puts the place in the source first.
            lines = [x for x in text.splitlines() if x and not re.fullmatch(r"\S+\.cc:\d+", x)]
            reasons[lines[0] if lines else "no reason given"] += 1
        elif case.get("status") == "notrun":
            reasons["disabled in the source"] += 1
        else:
            passed += 1
    print(passed, failed, sum(reasons.values()))
    for reason, times in sorted(reasons.items()):
        print(f"{times} x {reason}" if times > 1 else reason)


main(sys.argv[1])
