"""Models that are trained at the same time: in processes of this machine, or by another engine."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import torch
from accelerate import PartialState

from audiotok.files.progress import progress_bar, said_to
from audiotok.runs import engines
from audiotok.runs.pool import Say
from audiotok.runs.stage import PooledStage, Stage
from audiotok.tasks.language_model.options import LMOptions
from audiotok.tasks.task import Context


@dataclass(frozen=True)
class TrainingJob:
    """Train one model into its folder, or find it there; begun again, it resumes."""

    train: Callable[[], object]
    name: str
    threads: int  # of torch, on which the order of sums depends: as many wherever the job is done

    def do(self) -> None:
        before = torch.get_num_threads()
        torch.set_num_threads(self.threads)
        try:
            self.train()
        finally:
            torch.set_num_threads(before)


@dataclass(frozen=True)
class TrainModels(Stage[TrainingJob, None]):
    """One model after another, in this process or on a GPU."""

    on_gpu: bool = False

    def run(self, jobs: Iterable[TrainingJob]) -> Iterator[None]:
        for job in jobs:
            job.do()
            yield


class TrainSideBySide(PooledStage[TrainingJob, None]):
    """Several models at once, each on one thread."""

    def __init__(self, show: Callable[[str], None] = lambda progress: None) -> None:
        self._show = show

    def __reduce__(self) -> tuple[type[TrainSideBySide], tuple[()]]:
        return TrainSideBySide, ()  # what shows the progress stays here

    def name(self, job: TrainingJob) -> str:
        return job.name

    @staticmethod
    def do(job: TrainingJob, say: Say) -> None:
        with said_to(say):
            job.do()

    def heard(self, job: TrainingJob, doing: str) -> None:
        self._show(f"{job.name}: {doing}")


def train_side_by_side(trainings: Sequence[Callable[[], object]], context: Context, options: LMOptions) -> None:
    """Every model trained by the engine of the context; its bytes do not depend on which engine that is.

    `trainings`: calls of functions like `train_lm` that a worker elsewhere can be sent (`functools.partial`), those
    that take long first; called again here, each only loads its model. Models on a CPU are trained at the same time if
    they are small (`LMOptions.threads`).
    """
    on_gpu = context.device.startswith("cuda") or PartialState().device.type != "cpu"  # where `train` trains them
    threads = options.threads or torch.get_num_threads()
    jobs = [TrainingJob(train, f"model {number}", threads) for number, train in enumerate(trainings, 1)]
    perform = engines.get(context.engine)
    if on_gpu or threads > 1 or min(len(jobs), context.workers) < 2:
        deque(perform(TrainModels(on_gpu), jobs, context.workers), maxlen=0)
        return
    with progress_bar(total=len(jobs), desc="train", unit="model", disable=None) as bar:
        for _ in perform(TrainSideBySide(bar.set_postfix_str), jobs, context.workers):
            bar.update()
