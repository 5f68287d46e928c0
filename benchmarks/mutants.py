"""Changes one operator or constant at a time and shows which changes no test notices: `python benchmarks/mutants.py`.

Runs cosmic-ray (`pip install cosmic-ray`) on a copy of the checkout, module by module, each against its test file. A
survivor is a missing test, or a change that makes no difference: read the printed difference.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

ROOT = Path(__file__).parents[1]
#: A sum that becomes a shift or a bitwise or is no mistake that anybody makes; annotations and decorators do nothing.
EXCLUDED = (
    r"core/ReplaceBinaryOperator_(?!Add_Sub|Sub_Add|Mul_Div|Div_Mul|FloorDiv_Div|Pow_Mul|Mod_FloorDiv)",
    r"core/ReplaceUnaryOperator_(?!USub_UAdd)",
    r"core/ReplaceComparisonOperator_\w+_Is(Not)?$",
    r"core/RemoveDecorator",
)
#: Modules of which scores are made, and the tests that must notice a change of them.
MODULES = {
    **{
        f"metrics/{name}": f"metrics/test_{name}.py"
        for name in (
            *("abx", "alignment", "clipping", "codebook", "distortion", "f0", "fad", "rates", "repetition"),
            *("spectral", "stability"),
        )
    },
    **{
        f"results/{name}": f"results/test_{name}.py"
        for name in ("bd_rate", "paired", "ranking", "statistics", "student")
    },
    **{f"lm/patterns/{name}": "lm/test_patterns.py" for name in ("base", "flat", "multi_stream")},
}


def mutate(module: str, copy: Path, seconds: int) -> tuple[list[str], int]:
    """The survivors among the mutants of one module that were tried in time, and how many those were."""
    tests = Path("tests", MODULES[module])
    config, session = copy / "mutants.toml", copy / f"{module.replace('/', '-')}.sqlite"
    command = f"{sys.executable} -m pytest -x -q -p no:cacheprovider {tests}"
    config.write_text(
        f'[cosmic-ray]\nmodule-path = "audiotok/{module}.py"\ntimeout = 120.0\nexcluded-modules = []\n'
        f"test-command = {json.dumps(command)}\n[cosmic-ray.distributor]\nname = 'local'\n"
        f"[cosmic-ray.filters.operators-filter]\nexclude-operators = {json.dumps(EXCLUDED)}\n"
    )
    # The copy, not the installed checkout, is what the tests import.
    environment = {**os.environ, "PYTHONPATH": str(copy), "OMP_NUM_THREADS": "1"}
    program, filtered = ([str(Path(sys.executable).with_name(name))] for name in ("cosmic-ray", "cr-filter-operators"))
    subprocess.run(command.split(), cwd=copy, env=environment, check=True, stdout=subprocess.DEVNULL)
    subprocess.run([*program, "init", config, session], cwd=copy, env=environment, check=True)
    subprocess.run([*filtered, session, config], cwd=copy, env=environment, check=True)
    source = copy / "audiotok" / f"{module}.py"
    original = source.read_text("utf-8")
    try:
        subprocess.run([*program, "exec", config, session], cwd=copy, env=environment, check=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        source.write_text(original, "utf-8")  # it was ended with a mutant in place
    dump = subprocess.run([*program, "dump", session], cwd=copy, env=environment, check=True, capture_output=True)
    pairs = [json.loads(line) for line in dump.stdout.decode().splitlines()]
    tried = [result for _, result in pairs if result and result["test_outcome"]]
    return [result["diff"] for result in tried if result["test_outcome"] == "survived"], len(tried)


def _left_out(folder: str, names: list[str]) -> list[str]:
    """Files that no test of a module reads; `runs` and the like at the top only, for packages may be called so."""
    top = {"runs", "build", "dist", "node_modules"} if Path(folder) == ROOT else set()
    return [name for name in names if name.startswith(".") or name in top]


def main(
    modules: Annotated[list[str] | None, typer.Argument(help="As metrics/spectral; by default all of MODULES.")] = None,
    minutes: Annotated[float, typer.Option(help="The longest that one module may take.")] = 30,
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "audiotok"
        shutil.copytree(ROOT, copy, ignore=_left_out)
        for module in modules or MODULES:
            survivors, tried = mutate(module, copy, round(60 * minutes))
            print(f"\n{module}: {len(survivors)} of {tried} mutants survive", flush=True)
            for survivor in survivors:
                print(survivor, flush=True)


if __name__ == "__main__":
    typer.run(main)
