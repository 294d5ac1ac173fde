#!/usr/bin/env python3
"""Reads statements that `otaudit attest` signed with tools that are not otaudit: openssl, securesystemslib and
in-toto-attestation. Usage: verify-statement.py STATEMENT PUBLIC_KEY_PEM BUNDLE

    python3 -m venv venv && venv/bin/pip install securesystemslib in-toto-attestation cryptography
"""
import base64
import copy
import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives.serialization import load_pem_public_key
from google.protobuf import json_format
from in_toto_attestation.predicates.test_result.v0 import test_result_pb2
from in_toto_attestation.v1.statement import Statement
from in_toto_attestation.v1 import statement_pb2
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey

statement_file, key_file, bundle = map(Path, sys.argv[1:4])
written = json.loads(statement_file.read_text())
payload = base64.b64decode(written["payload"], validate=True)

# DSSE, by securesystemslib.
envelope = Envelope.from_dict(copy.deepcopy(written))
key = SSlibKey.from_crypto(load_pem_public_key(key_file.read_bytes()), keyid=written["signatures"][0]["keyid"])
assert len(envelope.verify([key], 1)) == 1
for what in ("payload", "payloadType"):
    forged = copy.deepcopy(written)
    forged[what] = base64.b64encode(payload + b" ").decode() if what == "payload" else "application/json"
    try:
        Envelope.from_dict(forged).verify([key], 1)
    except VerificationError:
        continue
    sys.exit(f"securesystemslib accepts another {what}")

# The same bytes, by openssl.
with tempfile.TemporaryDirectory() as folder:
    signed, signature = Path(folder, "pae"), Path(folder, "signature")
    kind = written["payloadType"]
    signed.write_bytes(f"DSSEv1 {len(kind)} {kind} {len(payload)} ".encode() + payload)
    signature.write_bytes(base64.b64decode(written["signatures"][0]["sig"]))
    if key.keytype == "ed25519":
        command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", key_file, "-rawin", "-in", signed, "-sigfile", signature]
    else:
        command = ["openssl", "dgst", "-sha256", "-verify", key_file, "-signature", signature, signed]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

# in-toto, by its own library: no field that it does not know.
message = json_format.Parse(payload, statement_pb2.Statement())
statement = Statement.copy_from_pb(message)
statement.validate()
digest = hashlib.sha256(bundle.read_bytes()).hexdigest()
assert [dict(one.digest) for one in message.subject] == [{"sha256": digest}]
predicate = json.loads(payload)["predicate"]
if message.predicate_type.endswith("/test-result/v0.1"):
    result = json_format.Parse(json.dumps(predicate), test_result_pb2.TestResult())
    assert result.result in ("PASSED", "WARNED", "FAILED") and len(result.configuration) == 2
    said = f"{result.result}, {len(result.passed_tests)} controls passed, {len(result.failed_tests)} failed"
else:
    assert message.predicate_type == "https://in-toto.io/attestation/svr/v0.2", message.predicate_type
    assert {"verifier", "timeCreated", "properties"} <= predicate.keys() and "policies" in predicate["verifier"]
    said = f"{len(predicate['properties'])} properties"
print(f"securesystemslib, openssl and in-toto-attestation agree: {key.keytype}, {message.predicate_type}, {said}")
