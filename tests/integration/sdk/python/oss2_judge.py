#!/usr/bin/env python3
"""Judges the stand-in's OSS with the official Python SDK (PyPI oss2 2.19.1).

Starts the stand-in given with --standin and reads its ready line, or talks to a running one:

    oss2_judge.py --standin build/release/bin/millrace-standin
    oss2_judge.py --endpoint http://127.0.0.1:9000 --bucket millrace-demo --id standin --key standin-secret

Every case runs with both signatures. Prints "N passed, N failed" and exits 1 when any failed.
"""
import argparse
import json
import subprocess
import sys
import traceback

import oss2

REGION = "cn-hangzhou"
PART = 100 * 1024


def pattern(seed, length):
    return bytes((131 * i + 17 * seed + (i >> 8)) & 0xFF for i in range(length))


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def refused(call, error, status):
    try:
        call()
    except error as e:
        expect(e.status == status, f"status {e.status}, not {status}")
        return e
    raise AssertionError(f"{error.__name__} was expected")


def put_and_get(bucket, p):
    for key in (p + "a.txt", p + "a b+\u4e2d&%.txt", p + "dir/deep/x"):
        put = bucket.put_object(key, b"hello world", headers={"x-oss-meta-shard": "17"})
        expect(put.status == 200 and put.etag == "5EB63BBBE01EEED093CB22BB8F5ACDC3", "etag")
        expect(put.crc == 5981764153023615706, "crc")
        got = bucket.get_object(key)
        expect(got.read() == b"hello world", "body")
        expect(got.headers["x-oss-meta-shard"] == "17", "user metadata")
    bucket.put_object(p + "empty", b"")
    expect(bucket.get_object(p + "empty").read() == b"", "empty body")


def chunked_put(bucket, p):
    class Stream:  # without a length: the SDK sends chunks
        def __init__(self):
            self.left = 5

        def __iter__(self):
            return self

        def __next__(self):
            if self.left == 0:
                raise StopIteration
            self.left -= 1
            return pattern(self.left, 70000)

    bucket.put_object(p + "chunked", Stream())
    whole = b"".join(pattern(i, 70000) for i in (4, 3, 2, 1, 0))
    expect(bucket.get_object(p + "chunked").read() == whole, "body")


def ranges(bucket, p):
    data = pattern(3, 50000)
    bucket.put_object(p + "range", data)
    for byte_range in ((0, 9), (100, 299), (49990, 99999), (10, None)):
        first, last = byte_range
        expected = data[first:] if last is None else data[first:last + 1]
        expect(bucket.get_object(p + "range", byte_range=byte_range).read() == expected, byte_range)
    expect(bucket.get_object(p + "range", byte_range=(None, 5)).read() == data[-5:], "last five")
    got = bucket.get_object(p + "range", byte_range=(60000, 70000))
    expect(got.status == 200 and got.read() == data, "a range that cannot be met")
    standard = {"x-oss-range-behavior": "standard"}
    refused(lambda: bucket.get_object(p + "range", byte_range=(60000, 70000), headers=standard),
            oss2.exceptions.ServerError, 416)


def head_and_conditions(bucket, p):
    bucket.put_object(p + "head", b"12345")
    head = bucket.head_object(p + "head")
    expect(head.content_length == 5 and head.object_type == "Normal", "head")
    expect(bucket.get_object_meta(p + "head").content_length == 5, "meta")
    expect(bucket.object_exists(p + "head") and not bucket.object_exists(p + "no"), "exists")
    e = refused(lambda: bucket.head_object(p + "no"), oss2.exceptions.NotFound, 404)
    expect(e.code == "NoSuchKey", e.code)
    same = {"If-None-Match": head.etag}
    refused(lambda: bucket.get_object(p + "head", headers=same), oss2.exceptions.NotModified, 304)


def missing(bucket, p):
    refused(lambda: bucket.get_object(p + "no"), oss2.exceptions.NoSuchKey, 404)
    other = oss2.Bucket(bucket.auth, bucket.endpoint, "no-such-bucket-77", region=REGION)
    refused(lambda: other.get_object("x"), oss2.exceptions.NoSuchBucket, 404)


def forbid_overwrite(bucket, p):
    forbid = {"x-oss-forbid-overwrite": "true"}
    bucket.put_object(p + "once", b"first", headers=forbid)
    e = refused(lambda: bucket.put_object(p + "once", b"second", headers=forbid),
                oss2.exceptions.ServerError, 409)
    expect(e.code == "FileAlreadyExists", e.code)
    expect(bucket.get_object(p + "once").read() == b"first", "the old body")


def bad_digest(bucket, p):
    wrong = {"Content-MD5": "AAAAAAAAAAAAAAAAAAAAAA=="}
    e = refused(lambda: bucket.put_object(p + "bad", b"x", headers=wrong),
                oss2.exceptions.ServerError, 400)
    expect(e.code == "InvalidDigest", e.code)
    expect(not bucket.object_exists(p + "bad"), "nothing is stored")


def multipart(bucket, p):
    key = p + "multi"
    upload = bucket.init_multipart_upload(key).upload_id
    bodies = {1: pattern(1, PART), 2: pattern(2, PART + 1), 5: b"the end"}
    parts = []
    for number, body in bodies.items():
        result = bucket.upload_part(key, upload, number, body)
        parts.append(oss2.models.PartInfo(number, result.etag, size=len(body), part_crc=result.crc))
    listed = bucket.list_parts(key, upload)
    expect([(x.part_number, x.size, x.etag) for x in listed.parts] ==
           [(x.part_number, x.size, x.etag) for x in parts], "list_parts")
    paged = bucket.list_parts(key, upload, max_parts=2)
    expect(paged.is_truncated and paged.next_marker == "2", "list_parts pages")
    uploads = list(oss2.MultipartUploadIterator(bucket, prefix=p))
    expect([x.upload_id for x in uploads if x.key == key] == [upload], "list uploads")
    expect(not bucket.object_exists(key), "invisible before complete")
    done = bucket.complete_multipart_upload(key, upload, parts)
    expect(done.etag.endswith("-3"), done.etag)
    expect(bucket.get_object(key).read() == b"".join(bodies.values()), "body")
    expect(bucket.head_object(key).object_type == "Multipart", "type")
    e = refused(lambda: bucket.complete_multipart_upload(key, upload, parts),
                oss2.exceptions.NoSuchUpload, 404)
    expect(e.code == "NoSuchUpload", e.code)


def multipart_refusals(bucket, p):
    key = p + "refused"
    upload = bucket.init_multipart_upload(key).upload_id
    small = bucket.upload_part(key, upload, 1, b"small")
    last = bucket.upload_part(key, upload, 2, b"last")
    info = oss2.models.PartInfo

    def complete(parts, code):
        e = refused(lambda: bucket.complete_multipart_upload(key, upload, parts),
                    oss2.exceptions.ServerError, 400)
        expect(e.code == code, f"{e.code}, not {code}")

    complete([info(1, small.etag), info(2, last.etag)], "EntityTooSmall")
    complete([info(1, "0" * 32)], "InvalidPart")
    complete([info(3, small.etag)], "InvalidPart")
    refused(lambda: bucket.upload_part(key, upload, 10001, b"x"), oss2.exceptions.ServerError, 400)
    bucket.abort_multipart_upload(key, upload)
    refused(lambda: bucket.abort_multipart_upload(key, upload), oss2.exceptions.NoSuchUpload, 404)
    refused(lambda: bucket.upload_part(key, upload, 1, b"x"), oss2.exceptions.NoSuchUpload, 404)


def multipart_replacing(bucket, p):
    key = p + "replaced"
    upload = bucket.init_multipart_upload(key).upload_id
    bucket.upload_part(key, upload, 1, b"first try")
    again = bucket.upload_part(key, upload, 1, b"second try")
    bucket.complete_multipart_upload(key, upload, [oss2.models.PartInfo(1, again.etag)])
    expect(bucket.get_object(key).read() == b"second try", "the part sent last")


def resumable(bucket, p):
    import tempfile
    with tempfile.TemporaryDirectory() as folder:
        path = folder + "/file"
        data = pattern(9, 3 * PART + 11)
        with open(path, "wb") as f:
            f.write(data)
        store = oss2.ResumableStore(root=folder)
        oss2.resumable_upload(bucket, p + "resumed", path, store=store, multipart_threshold=PART,
                              part_size=PART)
        oss2.resumable_download(bucket, p + "resumed", path + "2", part_size=PART,
                                multiget_threshold=PART,
                                store=oss2.ResumableDownloadStore(root=folder))
        with open(path + "2", "rb") as f:
            expect(f.read() == data, "body")


def upload_part_copy(bucket, p):
    bucket.put_object(p + "source", pattern(4, 200000))
    key = p + "part-copy"
    upload = bucket.init_multipart_upload(key).upload_id
    part = bucket.upload_part_copy(bucket.bucket_name, p + "source", (100, 199999), key, upload, 1)
    bucket.complete_multipart_upload(key, upload, [oss2.models.PartInfo(1, part.etag)])
    expect(bucket.get_object(key).read() == pattern(4, 200000)[100:], "body")


def append(bucket, p):
    key = p + "append"
    first = bucket.append_object(key, 0, b"hello ")
    expect(first.next_position == 6, "position")
    second = bucket.append_object(key, 6, b"world", init_crc=first.crc)
    expect(second.next_position == 11 and second.crc == 5981764153023615706, "crc of the whole")
    e = refused(lambda: bucket.append_object(key, 3, b"x"),
                oss2.exceptions.PositionNotEqualToLength, 409)
    expect(e.next_position == 11, "next position")
    expect(bucket.get_object(key).read() == b"hello world", "body")
    bucket.put_object(p + "normal", b"x")
    refused(lambda: bucket.append_object(p + "normal", 1, b"x"),
            oss2.exceptions.ObjectNotAppendable, 409)


def copy(bucket, p):
    bucket.put_object(p + "a+b \u4e2d", b"copied")
    bucket.copy_object(bucket.bucket_name, p + "a+b \u4e2d", p + "copy 2")
    expect(bucket.get_object(p + "copy 2").read() == b"copied", "body")
    refused(lambda: bucket.copy_object(bucket.bucket_name, p + "no", p + "x"),
            oss2.exceptions.NoSuchKey, 404)


def listings(bucket, p):
    keys = [p + f"l/k{i:03}" for i in range(25)] + [p + "l/d/x", p + "l/d/y", p + "l/z \u4e2d&"]
    for key in keys:
        bucket.put_object(key, b"")
    keys.sort(key=lambda key: key.encode())
    for page in (1, 7, 1000):
        v1 = [o.key for o in oss2.ObjectIterator(bucket, prefix=p + "l/", max_keys=page)]
        v2 = [o.key for o in oss2.ObjectIteratorV2(bucket, prefix=p + "l/", max_keys=page)]
        expect(v1 == keys and v2 == keys, f"pages of {page}")
    for iterator in (oss2.ObjectIterator, oss2.ObjectIteratorV2):
        entries = [(o.key, o.is_prefix())
                   for o in iterator(bucket, prefix=p + "l/", delimiter="/", max_keys=4)]
        expected = sorted({(p + "l/d/", True)} |
                          {(key, False) for key in keys if "/d/" not in key})
        expect(sorted(entries) == expected, "common prefixes")
    after = bucket.list_objects_v2(prefix=p + "l/", start_after=p + "l/k020").object_list
    expect([o.key for o in after] == [key for key in keys if key > p + "l/k020"], "start_after")
    first = bucket.list_objects(prefix=p + "l/", max_keys=3)
    expect(first.is_truncated and first.next_marker == first.object_list[-1].key, "marker")


def deletes(bucket, p):
    for i in range(5):
        bucket.put_object(p + f"del/{i} &", b"")
    expect(bucket.delete_object(p + "del/0 &").status == 204, "delete")
    expect(bucket.delete_object(p + "del/0 &").status == 204, "delete of a missing one")
    keys = [p + f"del/{i} &" for i in range(1, 4)]
    gone = bucket.batch_delete_objects(keys)
    expect(sorted(gone.deleted_keys) == keys, "batch")
    expect([o.key for o in oss2.ObjectIterator(bucket, prefix=p + "del/")] == [p + "del/4 &"],
           "what is left")


def bucket_calls(bucket, p):
    info = bucket.get_bucket_info()
    expect(info.name == bucket.bucket_name and info.location == "oss-" + REGION, "info")
    expect(bucket.get_bucket_location().location == "oss-" + REGION, "location")
    expect(bucket.get_bucket_acl().acl == "private", "acl")
    other = oss2.Bucket(bucket.auth, bucket.endpoint, "judge-" + p.strip("/").replace("_", "-"),
                        region=REGION)
    other.create_bucket()
    other.put_object("x", b"1")
    e = refused(other.delete_bucket, oss2.exceptions.BucketNotEmpty, 409)
    expect(e.code == "BucketNotEmpty", e.code)
    other.delete_object("x")
    other.delete_bucket()
    refused(other.get_bucket_info, oss2.exceptions.NoSuchBucket, 404)
    service = oss2.Service(bucket.auth, bucket.endpoint, region=REGION)
    expect(bucket.bucket_name in [b.name for b in oss2.BucketIterator(service)], "list buckets")


def signed_urls(bucket, p):
    import requests
    bucket.put_object(p + "url", b"by url")
    expect(requests.get(bucket.sign_url("GET", p + "url", 60), timeout=10).content == b"by url",
           "get")
    put = requests.put(bucket.sign_url("PUT", p + "url2", 60), data=b"put by url", timeout=10)
    expect(put.status_code == 200, f"put: {put.status_code}")
    broken = bucket.sign_url("GET", p + "url", 60).replace("ignature=", "ignature=A", 1)
    expect(requests.get(broken, timeout=10).status_code in (400, 403), "a broken one")


def wrong_keys(bucket, p):
    kind = type(bucket.auth)
    for key_id, secret, code in ((ID, "wrong", "SignatureDoesNotMatch"),
                                 ("nobody", SECRET, "InvalidAccessKeyId")):
        other = oss2.Bucket(kind(key_id, secret), bucket.endpoint, bucket.bucket_name, region=REGION)
        e = refused(lambda: other.put_object(p + "x", b""), oss2.exceptions.ServerError, 403)
        expect(e.code == code, f"{e.code}, not {code}")
    anonymous = oss2.Bucket(oss2.AnonymousAuth(), bucket.endpoint, bucket.bucket_name)
    refused(lambda: anonymous.get_object(p + "x"), oss2.exceptions.AccessDenied, 403)


CASES = [put_and_get, chunked_put, ranges, head_and_conditions, missing, forbid_overwrite, bad_digest,
         multipart, multipart_refusals, multipart_replacing, resumable, upload_part_copy, append, copy,
         listings, deletes, bucket_calls, signed_urls, wrong_keys]
ID = SECRET = ""


def judge(endpoint, name):
    passed = failed = 0
    for label, auth in (("v1", oss2.Auth(ID, SECRET)), ("v4", oss2.AuthV4(ID, SECRET))):
        bucket = oss2.Bucket(auth, endpoint, name, region=REGION)
        for case in CASES:
            try:
                case(bucket, f"judge_{label}/")
                passed += 1
            except Exception:
                failed += 1
                print(f"FAILED {label} {case.__name__}", file=sys.stderr)
                traceback.print_exc()
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


def main():
    global ID, SECRET
    parser = argparse.ArgumentParser(description="Judges the stand-in's OSS with the official SDK.")
    parser.add_argument("--standin", help="program to start; it prints a ready line")
    parser.add_argument("--endpoint", help="of a running one")
    parser.add_argument("--bucket", default="millrace-demo")
    parser.add_argument("--id", default="standin")
    parser.add_argument("--key", default="standin-secret")
    args = parser.parse_args()
    ID, SECRET = args.id, args.key
    if args.endpoint:
        return judge(args.endpoint, args.bucket)
    if not args.standin:
        parser.error("give --standin or --endpoint")
    server = subprocess.Popen(
        [args.standin, "--bucket", args.bucket, "--access-id", ID, "--access-key", SECRET,
         "--until-stdin-closes"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        return judge(json.loads(server.stdout.readline())["oss"], args.bucket)
    finally:
        server.stdin.close()
        server.wait(timeout=10)


if __name__ == "__main__":
    sys.exit(main())
