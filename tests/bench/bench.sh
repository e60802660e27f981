#!/usr/bin/env bash
# bench.sh [bridge|cpu|memory|barge-in|sign-ups|http]...: measures the release build and prints a table; all without a name.
# The server has core 0 to itself, load and database share core 1; each figure is the median of three runs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=packaging/commands/common.sh
source packaging/commands/common.sh

readonly runs=3 seconds=10 out=build/bench node_folder=build/bench-node
readonly node_packages=(@openai/agents@0.18.0 @openai/agents-extensions@0.18.0 ws@8.23.0 zod@4.6.7)
names=("$@")
rows=()
failures=0

wanted() {
    local name
    [ ${#names[@]} -gt 0 ] || return 0
    for name in "${names[@]}"; do
        [ "$name" != "$1" ] || return 0
    done
    return 1
}

median() { sort -g | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }
largest() { sort -g | tail -n 1; }
# holds 'EXPRESSION': arithmetic comparison of decimals.
holds() { awk "BEGIN {exit !($1)}"; }

# row NAME MEASURED BOUND EXPRESSION
row() {
    local verdict=pass
    if ! holds "$4"; then
        verdict=FAIL
        failures=$((failures + 1))
    fi
    rows+=("$(printf '%-58s %16s %16s  %s' "$1" "$2" "$3" "$verdict")")
}
skip() { rows+=("$(printf '%-58s %s' "$1" "skipped: $2")"); }

# ---- what is measured --------------------------------------------------------------------------

server_environment() {
    local port=$1 model_port=$2 folder=$3
    echo "HOST=127.0.0.1"
    echo "PORT=$port"
    echo "PUBLIC_URL=http://127.0.0.1:$port"
    echo "DATA_DIR=$folder"
    echo "DATABASE_URL=$TEST_DATABASE_URL"
    echo "DEVELOPMENT_MODE=true"
    echo "MEDIA_STREAM_AUTH=off"
    # All callers are one peer here.
    echo "HTTP_MAX_CONNECTIONS_PER_PEER=4000"
    echo "ENABLE_RATE_LIMITING=false"
    echo "SECRET_KEY=$(random_hex 32)"
    echo "OPENAI_API_KEY=bench"
    echo "OPENAI_REALTIME_URL=ws://127.0.0.1:$model_port/v1/realtime"
    echo "TWILIO_ACCOUNT_SID=AC$(random_hex 16)"
    echo "TWILIO_AUTH_TOKEN=$(random_hex 16)"
    echo "TWILIO_PHONE_NUMBER=+15005550006"
    # Nobody listens there: what the server tells the phone network of the measured calls goes nowhere.
    echo "TWILIO_API_BASE_URL=http://127.0.0.1:9"
}

start_server() {
    local environment
    server_port=$(free_port)
    model_port=$(free_port)
    mapfile -t environment < <(server_environment "$server_port" "$model_port" "$work/data")
    start "$out/server.log" env --chdir="$work" "${environment[@]}" \
        taskset -c 0 "$PWD/build/release/bin/speech-assistant-server"
    server_pid=${started[-1]}
    wait_until 20 curl -fsS -o /dev/null "http://127.0.0.1:$server_port/readyz" 2>/dev/null ||
        fail "the server did not start, see $out/server.log"
}

# start_node SCRIPT ARGUMENTS...: one of our scripts, among the packages it needs, on the server's core.
start_node() {
    local script=$1
    shift
    mkdir -p "$node_folder"
    cp "tests/bench/$script" "$node_folder/"
    start "$out/$script.log" env OPENAI_AGENTS_DISABLE_TRACING=1 taskset -c 0 node "$node_folder/$script" "$@"
    node_pid=${started[-1]}
    wait_until 20 grep -q '^ready' "$out/$script.log" || fail "$script did not start, see $out/$script.log"
}

# load FILE URL MODEL_PORT PID OPTIONS...: one run of the generator; a run with a broken call is said aloud.
load() {
    local file=$1 url=$2 model=$3 pid=$4
    shift 4
    echo "   $(basename "$file" .json)"
    build/release/bin/bench_bridge --bridge-url "$url" --model-port "$model" --pid "$pid" \
        --seconds "$seconds" "$@" >"$file" || echo "   not every call was whole: $file" >&2
    if ! jq -e '.generator_gaps == 0 and .generator_lateness_ms.p99 < 5' "$file" >/dev/null; then
        echo "   the generator was kept from running: this run says little of the bridge" >&2
    fi
}
load_ours() {
    local file=$1
    shift
    load "$file" "ws://127.0.0.1:$server_port/media-stream/default" "$model_port" "$server_pid" "$@"
}

values() {
    local filter=$1
    shift
    jq -r "$filter" "$@"
}

measure_bridge() {
    local i files=() p99 lost start broken
    say "Bridge: 150 calls on one core"
    for ((i = 1; i <= runs; i++)); do
        load_ours "$out/bridge-150-$i.json" --calls 150
        files+=("$out/bridge-150-$i.json")
    done
    if wanted bridge; then
        p99=$(values '[.up_ms.p99, .down_ms.p99] | max' "${files[@]}" | median)
        lost=$(values '.lost_up + .lost_down' "${files[@]}" | largest)
        start=$(values '.lost_at_start_up + .lost_at_start_down' "${files[@]}" | largest)
        broken=$(values '.calls_not_up + .calls_dropped + .legs_dropped + .misrouted + .damaged + .not_base64' \
            "${files[@]}" | largest)
        row "150 calls: p99 of the delay added one way" "$p99 ms" "< 20 ms" "$p99 < 20"
        row "150 calls: frames lost (worst run)" "$lost" "0" "$lost == 0"
        row "150 calls: frames lost at a call's start (worst run)" "$start" "0" "$start == 0"
        row "150 calls: calls broken, mixed up or damaged (worst run)" "$broken" "0" "$broken == 0"
    fi
    if wanted memory; then
        local kib
        kib=$(values .bridge_kib_per_call "$out/bridge-150-1.json")
        row "Memory per call" "$(printf '%.0f KiB' "$kib")" "< 1024 KiB" "$kib < 1024"
    fi
}

measure_barge_in() {
    local i files=() p50 missed
    say "Barge-in: 20 calls, each interrupted every 1.5 s"
    for ((i = 1; i <= runs; i++)); do
        load_ours "$out/barge-in-$i.json" --calls 20 --barge-in-ms 1500
        files+=("$out/barge-in-$i.json")
    done
    p50=$(values .clear_ms.p50 "${files[@]}" | median)
    missed=$(values '.barge_ins - .clears | fabs' "${files[@]}" | largest)
    row "Speech reported to \`clear\` sent, p50" "$p50 ms" "< 2 ms" "$p50 > 0 && $p50 < 2"
    row "Interruptions without their one \`clear\` (worst run)" "$missed" "0" "$missed == 0"
}

has_node_20() {
    command -v node >/dev/null && [ "$(node -p 'parseInt(process.versions.node)')" -ge 20 ]
}

install_node_packages() {
    local wanted_list="${node_packages[*]}"
    [ "$(cat "$node_folder/.installed" 2>/dev/null)" != "$wanted_list" ] || return 0
    say "Fetching OpenAI's own Twilio transport"
    mkdir -p "$node_folder"
    npm install --prefix "$node_folder" --no-package-lock --no-save --legacy-peer-deps --ignore-scripts \
        "${node_packages[@]}" >"$out/npm.log" 2>&1 </dev/null || return 1
    echo "$wanted_list" >"$node_folder/.installed"
}

measure_cpu() {
    local title="50 calls: CPU per call, of OpenAI's own transport" i their_port ours theirs ratio
    if ! has_node_20; then
        skip "$title" "Node 20 or newer is missing (here: $(node --version 2>/dev/null || echo none))"
        return 0
    fi
    if ! install_node_packages; then
        skip "$title" "no npm access, see $out/npm.log"
        return 0
    fi
    their_port=$(free_port)
    start_node openai_transport.mjs "$their_port" "ws://127.0.0.1:$model_port/v1/realtime"
    say "CPU: 50 calls, ours and OpenAI's transport in turn"
    load "$out/cpu-theirs-warm.json" "ws://127.0.0.1:$their_port/media-stream" "$model_port" "$node_pid" --calls 50
    for ((i = 1; i <= runs; i++)); do
        load_ours "$out/cpu-ours-$i.json" --calls 50
        load "$out/cpu-theirs-$i.json" "ws://127.0.0.1:$their_port/media-stream" "$model_port" "$node_pid" --calls 50
    done
    stop "$node_pid"
    ours=$(values .bridge_cpu_percent_per_call "$out"/cpu-ours-?.json | median)
    theirs=$(values .bridge_cpu_percent_per_call "$out"/cpu-theirs-?.json | median)
    ratio=$(awk "BEGIN {printf \"%.2f\", $ours / $theirs}")
    row "$title ($(printf '%.2f of %.2f %%' "$ours" "$theirs"))" "$ratio" "<= 0.6" "$ratio <= 0.6"
}

# requests_per_second LABEL URL [wrk options...]
requests_per_second() {
    local label=$1 url=$2
    shift 2
    wrk -t1 -c32 -d5s "$@" "$url" >"$out/$label.txt"
    if grep -q 'Non-2xx\|Socket errors' "$out/$label.txt"; then
        grep 'Non-2xx\|Socket errors' "$out/$label.txt" >&2
        echo 0
    else
        awk '/Requests\/sec/ {print $2}' "$out/$label.txt"
    fi
}

measure_cached_route() {
    local base=http://127.0.0.1:$server_port plain_port i ours=() theirs=() our_rate their_rate ratio
    local title="GET /healthz, of Node's plain http with the same bytes"
    if ! command -v node >/dev/null; then
        skip "$title" "Node is missing"
        return 0
    fi
    curl -fsSi "$base/healthz" >"$out/healthz.http"
    plain_port=$(free_port)
    start_node plain_http.mjs "$plain_port" "$out/healthz.http"
    say "HTTP: GET /healthz, ours and Node's in turn"
    requests_per_second warm "http://127.0.0.1:$plain_port/healthz" >/dev/null
    for ((i = 1; i <= runs; i++)); do
        ours+=("$(requests_per_second "healthz-ours-$i" "$base/healthz")")
        theirs+=("$(requests_per_second "healthz-node-$i" "http://127.0.0.1:$plain_port/healthz")")
        echo "   run $i: ours ${ours[-1]}, Node ${theirs[-1]} requests/s"
    done
    stop "$node_pid"
    our_rate=$(printf '%s\n' "${ours[@]}" | median)
    their_rate=$(printf '%s\n' "${theirs[@]}" | median)
    ratio=$(awk "BEGIN {printf \"%.2f\", $our_rate / $their_rate}")
    row "$title ($(printf '%.0f, %.0f /s' "$our_rate" "$their_rate"))" "$ratio" ">= 1.5" "$ratio >= 1.5"
}

# A new account's token, in $token.
make_account() {
    local base=http://127.0.0.1:$server_port email password
    email=bench-$(random_hex 4)@example.com
    password=$(random_hex 12)
    token=$(curl -fsS -H 'Content-Type: application/json' -H 'X-App-Type: mobile' \
        -d "$(jq -n --arg e "$email" --arg p "$password" '{email: $e, password: $p}')" \
        "$base/auth/register" | jq -r .access_token)
}

# measure_route PATH LABEL: a route with a token, on PostgreSQL.
measure_route() {
    local path=$1 label=$2 i rates=() slow=() rate p99
    say "HTTP: GET $path with a token, on PostgreSQL"
    for ((i = 1; i <= runs; i++)); do
        rates+=("$(requests_per_second "$label-$i" "http://127.0.0.1:$server_port$path" \
            --latency -H "Authorization: Bearer $token")")
        slow+=("$(milliseconds_p99 "$out/$label-$i.txt")")
        echo "   run $i: ${rates[-1]} requests/s, p99 ${slow[-1]} ms"
    done
    rate=$(printf '%s\n' "${rates[@]}" | median)
    p99=$(printf '%s\n' "${slow[@]}" | median)
    row "GET $path with a token, PostgreSQL" "$(printf '%.0f /s' "$rate")" ">= 4000 /s" "$rate >= 4000"
    row "GET $path, p99 at 32 connections" "$p99 ms" "< 30 ms" "$p99 < 30"
}

# The 99th percentile in wrk's report, in milliseconds.
milliseconds_p99() {
    awk '$1 == "99%" {v = $2 + 0; if ($2 ~ /us$/) v /= 1000; else if ($2 !~ /ms$/) v *= 1000; print v}' "$1"
}

# Twenty people a second sign up, for as long as it is let. Each is a line in the file.
sign_up_steadily() {
    local file=$1 base=http://127.0.0.1:$server_port i
    for ((i = 0; ; i++)); do
        curl -sS -o /dev/null -w '%{http_code}\n' -H 'Content-Type: application/json' \
            -d "{\"email\": \"signup-$$-$i-$RANDOM@example.com\", \"password\": \"password123\"}" \
            "$base/auth/register" >>"$file" &
        sleep 0.05
    done
}

measure_sign_ups() {
    local i files=() p99 registered=() sign_ups
    say "Sign-ups: 50 calls while 20 people a second register"
    for ((i = 1; i <= runs; i++)); do
        # A fresh server: passwords still to be hashed for those of the run before must not count here.
        stop "$server_pid"
        start_server
        : >"$out/sign-ups-$i.txt"
        (sign_up_steadily "$out/sign-ups-$i.txt") 2>/dev/null &
        sign_ups=$!
        load_ours "$out/sign-ups-$i.json" --calls 50
        kill "$sign_ups" 2>/dev/null || true
        wait "$sign_ups" 2>/dev/null || true
        files+=("$out/sign-ups-$i.json")
        registered+=("$(grep -c '^200$' "$out/sign-ups-$i.txt" || true)")
        echo "   run $i: ${registered[-1]} of $(wc -l <"$out/sign-ups-$i.txt") have registered"
    done
    p99=$(values '[.up_ms.p99, .down_ms.p99] | max' "${files[@]}" | median)
    row "50 calls while 20 people a second sign up: p99 added one way" "$p99 ms" "< 20 ms" \
        "$p99 < 20 && $(printf '%s\n' "${registered[@]}" | median) > 0"
}

# ---- the run -----------------------------------------------------------------------------------

for name in "${names[@]}"; do
    case $name in
        bridge | cpu | memory | barge-in | sign-ups | http) ;;
        *) fail "bench knows bridge, cpu, memory, barge-in, sign-ups and http" ;;
    esac
done

if [ -z "${TEST_DATABASE_URL:-}" ]; then
    [ "$(nproc)" -ge 2 ] || fail "measuring needs two cores: one for the server, one for the load"
    fetch_api_browser
    configure_and_build release --target speech-assistant-server bench_bridge
    exec taskset -c 1 tests/with_postgres.sh "${BASH_SOURCE[0]}" "$@"
fi

mkdir -p "$out"
work=$(mktemp -d)
trap 'stop_started; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
start_server
if wanted bridge || wanted memory; then measure_bridge; fi
if wanted barge-in; then measure_barge_in; fi
if wanted sign-ups; then measure_sign_ups; fi
if wanted cpu; then measure_cpu; fi
if wanted http; then
    # A fresh server: the measured calls' hang-ups, which nobody answers, must not weigh on this.
    stop "$server_pid"
    start_server
    measure_cached_route
    make_account
    measure_route /users/me users-me
    measure_route /mobile/usage-stats usage-stats
fi

say "$(printf '%-55s %16s %16s' "Figure (median of $runs)" measured bound)"
printf '%s\n' "${rows[@]}"
[ "$failures" -eq 0 ]
