import importlib.util
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_module_that_is_mutated_has_its_test_file() -> None:
    spec = importlib.util.spec_from_file_location("mutants", ROOT / "benchmarks/mutants.py")
    assert spec is not None
    assert spec.loader is not None
    mutants = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(mutants)
    for module, tests in mutants.MODULES.items():
        assert (ROOT / "audiotok" / f"{module}.py").is_file(), module
        assert (ROOT / "tests" / tests).is_file(), tests
