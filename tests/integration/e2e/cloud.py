"""A stand-in cloud of its own, and the official SDKs that look into it."""
import functools
import json
import os
import re
import subprocess
import urllib.request

import oss2
import tablestore
import xxhash

import model
from opensearch_signed import SignedApp

BIN = os.environ["MILLRACE_BIN"]
SEED = int(os.environ.get("MILLRACE_SEED", "1"))
INSTANCE, BUCKET, PROJECT, APP = "school", "millrace-test", "millrace_test", "test_app"
MINUTE = 60 * 1000  # ms
ACCESS_ID = "test-id"
# Looked for in every file that a test run leaves behind.
SECRET = "canary-3f9a-stay-out-of-sight"


class Cloud:
    def __init__(self, folder, *options, app=APP):
        self.log = open(folder / "standin.log", "wb")
        self.process = subprocess.Popen(
            [f"{BIN}/millrace-standin", "--access-id", ACCESS_ID, "--access-key", SECRET,
             "--instance", INSTANCE, "--bucket", BUCKET, "--project", PROJECT, "--app", app,
             "--seed", str(SEED), "--until-stdin-closes", *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log)
        ready = json.loads(self.process.stdout.readline())
        self.ots_url, self.oss_url, self.admin_url = ready["ots"], ready["oss"], ready["admin"]
        self.odps_url, self.opensearch_url = ready["odps"] + "/api", ready["opensearch"]
        self.ots = tablestore.OTSClient(self.ots_url, ACCESS_ID, SECRET, INSTANCE)
        self.app = SignedApp(self.opensearch_url, app, ACCESS_ID, SECRET)
        self.bucket = oss2.Bucket(oss2.Auth(ACCESS_ID, SECRET), self.oss_url, BUCKET)

    def stop(self):
        self.process.stdin.close()
        self.process.wait(timeout=10)
        self.log.close()

    def admin(self, path, body=None, method=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.admin_url + path, data=data, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())

    def now_ms(self):
        return self.admin("/clock")["now_ms"]

    def table(self, name, key=(("pk", "string"),), **more):
        self.admin("/table", {"table": name, "created_ms": self.now_ms() - 5 * 3600 * 1000,
                              "key": [{"name": n, "type": t} for n, t in key], **more})

    def fill(self, name, changes, **more):
        self.admin("/fill", {"table": name, "changes": changes, "seed": SEED, **more})

    def rows(self, table, begin, end, direction="FORWARD", versions=1):
        """Rows of a range as the official Python SDK reads them: (key, cells)."""
        found = []
        while begin:
            _, begin, page, _ = self.ots.get_range(table, direction, begin, end, max_version=versions)
            found += [(row.primary_key, row.attribute_columns) for row in page]
        return found

    def make_table(self, name, key=(("pk", "STRING"),), max_versions=1):
        """An empty table without a stream, made by the official SDK."""
        self.ots.create_table(
            tablestore.TableMeta(name, list(key)),
            tablestore.TableOptions(-1, max_versions),
            tablestore.ReservedThroughput(tablestore.CapacityUnit(0, 0)))

    def table_rows(self, table, key="pk"):
        """All rows as they are now: {id: {column: value}}."""
        rows = self.rows(table, [(key, tablestore.INF_MIN)], [(key, tablestore.INF_MAX)])
        return {name[0][1]: {c[0]: c[1] for c in cells} for name, cells in rows}

    def served(self):
        """Records served per shard: {shard: {"total", "distinct"}}."""
        return self.admin("/counters")["records_served"]

    def stream(self, table, wait_s=0):
        """The stream as the official Java SDK reads it."""
        lines = subprocess.run(
            ["java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp",
             os.environ["MILLRACE_JAVA_CLASSES"], "Dump", self.ots_url, INSTANCE, ACCESS_ID,
             SECRET, table, str(wait_s)],
            check=True, stdout=subprocess.PIPE, timeout=300).stdout
        # Not splitlines(): that also breaks at characters which values may hold.
        return model.read_stream(line for line in lines.decode().split("\n") if line)

    def objects(self, prefix):
        """Name -> bytes of the objects that `prefix` begins, manifests left out."""
        return {o.key: self.bucket.get_object(o.key).read()
                for o in oss2.ObjectIterator(self.bucket, prefix=prefix)
                if "/_millrace/" not in o.key}

    def manifests(self, prefix):
        folder = prefix.rsplit("/", 1)[0] + "/_millrace/" + prefix.rsplit("/", 1)[1] + "__"
        return {o.key: json.loads(self.bucket.get_object(o.key).read())
                for o in oss2.ObjectIterator(self.bucket, prefix=folder)}

    @functools.cached_property
    def odps(self):
        """The project of MaxCompute. Its SDK is loaded here because that takes a second."""
        from odps import ODPS, options
        options.sql.use_odps2_extension = True
        options.local_timezone = False  # UTC
        return ODPS(ACCESS_ID, SECRET, project=PROJECT, endpoint=self.odps_url)

    def odps_rows(self, table, partition=None):
        """Values of all rows in the table's order, without those of its partition."""
        from odps.tunnel import TableTunnel
        session = TableTunnel(self.odps).create_download_session(table, partition_spec=partition)
        with session.open_record_reader(0, session.count) as reader:
            return [record.values[:len(session.schema.simple_columns)] for record in reader]

    def open_uploads(self):
        return [u.key for u in oss2.MultipartUploadIterator(self.bucket)]


NAME = re.compile(
    r"(?P<object>.*)__(?P<start>\d{8}T\d{9})-(?P<end>\d{8}T\d{9})_(?P<shard>[0-9a-f]{8,16})"
    r"_(?P<number>\d{4,})(_r(?P<replay>\d+))?(?P<suffix>\.\w+)?")


def by_window_and_shard(objects):
    """{(start, end): {shard text: bytes}}, the objects of a shard joined in their order."""
    windows = {}
    for name in sorted(objects, key=lambda n: int(NAME.fullmatch(n)["number"])):
        part = NAME.fullmatch(name)
        shards = windows.setdefault((part["start"], part["end"]), {})
        shards[part["shard"]] = shards.get(part["shard"], b"") + objects[name]
    return windows


def shard_text(shard, digits=8):
    return xxhash.xxh3_64_hexdigest(shard.encode())[:digits]
