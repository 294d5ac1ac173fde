#!/usr/bin/env python3
"""Runs the queries of docs/fleet.md on the example ledger: fleet-queries.py OTAUDIT [LEDGER].

Needs DuckDB: python3 -m venv venv && venv/bin/pip install duckdb
"""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

otaudit = Path(sys.argv[1]).resolve()
project = Path(__file__).resolve().parent.parent
ledger = Path(sys.argv[2] if len(sys.argv) > 2 else project / "reports/ledger").resolve()
text = (project / "docs/fleet.md").read_text()
sections = (part.split("\n", 1) for part in text.split("\n## ")[1:])
queries = [(title, found[1]) for title, body in sections if (found := re.search(r"```sql\n(.*?)```", body, re.S))]
assert len(queries) >= 6, "docs/fleet.md lost its queries"
empty = {"Was one content released under two versions?"}
with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    for table in ("records", "findings", "keys"):
        command = [otaudit, "ledger", "export", "--ledger", ledger, "--format"]
        for form in ("jsonl", "csv"):
            subprocess.run([*command, form, "--table", table, "--output", f"{table}.{form}"], check=True)
        readers = (f"read_json_auto('{table}.jsonl')", f"read_csv_auto('{table}.csv')")
        lines, rows = (duckdb.sql(f"SELECT count(*) FROM {reader}").fetchall()[0][0] for reader in readers)
        assert lines == rows > 0, f"{table}: JSON lines and CSV differ"
        columns = duckdb.sql(f"SELECT * FROM read_json_auto('{table}.jsonl')").columns
        assert all(f"`{name}`" in text or name.startswith("failures_") for name in columns), "docs/fleet.md misses columns"
    for title, query in queries:
        result = duckdb.sql(query)
        print(f"\n{title}\n{result}")
        assert result is not None and (len(result.fetchall()) > 0) == (title not in empty), f"unexpected result: {title}"
print(f"{len(queries)} queries gave what was expected")
