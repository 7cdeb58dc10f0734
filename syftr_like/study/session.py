"""Running a study: from the beginning, or from where an earlier session left it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from syftr_like.cache import Cache, check_place, open_cache
from syftr_like.errors import InputError, Location, StudyError, SyftrLikeError, UnavailableError
from syftr_like.execution.backend import Backend, InProcessBackend, Receive
from syftr_like.execution.resources import check_request
from syftr_like.execution.termination import sigterm_as_interrupt
from syftr_like.execution.worker import Caps, WorkerSettings
from syftr_like.flow import Limits
from syftr_like.ledger import EvaluationRecord, Ledger, LedgerWriter
from syftr_like.report import write_files
from syftr_like.results import StudyResult
from syftr_like.search import make_early_stopping, make_proposer

from .account import LedgerAccount
from .assemble import study_result, with_holdout
from .availability import check_available
from .budget import Budget
from .continuing import check_continues, differences, move_to_space
from .driver import StudyDriver
from .earlier_run import INTERRUPTED, earlier_lock
from .holdout_driver import HoldoutDriver
from .loading import LoadedStudy
from .lock import facts, lock, write_lock
from .observer import Observer
from .racing import Racing
from .restoring import restore
from .run_folder import RunFolder, next_free_name, open_run
from .search_driver import SearchDriver
from .standings import Standings

log = logging.getLogger("syftr_like")

NOTHING_TO_RUN = "nothing to run"


class InterruptedStudyError(SyftrLikeError):
    """A person stopped the study. What was finished is in the ledger and in the files."""

    def __init__(self, result: StudyResult) -> None:
        super().__init__("the study was interrupted")
        self.result = result


class Session:
    """One process's work on a study.

    Args:
        loaded: The study.
        runs: The folder of all runs.
        fresh: Whether an earlier run is renamed and kept, and the study starts anew.
        extend: Whether an earlier run is continued though the space has changed.
        observers: Who watches.

    Attributes:
        renamed: The name that an earlier run was given, None when there was none or it goes on.
        continued: How many trials of an earlier run there are; 0 for a new study.

    Raises:
        InputError: Both `fresh` and `extend`, the space cannot be searched in the way asked for,
            the earlier run rests on something else, or another process is at it.
        UnavailableError: A key or a package is missing.
    """

    def __init__(
        self,
        loaded: LoadedStudy,
        *,
        runs: Path = Path("runs"),
        fresh: bool = False,
        extend: bool = False,
        observers: Sequence[Observer] = (),
    ) -> None:
        if fresh and extend:
            raise InputError(
                "a study starts anew or goes on in a changed space, not both",
                found="fresh=True, extend=True",
                expected="one of fresh and extend",
            )
        self.loaded = loaded
        self._observers = observers
        search = loaded.file.search
        # All that may be wrong with the study comes first, and nothing is written until then.
        self._proposer = make_proposer(
            search.method,
            loaded.space,
            loaded.objectives,
            loaded.constraints,
            trials=search.trials,
            seed=search.seed,
        )
        workers = loaded.file.workers
        if workers.count:
            check_request(workers.cpus_per_trial, workers.gpus_per_trial, workers.ray_address)
        content = lock(loaded)
        self._missing = _missing(loaded)
        earlier = RunFolder(runs / loaded.name)
        self.ledger = Ledger(loaded.file.ledger or earlier.ledger_url, loaded.name)
        before = None if fresh else earlier_lock(earlier, self.ledger)
        if fresh and loaded.file.ledger is not None:
            self.ledger.exists()  # a server that cannot be reached is told before a run is renamed
        if self._missing is not None and before is None:
            raise self._missing
        moved = False
        if before is not None:
            found = differences(before, content)
            check_continues(found, loaded.name, Location(str(loaded.path)), extend=extend)
            moved = bool(found)
        cache = loaded.file.cache
        # Without a place of its own it stands beside the run, whose folder tells its mistakes.
        place = cache.place or str((runs / ".cache" / loaded.name).resolve())
        limit = None if cache.max_gb is None else int(cache.max_gb * 1e9)
        if cache.enabled and cache.place is not None:
            check_place(place, limit)
        self.folder, self.renamed = open_run(runs, loaded.name, fresh=fresh)
        try:
            self._cache: Cache | None = open_cache(place, limit) if cache.enabled else None
            self._open_ledger(content, before, moved=moved, fresh=fresh)
            write_lock(self.folder.lock, content)
        except BaseException:
            self.folder.release()
            raise

    def _open_ledger(
        self,
        content: dict[str, Any],
        before: Mapping[str, Any] | None,
        *,
        moved: bool,
        fresh: bool,
    ) -> None:
        if fresh and self.loaded.file.ledger is not None:
            name = self.renamed
            if name is None and self.ledger.exists():  # by a run that was started elsewhere
                name = next_free_name(self.folder.path.parent, self.loaded.name)
            if name is not None:
                self.ledger.rename_study(name)
        self.continued = 0
        if before is None:
            self.ledger.create(content)
            return
        if moved:
            inside, outside = move_to_space(self.ledger, self.loaded.space)
            log.info("the space was changed: %d trials stay, %d are outside", inside, outside)
        self.ledger.begin_session(content)
        self.continued = len(self.ledger.trials())

    def run(self) -> StudyResult:
        """Search, evaluate the front on the holdout split, write the files.

        What an earlier session did is not done again; where there is nothing left to do, no
        worker is started.

        Raises:
            InterruptedStudyError: A person stopped it; the files hold what there is.
            StudyError: It could not be carried out.
            UnavailableError: A key or a package is missing, and there is work to do.
        """
        handler = _log_to(self.folder)
        try:
            return self._run()
        finally:
            logging.getLogger("syftr_like").removeHandler(handler)
            handler.close()
            self.folder.release()

    def _run(self) -> StudyResult:
        earlier = self.ledger.study()["seconds"]
        writer = LedgerWriter(self.ledger)
        driver = self._driver(writer, earlier)
        interrupted = False
        try:
            restore(driver.search)
            if self.continued:
                for observer in self._observers:
                    observer.resumed(list(driver.search.trials.values()))
            if driver.has_work():
                self._work(driver, writer)
            else:
                self._phase(NOTHING_TO_RUN)
        except KeyboardInterrupt:
            interrupted = True
            driver.search.ended = INTERRUPTED
            log.warning("interrupted")
            writer.flush()
            driver.search.interrupt()
        finally:
            writer.close()
        log.info("the search ended: %s", driver.ended)
        seconds = driver.budget.seconds() if driver.worked else earlier
        result = self._result(driver, seconds)
        self.ledger.end_study(driver.ended, seconds)
        self._phase("writing the results")
        write_files(result, self.folder.path, self.loaded.space)
        for observer in self._observers:
            observer.study_ended(result, self.folder.path)
        log.info("%d trials, %d on the front", len(result.trials), len(result.front))
        if interrupted:
            raise InterruptedStudyError(result)
        return result

    def _work(self, driver: StudyDriver, writer: LedgerWriter) -> None:
        if self._missing is not None:
            raise self._missing
        try:
            with (
                sigterm_as_interrupt(),
                self._backend(self._receiver(writer), driver.account) as backend,
            ):
                backend.run(driver)
        except UnavailableError as error:
            # It was there when the study began, or is missing on another machine.
            kept = "what was finished is kept: mend it, and run the study again"
            raise StudyError(f"{error}\n  {kept}") from error

    def _phase(self, text: str) -> None:
        log.info(text)
        for observer in self._observers:
            observer.phase(text)

    def _notify(self, text: str) -> None:
        log.warning(text)
        for observer in self._observers:
            observer.phase(text)

    def _driver(self, writer: LedgerWriter, earlier_seconds: float) -> StudyDriver:
        loaded, file = self.loaded, self.loaded.file
        standings = Standings(
            loaded.split.tune, loaded.evaluators, loaded.objectives, loaded.constraints
        )
        stopping = file.search.early_stopping
        search = SearchDriver(
            space=loaded.space,
            proposer=self._proposer,
            early_stopping=make_early_stopping(
                stopping.method,
                len(loaded.split.tune),
                loaded.objectives,
                loaded.constraints,
                min_questions=max(stopping.min_questions, standings.first_judged()),
                eta=stopping.eta,
            ),
            racing=(
                Racing(standings, loaded.objectives, loaded.evaluators)
                if stopping.method != "none" and stopping.racing
                else None
            ),
            standings=standings,
            objectives=loaded.objectives,
            constraints=loaded.constraints,
            evaluators=loaded.evaluators,
            trials_wanted=file.search.trials,
            ledger=self.ledger,
            writer=writer,
            observers=self._observers,
        )
        return StudyDriver(
            search=search,
            holdout=HoldoutDriver(len(loaded.split.holdout), self.ledger, writer),
            budget=Budget(
                file.budget.usd,
                file.budget.minutes,
                lambda: self.ledger.totals()["usd"],
                earlier_seconds,
            ),
            account=LedgerAccount(self.ledger, file.budget.usd),
            workers=max(1, file.workers.count),
            questions_in_flight=file.workers.questions_in_flight,
            on_phase=self._phase,
        )

    def _receiver(self, writer: LedgerWriter) -> Receive:
        def receive(records: Sequence[EvaluationRecord]) -> None:
            writer.submit(records)
            for observer in self._observers:
                observer.evaluated(records)

        return receive

    def _backend(self, receive: Receive, account: LedgerAccount) -> Backend:
        file = self.loaded.file
        settings = WorkerSettings(
            documents=self.loaded.dataset.documents,
            questions={"tune": self.loaded.split.tune, "holdout": self.loaded.split.holdout},
            metrics=tuple(self.loaded.judges.get(e.name, e.name) for e in self.loaded.evaluators),
            limits=Limits(file.limits.question_timeout_s, file.prices.usd_per_cpu_hour),
            questions_in_flight=file.workers.questions_in_flight,
            allow_imports=tuple(file.allow_imports),
            cache=self._cache,
            caps=Caps(
                usd=file.limits.trial_usd,
                seconds=_seconds(file.limits.trial_minutes),
                index_seconds=_seconds(file.limits.index_minutes),
            ),
        )
        self._phase("searching")
        if file.workers.count == 0:
            return InProcessBackend(settings, receive, account)
        from syftr_like.execution.ray_backend import RayBackend

        return RayBackend(
            settings,
            receive,
            account,
            notify=self._notify,
            storage=self.folder.path / ".tune",
            workers=file.workers.count,
            cpus=file.workers.cpus_per_trial,
            gpus=file.workers.gpus_per_trial,
            address=file.workers.ray_address,
        )

    def _result(self, driver: StudyDriver, seconds: float) -> StudyResult:
        loaded = self.loaded
        trials = [
            with_holdout(self.ledger, trial, loaded.evaluators, len(loaded.split.holdout))
            for trial in driver.search.trials.values()
        ]
        for number, error in driver.holdout.errors.items():
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


def _seconds(minutes: float | None) -> float | None:
    return None if minutes is None else minutes * 60


def _missing(loaded: LoadedStudy) -> UnavailableError | None:
    """Return what is missing to run the study's flows; a finished study can be shown without."""
    try:
        check_available(loaded)
    except UnavailableError as error:
        return error
    return None


def _log_to(folder: RunFolder) -> logging.Handler:
    handler = logging.FileHandler(folder.log, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger = logging.getLogger("syftr_like")
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    return handler
