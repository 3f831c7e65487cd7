# Every target sets up .venv by itself; a plain `make` lists them.
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
NEW_ENOUGH := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for one in python3 python3.13 python3.12 python3.11; do $$one -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$one && break; done)

.PHONY: help demo test coverage check format write lock clean
.DEFAULT_GOAL := help

# A file at a time, in the order they lie in: the longest (tests/road) must not begin last, as they would by their few tests.
SPREAD := -n auto --dist loadfile --no-loadscope-reorder
COVERAGE := --cov --cov-report=term:skip-covered

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST)

demo: $(READY)  ## run the whole road on a CRM in a box and show what it did
	$(BIN)/crm-kpi demo

test: $(READY)  ## run every test, on SQLite and PostgreSQL; in CI with coverage
	$(BIN)/pytest $(SPREAD) $(if $(CI),$(COVERAGE))

coverage: $(READY)  ## the same, and which lines were never run: half as long again
	$(BIN)/pytest $(SPREAD) $(COVERAGE)

check: $(READY)  ## lint, types, layers, house numbers, docs and manifest
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q tests/test_house.py tests/test_docs.py tests/test_manifest.py tests/test_reference.py tests/own/test_docs.py tests/imports/test_docs.py tests/test_app_package.py

format: $(READY)  ## let the tools repair what they can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

write: $(READY)  ## write anew what is made from the program: the manifest, the page of KPIs and their queries
	$(BIN)/crm-kpi manifest
	$(BIN)/python -c "from connector.reference import write; write()"
	$(BIN)/python -c "from connector.engine.queries import ship; ship()"

lock: $(READY)  ## pin the newest allowed versions, with hashes, in requirements.lock
	$(BIN)/uv pip compile --quiet --upgrade --group dev pyproject.toml --universal --python-version 3.11 \
		--generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links -o requirements.lock

clean:  ## throw away the virtual environment and the caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage* htmlcov

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later with venv is needed (Debian: apt-get install python3 python3-venv)." >&2; exit 2; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	@touch $@
