#!/usr/bin/env python3
"""Writes a ledger of 10,000 records, from the description of the format alone, and measures otaudit on it:
ledger-scale.py OTAUDIT [RECORDS]"""
import datetime
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

otaudit = Path(sys.argv[1]).resolve()
number = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
apps = 20


def digest(text):
    return hashlib.sha256(str(text).encode()).hexdigest()


def record(app, place, previous, day):
    fixed = place // 3
    findings = [{"control": f"OTA-WEB-{n:03}", "fingerprint": digest((app, n, fixed))[:32], "rule": "some-rule",
                 "severity": ["low", "medium", "high"][n % 3], "verdict": ["fail", "manual"][n % 2]} for n in range(1, 31)]
    words = ["attested", "fail", "indeterminate", "manual", "not-applicable", "pass"]
    severities = ["critical", "high", "info", "low", "medium"]
    return {
        "app": f"com.example.app{app}", "as_of": f"{day}T08:00:00Z", "number": place, "previous": [previous] if previous else [],
        "schema": "otaudit/record/v1", "tool": {"name": "otaudit", "version": "0.1.0"}, "version": f"1.{place}.0",
        "audit": {
            "report": digest((app, place)), "subject": {"archive": digest(place), "config": None, "content": digest(-place), "release": None},
            "policy": {"extends": [], "name": "default", "sha256": digest("policy")}, "deviations": [],
            "gate": {"blocking": 0, "fail_on": "high", "indeterminate_fails": True, "result": "passed", "strict": False},
            "counts": {"assessments": {word: 15 for word in words}, "excepted": 0, "failures": {word: 5 for word in severities}},
            "verdicts": {f"OTA-WEB-{n:03}": "fail" if n <= 30 else "pass" for n in range(1, 121)}, "findings": findings,
            "keys": [{"age_days": 90, "algorithm": "RSA", "bits": 2048, "bound": "exact", "fingerprint": digest(app), "in_use": True,
                      "purpose": "signing", "since": "2024-01-01", "source": "registry"}],
            "exceptions": [], "attestations": [],
        },
    }


def measured(*arguments):
    before = time.monotonic()
    process = subprocess.Popen([otaudit, *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds, code = time.monotonic() - before, os.waitstatus_to_exitcode(status)
    print(f"{' '.join(map(str, arguments[:2]))}: {seconds:.2f} s, {usage.ru_maxrss / 1024:.0f} MB, exit code {code}")
    assert code == 0


with tempfile.TemporaryDirectory() as folder:
    ledger = Path(folder)
    for app in range(apps):
        previous = None
        day = datetime.date(2024, 1, 1)
        for place in range(1, number // apps + 1):
            day += datetime.timedelta(days=2)
            # What json writes with these options is canonical for ASCII and whole numbers (RFC 8785).
            text = json.dumps(record(app, place, previous, day), sort_keys=True, separators=(",", ":")).encode()
            previous = hashlib.sha256(text).hexdigest()
            path = ledger / "records" / previous[:2] / f"{previous}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text)
    size = sum(path.stat().st_size for path in ledger.rglob("*.json"))
    print(f"{number} records of {apps} apps, {size / 1e6:.0f} MB")
    measured("ledger", "verify", "--ledger", ledger)
    measured("ledger", "report", "--period", "2026Q3", "--as-of", "2026-10-01", "--ledger", ledger)
