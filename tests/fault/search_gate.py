"""A way to the search server that can spoil bulk requests: refuse them, in whole or in part, or apply
them and lose the answer."""
import gzip
import http.client
import json
import random
import socket
import struct
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cloud import SEED

KINDS = ("429", "503", "partial", "applied")


class SearchGate:
    def __init__(self, url):
        self.to = urllib.parse.urlsplit(url).netloc
        self.mutex, self.luck = threading.Lock(), random.Random(SEED)
        self.left, self.hits = {}, dict.fromkeys(KINDS, 0)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def spoil(self, kind, times):
        """About every second one of the next bulk requests, until it was so many."""
        with self.mutex:
            self.left[kind] = times

    def heal(self):
        with self.mutex:
            self.left.clear()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def draw(self):
        """The fault of this bulk request, counted; "" is none."""
        with self.mutex:
            kind = next((k for k, n in self.left.items() if n > 0), "")
            if not kind or self.luck.random() < 0.5:
                return ""
            self.left[kind] -= 1
            self.hits[kind] += 1
            return kind

    def forward(self, command, path, body, headers):
        upstream = http.client.HTTPConnection(self.to, timeout=60)
        upstream.request(command, path, body, headers)
        answer = upstream.getresponse()
        content = answer.read()
        upstream.close()
        return answer.status, answer.getheaders(), content

    def in_part(self, command, path, body, headers):
        """Every fifth item is refused as a busy server would, the others are done."""
        if headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        items = bulk_items(body)
        refused = {i for i in range(len(items)) if self.luck.random() < 0.2} or {0}
        kept = b"".join(text for i, (_, _, text) in enumerate(items) if i not in refused)
        done = {"took": 1, "errors": True, "items": []}
        if kept:
            headers = {k: v for k, v in headers.items()
                       if k.lower() not in ("content-length", "content-encoding")}
            status, _, content = self.forward(command, path, kept, headers)
            if status != 200:
                return status, [("Content-Type", "application/json")], content
            done = {**json.loads(content), "errors": True}
        rest = iter(done["items"])
        done["items"] = [
            {verb: {"_index": meta.get("_index"), "_id": meta.get("_id"), "status": 429, "error": {
                "type": "rejected_execution_exception", "reason": "rejected by the test"}}}
            if i in refused else next(rest) for i, (verb, meta, _) in enumerate(items)]
        return 200, [("Content-Type", "application/json")], json.dumps(done).encode()

    def handler(self):
        gate = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                asked = (self.command, self.path, body, dict(self.headers))
                bulk = self.command == "POST" and "_bulk" in self.path
                kind = gate.draw() if bulk else ""
                if kind in ("429", "503"):
                    text = {"error": {"type": "es_rejected_execution_exception", "reason": "busy"},
                            "status": int(kind)}
                    return self.give(int(kind), [("Content-Type", "application/json")],
                                     json.dumps(text).encode())
                try:
                    done = gate.in_part(*asked) if kind == "partial" else gate.forward(*asked)
                except OSError:
                    return self.drop()
                return self.drop() if kind == "applied" else self.give(*done)

            def give(self, status, headers, content):
                self.send_response_only(status)
                for name, value in headers:
                    if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)

            def drop(self):
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                           struct.pack("ii", 1, 0))
                self.close_connection = True

            do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = answer

            def log_message(self, *_):
                pass

        return Handler


def bulk_items(body):
    """[(verb, its line, text)] of a bulk request."""
    lines, items = body.split(b"\n"), []
    at = 0
    while at < len(lines) and lines[at]:
        (verb, meta), = json.loads(lines[at]).items()
        size = 1 if verb == "delete" else 2
        items.append((verb, meta, b"\n".join(lines[at:at + size]) + b"\n"))
        at += size
    return items
