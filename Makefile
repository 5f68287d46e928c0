# Two commands do everything, also on a fresh machine: `make leaderboard` and `make test`.
PYTHON ?= python3.11
BIN := .venv/bin
RUNS ?= runs
LOCAL ?= build/submissions
PAGE ?= build/leaderboard
FIELD ?= build/field

# The systems that `make leaderboard` scores: the unprocessed reference, and tokenizers whose weights come with audiotok
# or from package registries. OURS are all of our rows; leaderboard/submissions contains them.
SYSTEMS := reference codec2:mode=3200 audiotok-rvq whisper-units
# The quotes are for the shell.
MERGED := 'bpe(whisper-units):model=whisper-units-2048'
OURS := $(SYSTEMS) codec2:mode=700 codec2:mode=1600 mulaw lowpass opus:kbps=6 opus:kbps=12 opus:kbps=24 lyra lyra:num_codebooks=16 lyra:num_codebooks=30 audiotok-rvq:num_codebooks=4 audiotok-distilled audiotok-units audiotok-vectok $(MERGED)
# Tokenizers for language models. mu-law is left out: at 16,000 codes per second, no context is long enough.
CODED := $(filter-out reference mulaw lowpass opus:%,$(OURS))
# Tokenizers for probes: those with a constant frame rate.
EVEN := $(filter-out audiotok-vectok $(MERGED),$(CODED))
# Tokenizers with a decoder, whose output can be listened to.
AUDIBLE := $(filter-out whisper-units $(MERGED),$(CODED))

# Checks of the scripts of the leaderboard page, the only part that needs Node: $(call page,test).
define page
	@if command -v npm >/dev/null; then \
		echo "== page: npm $(1)"; \
		if [ "$(1)" != test ] && [ ! -d node_modules/typescript ]; then npm install --no-package-lock --silent; fi; npm --silent $(1); \
	else echo "== page: skipped npm $(1), because Node is not installed"; fi
endef

# Each test file runs in one process, so that its fixtures are made once, and files run in the order of their names. If
# they were sorted by their number of tests, files with one long test would come last, while the other process is idle.
TWO := -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: help leaderboard submissions extras field test test-slow coverage lint docs lock install

help:  # Show this list.
	@sed -n 's/^\([a-z-]*\):.*  # \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

leaderboard: install  # Score a few tokenizers on mini and build the leaderboard page.
	@echo "== 1/4 data: fetching the clips of mini and the recogniser (once)"
	$(BIN)/audiotok data get mini
	@echo "== 2/4 recipes: scoring $(words $(SYSTEMS)) systems (resumes an interrupted run)"
	$(BIN)/audiotok run --suite mini --runs $(RUNS) $(addprefix -t ,$(SYSTEMS))
	@echo "== 3/4 page: checking the results and building the page"
	$(BIN)/audiotok submit --suite mini --runs $(RUNS) -o $(LOCAL) $(addprefix -t ,$(SYSTEMS))
	$(BIN)/audiotok leaderboard build --local $(LOCAL) -o $(PAGE)
	@echo "== 4/4 done: open $(PAGE)/index.html in a browser"

submissions: install  # Score our own rows of the leaderboard (hours).
	@echo "== scoring our own $(words $(OURS)) rows into leaderboard/submissions (resumes an interrupted run)"
	$(BIN)/audiotok submit --suite mini --runs $(RUNS) -o leaderboard/submissions $(addprefix -t ,$(OURS))

extras: install  # Add the recipes that take hours to our rows: stability, probes, language models, continuations.
	@echo "== optional recipes that take hours: stability, probes, and language models with the speech that they generate"
	$(BIN)/audiotok data get mini
	$(BIN)/python recipes/stability.py --runs $(RUNS) $(addprefix -t ,$(CODED) mulaw)
	$(BIN)/audiotok data get probes-mini
	$(BIN)/python recipes/probes.py --runs $(RUNS) $(addprefix -t ,$(EVEN) mulaw)
	$(BIN)/audiotok data get small
	$(BIN)/python recipes/acoustic_lm.py --runs $(RUNS) $(addprefix -t ,$(CODED))
	$(BIN)/python recipes/lm_pairs.py --runs $(RUNS) $(addprefix -t ,$(CODED))
	$(BIN)/python recipes/continuations.py --runs $(RUNS) $(addprefix -t ,$(AUDIBLE))
	$(BIN)/python recipes/tts_probe.py --runs $(RUNS) $(addprefix -t ,$(AUDIBLE))
	$(BIN)/python recipes/lexicon.py --runs $(RUNS) $(addprefix -t ,$(CODED))
	$(BIN)/python recipes/lexicon_speech.py --runs $(RUNS) $(addprefix -t ,$(AUDIBLE))

field: install  # Score every published tokenizer on mini (needs a network, uses a GPU if available, resumes).
	@echo "== every published tokenizer: weights, golden codes, scores, submissions in $(FIELD)"
	$(BIN)/audiotok data get mini
	$(BIN)/python recipes/field.py --runs $(RUNS) --output $(FIELD)

test: install  # Run the tests offline, without the slow ones.
	@echo "== tests (offline, in two processes)"
	$(BIN)/python -m pytest $(TWO)
	$(call page,test)

test-slow: install  # Run all tests, including the slow ones, as the CI does every night.
	@echo "== all tests, including the slow ones"
	AUDIOTOK_FUZZ=$${AUDIOTOK_FUZZ:-1000} $(BIN)/python -m pytest $(TWO) --slow

coverage: install  # Run the tests and report the lines that they do not cover.
	@echo "== coverage (offline; also build/coverage.xml)"
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[coverage]"
	$(BIN)/python -m pytest $(TWO) --cov --cov-report=term:skip-covered --cov-report=xml

lint: install  # Check style and types.
	@echo "== style and types"
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(call page,run lint)

docs: install  # Build the documentation into build/site.
	@echo "== documentation: building build/site"
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[docs]"
	$(BIN)/python -m mkdocs build

# Pins the versions of constraints.txt for all systems and Python versions, with the hashes of the files. Needs uv.
lock:  # Update requirements.lock after a change of pyproject.toml or constraints.txt.
	uv pip compile pyproject.toml --extra dev --universal --generate-hashes --no-emit-index-url --no-header \
		--constraint constraints.txt --output-file requirements.lock

install: .venv/installed  # Create .venv with audiotok and its optional dependencies.

.venv/installed: pyproject.toml constraints.txt
	@echo "== environment: creating .venv and installing audiotok with its optional dependencies (several minutes, once)"
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade "pip>=24" "setuptools>=77" wheel
	$(BIN)/python -m pip install --quiet --progress-bar on -c constraints.txt -e ".[dev]"
	@touch $@
