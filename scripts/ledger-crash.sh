#!/usr/bin/env bash
# Kills otaudit at random moments while it appends, and looks whether the ledger stays valid:
#   scripts/ledger-crash.sh OTAUDIT [TIMES]
set -euo pipefail
otaudit=$(realpath "$1")
times=${2:-200}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir app www
printf '{"appId":"com.example.crash","webDir":"www"}' > app/capacitor.config.json
printf '<!doctype html><title>x</title>' > www/index.html
printf 'schema: otaudit/policy/v1\nname: one\nselect: {include: [{control: OTA-BUN-002}]}\n' > policy.yaml
run() {
  "$otaudit" check www --app app --policy policy.yaml --as-of 2026-01-01 --jobs 1 --ledger ledger --quiet > /dev/null 2>&1
}
started=$(date +%s%N)
run
length=$((($(date +%s%N) - started) / 1000000 + 5))
echo "an append takes about $length ms; killing $times of them"
killed=0 finished=0
for _ in $(seq "$times"); do
  run &
  victim=$!
  delay=$((RANDOM % length))
  sleep "$(printf '0.%03d' $((delay % 1000)))"
  # The run is a subshell: its child is otaudit.
  child=$(cat "/proc/$victim/task/$victim/children" 2> /dev/null || true)
  for process in $child $victim; do kill -9 "$process" 2> /dev/null || true; done
  if wait "$victim" 2> /dev/null; then finished=$((finished + 1)); else killed=$((killed + 1)); fi
done
"$otaudit" ledger verify --ledger ledger
run || { echo "ledger-crash: nothing can be appended any more" >&2; exit 1; }
"$otaudit" ledger verify --ledger ledger > /dev/null
echo "$killed were killed, $finished were done before; the ledger is valid with $(find ledger/records -name '*.json' | wc -l) records"
