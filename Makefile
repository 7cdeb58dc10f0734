# make quickstart   make .venv, install, run the example study
# make test         make .venv, install, run every test
# make check        ruff and mypy

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: quickstart test check install install-dev constraints clean

$(VENV)/.made:
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.made pyproject.toml constraints.txt
	$(BIN)/pip install --quiet --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(BIN)/pip install --quiet --constraint constraints.txt --editable ".[dev]"
	@touch $@

install: $(VENV)/.installed

install-dev: $(VENV)/.installed-dev

quickstart: install
	$(BIN)/optimize studies/quickstart.yaml --fresh

test: install-dev
	$(BIN)/python -m pytest -n 2 --dist loadgroup

check: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy syftr_like components evaluators

constraints: install-dev
	(echo "# Versions that CI installs. Renewed with 'make constraints'."; \
	 $(BIN)/pip freeze --exclude-editable | grep -v ' @ ') > constraints.txt

clean:
	rm -rf $(VENV) build *.egg-info
