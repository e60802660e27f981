#!/usr/bin/env bash
# demo.sh [--headless [light|dark]]: the whole product on this machine, with stand-ins for the phone network, the voice model and
# the calendar provider.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=packaging/commands/common.sh
source packaging/commands/common.sh

readonly bin=$PWD/build/release/bin out=$PWD/build/demo email=demo@example.com
readonly talking_for_picture=8 calls_at_once=10
# The scenarios that the stand-in callers have something to say to.
scenarios=()
placed=()
headless=no
theme=dark # of the picture

read_options() {
    case ${1:-} in
        --headless)
            headless=yes
            theme=${2:-dark}
            [[ $theme = light || $theme = dark ]] || fail "the picture is light or dark"
            ;;
        '') [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || headless=yes ;;
        *) fail "demo knows --headless only" ;;
    esac
}

# ---- what runs ---------------------------------------------------------------------------------

start_sandbox() {
    account_sid=AC$(random_hex 16)
    auth_token=$(random_hex 16)
    model_key=$(random_hex 16)
    google_client=demo.apps.googleusercontent.com
    google_secret=$(random_hex 16)
    start "$out/sandbox.log" "$bin/speech-assistant-sandbox" --account-sid "$account_sid" \
        --auth-token "$auth_token" --model-key "$model_key" --media-plain \
        --google-client-id "$google_client" --google-client-secret "$google_secret"
    wait_until 15 grep -q '^{.*phone_url' "$out/sandbox.log" || fail "the sandbox did not start, see $out/sandbox.log"
    phone_url=$(jq -r .phone_url "$out/sandbox.log")
    model_url=$(jq -r .model_url "$out/sandbox.log")
    google_url=$(jq -r .google_url "$out/sandbox.log")
    mapfile -t scenarios < <(jq -r '.dialogues[].scenario | select(. != null and . != "" and . != "calendar-media-stream")' tests/sandbox/dialogues.json)
}

start_server() {
    local port=5051 environment
    ! answers "$port" || port=$(free_port)
    server_url=http://127.0.0.1:$port
    password=demo-$(random_hex 4)
    environment=(
        HOST=127.0.0.1 "PORT=$port" "PUBLIC_URL=$server_url" "DATA_DIR=$work/data" DEVELOPMENT_MODE=true
        "SECRET_KEY=$(random_hex 32)" "OPENAI_API_KEY=$model_key" "OPENAI_REALTIME_URL=$model_url"
        "TWILIO_ACCOUNT_SID=$account_sid" "TWILIO_AUTH_TOKEN=$auth_token" TWILIO_PHONE_NUMBER=+14155550100
        "TWILIO_API_BASE_URL=$phone_url" "TWILIO_INTELLIGENCE_BASE_URL=$phone_url/v2"
        "GOOGLE_CLIENT_ID=$google_client" "GOOGLE_CLIENT_SECRET=$google_secret"
        "GOOGLE_API_BASE_URL=$google_url" "GOOGLE_OAUTH_BASE_URL=$google_url" DATABASE_URL=
    )
    # From an empty folder: a developer's .env has no say here.
    env --chdir="$work" "${environment[@]}" "ADMIN_PASSWORD=$password" "$bin/speech-assistant-server" --create-admin "$email" \
        >"$out/create-admin.log" 2>&1 </dev/null || fail "no demo account, see $out/create-admin.log"
    start "$out/server.log" env --chdir="$work" "${environment[@]}" "$bin/speech-assistant-server"
    wait_until 15 curl -fsS -o /dev/null "$server_url/readyz" 2>/dev/null ||
        fail "the server did not start, see $out/server.log"
    token=$(curl -fsS --data-urlencode "username=$email" --data-urlencode "password=$password" \
        "$server_url/auth/login" | jq -r .access_token)
}

# A display and a sound output that nobody sees or hears, so that the console runs as it does on a desk.
start_virtual_desk() {
    local socket=$work/pulse.socket
    start "$out/xvfb.log" Xvfb -displayfd 1 -screen 0 1600x1000x24 -nolisten tcp
    wait_until 10 grep -q '^[0-9]' "$out/xvfb.log" || fail "no virtual display, see $out/xvfb.log"
    DISPLAY=:$(grep -m 1 '^[0-9]' "$out/xvfb.log")
    export DISPLAY QT_QPA_PLATFORM=xcb XDG_RUNTIME_DIR=$work/runtime
    unset WAYLAND_DISPLAY
    mkdir -m 700 "$XDG_RUNTIME_DIR"
    start "$out/pulseaudio.log" env "HOME=$work" pulseaudio -n --daemonize=no --use-pid-file=no --exit-idle-time=-1 \
        --load="module-null-sink sink_name=desk rate=48000 channels=2" \
        --load="module-native-protocol-unix socket=$socket auth-anonymous=1"
    export PULSE_SERVER=unix:$socket
    wait_until 10 pactl info >/dev/null 2>&1 || fail "no virtual sound output, see $out/pulseaudio.log"
    start "$out/parec.log" parec --device=desk.monitor --file-format=wav --rate=48000 --channels=2 "$out/console.wav"
    recorder=${started[-1]}
}

start_console() {
    local options=(--server "$server_url" --email "$email" --password-env DEMO_PASSWORD --select-first --listen-first)
    if [ "$headless" = yes ]; then
        options+=(--theme "$theme" --screenshot "$out/console.png"
            --screenshot-when-talking "$talking_for_picture" --screenshot-timeout 40)
    fi
    # Its own settings folder: the demo leaves nothing behind in the user's.
    mkdir -p "$work/config"
    start "$out/console.log" env "DEMO_PASSWORD=$password" "XDG_CONFIG_HOME=$work/config" \
        "$bin/speech-assistant-console" "${options[@]}"
    console=${started[-1]}
}

# ---- calls -------------------------------------------------------------------------------------

api() {
    local path=$1
    shift
    curl -fsS -H "Authorization: Bearer $token" "$@" "$server_url$path"
}

# Each call goes to another number of the range that is set aside for stories.
place_call() {
    local number=${#placed[@]} scenario id
    scenario=${scenarios[number % ${#scenarios[@]}]}
    id=$(api /calls -H 'Content-Type: application/json' \
        -d "{\"phone_number\": \"+141555501$((10 + number % 90))\", \"scenario\": \"$scenario\"}" | jq -r .id) ||
        return 1
    placed+=("$id")
}

place_calls() {
    local i
    for ((i = 0; i < calls_at_once; i++)); do
        place_call || fail "a call could not be placed, see $out/server.log"
    done
}

# finished [FILTER]: true when a placed call is over, written down and passes; its JSON is then in $out/call.json.
finished() {
    local id filter=${1:-true}
    for id in "${placed[@]}"; do
        api "/calls/$id" >"$work/call.json" || return 1
        if jq -e ".status == \"completed\" and .recording != null and (.transcript | length) > 0 and ($filter)" \
            "$work/call.json" >/dev/null; then
            cp "$work/call.json" "$out/call.json"
            return 0
        fi
    done
    return 1
}

# ---- what is told ------------------------------------------------------------------------------

tell_where() {
    local browser="(the API browser was not fetched; this page lists the routes)"
    [ ! -f build/vendor/swagger-ui/swagger-ui-bundle.js ] || browser="(API browser)"
    cat <<TEXT

   $server_url/docs   $browser
   $server_url        (server for the live console)
   sign in as            $email / $password
   logs                  $out
TEXT
}

tell_call() {
    say "Call $(jq -r '"\(.id), ended: \(.end_reason)"' "$out/call.json")"
    jq -r '.transcript | sort_by(.start_ms)[]
        | ((.start_ms / 1000 * 10 | round) / 10 | tostring) as $at
        | .text as $text
        | (if .heard_chars >= 0 and .heard_chars < ($text | length)
           then $text[:.heard_chars] + " [not heard: " + $text[.heard_chars:] + "]" else $text end) as $said
        | "\($at) s\t\(.speaker)\t\($said)"' "$out/call.json" |
        while IFS=$'\t' read -r at speaker said; do
            printf '%8s  %-7s %s\n' "$at" "$speaker" "$said"
        done
    say "Latency, ms after the caller stopped"
    printf '   %4s  %12s  %12s\n' turn 'model audio' 'on the wire'
    jq -r '.turns[] | .caller_stopped_ms as $stop
        | [.turn, (if $stop < 0 then "greeting" else .first_model_audio_ms - $stop end), .response_ms] | @tsv' \
        "$out/call.json" |
        while IFS=$'\t' read -r turn model wire; do
            printf '   %4s  %12s  %12s\n' "$turn" "$model" "$wire"
        done
}

# Root mean square of each channel, 0 to 1.
levels() { echo "(caller left $(level "$1" 1), agent right $(level "$1" 2))"; }
level() { sox "$1" -n remix "$2" stat 2>&1 | awk '/RMS.*amplitude/ {print $3}'; }

tell_files() {
    cp "$work/data/recordings/$(jq -r .recording "$out/call.json")" "$out/call.wav"
    say "Files"
    echo "   screenshot      $out/console.png"
    echo "   call            $out/call.wav $(levels "$out/call.wav")"
    echo "   console played  $out/console.wav $(levels "$out/console.wav")"
}

# ---- the two ways to run -----------------------------------------------------------------------

run_headless() {
    say "Calls are running; one of the first to finish is shown"
    wait_until 65 finished || fail "no call finished, see $out"
    # Better still one in which the caller interrupted the agent, when there is time for it.
    wait_until $((began + 60 - SECONDS)) finished 'any(.transcript[]; .interrupted)' || true
    wait_until 10 test -s "$out/console.png" || fail "the console made no picture, see $out/console.log"
    stop "$recorder"
    tell_call
    tell_files
}

run_on_desk() {
    say "Calls are running, more follow; Ctrl-C or closing the console ends it"
    while ! gone "$console"; do
        wait_until 12 gone "$console" && break
        place_call || true
    done
}

read_options "$@"
fetch_api_browser
configure_and_build release --target speech-assistant-server speech-assistant-console speech-assistant-sandbox

began=$SECONDS
rm -rf "$out"
mkdir -p "$out"
work=$(mktemp -d)
trap 'stop_started; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

say "Starting the stand-ins, the server and the console"
start_sandbox
start_server
if [ "$headless" = yes ]; then start_virtual_desk; fi
start_console
tell_where
place_calls
if [ "$headless" = yes ]; then run_headless; else run_on_desk; fi
say "The demo took $((SECONDS - began)) s"
