"""Running a study from beginning to end."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from pathlib import Path

from syftr_like.errors import SyftrLikeError
from syftr_like.execution.backend import Backend, InProcessBackend, Receive
from syftr_like.execution.worker import TrialJob, WorkerSettings
from syftr_like.flow import Limits
from syftr_like.front import find_front
from syftr_like.ledger import EvaluationRecord, Ledger, LedgerWriter
from syftr_like.report import write_files
from syftr_like.results import StudyResult, TrialState
from syftr_like.search import make_proposer
from syftr_like.space.flow_config import FlowConfig

from .assemble import study_result, with_holdout
from .driver import Budget, HoldoutDriver, Observer, SearchDriver
from .loading import LoadedStudy
from .lock import facts, lock, write_lock
from .run_folder import RunFolder, open_run

log = logging.getLogger("syftr_like")


class InterruptedStudyError(SyftrLikeError):
    """A person stopped the study. What was finished is in the ledger and in the files."""

    def __init__(self, result: StudyResult) -> None:
        super().__init__("the study was interrupted")
        self.result = result


class Session:
    """One run of a study.

    Args:
        loaded: The study.
        runs: The folder of all runs.
        fresh: Whether an earlier run is renamed and kept.
        observers: Who watches.

    Raises:
        InputError: The space cannot be searched in the way asked for, or there is an earlier run.
    """

    def __init__(
        self,
        loaded: LoadedStudy,
        *,
        runs: Path = Path("runs"),
        fresh: bool = False,
        observers: Sequence[Observer] = (),
    ) -> None:
        self.loaded = loaded
        self._observers = observers
        search = loaded.file.search
        # The proposer comes first: it may find the study wrong, and nothing is written until then.
        self._proposer = make_proposer(
            search.method,
            loaded.space,
            loaded.objectives,
            loaded.constraints,
            trials=search.trials,
            seed=search.seed,
        )
        self.folder, self.renamed = open_run(runs, loaded.name, fresh=fresh)
        self.ledger = Ledger(loaded.file.ledger or self.folder.ledger_url, loaded.name)
        content = lock(loaded)
        if self.renamed is not None and loaded.file.ledger is not None:
            self.ledger.rename_study(self.renamed)
        self.ledger.create(content)
        write_lock(self.folder.lock, content)

    def run(self) -> StudyResult:
        """Search, evaluate the front on the holdout split, write the files.

        Raises:
            InterruptedStudyError: A person stopped it; the files hold what there is.
            StudyError: It could not be carried out.
        """
        started = time.monotonic()
        handler = _log_to(self.folder)
        writer = LedgerWriter(self.ledger)
        driver = self._search_driver(writer)
        holdout = HoldoutDriver(self.ledger, writer)
        interrupted = False
        try:
            try:
                with self._backend(self._receiver(writer)) as backend:
                    self._phase("searching")
                    backend.search(driver)
                    log.info("the search ended: %s", driver.ended)
                    self._phase("evaluating the front on the holdout split")
                    backend.run_all(self._holdout_jobs(driver), holdout)
            except KeyboardInterrupt:
                interrupted = True
                driver.ended = "interrupted"
                log.warning("interrupted")
                self._mark_interrupted()
            finally:
                writer.close()
            seconds = time.monotonic() - started
            result = self._result(driver, holdout, seconds)
            self.ledger.end_study(driver.ended, seconds)
            self._phase("writing the results")
            write_files(result, self.folder.path, self.loaded.space)
            for observer in self._observers:
                observer.study_ended(result, self.folder.path)
            log.info("%d trials, %d on the front", len(result.trials), len(result.front))
        finally:
            logging.getLogger("syftr_like").removeHandler(handler)
            handler.close()
        if interrupted:
            raise InterruptedStudyError(result)
        return result

    def _phase(self, text: str) -> None:
        log.info(text)
        for observer in self._observers:
            observer.phase(text)

    def _search_driver(self, writer: LedgerWriter) -> SearchDriver:
        file = self.loaded.file
        return SearchDriver(
            space=self.loaded.space,
            proposer=self._proposer,
            objectives=self.loaded.objectives,
            constraints=self.loaded.constraints,
            evaluators=self.loaded.evaluators,
            trials_wanted=file.search.trials,
            budget=Budget(
                file.budget.usd, file.budget.minutes, lambda: self.ledger.totals()["usd"]
            ),
            ledger=self.ledger,
            writer=writer,
            observers=self._observers,
        )

    def _receiver(self, writer: LedgerWriter) -> Receive:
        def receive(records: Sequence[EvaluationRecord]) -> None:
            writer.submit(records)
            for observer in self._observers:
                observer.evaluated(records)

        return receive

    def _backend(self, receive: Receive) -> Backend:
        file = self.loaded.file
        settings = WorkerSettings(
            documents=self.loaded.dataset.documents,
            questions={"tune": self.loaded.split.tune, "holdout": self.loaded.split.holdout},
            metrics=tuple(e.name for e in self.loaded.evaluators),
            limits=Limits(file.limits.question_timeout_s, file.prices.usd_per_cpu_hour),
            questions_in_flight=file.workers.questions_in_flight,
            allow_imports=tuple(file.allow_imports),
        )
        if file.workers.count == 0:
            return InProcessBackend(settings, receive)
        from syftr_like.execution.ray_backend import RayBackend

        return RayBackend(
            settings, receive, workers=file.workers.count, address=file.workers.ray_address
        )

    def _holdout_jobs(self, driver: SearchDriver) -> list[TrialJob]:
        front = set(find_front(list(driver.trials.values()), self.loaded.objectives))
        return [
            TrialJob(trial.number, FlowConfig.from_json(trial.flow), "holdout")
            for trial in driver.trials.values()
            if trial.id in front
        ]

    def _mark_interrupted(self) -> None:
        for row in self.ledger.trials():
            if row.state is TrialState.RUNNING:
                self.ledger.set_state(row.number, TrialState.INTERRUPTED)

    def _result(self, driver: SearchDriver, holdout: HoldoutDriver, seconds: float) -> StudyResult:
        loaded = self.loaded
        trials = [
            with_holdout(self.ledger, trial, loaded.evaluators, len(loaded.split.holdout))
            for trial in driver.trials.values()
        ]
        for number, error in holdout.errors.items():
            log.warning("trial %d was not evaluated on the holdout split: %s", number, error)
        return study_result(
            name=loaded.name,
            objectives=loaded.objectives,
            constraints=loaded.constraints,
            evaluators=loaded.evaluators,
            trials=trials,
            ledger=self.ledger,
            facts=facts(lock(loaded)),
            seconds=seconds,
            ended=driver.ended,
        )


def _log_to(folder: RunFolder) -> logging.Handler:
    handler = logging.FileHandler(folder.log, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger = logging.getLogger("syftr_like")
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    return handler
