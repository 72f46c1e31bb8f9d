"""The gate by itself: what it lets through, and how each rule looks from both ends."""
import os
import socket
import subprocess
import sys
import threading
import time

import pytest

from gate import Gate
from runs import wait_until

ME = "me"


class Echo:
    """Answers each connection's bytes with the same bytes."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                one, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.answer, args=(one,), daemon=True).start()

    @staticmethod
    def answer(one):
        try:
            while data := one.recv(65536):
                one.sendall(data)
        except OSError:
            pass
        one.close()


@pytest.fixture
def gate():
    made = Gate()
    made.known(ME, os.getpid())
    yield made
    made.stop()


@pytest.fixture
def port(gate):
    echo = Echo()
    yield gate.listen("echo", echo.port)
    echo.listener.close()


def connect(port):
    made = socket.create_connection(("127.0.0.1", port))
    made.settimeout(20)
    return made


def echoed(to, data=b"hello"):
    to.sendall(data)
    got = b""
    while len(got) < len(data):
        more = to.recv(65536)
        if not more:
            break
        got += more
    return got == data


def ended(to):
    try:
        return to.recv(1) == b""
    except ConnectionResetError:
        return True


def test_forwards_and_counts(gate, port):
    to = connect(port)
    data = os.urandom(3_000_000)
    reader = threading.Thread(target=to.sendall, args=(data,))
    reader.start()
    got = b""
    while len(got) < len(data):
        got += to.recv(1 << 20)
    reader.join()
    assert got == data
    assert gate.count(ME, "echo", "up") == gate.count("*", "*", "down") == len(data)
    to.shutdown(socket.SHUT_WR)
    assert to.recv(1) == b""


def test_cut_ends_what_is_open_and_refuses_what_comes(gate, port):
    open_before = connect(port)
    assert echoed(open_before)
    gate.rule(ME, "echo", cut=True)
    assert ended(open_before) and ended(connect(port))
    assert gate.count(ME, "echo", "cut") == 1
    assert gate.count(ME, "echo", "refused") == 1
    gate.heal()
    assert echoed(connect(port))


def test_hold_keeps_bytes_until_it_is_over(gate, port):
    to = connect(port)
    assert echoed(to)
    gate.rule("*", "echo", hold="down")
    to.sendall(b"late")
    wait_until(lambda: gate.count(ME, "echo", "held") == 1, "the gate holds it", pause=0.01)
    assert gate.count(ME, "echo", "up") == len(b"hello" b"late")
    to.settimeout(0.05)
    with pytest.raises(TimeoutError):
        to.recv(4)
    gate.heal()
    to.settimeout(20)
    assert to.recv(4) == b"late"


def test_delay_and_throttle(gate, port):
    to = connect(port)
    gate.rule(ME, "echo", delay_ms=50)
    began = time.monotonic()
    assert echoed(to)
    assert time.monotonic() - began >= 0.1
    gate.rule(ME, "echo", bytes_per_s=100_000)
    began = time.monotonic()
    assert echoed(to, os.urandom(5_000))
    assert time.monotonic() - began >= 0.1
    assert gate.count(ME, "echo", "slowed") >= 4


def test_links_are_told_apart_by_process(gate, port):
    """The same address for two processes; only one of them is cut off."""
    program = f"""
import socket
input()
try:
    one = socket.create_connection(("127.0.0.1", {port}))
    one.sendall(b"x")
    print("got", len(one.recv(1)))
except OSError:
    print("reset")
"""
    other = subprocess.Popen([sys.executable, "-c", program], text=True,
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    gate.known("other1", other.pid)
    gate.rule("other1", "echo", cut=True)
    mine = connect(port)
    assert echoed(mine)
    out, _ = other.communicate("\n", timeout=20)
    assert out in ("reset\n", "got 0\n")
    assert gate.count("other1", "echo", "refused") == 1
    assert gate.count(ME, "echo", "cut") == 0 and echoed(mine)


def test_a_server_that_is_not_there(gate):
    free = socket.create_server(("127.0.0.1", 0))
    port = free.getsockname()[1]
    free.close()
    assert ended(connect(gate.listen("nobody", port)))
