#!/usr/bin/env python3
"""Runs the queries of docs/fleet.md on the example ledger, as JSON lines and as Parquet: fleet-queries.py OTAUDIT [LEDGER].

OTAUDIT is built with `--features parquet`. Needs DuckDB: python3 -m venv venv && venv/bin/pip install duckdb
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
kinds = dict(re.findall(r"^\| `(\w+)` \| `(\w+)` \|", text, re.M))
empty = {"Was one content released under two versions?"}
with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    for table in ("records", "findings", "keys"):
        command = [otaudit, "ledger", "export", "--ledger", ledger, "--format"]
        for form in ("jsonl", "csv", "parquet"):
            subprocess.run([*command, form, "--table", table, "--output", f"{table}.{form}"], check=True)
        again = subprocess.run([*command, "parquet", "--table", table], check=True, capture_output=True).stdout
        assert again == Path(f"{table}.parquet").read_bytes(), f"{table}: Parquet differs from run to run"
        readers = (f"read_json_auto('{table}.jsonl')", f"read_csv_auto('{table}.csv')", f"'{table}.parquet'")
        lines, rows, group = (duckdb.sql(f"SELECT count(*) FROM {reader}").fetchall()[0][0] for reader in readers)
        assert lines == rows == group > 0, f"{table}: JSON lines, CSV and Parquet differ"
        columns = duckdb.sql(f"SELECT * FROM read_json_auto('{table}.jsonl')").columns
        described = duckdb.sql(f"DESCRIBE SELECT * FROM '{table}.parquet'").fetchall()
        assert sorted(name for name, *_ in described) == sorted(columns), f"{table}: other columns in Parquet"
        # Each value as text, once more for all rows: what JSON lines say is what Parquet holds.
        plain = ", ".join(f"{name}: 'VARCHAR'" for name in columns)
        cells = ", ".join(f"{name}::VARCHAR" for name in columns)
        texts = duckdb.sql(f"SELECT {cells} FROM read_json('{table}.jsonl', columns = {{{plain}}})").fetchall()
        assert texts == duckdb.sql(f"SELECT {cells} FROM '{table}.parquet'").fetchall(), f"{table}: other values in Parquet"
        for name, kind, *_ in described:
            assert kind == kinds.get(name, "BIGINT" if name.startswith("failures_") else "VARCHAR"), f"{table}.{name}: {kind}"
        assert all(f"`{name}`" in text or name.startswith("failures_") for name in columns), "docs/fleet.md misses columns"
    for title, query in queries:
        result = duckdb.sql(query)
        parquet, changed = re.subn(r"read_json_auto\('(\w+)\.jsonl'\)", r"'\1.parquet'", query)
        assert changed and duckdb.sql(parquet).fetchall() == result.fetchall(), f"Parquet gives another result: {title}"
        print(f"\n{title}\n{result}")
        assert result is not None and (len(result.fetchall()) > 0) == (title not in empty), f"unexpected result: {title}"
print(f"{len(queries)} queries gave what was expected, from JSON lines and from Parquet")
