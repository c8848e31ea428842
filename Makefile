# Two commands set up a fresh machine: `make chat` and `make test`. Everything is installed into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: chat ask test check eval gate baseline bench clean

chat: $(VENV)/.installed
	$(BIN)/rag chat $(DOCS)

ask: $(VENV)/.installed
	@$(BIN)/rag ask "$(Q)" $(if $(DOCS),--docs $(DOCS))

test: $(VENV)/.installed-test
	$(BIN)/python -m pytest

check: $(VENV)/.installed-check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

eval: $(VENV)/.installed
	$(BIN)/rag eval

# Fails where a sample of the bundled cases is answered worse than when the baseline was made; `make baseline` makes it anew.
# What other processors may move is allowed; a quote that is no slice is not.
GATE := --sample 40 --fresh

gate: $(VENV)/.installed
	$(BIN)/rag eval $(GATE) --no-worse-than eval/data/baseline.json --allow 0.05 --fail-under true_citations=1 invented=0

baseline: $(VENV)/.installed
	$(BIN)/rag eval $(GATE) --save-baseline eval/data/baseline.json

bench: $(VENV)/.installed
	$(BIN)/rag bench

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PIP) --editable .
	touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	$(PIP) --editable ".[test]"
	touch $@

$(VENV)/.installed-check: $(VENV)/.installed-test
	$(PIP) --editable ".[test,check]"
	touch $@

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
