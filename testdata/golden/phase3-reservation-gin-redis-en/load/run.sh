#!/usr/bin/env bash
# run.sh: measure the stack of compose.yaml on this machine, with and without the cache, with one replica and with three,
# and write what was measured to docs/load.md. It is a stack of its own, and leaves nothing behind.
set -euo pipefail
cd "$(dirname "$0")/.."

export COMPOSE_PROJECT_NAME=load
# Nobody is limited, but everybody counted: all load comes from one address.
export RATE_LIMIT_IP=1000000/s RATE_LIMIT_ACCOUNT=1000000/s RATE_LIMIT_LOGIN=1000000/s RATE_LIMIT_MAIL=1000000/s LOG_LEVEL=warn
services="caddy api worker mail" # what they depend on comes with them
k6=${K6:-go run go.k6.io/k6@v$(awk '$1 == "k6" { print $2 }' load/.tool-versions)}
work=$(mktemp -d)
trap 'docker compose down --volumes --timeout 5 >"$work/down" 2>&1; rm -rf "$work"' EXIT

# As many as make the database count and sort.
rooms="INSERT INTO rooms (id, name, description, capacity, version, created_at, updated_at)
  SELECT gen_random_uuid(), 'Room ' || i, 'Projector, whiteboard', 4 + i % 20, 1, now(), now()
  FROM generate_series(1, 1000) AS i"

measure() { # measure NAME REPLICAS: a row of the table
  # shellcheck disable=SC2086 # the services are words
  docker compose up --build --detach --wait --scale "api=$2" $services >"$work/up" 2>&1 || { cat "$work/up"; exit 1; }
  docker compose exec -T postgres psql --username=app --quiet --command="$rooms"
  # Once to warm up.
  # shellcheck disable=SC2086 # k6 may be several words
  NAME=warm ROW="$work/warm" RUN=0 DURATION=5 $k6 run --quiet load/mix.js >"$work/warm.log" 2>&1 || { cat "$work/warm.log"; exit 1; }
  # shellcheck disable=SC2086
  NAME=$1 ROW="$work/row" RUN=1 $k6 run --quiet load/mix.js
  cat "$work/row" >>"$work/rows"
  docker compose down --volumes --timeout 5 >"$work/down" 2>&1
}

CACHE_TTL=0s measure 'without the cache, 1 replica' 1
CACHE_TTL=0s measure 'without the cache, 3 replicas' 3
measure 'with the cache, 1 replica' 1
measure 'with the cache, 3 replicas' 3

begin='<!-- figures -->'
{
  sed "/$begin/q" docs/load.md
  echo
  echo "| | requests/s | median | 95 % under | 99 % under | failed |"
  echo "| --- | --- | --- | --- | --- | --- |"
  cat "$work/rows"
  echo
  echo "$(date -u +%F), $(uname -sm), $(getconf _NPROCESSORS_ONLN) CPUs, which k6 and everything else share."
} >"$work/load.md"
mv "$work/load.md" docs/load.md
echo "written to docs/load.md"
