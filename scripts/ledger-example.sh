#!/usr/bin/env bash
# Makes the example ledger of two apps over five quarters and its report, with otaudit itself. The same bytes every time.
#
#   scripts/ledger-example.sh OTAUDIT FOLDER     # such as: scripts/ledger-example.sh target/debug/otaudit reports
#
# It leaves FOLDER/ledger, FOLDER/2026Q4.json, FOLDER/2026Q4.md, FOLDER/example-signing.pub, and what
# docs/verify-a-report.md starts from: FOLDER/example/quay-4.3.0.{zip,json,intoto.json}.
set -euo pipefail
umask 022
otaudit=$(realpath "$1")
mkdir -p "$2"
out=$(realpath "$2")
samples=$(realpath "$(dirname "$0")/../tests/samples")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
unset SOURCE_DATE_EPOCH
rm -rf "$out/ledger" "$out/example"
mkdir "$out/example"

# A key for this example only: it stands here for everybody to read.
cat > signing.pem <<'KEY'
-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB
-----END PRIVATE KEY-----
KEY
cat > "$out/example-signing.pub" <<'KEY'
-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAiojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w=
-----END PUBLIC KEY-----
KEY

# A few controls, so that the example stays small and does not change with the catalog.
policy() {
  cat <<'YAML'
schema: otaudit/policy/v1
name: example
title: "Example: a few controls"
select:
  include:
    - control: OTA-BUN-002
    - control: OTA-BUN-007
    - control: OTA-WEB-001
    - control: OTA-WEB-002
    - control: OTA-KEY-003
    - control: OTA-RBK-001
    - control: OTA-REL-003
YAML
}
policy > plain.yaml
{ policy; cat <<'YAML'
exceptions:
  - id: EXC-2026-01
    control: OTA-BUN-007
    owner: Ada Quay
    reason: the map helps to read crash reports until the tracker takes uploads
    expires: 2026-07-31
YAML
} > excepted.yaml
sed 's/2026-07-31/2026-10-31/' excepted.yaml > renewed.yaml

app() { # NAME ID KEY_SINCE
  mkdir "$1"
  sed "s/app.example.harbour/$2/" "$samples/harbour/capacitor.config.json" > "$1/capacitor.config.json"
  cp "$samples/harbour/package.json" "$1/"
  sed "s/2026-09-28/$3/; s/2026-10-01/$3/" "$samples/harbour/otaudit-keys.yaml" > "$1/otaudit-keys.yaml"
}
app harbour com.example.harbour 2025-03-01
app quay com.example.quay 2024-02-01

audit() { # APP DAY VERSION POLICY [leftover] [eval]
  local app=$1 day=$2 version=$3 policy=$4
  shift 4
  rm -rf www && mkdir -p www/assets
  printf '<!doctype html><title>%s %s</title><script src="assets/app.js"></script>\n' "$app" "$version" > www/index.html
  printf 'document.title = "%s %s";\n' "$app" "$version" > www/assets/app.js
  for extra; do
    case $extra in
      leftover) printf '{"version":3,"sources":["app.ts"],"names":[],"mappings":""}\n' > www/assets/app.js.map ;;
      eval) printf 'fetch("https://cdn.example.com/late.js").then((r) => r.text()).then((t) => eval(t));\n' >> www/assets/app.js ;;
    esac
  done
  printf '{"version": "%s"}\n' "$version" > release.json
  find www -exec touch -t 198001010000 {} +
  rm -f bundle.zip
  (cd www && find . -type f | LC_ALL=C sort | TZ=UTC zip -q -X -D -0 ../bundle.zip -@)
  local code=0
  "$otaudit" check bundle.zip --app "$app" --release release.json --policy "$policy.yaml" --as-of "$day" --jobs 1 --quiet \
    --ledger "$out/ledger" --ledger-key signing.pem --format json=report.json || code=$?
  [ "$code" -le 1 ] || { echo "ledger-example: the audit of $app $version gave exit code $code" >&2; exit 1; }
}

audit quay    2025-10-14 3.0.0 plain leftover
audit harbour 2025-11-10 1.0.0 plain leftover
audit harbour 2025-12-12 1.1.0 plain leftover
audit quay    2026-01-20 3.1.0 plain
audit harbour 2026-02-03 1.2.0 plain leftover eval
audit harbour 2026-02-10 1.2.1 plain leftover
audit harbour 2026-05-05 1.3.0 excepted leftover
audit quay    2026-07-07 3.2.0 plain eval
audit quay    2026-07-21 3.2.1 plain
audit harbour 2026-08-04 1.4.0 renewed leftover
audit quay    2026-10-12 4.1.0 plain
audit harbour 2026-10-27 1.5.0 plain
audit quay    2026-11-03 4.1.1 plain eval
audit harbour 2026-11-17 1.6.0 plain eval
audit quay    2026-11-19 4.3.0 plain

# The last bundle with its report and its statement.
cp bundle.zip "$out/example/quay-4.3.0.zip"
cp report.json "$out/example/quay-4.3.0.json"
"$otaudit" attest "$out/example/quay-4.3.0.zip" --report report.json --key signing.pem \
  --output "$out/example/quay-4.3.0.intoto.json"

"$otaudit" ledger report --period 2026Q4 --ledger "$out/ledger" --as-of 2027-01-04 --framework gdpr --framework ccpa \
  --released com.example.quay:4.2.0=2026-11-09 --format "json=$out/2026Q4.json" --format "markdown=$out/2026Q4.md"
