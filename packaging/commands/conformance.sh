#!/usr/bin/env bash
# conformance.sh: our outputs against programs and documents that are none of ours (tests/conformance); one line a check,
# the last line is their sum.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=packaging/commands/common.sh
source packaging/commands/common.sh

readonly checks=(tst_jose tst_twilio_signatures tst_stripe_signatures tst_vendor_documents tst_realtime_stand_in) patience=240
readonly out=$PWD/build/conformance

rm -rf "$out"
mkdir -p "$out"
fetch_conformance
configure_and_build release --target speech-assistant-server tests_conformance

began=$SECONDS
for check in "${checks[@]}"; do
    say "$check"
    QT_QPA_PLATFORM=offscreen HOUSE_BIN=$PWD/build/release/bin HOUSE_SOURCE=$PWD \
        timeout "$patience" build/release/tests/tests_conformance "$check" -maxwarnings 0 >"$out/$check.log" 2>&1 </dev/null ||
        [ $? -ne 124 ] || echo "FAIL!  : $check took longer than $patience s" >>"$out/$check.log"
    grep -q '^Totals:' "$out/$check.log" || echo "FAIL!  : $check did not end by itself" >>"$out/$check.log"
    # A failed or skipped check says why in the lines that follow it.
    sed -n '/^PASS .*::\(init\|cleanup\)TestCase()$/d; /^PASS /p; /^\(FAIL!\|SKIP\) /,/^   Loc: /p' "$out/$check.log"
done

# count WORD: how many checks came out so.
count() { cat "$out"/*.log | grep "^$1 " | grep -vc '^PASS .*::\(init\|cleanup\)TestCase()$' || true; }
passed=$(count PASS)
failed=$(count 'FAIL!')
say "All of it took $((SECONDS - began)) s"
echo "$passed passed, $failed failed, $(count SKIP) skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
