#!/usr/bin/env python3
"""Runs otaudit on Azurite, Microsoft's emulator of Azure Blob Storage: ledger-azurite.py OTAUDIT AZURITE-BLOB [WRITERS]

    npm install --prefix azurite azurite
    python3 -m venv venv && venv/bin/pip install azure-storage-blob
    venv/bin/python scripts/ledger-azurite.py OTAUDIT azurite/node_modules/.bin/azurite-blob

OTAUDIT is built with `--features object-store`. Not part of CI. The account and its key are Azurite's own, known to everybody.
"""
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from azure.core.exceptions import HttpResponseError, ServiceRequestError
from azure.storage.blob import BlobServiceClient

otaudit, azurite = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
writers = int(sys.argv[3]) if len(sys.argv) > 3 else 10
account = "devstoreaccount1"
key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
ledger = "az://audits/ota"
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
endpoint = f"http://127.0.0.1:{port}/{account}"
os.environ |= {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
environment = os.environ | {"AZURE_STORAGE_ACCOUNT_NAME": account, "AZURE_STORAGE_ACCOUNT_KEY": key,
                            "AZURE_STORAGE_ENDPOINT": endpoint, "AZURE_ALLOW_HTTP": "true"}


def run(*arguments, expect=0, **changed):
    done = subprocess.run([otaudit, *arguments], env=environment | changed, capture_output=True, text=True)
    said = done.stdout + done.stderr
    assert key not in said, "the key is shown"
    assert expect is None or done.returncode == expect, f"{arguments}: exit code {done.returncode}\n{said}"
    return said


def at_once(day, versions):
    running = []
    for version in versions:
        Path(f"{version}.json").write_text(json.dumps({"version": version}))
        arguments = ["check", "www", "--app", "app", "--policy", "policy.yaml", "--as-of", day, "--jobs", "1",
                     "--release", f"{version}.json", "--ledger", ledger, "--quiet"]
        running.append(subprocess.Popen([otaudit, *arguments], env=environment, stdout=subprocess.DEVNULL))
    assert all(one.wait() < 2 for one in running)
    return len(json.loads(run("ledger", "list", "--ledger", ledger, "--format", "json")))


with tempfile.TemporaryDirectory() as work:
    os.chdir(work)
    arguments = ["--blobPort", str(port), "--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry", "--silent"]
    server = subprocess.Popen([azurite, *arguments], stdout=subprocess.DEVNULL)
    try:
        service = BlobServiceClient(endpoint, credential={"account_name": account, "account_key": key}, retry_total=0)
        for _ in range(100):
            try:
                container = service.create_container("audits")
                break
            except (HttpResponseError, ServiceRequestError):
                time.sleep(0.2)
        for folder in ("app", "www"):
            Path(folder).mkdir()
        Path("app/capacitor.config.json").write_text('{"appId":"com.example.container","webDir":"www"}')
        Path("www/index.html").write_text("<!doctype html><title>x</title>")
        Path("policy.yaml").write_text("schema: otaudit/policy/v1\nname: one\nselect: {include: [{control: OTA-BUN-002}]}\n")
        assert at_once("2026-01-01", ["1.0.0"] * writers) == writers
        run("ledger", "verify", "--ledger", ledger)
        assert at_once("2026-01-02", [f"1.1.{number}" for number in range(writers)]) == 2 * writers
        run("ledger", "join", "--ledger", ledger, "--as-of", "2026-01-03")
        run("ledger", "verify", "--ledger", ledger)
        print(f"{2 * writers} writers, none is lost")
        name = json.loads(run("ledger", "list", "--ledger", ledger, "--format", "json"))[0]["name"]
        blob = container.get_blob_client(f"ota/records/{name[:2]}/{name}.json")
        blob.upload_blob(blob.download_blob().readall().replace(b'"passed"', b'"failed"'), overwrite=True)
        assert f"CHANGED: record {name}" in run("ledger", "verify", "--ledger", ledger, expect=1)
        wrong = run("ledger", "list", "--ledger", ledger, expect=2, AZURE_STORAGE_ACCOUNT_KEY="aHVudGVyMg==")
        assert re.search(r"HTTP 40[13]", wrong) and "hunter2" not in wrong, wrong
        print("a changed blob is found, a wrong key is told")
        os.chdir("/")
    finally:
        server.terminate()
        server.wait()
