# Every target does its own set-up: a virtual environment inside the checkout, exact versions from the lock.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.PHONY: help install check quick test lint demo bench crash clean lock

help:            ## what can be asked for
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/'

$(STAMP): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

install: $(STAMP)  ## the virtual environment in .venv

lint: $(STAMP)     ## ruff, mypy strict, the import contract
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: $(STAMP)     ## every test but the long ones, on two cores
	$(BIN)/python -m pytest -n 2 -m "not crash"

quick: $(STAMP)    ## the minute's worth to run before each commit
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2 -m "not crash and not acceptance and not wire and not long" -x

check: lint test   ## what CI runs

demo: $(STAMP)     ## a whole transition on the twin, killed twice and resumed
	$(BIN)/python -m tests.demo

bench: $(STAMP)    ## speed, as ratios measured in one run
	$(BIN)/python -m tests.bench

crash: $(STAMP)    ## kill and resume at every commit point
	$(BIN)/python -m pytest -n 2 -m crash

lock:              ## write requirements.lock anew from pyproject.toml
	$(BIN)/python -m pip install --quiet pip-tools
	$(BIN)/pip-compile --quiet --extra dev --strip-extras --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-header -o requirements.lock pyproject.toml

clean:             ## remove what can be made again
	rm -rf .venv .demo .mypy_cache .ruff_cache .pytest_cache .hypothesis
