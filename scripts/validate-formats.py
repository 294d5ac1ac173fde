#!/usr/bin/env python3
"""Holds JUnit files against Jenkins' XML schema, and OSCAL files against compliance-trestle.

    python3 scripts/validate-formats.py FOLDER JENKINS-JUNIT-10.XSD

FOLDER holds `*.junit.xml`, `*.oscal.json` and `*.oscal-catalog.json`, as `OTAUDIT_FORMATS_OUT=FOLDER cargo test --test schemas`
writes them. Needs the packages `lxml` and `compliance-trestle`, which has the command `trestle`.

compliance-trestle 5.2.0 knows OSCAL 1.2.1 and refuses any other number. The models of assessment results and catalogs are the
same in 1.2.2, so copies that say 1.2.1 are validated; the files themselves are held against the schema of 1.2.2 by
`tests/schemas.rs`. Fails when a file is invalid, when there is none, and when a validator accepts a file that is broken on
purpose.
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

from lxml import etree

TRESTLE = "1.2.1"


def fail(why):
    sys.exit(f"validate-formats: {why}")


def junit(folder, xsd):
    schema = etree.XMLSchema(etree.parse(str(xsd)))
    files = sorted(folder.glob("*.junit.xml"))
    if not files:
        fail("there are no JUnit files")
    for file in files:
        document = etree.parse(str(file))
        if not schema.validate(document):
            fail(f"{file.name}: {schema.error_log}")
    broken = etree.fromstring(files[0].read_bytes())
    broken.set("compliant", "yes")
    if schema.validate(broken):
        fail("the XML schema accepts an attribute that it does not know")
    return len(files)


def trestle(workspace):
    command = [shutil.which("trestle", path=str(pathlib.Path(sys.executable).parent)) or "trestle", "validate", "-a"]
    done = subprocess.run(command, cwd=workspace, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def oscal(folder):
    kinds = {"oscal": ("assessment-results", "assessment-results"), "oscal-catalog": ("catalogs", "catalog")}
    number = 0
    with tempfile.TemporaryDirectory() as workspace:
        workspace = pathlib.Path(workspace)
        (workspace / ".trestle").mkdir()
        (workspace / ".trestle" / "config.ini").write_text("")
        last = None
        for kind, (place, root) in kinds.items():
            files = sorted(folder.glob(f"*.{kind}.json"))
            if not files:
                fail(f"there are no files of {kind}")
            for file in files:
                document = json.loads(file.read_text(encoding="utf-8"))
                metadata = document[root]["metadata"]
                if metadata["oscal-version"] != "1.2.2":
                    fail(f"{file.name} does not say OSCAL 1.2.2")
                metadata["oscal-version"] = TRESTLE
                last = workspace / place / file.name.split(".")[0] / f"{root}.json"
                last.parent.mkdir(parents=True)
                last.write_text(json.dumps(document), encoding="utf-8")
                number += 1
        code, said = trestle(workspace)
        if code != 0:
            fail(f"compliance-trestle says:\n{said[-4000:]}")
        if said.count("VALID") < number:
            fail(f"compliance-trestle looked at {said.count('VALID')} of {number} files:\n{said[-4000:]}")
        last.write_text(last.read_text().replace('"title"', '"compliant"', 1))
        if trestle(workspace)[0] == 0:
            fail("compliance-trestle accepts a field that it does not know")
    return number


def main():
    folder, xsd = map(pathlib.Path, sys.argv[1:3])
    print(f"{junit(folder, xsd)} JUnit files and {oscal(folder)} OSCAL files are valid")


main()
