#!/usr/bin/env bash
# bench.sh [name...]: see tests/bench/bench.sh.
set -euo pipefail
exec "$(dirname "${BASH_SOURCE[0]}")/../../tests/bench/bench.sh" "$@"
