"""A coordinator that answers with the examples of proto/openapi.json, and notes what it is asked."""
import http.server
import json
import re
import threading

from openapi import DOCUMENT, resolved


def example(path, method, status):
    media = resolved(DOCUMENT["paths"][path][method]["responses"][str(status)])["content"]
    return next(iter(media.values()))["example"]


class Coordinator:
    """On a free port of loopback. `says`: (status, code, text) in place of every answer."""

    def __init__(self):
        self.asked = []
        self.says = None
        self.token = None
        self.log = [json.loads(json.dumps(example("/api/v1/runs/{run}/log", "get", 200)))]
        self.run = json.loads(json.dumps(example("/api/v1/runs/{run}", "get", 200)))
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                outer.answer(self)

            do_GET = do_POST = do_PATCH = answer

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, request):
        size = int(request.headers.get("Content-Length", 0))
        body = json.loads(request.rfile.read(size)) if size else None
        self.asked.append((request.command, request.path, body))
        status, content = self.content(request)
        text = content if isinstance(content, bytes) else json.dumps(content).encode()
        request.send_response(status)
        request.send_header("Content-Length", str(len(text)))
        request.send_header("Content-Type",
                            "application/json" if status < 400 else "application/problem+json")
        request.end_headers()
        request.wfile.write(text)

    def content(self, request):
        if self.token and request.headers.get("Authorization") != "Bearer " + self.token:
            return 401, {"status": 401, "code": "token", "detail": "send the API token"}
        if self.says:
            status, code, detail = self.says
            return status, {"status": status, "code": code, "detail": detail} if code else b"<html>"
        path = request.path.split("?")[0]
        if re.fullmatch("/api/v1/runs/[^/]+/log", path):
            after = int(re.search("after=([0-9]+)", request.path).group(1))
            done = {"lines": [], "next": after, "ended": True}
            return 200, self.log[after] if after < len(self.log) else done
        if request.command == "GET" and re.fullmatch("/api/v1/runs/[^/]+", path):
            return 200, self.run
        template = re.sub("/runs/[^/]+", "/runs/{run}", path)
        method = request.command.lower()
        status = 201 if (method, path) == ("post", "/api/v1/runs") else 200
        return status, example(template, method, status)
