"""The processes of a cluster: started with a crash point or without, ended and frozen."""
import contextlib
import json
import os
import queue
import re
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request

from cloud import BIN, SECRET
from runs import wait_until

PATIENCE = 90  # s; the machine may be busy with other things


class Broken(Exception):
    """The cluster, not the data, is not as it must be."""


class Starts:
    """All starts of processes and servers: after close() nothing is there that a stop will not find."""

    def __init__(self):
        self.changed, self.under_way, self.closed = threading.Condition(), 0, False

    @contextlib.contextmanager
    def one(self):
        with self.changed:
            if self.closed:
                raise Broken("told to end")
            self.under_way += 1
        try:
            yield
        finally:
            with self.changed:
                self.under_way -= 1
                self.changed.notify_all()

    def close(self):
        """No start begins any more; waits for those that have begun."""
        with self.changed:
            self.closed = True
            self.changed.wait_for(lambda: self.under_way == 0, timeout=2 * PATIENCE)


STARTS = Starts()


def until(condition, what, seconds=PATIENCE, pause=0.05):
    """As wait_until, with the patience of a machine that is busy with several clusters."""
    return wait_until(condition, what, seconds, pause)


class Process:
    """`millrace coordinator` or `millrace worker`, by a name like worker1. May be started again."""

    def __init__(self, name, config, gate, folder):
        self.name, self.config, self.gate, self.folder = name, config, gate, folder
        self.kind = name.rstrip("0123456789")
        self.process, self.url, self.starts, self.frozen = None, None, 0, False

    def start(self, crash=""):
        """Without waiting for it; `crash` is a crash point like after_send:3."""
        assert not self.alive, f"{self.name} runs already"
        self.starts, self.frozen = self.starts + 1, False
        self.log = self.folder / f"{self.name}.{self.starts}.log"
        environment = {**os.environ, "MILLRACE_TEST_KEY": SECRET, "MILLRACE_CRASH": crash}
        with open(self.log, "wb") as log, STARTS.one():
            self.process = subprocess.Popen(
                [f"{BIN}/millrace", self.kind, "--config", self.config], stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=log, env=environment)
        self.gate.known(self.name, self.process.pid)
        self.url, self.lines = None, queue.Queue()
        threading.Thread(target=self.listen, args=(self.process.stdout, self.lines),
                         daemon=True).start()

    @staticmethod
    def listen(pipe, lines):
        for line in pipe:
            lines.put(line.decode())
        lines.put("")

    def ready(self):
        """Waits for the line that says where it listens."""
        deadline = time.monotonic() + PATIENCE
        while self.url is None:
            try:
                line = self.lines.get(timeout=max(0.01, deadline - time.monotonic()))
            except queue.Empty:
                raise Broken(f"{self.name} is not ready after {PATIENCE} s: {self.tail()}") from None
            if not line:
                raise Broken(f"{self.name} ended while starting: {self.tail()}")
            if found := re.search(r"https?://127\.0\.0\.1:\d+", line):
                self.url = found[0]
        return self

    @property
    def alive(self):
        return self.process is not None and self.process.poll() is None

    def send(self, which):
        self.process.send_signal(which)

    def kill(self):
        self.send(signal.SIGKILL)
        self.process.wait(timeout=20)

    def freeze(self):
        self.frozen = True
        self.send(signal.SIGSTOP)

    def thaw(self):
        self.send(signal.SIGCONT)
        self.frozen = False

    def end(self):
        """As an operator would; its exit code."""
        if self.alive:
            self.send(signal.SIGTERM)
        return self.ended()

    def ended(self):
        """Waits for its end, whoever wants it; its exit code."""
        try:
            return self.process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.name} does not end: {self.tail()}") from None

    def ask(self, path, body=None, method=None, timeout=20):
        """(status, JSON or text); 0 when it cannot be reached."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method,
                                         headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return answer.status, read(answer)
        except urllib.error.HTTPError as error:
            return error.code, read(error)
        except (OSError, ValueError) as error:
            return 0, str(error)

    def metric(self, name, **labels):
        """Sum over the series of this name that have these labels; 0 when there are none."""
        status, text = self.ask("/metrics", timeout=5) if self.alive and self.url else (0, "")
        total = 0.0
        if status == 200:
            for series, own, value in re.findall(r"^(\w+)(?:\{(.*)\})? (\S+)", text, re.M):
                if series == name and all(f'{k}="{v}"' in own for k, v in labels.items()):
                    total += float(value)
        return total

    def tail(self, size=1500):
        return self.log.read_text(errors="replace")[-size:]


def read(answer):
    text = answer.read().decode()
    return json.loads(text) if "json" in answer.headers.get("Content-Type", "") else text
