"""Alibaba OpenSearch by requests that the official Python helper (PyPI alibabacloud-opensearch-util
0.0.4) signs."""
import json
import urllib.error
import urllib.parse
import urllib.request
import uuid

from alibabacloud_opensearch_util.opensearch_util import OpensearchUtil
from Tea.request import TeaRequest


class SignedApp:
    def __init__(self, endpoint, app, key_id, key):
        self.endpoint, self.app, self.key_id, self.key = endpoint, app, key_id, key

    def path(self, rest=""):
        return f"/v3/openapi/apps/{self.app}{rest}"

    def ask(self, method, path, query=None, body=None, nonce=None, date=None, key=None, key_id=None):
        """The status and the JSON of the answer."""
        request = TeaRequest()
        request.method, request.pathname, request.query = method, path, query or {}
        request.headers = {"Date": date or OpensearchUtil.get_date(),
                           "X-Opensearch-Nonce": nonce or uuid.uuid4().hex}
        data = None
        if body is not None:
            text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
            data = text.encode()
            request.headers["Content-MD5"] = OpensearchUtil.get_content_md5(text)
            request.headers["Content-Type"] = "application/json"
        request.headers["Authorization"] = OpensearchUtil.get_signature(
            request, key_id or self.key_id, key or self.key)
        url = self.endpoint + urllib.parse.quote(path)
        if query:
            url += "?" + urllib.parse.urlencode(query, quote_via=urllib.parse.quote)
        sent = urllib.request.Request(url, data=data, method=method, headers=request.headers)
        try:
            with urllib.request.urlopen(sent, timeout=20) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def push(self, operations, table="main", **more):
        """0, or the number of the error."""
        status, answer = self.ask("POST", self.path(f"/{table}/actions/bulk"), body=operations, **more)
        return 0 if status == 200 and answer["status"] == "OK" else answer["errors"][0]["code"]

    def search(self, query, form="fulljson", hit=50, **more):
        clauses = f"config=start:0,hit:{hit},format:{form}&&query={query}"
        status, answer = self.ask("GET", self.path("/search"), {"query": clauses, **more})
        if status != 200 or answer["status"] != "OK":
            raise AssertionError(answer)
        return answer["result"]

    def document(self, key):
        items = self.search(f"id:'{key}'")["items"]
        return items[0]["fields"] if items else None

    def documents(self, hit=500, key="id"):
        """All of them, by their key field."""
        found, scroll, items = {}, {"search_type": "scan", "scroll": "1m"}, None
        while items is None or items:
            result = self.search("''", hit=hit, **scroll)
            # The first answer may only give the id.
            items = result["items"] if "scroll_id" in scroll else None
            for item in result["items"]:
                if found.setdefault(item["fields"][key], item["fields"]) is not item["fields"]:
                    raise AssertionError("a scan gives a document twice")
            scroll["scroll_id"] = result["scroll_id"]
        return found
