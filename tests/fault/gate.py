"""A TCP gate between the processes of a cluster and their servers.

One process for all links. Each server gets a port here; who connects is found by the socket's owner,
so that all processes may be given the same address and every link (process, server) still
has a rule of its own. Told by JSON lines on stdin, one answer line each; ends when stdin does.

    {"do": "listen", "server": "redis", "to": 6379, "port": 0}  -> {"port": 40123}
    {"do": "known", "name": "worker1", "pid": 77}
    {"do": "rule", "from": "worker1" or "*", "server": "redis" or "*", ...}    see Rule
    {"do": "count"}  -> {"worker1>redis": {"connections": 2, "up": 17, ...}}

Link in Python: class Gate at the end of this file.
"""
import asyncio
import dataclasses
import json
import os
import socket
import struct
import subprocess
import sys
import threading

CHUNK = 64 * 1024


@dataclasses.dataclass
class Rule:
    """What happens on a link. A rule that is set replaces the one before; {} forwards."""
    cut: bool = False       # connections end with a reset, new ones too
    hold: str = ""          # "both", "up" (towards the server), "down": bytes wait until it is over
    delay_ms: int = 0       # of every chunk, in both directions
    bytes_per_s: int = 0    # 0 = as fast as it goes, per direction and connection


@dataclasses.dataclass
class Count:
    connections: int = 0    # that were let through
    up: int = 0             # bytes to the server
    down: int = 0           # bytes from the server
    cut: int = 0            # connections ended by the rule
    refused: int = 0        # connections not let through by the rule
    held: int = 0           # chunks that waited for the end of a hold
    slowed: int = 0         # chunks that were delayed or throttled


class Link:
    """One process and one server."""

    def __init__(self):
        self.rule, self.count, self.pipes = Rule(), Count(), set()
        self.changed = asyncio.Event()

    def set(self, rule):
        self.rule = rule
        self.changed.set()
        self.changed = asyncio.Event()
        if rule.cut:
            for pipe in list(self.pipes):
                self.count.cut += 1
                pipe.reset()

    async def let_pass(self, chunk, direction):
        while self.rule.hold in ("both", direction):
            self.count.held += 1
            await self.changed.wait()
        rule = self.rule
        wait = rule.delay_ms / 1000 + (len(chunk) / rule.bytes_per_s if rule.bytes_per_s else 0)
        if wait:
            self.count.slowed += 1
            await asyncio.sleep(wait)


class Pipe:
    """One connection of a link."""

    def __init__(self, link, client, server):
        self.link, self.client, self.server = link, client, server

    async def run(self):
        self.link.pipes.add(self)
        up = asyncio.create_task(self.pump(self.client[0], self.server[1], "up"))
        down = asyncio.create_task(self.pump(self.server[0], self.client[1], "down"))
        try:
            await asyncio.gather(up, down)
        except (ConnectionError, OSError):
            self.reset()
        finally:
            up.cancel(), down.cancel()
            self.link.pipes.discard(self)
            for _, writer in (self.client, self.server):
                writer.close()

    async def pump(self, reader, writer, direction):
        while chunk := await reader.read(CHUNK):
            await self.link.let_pass(chunk, direction)
            writer.write(chunk)
            await writer.drain()
            count = self.link.count
            setattr(count, direction, getattr(count, direction) + len(chunk))
        if writer.can_write_eof():
            writer.write_eof()

    def reset(self):
        for _, writer in (self.client, self.server):
            end_with_reset(writer)


def end_with_reset(writer):
    opened = writer.get_extra_info("socket")
    if opened is not None and opened.fileno() >= 0:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


class Switch:
    """All links."""

    def __init__(self):
        self.links, self.pids, self.listeners = {}, {}, {}
        self.defaults = {}  # (process, server) -> rule of a link that does not exist yet

    def link(self, name, server):
        key = (name, server)
        if key not in self.links:
            self.links[key] = Link()
            self.links[key].rule = self.defaults.get(key) or self.defaults.get(("*", server), Rule())
        return self.links[key]

    async def listen(self, server, to, port):
        async def accept(reader, writer):
            await self.accept(reader, writer, server, to)
        listener = await asyncio.start_server(accept, "127.0.0.1", port, limit=2 * CHUNK)
        self.listeners[server] = listener
        return listener.sockets[0].getsockname()[1]

    async def accept(self, reader, writer, server, to):
        link = self.link(await self.name_of(writer), server)
        if link.rule.cut:
            link.count.refused += 1
            return end_with_reset(writer)
        try:
            other = await asyncio.open_connection("127.0.0.1", to, limit=2 * CHUNK)
        except OSError:
            return end_with_reset(writer)
        if link.rule.cut:  # meanwhile
            link.count.refused += 1
            end_with_reset(other[1])
            return end_with_reset(writer)
        link.count.connections += 1
        await Pipe(link, (reader, writer), other).run()

    async def name_of(self, writer):
        """Asks again for a moment: a process may connect before it is made known."""
        port, gate_port = (writer.get_extra_info(end)[1] for end in ("peername", "sockname"))
        for _ in range(10):
            if name := owner_of(port, gate_port, self.pids):
                return name
            await asyncio.sleep(0.02)
        return "other"

    def set_rule(self, name, server, rule):
        for one in self.listeners if server == "*" else [server]:
            if name == "*":
                self.defaults = {key: r for key, r in self.defaults.items() if key[1] != one}
            self.defaults[(name, one)] = rule
        for (of, to), link in self.links.items():
            if name in ("*", of) and server in ("*", to):
                link.set(rule)

    async def tell(self, order):
        do = order.pop("do")
        if do == "listen":
            return {"port": await self.listen(order["server"], order["to"], order.get("port", 0))}
        if do == "known":
            self.pids[order["pid"]] = order["name"]
            return {}
        if do == "rule":
            name, server = order.pop("from"), order.pop("server")
            self.set_rule(name, server, Rule(**order))
            return {}
        if do == "count":
            return {f"{name}>{server}": dataclasses.asdict(link.count)
                    for (name, server), link in self.links.items()}
        raise ValueError(f"no such order: {do}")


def owner_of(port, gate_port, pids):
    """The name of the known process that has the client's end of this connection."""
    inode = inode_of(port, gate_port)
    wanted = f"socket:[{inode}]"
    for pid, name in pids.items():
        try:
            for entry in os.scandir(f"/proc/{pid}/fd") if inode else ():
                try:
                    if os.readlink(entry.path) == wanted:
                        return name
                except OSError:
                    pass  # closed meanwhile
        except OSError:
            pass  # the process is gone
    return None


def inode_of(port, gate_port):
    """Of the socket that is connected from one port of loopback to another; 0 when there is none.

    Asked of the kernel by sock_diag: /proc/net/tcp says the same, but takes 0.1 s and more.
    """
    here = socket.inet_aton("127.0.0.1").ljust(16, b"\0")
    which = struct.pack(">HH", port, gate_port) + here + here + struct.pack("=Iii", 0, -1, -1)
    asked = struct.pack("=BBxxi", socket.AF_INET, socket.IPPROTO_TCP, -1) + which
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 4) as diag:  # NETLINK_SOCK_DIAG
        diag.send(struct.pack("=IHHII", 16 + len(asked), 20, 1, 1, 0) + asked)
        answer = diag.recv(4096)
    # A header of 16 bytes, inet_diag_msg with the inode at its end; kind 2 is an error.
    kind, = struct.unpack_from("=H", answer, 4)
    return 0 if kind == 2 else struct.unpack_from("=I", answer, 84)[0]


async def serve():
    switch, loop = Switch(), asyncio.get_running_loop()
    orders = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    while line := await orders.readline():
        try:
            answer = await switch.tell(json.loads(line))
        except (ValueError, KeyError, TypeError, OSError) as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)
    os._exit(0)  # whatever still passes through ends with the test


class Gate:
    """A gate process of one's own. Thread-safe."""

    def __init__(self):
        self.process = subprocess.Popen([sys.executable, __file__], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)
        self.mutex = threading.Lock()

    def tell(self, do, **order):
        with self.mutex:
            self.process.stdin.write(json.dumps({"do": do, **order}).encode() + b"\n")
            self.process.stdin.flush()
            answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise RuntimeError(f"gate: {answer['error']}")
        return answer

    def listen(self, server, to, port=0):
        """The port at which `server`, which listens at port `to`, is reached through the gate."""
        return self.tell("listen", server=server, to=to, port=port)["port"]

    def known(self, name, pid):
        self.tell("known", name=name, pid=pid)

    def rule(self, name, server, **rule):
        self.tell("rule", **{"from": name}, server=server, **rule)

    def heal(self):
        self.rule("*", "*")

    def count(self, name, server, what):
        """Sum over the links that match; "*" is all."""
        total = 0
        for link, counts in self.tell("count").items():
            of, to = link.split(">")
            if name in ("*", of) and server in ("*", to):
                total += counts[what]
        return total

    def stop(self):
        self.process.stdin.close()
        self.process.wait(timeout=10)


if __name__ == "__main__":
    asyncio.run(serve())
