"""What is registered, at its published size: rates as others measured them, a page that is up to date, tests."""

import csv
import re
import runpy
from pathlib import Path

import pytest

import audiotok
from audiotok import registry
from audiotok.core.identifier import Identifier
from audiotok.core.tokenizer import Tokenizer

ROOT = Path(__file__).parents[2]
DATES = ROOT / "audiotok" / "leaderboard" / "page" / "dates" / "reconstruction_speech.csv"
#: kbit/s in DATES (2025), its reconstruction tables; it rounds, and WavTokenizer's there count 13 bits a code.
KBPS = {
    ("encodec", "model=24khz,num_codebooks=2"): 1.5,
    ("encodec", "model=24khz,num_codebooks=8"): 6,
    ("encodec", "model=24khz,num_codebooks=32"): 24,
    ("dac", "sample_rate=24000"): 24,
    ("mimi", "num_codebooks=8"): 1.1,
    ("mimi", "num_codebooks=32"): 4.4,
    ("speechtokenizer", ""): 4,
    ("dwavl", "num_codebooks=2,revision=COMMIT"): 1,
    ("dwavl", "num_codebooks=6,revision=COMMIT"): 3,
}
#: Millions of parameters in DATES's database; what its count has beside ours, what ours has beside its own: codebooks.
PARAMETERS = {
    "encodec:model=24khz,num_codebooks=32": (14.9, 0, 32 * 1024 * 128),
    "dac:sample_rate=16000": (74.1, 0, 0),
    "dac:sample_rate=24000": (74.7, 0, 0),
    "speechtokenizer": (103.7, 768 * 1025, 8 * 1024 * 1024),  # a layer for the distillation
    "mimi:num_codebooks=32": (79.3, 0, 32 * 2048 * (256 + 1)),  # a sum of vectors and how many they were, per entry
    "wavtokenizer:variant=large-unify-40": (80.9, 8_802_274, 4096 * 512 + 2400),  # a decoder of EnCodec; a window
    "wavtokenizer:variant=medium-music-audio-75": (80.6, 8_802_274, 4096 * 512 + 1280),
}
#: frames/s in DATES's database, of tokenizers whose bitrates it leaves out or rounds further
FRAME_RATES = {
    ("audiodec", "variant=vctk_v1"): 160,
    ("facodec", "num_codebooks=6"): 80,
    ("funcodec", "variant=libritts-25hz,num_codebooks=32"): 25,
    ("hilcodec", "variant=music"): 75,
    ("sqcodec", ""): 50,
}
ROWS = {
    "Enc-SMA-24": "encodec",
    "DAC-SMA-24": "dac",
    "Mimi-S-24": "mimi",
    "ST-S-16": "speechtokenizer",
    "DWavL-S-16": "dwavl",
}


@pytest.fixture(scope="module")
def script():
    """What the script defines; its tokenizers are built once for all tests."""
    defined = runpy.run_path(str(ROOT / "docs" / "make_tokenizers.py"))
    built = list(defined["published"]())
    defined["page"].__globals__["published"] = lambda: built
    return defined


@pytest.fixture(scope="module")
def published(script):
    return script["page"].__globals__["published"]()


@pytest.fixture(scope="module")
def specs(published):
    return {(name, options): tokenizer.spec for name, options, tokenizer in published}


@pytest.fixture(scope="module")
def bitrates(specs):
    return {mode: spec.bitrate / 1000 for mode, spec in specs.items() if not spec.variable_rate}


@pytest.mark.parametrize("mode", KBPS, ids="-".join)
def test_bitrates_are_those_of_dates(bitrates, mode):
    assert round(bitrates[mode], 1) == pytest.approx(KBPS[mode])


@pytest.mark.parametrize("mode", FRAME_RATES, ids="-".join)
def test_frame_rates_are_those_of_dates(specs, mode):
    assert specs[mode].frame_rate == FRAME_RATES[mode]


def test_wavtokenizers_entries_are_12_bits(bitrates):
    assert bitrates["wavtokenizer", "variant=large-unify-40"] == pytest.approx(0.48)
    assert bitrates["wavtokenizer", "variant=large-speech-75"] == pytest.approx(0.9)


def test_our_copy_of_datess_bitrates_is_right():
    published, name = {}, ""
    for row in csv.reader(DATES.read_text().splitlines()):
        if row[0] in ROWS or not row[0].isdigit():
            name, row = row[0], row[1:]
        if name in ROWS and row[0].isdigit():
            published[ROWS[name], int(row[0])] = float(row[1])
    codebooks = {"dac": 32, "speechtokenizer": 8}
    for (tokenizer, options), kbps in KBPS.items():
        number = codebooks.get(tokenizer) or int(re.findall(r"num_codebooks=(\d+)", options)[0])
        assert published[tokenizer, number] == kbps


def test_the_page_of_all_tokenizers_is_up_to_date(script):
    assert script["PAGE"].read_text(encoding="utf-8") == script["page"](), "run python docs/make_tokenizers.py"


def test_the_rates_that_are_listed_are_those_of_the_published_models(script):
    assert script["RATES"].read_text(encoding="utf-8") == script["rates"](), "run python docs/make_tokenizers.py"


def test_the_costs_are_of_the_published_models(published):
    costs = registry.published_costs()
    made = runpy.run_path(str(ROOT / "docs" / "make_costs.py"))
    held = {
        f"{name}:{options}" if options else name: tokenizer.num_parameters
        for name, options, tokenizer in published
        if isinstance(tokenizer, Tokenizer) and name not in made["IN_PART"]
    }
    random = {k: cost["parameters"] for k, cost in costs.items() if k not in made["WITH_WEIGHTS"]}
    assert set(costs) - set(random) == set(made["WITH_WEIGHTS"])
    assert random == held, "python docs/make_costs.py"
    assert all(cost["macs_per_second"] for cost in costs.values() if cost["parameters"])


@pytest.mark.parametrize("identifier", PARAMETERS)
def test_parameters_are_those_of_dates(identifier):
    millions, theirs, ours = PARAMETERS[identifier]
    counted = registry.published_costs()[identifier]["parameters"] + theirs - ours
    assert round(counted / 1e6, 1) == millions


def test_a_codec_of_fewer_codebooks_costs_no_more():
    macs = {identifier: cost["macs_per_second"] for identifier, cost in registry.published_costs().items()}
    few, many = (macs[f"encodec:model=24khz,num_codebooks={codebooks}"] for codebooks in (2, 32))
    assert few["encode"] < many["encode"]
    assert few["decode"] == many["decode"]
    assert macs["dac:sample_rate=16000"]["decode"] < macs["dac:sample_rate=44100"]["decode"]


def test_the_field_is_all_that_others_published(script, published):
    """recipes/field.py; what it leaves to its user, a commit or a file, stands in the docs under these names."""
    field = set(runpy.run_path(str(ROOT / "recipes" / "field.py"))["FIELD"])
    for name, options, tokenizer in published:
        if not tokenizer.card.weights or script["_verified"](name, options):
            continue  # ours, or scored in leaderboard/submissions
        given = Identifier.parse(f"{name}:{options}" if options else name).options
        said = {key: value for key, value in given.items() if value not in ("COMMIT", "FILE")}
        assert str(Identifier(name, said)) in field


def test_every_registered_tokenizer_is_tested(families):
    compared = {name.split("-")[0] for name in families} | set(families)
    for name in audiotok.available():
        patterns = (f"test_{name.replace('-', '_')}*.py", "test_nested.py", "test_audiotok_*.py")
        own = [path for pattern in patterns for path in (ROOT / "tests" / "tokenizers").glob(pattern)]
        assert name in compared or any(name in path.read_text() for path in own), name
