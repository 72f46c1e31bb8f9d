"""Told to end, a run of faults leaves nothing that was started."""
import threading

import pytest

from processes import Broken, Starts


def test_nothing_starts_after_the_end():
    starts = Starts()
    with starts.one():
        pass
    starts.close()
    with pytest.raises(Broken), starts.one():
        pass


def test_the_end_waits_for_what_starts():
    starts, begun, go_on, order = Starts(), threading.Event(), threading.Event(), []

    def start():
        with starts.one():
            begun.set()
            go_on.wait(timeout=20)
            order.append("started")

    def close():
        starts.close()
        order.append("closed")
    threads = [threading.Thread(target=start), threading.Thread(target=close)]
    threads[0].start()
    begun.wait(timeout=20)
    threads[1].start()
    go_on.set()
    for one in threads:
        one.join(timeout=20)
    assert order == ["started", "closed"]
