#!/usr/bin/env python3
"""Runs otaudit on an object store for real: ledger-object-store.py OTAUDIT [WRITERS] [KILLS]

OTAUDIT is built with `--features object-store`. The store is moto's S3 server, which this script starts:
python3 -m venv venv && venv/bin/pip install 'moto[s3,server]' && venv/bin/python scripts/ledger-object-store.py OTAUDIT

Moto honours `If-None-Match: *` and object locks. It does not verify signatures, and knows neither S3's 409 answer to writes at
the same moment (the tests of `src/ledger/bucket` have that one) nor throttling. For writes to a locked bucket it asks for
`x-amz-sdk-checksum-algorithm`, where S3 takes any `x-amz-checksum-…`: `Door` translates.
"""
import json
import logging
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

otaudit = Path(sys.argv[1]).resolve()
writers = int(sys.argv[2]) if len(sys.argv) > 2 else 20
kills = int(sys.argv[3]) if len(sys.argv) > 3 else 60
random.seed(8)


class Door:
    """Stands before the server, and sees that otaudit never writes without the condition."""

    def __init__(self, inner):
        self.inner = inner
        self.writes = 0

    def __call__(self, request, answer):
        if request["REQUEST_METHOD"] == "PUT" and request.get("HTTP_USER_AGENT", "").startswith("object_store/"):
            assert request.get("HTTP_IF_NONE_MATCH") == "*", "a write without a condition"
            assert request.get("HTTP_AUTHORIZATION", "").startswith("AWS4-HMAC-SHA256 "), "an unsigned write"
            self.writes += 1
        assert request["REQUEST_METHOD"] != "DELETE" or "Boto3" in request.get("HTTP_USER_AGENT", ""), "otaudit deletes"
        if "HTTP_X_AMZ_CHECKSUM_SHA256" in request:
            request["HTTP_X_AMZ_SDK_CHECKSUM_ALGORITHM"] = "SHA256"
        return self.inner(request, answer)


logging.getLogger("werkzeug").setLevel(logging.ERROR)
door = Door(DomainDispatcherApplication(create_backend_app))
server = make_server("127.0.0.1", 0, door, threaded=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
endpoint = f"http://127.0.0.1:{server.port}"
secret = "hunter2-hunter2-hunter2"
environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "GOOGLE_", "AZURE_"))}
environment |= {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE0", "AWS_SECRET_ACCESS_KEY": secret, "AWS_REGION": "us-east-1",
                "AWS_ENDPOINT_URL": endpoint, "AWS_ALLOW_HTTP": "true", "NO_PROXY": "127.0.0.1"}
store = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="AKIAEXAMPLE0",
                     aws_secret_access_key=secret, config=Config(proxies={}, s3={"addressing_style": "path"}))


def run(*arguments, expect=0, **changed):
    done = subprocess.run([otaudit, *map(str, arguments)], env=environment | changed, capture_output=True, text=True)
    said = done.stdout + done.stderr
    assert secret not in said and "hunter2" not in said, f"a secret is shown: {said}"
    assert expect is None or done.returncode == expect, f"{arguments}: exit code {done.returncode}\n{said}"
    return said


def check(ledger, day="2026-01-01", release=None):
    arguments = ["check", "www", "--app", "app", "--policy", "policy.yaml", "--as-of", day, "--jobs", "1",
                 "--ledger", ledger, "--quiet", *(["--release", release] if release else [])]
    return subprocess.Popen([otaudit, *arguments], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def objects(bucket, prefix):
    pages = store.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return [one["Key"] for page in pages for one in page.get("Contents", [])]


def listed(ledger):
    return json.loads(run("ledger", "list", "--ledger", ledger, "--format", "json"))


def conditional_writes():
    """The server's own word, without otaudit."""
    store.put_object(Bucket="audits", Key="probe", Body=b"1", IfNoneMatch="*")
    try:
        store.put_object(Bucket="audits", Key="probe", Body=b"2", IfNoneMatch="*")
    except ClientError as error:
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 412, error
    else:
        raise AssertionError("the server overwrites what is there")
    assert store.get_object(Bucket="audits", Key="probe")["Body"].read() == b"1"


def writers_at_once(ledger):
    """Runs of the very same audit: each leaves a record of its own."""
    running = [check(ledger) for _ in range(writers)]
    for one in running:
        assert one.wait() < 2, one.stderr.read()
    records = listed(ledger)
    assert len(records) == len(objects("audits", "ota/records/")) == writers, len(records)
    run("ledger", "verify", "--ledger", ledger)
    print(f"{writers} runs of one audit at once: {len(records)} records in one chain")


def distinct_writers(ledger):
    """Runs of different audits: none of their records is lost, and what they fork is joined."""
    before = len(listed(ledger))
    running = []
    for number in range(writers):
        Path(f"release-{number}.json").write_text(json.dumps({"version": f"2.{number}.0"}))
        running.append(check(ledger, "2026-01-03", f"release-{number}.json"))
    for one in running:
        assert one.wait() < 2, one.stderr.read()
    records = listed(ledger)
    versions = {one["record"].get("version") for one in records}
    assert {f"2.{number}.0" for number in range(writers)} <= versions, versions
    assert len(records) == before + writers
    forks = run("ledger", "verify", "--ledger", ledger, expect=None).count("FORK: ")
    run("ledger", "join", "--ledger", ledger, "--as-of", "2026-01-04")
    run("ledger", "verify", "--ledger", ledger)
    print(f"{writers} runs of {writers} audits at once: none is lost, {forks} forks are joined")


def killed_writers(ledger):
    started = time.monotonic()
    assert check(ledger, "2026-01-05").wait() < 2
    length = time.monotonic() - started
    killed = 0
    for number in range(kills):
        victim = check(ledger, "2026-01-05")
        time.sleep(random.uniform(0, length * 1.5))
        victim.send_signal(signal.SIGKILL)
        killed += victim.wait() == -signal.SIGKILL
        if number % 20 == 19:
            run("ledger", "verify", "--ledger", ledger)
    verified = run("ledger", "verify", "--ledger", ledger)
    assert check(ledger, "2026-01-05").wait() < 2, "nothing can be appended any more"
    run("ledger", "verify", "--ledger", ledger)
    print(f"{killed} of {kills} writers were killed: the ledger is valid\n{verified.strip()}")


def tampering(ledger):
    point = Path("point.json")
    run("ledger", "checkpoint", "--ledger", ledger, "--as-of", "2026-01-06", "--output", point)
    names = {one["name"]: one["record"] for one in listed(ledger)}
    followed = {name for record in names.values() for name in record["previous"]}
    victim = sorted(followed)[0]
    key = f"ota/records/{victim[:2]}/{victim}.json"
    body = store.get_object(Bucket="audits", Key=key)["Body"].read()
    store.put_object(Bucket="audits", Key=key, Body=body.replace(b'"passed"', b'"failed"'))
    said = run("ledger", "verify", "--ledger", ledger, expect=1)
    assert f"CHANGED: record {victim}" in said, said
    store.put_object(Bucket="audits", Key=key, Body=body[: len(body) // 2])
    assert f"DAMAGED: record {victim}" in run("ledger", "verify", "--ledger", ledger, expect=1)
    store.delete_object(Bucket="audits", Key=key)
    assert f"REMOVED: record {victim}" in run("ledger", "verify", "--ledger", ledger, expect=1)
    store.put_object(Bucket="audits", Key=key, Body=body)
    run("ledger", "verify", "--ledger", ledger)
    end = next(name for name in names if name not in followed)
    key = f"ota/records/{end[:2]}/{end}.json"
    body = store.get_object(Bucket="audits", Key=key)["Body"].read()
    store.delete_object(Bucket="audits", Key=key)
    assert f"TRUNCATED: record {end}" in run("ledger", "verify", "--ledger", ledger, "--checkpoint", point, expect=1)
    store.put_object(Bucket="audits", Key=key, Body=body)
    run("ledger", "verify", "--ledger", ledger, "--checkpoint", point)
    print("a changed, a halved, a removed and a cut-off object are found and named")


def every_command(ledger):
    name = listed(ledger)[0]["name"]
    run("ledger", "list", "--ledger", ledger)
    assert json.loads(run("ledger", "show", name[:12], "--ledger", ledger))["number"] == 1
    assert json.loads(run("ledger", "show", name[:12], "--proof", "--ledger", ledger))["record"] == name
    rows = run("ledger", "export", "--format", "jsonl", "--ledger", ledger).splitlines()
    assert len(rows) == len(listed(ledger))
    report = ["report", "--period", "2026Q1", "--as-of", "2026-04-01", "--format", "json"]
    assert json.loads(run(*report, "--ledger", ledger))["period"]
    # The same objects as a folder: the store adds nothing and leaves nothing out.
    folder = Path("copy")
    for key in objects("audits", "ota/"):
        path = folder / key.removeprefix("ota/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(store.get_object(Bucket="audits", Key=key)["Body"].read())
    assert run(*report, "--ledger", folder) == run(*report, "--ledger", ledger)
    assert run("ledger", "verify", "--ledger", folder) == run("ledger", "verify", "--ledger", ledger)
    print("every command gives the same for the store and for a folder with its objects")


def retention():
    """A bucket with an object lock: what was written can't be taken away, and takes records all the same."""
    store.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)
    rule = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 1}}
    store.put_object_lock_configuration(Bucket="locked", ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule})
    assert check("s3://locked/ota").wait() == 0
    [key] = objects("locked", "ota/")
    version = store.list_object_versions(Bucket="locked", Prefix=key)["Versions"][0]["VersionId"]
    try:
        store.delete_object(Bucket="locked", Key=key, VersionId=version)
    except ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDenied", error
    else:
        raise AssertionError("the lock does not hold")
    # What hides it is told, and the version below is still there.
    point = Path("locked-point.json")
    run("ledger", "checkpoint", "--ledger", "s3://locked/ota", "--as-of", "2026-01-06", "--output", point)
    assert check("s3://locked/ota", "2026-01-02").wait() == 0
    store.put_object(Bucket="locked", Key=key, Body=b"{}")
    assert "DAMAGED" in run("ledger", "verify", "--ledger", "s3://locked/ota", expect=1)
    versions = store.list_object_versions(Bucket="locked", Prefix=key)["Versions"]
    newest = next(one for one in versions if one["IsLatest"])
    assert newest["VersionId"] != version and any(one["VersionId"] == version for one in versions)
    print("a locked bucket takes records and gives none away")


def refusals(ledger):
    said = run("ledger", "list", "--ledger", "s3://nowhere-at-all/ota", expect=2)
    assert "NoSuchBucket" in said, said
    assert "there is no ledger" in run("ledger", "list", "--ledger", "s3://audits/empty", expect=2)
    run("ledger", "list", "--ledger", f"s3://AKIA:{secret}@audits/ota", expect=2)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{unused.getsockname()[1]}"
        said = run("ledger", "list", "--ledger", ledger, expect=2, AWS_ENDPOINT_URL=closed)
        assert "can't be reached" in said, said
    plain = run("ledger", "list", "--ledger", ledger, expect=2, AWS_ALLOW_HTTP="false")
    assert "s3://audits/ota" in plain, plain
    # A server that begins to answer and never goes on.
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(16)
        mute = f"http://127.0.0.1:{silent.getsockname()[1]}"
        said = run("ledger", "list", "--ledger", ledger, expect=2, AWS_ENDPOINT_URL=mute, AWS_TIMEOUT="1s")
        assert "does not answer in time" in said, said
    print("what is not there, not allowed or silent is told, without credentials")


try:
    store.create_bucket(Bucket="audits")
    with tempfile.TemporaryDirectory() as work:
        os.chdir(work)
        for folder in ("app", "www"):
            Path(folder).mkdir()
        Path("app/capacitor.config.json").write_text('{"appId":"com.example.bucket","webDir":"www"}')
        Path("www/index.html").write_text("<!doctype html><title>x</title>")
        Path("policy.yaml").write_text("schema: otaudit/policy/v1\nname: one\nselect: {include: [{control: OTA-BUN-002}]}\n")
        place = "s3://audits/ota"
        conditional_writes()
        writers_at_once(place)
        distinct_writers(place)
        killed_writers(place)
        tampering(place)
        every_command(place)
        retention()
        refusals(place)
        os.chdir("/")
    assert door.writes > writers
    print(f"{door.writes} writes, each on the condition that nothing is there")
finally:
    server.shutdown()
