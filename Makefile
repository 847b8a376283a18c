# Proofdeck: what can be made here. `make` alone prints this list.

VENV := .venv
BIN := $(VENV)/bin
MAKEFLAGS += --no-print-directory
# Tests that run beside each other; they start real servers, so no more than two cores' worth.
JOBS ?= 2

.DEFAULT_GOAL := help
.PHONY: help run setup test test-long lint format lock browser clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "  make test T=tests/quizbank   runs a part; PYTHON=python3.12 chooses the interpreter"
	@echo "  PORT, HOST, DATA_DIR, WORKERS, DATABASE_URL, REDIS_URL … change what \`make run\` starts"

run: $(if $(wildcard $(VENV)/.dev),$(VENV)/.dev,$(VENV)/.web) ## start the site: web, worker and broker; Ctrl-C stops it
	@exec $(BIN)/python manage.py up

setup: $(VENV)/.dev ## install everything, tools for tests included, into .venv/
	@echo "Everything is installed in $(VENV)/"

test: $(VENV)/.dev browser ## check and test everything, or T=path for a part
ifdef T
	@$(BIN)/python -m pytest $(T)
else
	@$(MAKE) lint
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder
	@$(BIN)/python -m tests.postgres -n $(JOBS) --dist loadfile
endif

test-long: $(VENV)/.dev browser ## every test, with full example counts and kill loops
	@HYPOTHESIS_PROFILE=long $(BIN)/python -m pytest -m "" $(T)
	@HYPOTHESIS_PROFILE=long $(BIN)/python -m tests.postgres -m "" $(T)

lint: $(VENV)/.dev ## format, style, types, import contracts, migrations, content
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check_content

format: $(VENV)/.dev ## rewrite the code in the house format
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

COMPILE := ../$(BIN)/uv pip compile ../pyproject.toml --quiet --generate-hashes --universal \
	--python-version 3.11 --no-header
lock: $(VENV)/.dev ## write requirements/*.txt anew from pyproject.toml
	@cd requirements && $(COMPILE) -o web.txt
	@cd requirements && $(COMPILE) --group ../pyproject.toml:dev -o dev.txt
	@echo "torch stands by itself in requirements/torch.txt"

clean: ## remove what a build made; the data in var/ stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A browser for the tests: an installed Chromium, else Playwright's, else Debian's package.
browser: $(VENV)/.dev
	@$(BIN)/python -m tests.chromium

# --- The virtual environment ---
# A stamp is newer than the lock it installed, so the second call has nothing to do.

$(BIN)/python:
	@for python in $(or $(PYTHON),python3 python3.13 python3.12 python3.11); do \
	  if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "Creating $(VENV)/ with $$("$$python" --version)"; \
	    "$$python" -m venv $(VENV) && exit 0; \
	    rm -rf $(VENV); \
	    echo "$$python cannot make a virtual environment: install its venv module" \
	      "(Debian, Ubuntu: apt-get install python3-venv)" >&2; \
	    exit 1; \
	  fi; \
	done; \
	echo "Python 3.11 or newer is needed, and $(or $(PYTHON),python3) is not:" \
	  "install one, or name it: make PYTHON=/path/to/python3.11 …" >&2; \
	exit 1

PIP := $(BIN)/python -m pip --disable-pip-version-check install -qq

$(VENV)/.web: requirements/web.txt requirements/torch.txt | $(BIN)/python
	@echo "Installing what the site needs (a minute or two, once) …"
	@$(PIP) --require-hashes -r requirements/web.txt
	@$(MAKE) torch
	@touch $@

$(VENV)/.dev: requirements/dev.txt requirements/torch.txt | $(BIN)/python
	@echo "Installing what the site and its tests need (a minute or two, once) …"
	@$(PIP) --require-hashes -r requirements/dev.txt
	@$(MAKE) torch
	@touch $@ $(VENV)/.web

# By itself and without a hash: its builds differ by machine (CPU, CUDA) under one version.
.PHONY: torch
torch: | $(BIN)/python
	@echo "Installing torch, the largest part …"
	@$(PIP) -r requirements/torch.txt
