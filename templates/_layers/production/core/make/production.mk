# What the programs and their servers take beyond the API.

run: DEFAULTS = ADMIN_ADDR=127.0.0.1:9100

.PHONY: run-worker
run-worker: DEFAULTS = ADMIN_ADDR=127.0.0.1:9101
run-worker: build ## Do the jobs, with the settings of .env; it takes a database and a queue
	@$(SETTINGS); exec bin/worker $(ARGS)

TEST_COMPOSE += --file compose.test.redis.yaml
TEST_SERVERS += TEST_REDIS_URL=redis://127.0.0.1:63799/0

.PHONY: alerts
alerts: ## Test the alert rules, in Docker
	docker compose run --rm --no-deps --workdir /etc/prometheus --entrypoint promtool prometheus test rules alerts_test.yml

.PHONY: load
load: ## Measure it under load, in Docker, and write docs/load.md
	load/run.sh
