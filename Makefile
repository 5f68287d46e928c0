# Two commands do everything, on a fresh machine too: `make leaderboard` and `make test`.
PYTHON ?= python3.11
BIN := .venv/bin
RUNS ?= runs
LOCAL ?= build/submissions
PAGE ?= build/leaderboard

# Every tokenizer that needs no model hub, and the anchors that give the tables their scale.
SYSTEMS := reference lowpass opus:kbps=6 opus:kbps=12 opus:kbps=24 \
  mulaw codec2:mode=700C codec2:mode=1600 codec2:mode=3200 \
  lyra:num_codebooks=16 lyra:num_codebooks=30 lyra:num_codebooks=46 whisper-units

.PHONY: leaderboard test lint install

leaderboard: install
	@echo "== 1/4 data: fetching the clips of mini and the recogniser (once)"
	$(BIN)/audiotok data get mini
	@echo "== 2/4 recipes: scoring $(words $(SYSTEMS)) systems (goes on where it was stopped)"
	$(BIN)/audiotok run --suite mini --runs $(RUNS) $(addprefix -t ,$(SYSTEMS))
	@echo "== 3/4 page: checking what was scored, and building"
	$(BIN)/audiotok submit --suite mini --runs $(RUNS) -o $(LOCAL) $(addprefix -t ,$(SYSTEMS))
	$(BIN)/audiotok leaderboard build --local $(LOCAL) -o $(PAGE)
	@echo "== 4/4 done: open $(PAGE)/index.html in a browser"

test: install
	@echo "== tests (offline)"
	$(BIN)/python -m pytest

lint: install
	@echo "== style and types"
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

install: .venv/installed

.venv/installed: pyproject.toml constraints.txt
	@echo "== environment: creating .venv and installing audiotok with everything it can use (several minutes, once)"
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade "pip>=24" "setuptools>=77,<81" wheel
	$(BIN)/python -m pip install --quiet --progress-bar on -c constraints.txt -e ".[dev]"
	@touch $@
