# Everything a newcomer needs: each target sets up .venv by itself, from Python 3.11 and this clone.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
READY := .venv/.ready

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo run test check format bench lock schema revision graphiql _lint

help: ## what each target does
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile

demo: $(READY) ## start everything with a believable history, and play an incident (ARGS=--fast)
	$(BIN)/whychain demo $(ARGS)

run: $(READY) ## start the server
	$(BIN)/whychain serve $(ARGS)

test: _lint ## check, and run all tests (ARGS="-k timeline")
	$(BIN)/python -m pytest -n logical --maxprocesses 4 --dist worksteal $(ARGS)

check: _lint ## formatting, lint, types, import walls, and that snapshots are up to date
	$(BIN)/python -m pytest -q -p no:xdist -m snapshot

format: $(READY) ## format the code and mend what can be mended by itself
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(READY) ## measure, and print the ratios
	$(BIN)/python -m tests.bench $(ARGS)

graphiql: $(READY) ## fetch the vendored GraphiQL again, or move it (ARGS=graphiql@5.2.2); needs npm
	$(BIN)/python -m server.web.graphiql.refresh $(ARGS)

schema: $(READY) ## write the schema's snapshot anew
	$(BIN)/python -m schema.snapshot

revision: $(READY) ## draft a migration from the tables (ID=0003 NAME=followers)
	$(BIN)/python -m server.store.migrations.draft $(ID) $(NAME)

lock: ## pin all dependencies anew after a change of pyproject.toml (ARGS=--upgrade)
	@set -e; folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; \
	$(PYTHON) -m venv "$$folder"; \
	"$$folder/bin/pip" install --quiet --disable-pip-version-check uv; \
	"$$folder/bin/uv" pip compile --quiet --universal --python-version 3.11 --extra dev \
		--generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
		$(ARGS) --output-file requirements.lock pyproject.toml

_lint: $(READY)
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

# The project comes after its dependencies: pip installs a folder only where no hashes are asked.
$(READY): .venv/.locked pyproject.toml
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.locked: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo >&2 \
		"Whychain needs Python 3.11 or later. Which one is it? make PYTHON=python3.11 …"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || { echo >&2 \
		"This Python makes no virtual environments. On Debian: apt-get install python3-venv"; exit 1; }
	@echo "Installing into .venv: once, for about half a minute."
	@$(PYTHON) -m venv --clear .venv
	@$(PIP) --require-hashes --requirement requirements.lock
	@touch $@
