# Two commands are enough: `make demo` to see it, `make test` to check it.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= auto

.PHONY: help demo test soak check lint format lock catalogues clean

help:
	@echo "make demo    start a demonstration with fictional people on http://127.0.0.1:8000"
	@echo "make test    run every test this machine can run"
	@echo "make soak    the long runs of the proofs: hundreds of histories, thousands of swaps"
	@echo "make check   ruff, mypy and the tests"
	@echo "make format  lay out the code"

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "vepshare needs Python 3.11 or later; try: make PYTHON=python3.12"; exit 1; }
	@echo "Making an environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV) \
	  || { echo "Python's venv module is missing; on Debian: apt-get install python3-venv"; exit 1; }
	@touch $@

$(VENV)/.run: $(VENV)/.made requirements.lock pyproject.toml
	@echo "Installing vepshare and what it runs on (each package checked against its hash)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.lock
	@echo "Installing what the tests need"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

demo: $(VENV)/.run
	@$(BIN)/vepshare demo

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n $(WORKERS)

# The normal suite holds a small share of these (tests/proof/soak.py).
soak: $(VENV)/.dev
	VEPSHARE_SOAK=1 $(BIN)/python -m pytest -n $(WORKERS) tests/proof

check: lint test

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# The locks hold hashes and no addresses; uv resolves for every supported Python at once.
lock: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --group build --universal --generate-hashes --no-header \
	  --no-annotate --python-version 3.11 --quiet --output-file requirements.lock
	$(BIN)/uv pip compile --group dev --constraint requirements.lock --universal --generate-hashes \
	  --no-header --no-annotate --python-version 3.11 --quiet --output-file requirements-dev.lock

# Extract the texts, bring the four catalogues up to date, and compile them.
catalogues: $(VENV)/.dev
	$(BIN)/pybabel -q extract -F babel.cfg -k N_ -o vepshare/translations/messages.pot \
	  --no-location --sort-output --project vepshare --copyright-holder vepshare vepshare
	$(BIN)/pybabel -q update -i vepshare/translations/messages.pot -d vepshare/translations \
	  --no-fuzzy-matching --ignore-obsolete
	$(BIN)/pybabel -q compile -d vepshare/translations

clean:
	rm -rf $(VENV) var build dist .mypy_cache .ruff_cache .pytest_cache
