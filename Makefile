# make report   the data validated, the notebooks run, the figures drawn, the PDF and the HTML page written
# make test     everything that must stay true
# make verify   second opinions on the PDF, slow and by programs that pip does not bring
# The tests that drive a browser run after the others, each file in one process: beside all others they wait too long.
# Both build .venv on first use. Works from anywhere with make -C.

.DEFAULT_GOAL := help
.PHONY: help report test verify check refresh lab lock clean elsewhere

VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
READY := $(VENV)/ready
# An environment names the folder it was made in: copied or moved, it would run on that one, or not at all. What was
# made elsewhere is made anew.
HERE := '$(subst ','\'',$(CURDIR))'
ifneq "$(shell test -x $(BIN)/python && cat $(READY) 2>/dev/null)" "$(CURDIR)"
$(READY): elsewhere
endif
# Anything of 3.11 or newer will do; PYTHON=... on the command line is tried first.
PYTHONS := $(PYTHON) python3 python python3.13 python3.12 python3.11
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' Makefile

report: $(READY) ## validate the data, run every notebook, draw every figure, write build/shenyang-report.pdf and .html
	@$(BIN)/tieout report

test: $(READY) ## style, unit tests, and every cell of every notebook against its stored output
	@$(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet . && $(BIN)/lint-imports --no-logo && $(BIN)/mypy
	@$(BIN)/python -m pytest -n auto --dist loadscope --no-loadscope-reorder -m "not browser and not verify"
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m "browser and not verify" tests

# A program that is missing is a failure here: whoever asks for these opinions wants to have them.
verify: $(READY) ## slow second opinions on the PDF, by programs beyond pip: veraPDF in Java, poppler
	@CI=true $(BIN)/python -m pytest -m verify tests

check: $(READY) ## data and prose only, in seconds
	@$(BIN)/tieout check

refresh: $(READY) ## bring the numbers in prose, the evidence cells and the README in step with the data
	@$(BIN)/tieout refresh

lab: $(READY) ## open JupyterLab on the summary
	@$(BIN)/tieout lab

lock: $(READY) ## resolve pyproject.toml anew into requirements.lock and environment.yml
	@$(BIN)/uv pip compile pyproject.toml --extra dev --universal --fork-strategy fewest --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-annotate --no-header --upgrade --quiet -o requirements.lock
	@$(BIN)/tieout refresh

clean: ## remove everything that was built, the environment included
	@rm -rf $(VENV) build .pytest_cache .ruff_cache .hypothesis

$(READY): requirements.lock pyproject.toml
	@python=; for p in $(PYTHONS); do \
	  if "$$p" -c '$(NEW_ENOUGH)' 2>/dev/null; then python=$$p; break; fi; done; \
	if [ -z "$$python" ]; then \
	  echo "error: Python 3.11 or newer is needed and was not found; install one, or name it: make PYTHON=/path/to/python3" >&2; exit 1; fi; \
	if [ -s $(READY) ] && [ "$$(cat $(READY))" != $(HERE) ]; then echo "$(VENV) was made for $$(cat $(READY)): it is made anew"; fi; \
	rm -rf $(VENV); echo "building $(VENV) with $$("$$python" -V) (about a minute, once)"; \
	"$$python" -m venv $(VENV) || { echo "error: $$python cannot make a virtual environment; on Debian: apt install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@printf '%s\n' $(HERE) > $@
