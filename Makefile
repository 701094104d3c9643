# make run opens the app, make test tests it; each sets up .venv first when it is missing or the requirements changed.
PYTHON ?= python3
BIN := .venv/bin
# glibc keeps freed upload memory per thread unless told otherwise (434 MB or 64 MB left after 400 MB of uploads)
export MALLOC_ARENA_MAX ?= 2
export PYTHONPATH := $(CURDIR)

.PHONY: run test test-long lint types contracts check bench lock clean .venv
.DEFAULT_GOAL := run

run: .venv/run.stamp
	@$(BIN)/python -m vision app $(if $(PORT),--port $(PORT))

# Two workers on two cores: with three a test in a browser waits for others longer than it may.
test: .venv/dev.stamp
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not long"

test-long: .venv/dev.stamp
	$(BIN)/python -m pytest -m long --timeout 900

lint: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/dev.stamp
	$(BIN)/mypy

contracts: .venv/dev.stamp
	$(BIN)/lint-imports

check: lint types contracts

bench: .venv/dev.stamp
	@$(BIN)/python -m tests.bench

lock: ## remake both lists of exact versions from pyproject.toml (needs uv)
	uv pip compile --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-annotate \
	  --custom-compile-command "make lock" -q pyproject.toml -o requirements.txt
	uv pip compile --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-annotate \
	  --custom-compile-command "make lock" -q pyproject.toml --extra dev -c requirements.txt -o requirements-dev.txt

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis artefacts

.venv: .venv/run.stamp

# The lists are complete, so nothing is resolved: --no-deps also keeps out opencv-python, for which rapidocr asks and
# which needs libGL; the headless build in the list is the same code.
define install
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Loupe needs Python 3.11 or later: install it, or name it with make PYTHON=..."; exit 1; }
	@if command -v uv >/dev/null 2>&1; then \
	  { test -x $(BIN)/python || uv venv -q --python $(PYTHON) .venv; } && uv pip install -q --compile-bytecode --python $(BIN)/python --no-deps -r $(1); \
	else \
	  { $(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv; } && $(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -r $(1); \
	fi || { echo "Setting up .venv did not work. On Debian or Ubuntu: apt install python3-venv; then try again."; exit 1; }
	@touch $@
endef

.venv/run.stamp: requirements.txt
	@echo "Setting up .venv (once, a minute or two)"
	$(call install,requirements.txt)

.venv/dev.stamp: requirements.txt requirements-dev.txt
	@echo "Setting up .venv for the tests (once, a minute or two)"
	$(call install,requirements-dev.txt)
	@touch .venv/run.stamp
