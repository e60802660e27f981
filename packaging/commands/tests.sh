#!/usr/bin/env bash
# tests.sh [--quick]: every check and test; the last line is their sum. The tests run once, in the build
# with AddressSanitizer and UBSan, which sees what the plain one sees and more. --quick runs them in the
# plain build instead, and leaves out clang-tidy.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=packaging/commands/common.sh
source packaging/commands/common.sh

passed=0
failed=0

# check NAME COMMAND...: one step that passes or fails as a whole.
check() {
    local name=$1 began=$SECONDS
    shift
    say "$name"
    if "$@"; then
        passed=$((passed + 1))
        echo "ok: $name ($((SECONDS - began)) s)"
    else
        failed=$((failed + 1))
        echo "FAILED: $name"
    fi
}

format_is_right() {
    find shared server console tests -name '*.h' -o -name '*.cpp' | sort | xargs clang-format --dry-run -Werror
}

scripts_are_clean() {
    find . -path ./build -prune -o -path ./.git -prune -o -name '*.sh' -print | sort |
        xargs shellcheck -x --severity=warning run .ci/run
}

# run_ctest NAME PRESET [ctest options...]: adds the run's passed and failed tests to the sums.
run_ctest() {
    local name=$1 preset=$2 results total=0 bad=0
    shift 2
    say "$name"
    results=$PWD/build/results-$preset.xml
    rm -f "$results"
    tests/with_postgres.sh ctest --preset "$preset" --output-junit "$results" "$@" || true
    if [ -s "$results" ]; then
        total=$(sed -n 's/^\ttests="\([0-9]*\)".*/\1/p' "$results")
        bad=$(sed -n 's/^\tfailures="\([0-9]*\)".*/\1/p' "$results")
    fi
    if [ "${total:-0}" -eq 0 ]; then
        echo "FAILED: $name ran no test"
        failed=$((failed + 1))
        return 0
    fi
    passed=$((passed + total - bad))
    failed=$((failed + bad))
}

quick=no
case ${1:-} in
    --quick) quick=yes ;;
    '') ;;
    *) fail "tests knows --quick only" ;;
esac

check "clang-format" format_is_right
check "shellcheck" scripts_are_clean

fetch_api_browser
fetch_conformance
if [ "$quick" = yes ]; then
    check "dev preset builds without a warning" configure_and_build dev
    run_ctest "Tests" dev
else
    check "asan preset builds without a warning" configure_and_build asan
    run_ctest "Tests (AddressSanitizer, UBSan)" asan
    check "clang-tidy" packaging/commands/tidy.py build/asan
fi

say "All of it took $((SECONDS / 60)) min $((SECONDS % 60)) s"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
