"""Seeing what there is, without running it."""

import json

import audiotok as package


def test_metrics_are_listed_by_question_and_domain(audiotok) -> None:
    _, out, _ = audiotok("metrics", "--question", "intelligibility", "--domain", "speech", "--json")
    by_name = {one["name"]: one for one in json.loads(out)}
    assert {"wer", "dwer", "estoi"} <= set(by_name)
    assert (by_name["wer"]["needs_reference"], by_name["estoi"]["needs_reference"]) == (False, True)
    assert {one["question"] for one in by_name.values()} == {"intelligibility"}
    _, table, _ = audiotok("metrics", "--audio", "--domain", "music")
    assert "si_sdr" in table
    assert "pesq_wb" not in table
    status, _, err = audiotok("metrics", "--question", "beauty")
    assert (status, "intelligibility" in err) == (1, True)


def test_tasks_and_data_sets_are_listed(audiotok) -> None:
    _, out, _ = audiotok("tasks", "--json")
    assert {"wer", "reconstruction", "stability"} <= {one["name"] for one in json.loads(out)}
    _, out, _ = audiotok("datasets", "--json")
    told = json.loads(out)
    (mini,) = [one for one in told["bundled"] if one["name"] == "mini"]
    assert (mini["domains"], mini["clips"] > 50) == (["audio", "music", "speech"], True)
    assert "kaldi:FOLDER" in told["layouts"]
    assert "kaldi:FOLDER: Kaldi's wav.scp" in audiotok("datasets")[1]


def test_version_and_environment_variables_are_told(audiotok) -> None:
    assert audiotok("--version")[1] == f"audiotok {package.__version__}\n"
    _, out, _ = audiotok("--help")
    for name in ("AUDIOTOK_CACHE", "AUDIOTOK_ASSETS", "AUDIOTOK_DATA", "AUDIOTOK_ENVS", "AUDIOTOK_QUIET"):
        assert name in out
