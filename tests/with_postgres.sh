#!/bin/sh
# Runs a command beside a private, temporary PostgreSQL:  tests/with_postgres.sh ctest --preset dev
#
# The cluster lives in its own folder under TMPDIR, listens on 127.0.0.1 and a free port, gives up safety for
# speed (fsync=off), and is stopped and removed when the command ends. The command finds it in TEST_DATABASE_URL.
# Root works too: PostgreSQL refuses to run as root, so the cluster then belongs to the user "postgres".
set -u

[ $# -gt 0 ] || { echo "usage: $0 <command...>" >&2; exit 2; }

bin=${POSTGRES_BIN:-$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)}
[ -x "$bin/initdb" ] || { echo "$0: PostgreSQL is not installed (package postgresql)" >&2; exit 3; }

home=$(mktemp -d "${TMPDIR:-/tmp}/test_postgres.XXXXXX") || exit 3
if [ "$(id -u)" -eq 0 ]; then
    chown postgres "$home"
    as_owner() { (cd "$home" && exec runuser -u postgres -- "$@"); }
else
    as_owner() { (cd "$home" && exec "$@"); }
fi

child=
finish() {
    # Stops by the process id that the cluster itself wrote down.
    [ -f "$home/data/postmaster.pid" ] && as_owner "$bin/pg_ctl" -D "$home/data" -m immediate -w stop >/dev/null 2>&1
    rm -rf "$home"
}
trap finish EXIT
trap '[ -n "$child" ] && kill -TERM "$child" 2>/dev/null; exit 130' INT TERM HUP

as_owner "$bin/initdb" -D "$home/data" -U tester -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$home/log.initdb" 2>&1 \
    || { cat "$home/log.initdb" >&2; exit 3; }

start_on() {
    as_owner "$bin/pg_ctl" -D "$home/data" -l "$home/data/log" -w -t 30 -o "-p $1 -k $home -c listen_addresses=127.0.0.1 \
        -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200 -c log_min_messages=error" \
        start >/dev/null 2>&1
}

attempt=0
until port=$(shuf -i 20000-32000 -n 1) && start_on "$port"; do
    attempt=$((attempt + 1))
    [ $attempt -lt 10 ] || { cat "$home/data/log" >&2; exit 3; }
done

TEST_DATABASE_URL="postgresql://tester@127.0.0.1:$port/postgres" "$@" <&0 &
child=$!
wait "$child"
