# What a newcomer needs: make run, make test. make help lists the rest.

TOOLS     := bin/tools
ARGS      ?=
FUZZTIME  ?= 20s
TESTFLAGS ?= -timeout 60m

# Choices for make play; empty ones take the catalog's defaults.
PHASE ?=
DOMAIN ?=
FRAMEWORK ?=
QUEUE ?=
DOCS ?=

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show this help
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: ## Generate a project: make run asks, make run ARGS="../shop-prices --phase 1" does not
	go run ./cmd/scaffold new $(ARGS)

.PHONY: test
test: ## Run unit, golden and script tests, and compile a project of each phase; needs Go and git alone
	@echo '== make test: unit, golden and script tests, a project of each phase compiled'
	go test $(TESTFLAGS) ./...

# The race detector needs cgo, which go turns off where there is no C compiler. CI must have one.
RACE := $(if $(filter required,$(SCAFFOLD_LIVE))$(filter 1,$(shell go env CGO_ENABLED)),-race)

# internal holds all tests with the build tag e2e. Its unit tests run again: under the race detector, and with
# each request to GitHub compared to GitHub's description.
.PHONY: e2e
e2e: openapi ## Run the slow tests under the race detector: every combination, real servers, every fault of GitHub
	@echo '== make e2e: every combination, real servers, every fault of GitHub'
	go test $(RACE) -tags e2e $(TESTFLAGS) ./internal/...

.PHONY: lint
lint: $(TOOLS)/golangci-lint $(TOOLS)/actionlint ## Lint the code, the workflows and the scripts, for every platform
	$(TOOLS)/golangci-lint run
	$(TOOLS)/actionlint
	go mod tidy -diff
	GOOS=windows go vet -tags e2e ./...
	GOOS=darwin go vet -tags e2e ./...
	@if command -v shellcheck >/dev/null; then \
		echo shellcheck .ci/*; shellcheck .ci/*; \
	else \
		echo 'shellcheck is not installed: .ci/* is not checked' >&2; test "$(SCAFFOLD_LIVE)" != required; \
	fi

.PHONY: fmt
fmt: $(TOOLS)/golangci-lint ## Format the code and tidy go.mod
	$(TOOLS)/golangci-lint fmt
	go mod tidy

.PHONY: vuln
vuln: $(TOOLS)/govulncheck ## Look for known vulnerabilities in what the code calls
	$(TOOLS)/govulncheck ./...

.PHONY: golden
golden: ## Rewrite the golden files and what the README shows; look at git diff afterwards
	go test ./templates -run 'Golden|AdvanceSurface' -update
	go test ./cmd/scaffold -run README -update

.PHONY: deps
deps: ## Tidy every combination's go.mod and write the pins back; ARGS=--upgrade takes the newest versions
	go run ./cmd/workbench deps $(ARGS)

.PHONY: play
play: ## Render one combination to play/, to work on: make play PHASE=1 DOCS=id
	go run ./cmd/workbench play --into play \
		$(if $(PHASE),--phase '$(PHASE)') \
		$(if $(DOMAIN),--domain '$(DOMAIN)') \
		$(if $(FRAMEWORK),--framework '$(FRAMEWORK)') \
		$(if $(QUEUE),--queue '$(QUEUE)') \
		$(if $(DOCS),--lang '$(DOCS)')

.PHONY: pull
pull: ## Carry the edits made in play/ back into the layers; LAYER=crypto/core takes new files
	go run ./cmd/workbench pull --from play $(if $(LAYER),--layer '$(LAYER)')

.PHONY: github
github: openapi ## Start the GitHub that the tests publish to; it prints what to set for scaffold to use it
	go run ./cmd/workbench github $(ARGS)

.PHONY: bench-api
bench-api: ## Measure what generated APIs do under load; takes PostgreSQL, Redis, wrk and Caddy on this machine
	SCAFFOLD_BENCH=1 go test ./internal/bench -run=$(or $(RUN),.) -count=1 -timeout=90m -v

.PHONY: bench
bench: ## Measure time, memory and size against the budget
	SCAFFOLD_BENCH=1 go test ./cmd/scaffold -run '^TestBudget$$' -bench=. -count=1 -v

.PHONY: fuzz
fuzz: ## Run each fuzz target for FUZZTIME (20s)
	@set -e; targets=$$(go test -list '^Fuzz' ./...); \
	echo "$$targets" | awk '/^Fuzz/ { name[n++] = $$1 } $$1 == "ok" { while (n) print $$2, name[--n] }' | \
	while read -r package target; do \
		echo "$$package $$target"; \
		go test "$$package" -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME); \
	done

.PHONY: release-check
release-check: $(TOOLS)/goreleaser ## Check the release's configuration, build it for this machine and try the result
	.ci/release-check $(TOOLS)/goreleaser

.PHONY: clean
clean: ## Remove everything that was built; play/ and the pinned tools stay
	rm -rf build dist bin/scaffold bin/release-check coverage.out

# GitHub's description of its API, against which the tests hold all that they say to it.
OPENAPI := $(TOOLS)/github-openapi.json

.PHONY: openapi
openapi:
	@test -f $(OPENAPI) || $(MAKE) --no-print-directory $(OPENAPI) || { \
		echo "GitHub's OpenAPI description could not be fetched: requests are not held against it" >&2; \
		test "$(SCAFFOLD_LIVE)" != required; \
	}

$(OPENAPI): internal/tools/github-openapi/package.json
	mkdir -p $(TOOLS)/npm/github-openapi
	cp $< $(TOOLS)/npm/github-openapi
	npm install --silent --no-package-lock --fetch-retries=1 --fetch-retry-mintimeout=1000 --prefix $(TOOLS)/npm/github-openapi
	cp $(TOOLS)/npm/github-openapi/node_modules/@octokit/openapi/generated/api.github.com.json $@

# The pinned tools. Each is a module of its own under internal/tools: its go.mod is the one place that
# names the version, its go.sum verifies every source that is built, and nothing is expected on the machine.
# Those that are not in Go have a package.json instead. They need Node.js, and stay out where there is none;
# emulate needs a newer one than many machines have, and on Linux brings it along.

go_tools  := $(patsubst internal/tools/%/go.mod,%,$(wildcard internal/tools/*/go.mod))
npm_tools := $(filter-out github-openapi,$(patsubst internal/tools/%/package.json,%,$(wildcard internal/tools/*/package.json)))
tools     := $(go_tools) $(if $(shell command -v npm),$(npm_tools))

.PHONY: tools
tools: $(tools:%=$(TOOLS)/%) ## Install the pinned tools to bin/tools

$(npm_tools:%=$(TOOLS)/%): $(TOOLS)/%: internal/tools/%/package.json
	mkdir -p $(TOOLS)/npm/$*
	cp $< $(TOOLS)/npm/$*
	npm install --silent --no-package-lock --prefix $(TOOLS)/npm/$*
	ln -sf npm/$*/node_modules/.bin/$* $@
	@touch $@

$(TOOLS)/%: internal/tools/%/go.mod internal/tools/%/go.sum
	cd internal/tools/$* && GOBIN='$(CURDIR)/$(TOOLS)' GOFLAGS=-mod=readonly go install tool
	@touch $@
