#!/usr/bin/env bash
# start.sh IMAGE USER: run IMAGE on this server, with the registry's password for USER on standard input.
# The old version goes on until the new one's migrations have run.
set -euo pipefail
cd "$(dirname "$0")"

docker login ghcr.io --username "$2" --password-stdin
trap 'docker logout ghcr.io' EXIT

export IMAGE=$1
docker compose pull api migrate # and nothing else: a newer PostgreSQL would restart under the old version
docker compose run --rm migrate
for api in api api2 api3; do
  docker compose up --detach --no-deps --wait "$api"
  sleep 3 # until Caddy sends requests to it again, before the next one stops
done
docker compose up --detach --wait --remove-orphans
docker compose exec -T caddy caddy reload --config /etc/caddy/Caddyfile
docker compose kill --signal HUP prometheus # it reads its files again

# It works: commands that are typed here later mean this version too.
sed -i '/^IMAGE=/d' .env
echo "IMAGE=$IMAGE" >> .env
docker image prune --force --filter until=168h
