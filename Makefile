PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv --quiet
REQUIREMENTS := backend/requirements
OUT ?= out
PORT ?= 8000
# Tests run in two processes, each with servers of its own and a file at a time: TESTS=0 for one.
TESTS ?= 2
PYTEST = ../$(BIN)/python -m pytest --numprocesses $(TESTS) --dist loadfile --no-loadscope-reorder
# Root's Postgres runs as nobody, who may not enter what lies in /root.
SERVICE ?= $(if $(filter 0,$(shell id -u)),/var/lib/noteai-demo,$(abspath $(OUT))/service)

.DEFAULT_GOAL := help
.PHONY: help setup tools demo stop test unit docs check lint types containers workflows rules format bench load chaos requirements clean

help: ## Say what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

setup: $(VENV)/.ready ## Make the virtual environment with everything in it

$(VENV)/.ready: $(REQUIREMENTS)/dev.txt $(REQUIREMENTS)/uv.txt backend/pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "NoteAI needs Python 3.11 or newer: make PYTHON=python3.11")'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(REQUIREMENTS)/uv.txt
	$(UV) pip install --python $(BIN)/python --require-hashes -r $(REQUIREMENTS)/dev.txt
	$(UV) pip install --python $(BIN)/python --no-deps --no-build-isolation --editable backend
	@touch $@

tools: ## Install Chromium and Prometheus, which some tests need, where they are missing
	@.ci/tools

demo: setup ## Highlights of a sample lecture, or of VIDEO=lecture.mp4, by the service; it goes on running
ifndef VIDEO
	@test -s "$(OUT)/sample/lecture.mp4" || $(BIN)/noteai sample --out "$(OUT)/sample"
endif
	@$(BIN)/noteai down --data "$(SERVICE)" >/dev/null 2>&1 || true
	$(BIN)/noteai up --detach --data "$(SERVICE)" --port $(PORT)
	$(BIN)/noteai send "$(or $(VIDEO),$(OUT)/sample/lecture.mp4)" --to http://127.0.0.1:$(PORT) --out "$(OUT)/demo" || test $$? -eq 3
	@echo "The service goes on at http://127.0.0.1:$(PORT)/docs; 'make stop' ends it."

stop: ## End the service that make demo left running
	$(BIN)/noteai down --data "$(SERVICE)"

test: setup ## All tests
	cd backend && $(PYTEST) --cov --cov-report=term:skip-covered

unit: setup ## The quick tests
	cd backend && $(PYTEST) tests/unit

docs: setup ## The links of the documents lead somewhere
	cd backend && ../$(BIN)/python -m pytest --quiet tests/unit/repository/test_links.py

check: lint types containers workflows ## Linters, types, layers, containers, workflows

lint: setup
	cd backend && ../$(BIN)/ruff check . ../bench
	cd backend && ../$(BIN)/ruff format --check . ../bench

types: setup
	cd backend && ../$(BIN)/mypy
	cd backend && ../$(BIN)/lint-imports --no-cache

SCHEMA := $(BIN)/check-jsonschema --builtin-schema

containers: setup
	$(SCHEMA) vendor.compose-spec docker-compose.yml
	$(BIN)/hadolint backend/Dockerfile

workflows: setup
	$(SCHEMA) vendor.github-workflows .github/workflows/*.yml
	$(SCHEMA) vendor.github-issue-forms .github/ISSUE_TEMPLATE/bug.yml .github/ISSUE_TEMPLATE/idea.yml
	$(SCHEMA) vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
	$(SCHEMA) vendor.renovate .github/renovate.json
	$(BIN)/jactionlint --shellcheck=
	$(BIN)/zizmor --offline --quiet .github
	$(BIN)/pre-commit validate-config .pre-commit-config.yaml

rules: ## Check Prometheus' rules, and that each alert fires and clears; needs promtool
	promtool check config prometheus.yml
	promtool check rules prometheus/rules/*.yml
	promtool test rules prometheus/tests/*.yml

format: setup ## Put the code in its form
	cd backend && ../$(BIN)/ruff check --fix . ../bench
	cd backend && ../$(BIN)/ruff format . ../bench

$(VENV)/.bench: $(VENV)/.ready $(REQUIREMENTS)/bench.txt
	$(UV) pip install --python $(BIN)/python --require-hashes -r $(REQUIREMENTS)/bench.txt
	@touch $@

bench: $(VENV)/.bench ## Measure quality and speed into bench/RESULTS.md
	$(BIN)/python -m bench

chaos: setup ## Kill, stop and lie to everything, and check every promise, into bench/RESULTS.md
	$(BIN)/python -m bench.chaos

load: $(VENV)/.bench ## Measure the service under load into bench/RESULTS.md; ONLY=queue for one part
	$(BIN)/python -m bench.load $(addprefix --only ,$(ONLY))

COMPILE := ../$(UV) pip compile --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate \
  --custom-compile-command "make requirements"

requirements: ## Pin the requirements anew; the bench's go with the others
	cd backend && $(COMPILE) pyproject.toml --all-extras --group dev --group bench -o requirements/bench.txt
	cd backend && $(COMPILE) pyproject.toml --all-extras --group dev -c requirements/bench.txt -o requirements/dev.txt
	cd backend && $(COMPILE) pyproject.toml --all-extras -c requirements/bench.txt -o requirements/run.txt
	cd backend && $(COMPILE) pyproject.toml --extra service -c requirements/bench.txt -o requirements/service.txt
	cd backend && $(COMPILE) pyproject.toml --extra service --extra offline -c requirements/bench.txt -o requirements/service-offline.txt
	cd backend && printf 'uv\nhatchling\n' | $(COMPILE) - -o requirements/uv.txt

clean: ## Remove what was made
	rm -rf $(VENV) $(OUT) backend/.*_cache .import_linter_cache
