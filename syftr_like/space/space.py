"""A search space: every flow that a study may try."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from syftr_like.contracts import Domain, Json, fingerprint
from syftr_like.errors import InputError, Location, nearest

from . import codec, sampling
from .cardinality import Cardinality, count_flows
from .decisions import Decision, list_decisions
from .flow_config import ComponentConfig, FlowConfig
from .forbid_grammar import in_words
from .holding import HoldError, held_rules, held_tree, read_held
from .rules import ForbiddenCombination, Rules
from .tree import Scalar, Tree, plain_data
from .walk import Chooser, OutOfDomainError, Trace, walk

Params: TypeAlias = Mapping[str, Scalar]
"""Path to decided value: active decisions only, in the order of the walk."""


@dataclass(frozen=True)
class Space:
    """A search space, made by `load_space`.

    Plain frozen data: it can be pickled in memory, and equal files make equal spaces.

    Attributes:
        source: The file's name for people.
        tree: What there is to decide.
        rules: What is forbidden.
        models: The entries of `models` by name; those of an included file have the path of the
            option that includes it before their name.
    """

    source: str
    tree: Tree
    rules: Rules
    models: Mapping[str, ComponentConfig] = field(default_factory=dict)

    @cached_property
    def fingerprint(self) -> str:
        """Digest of all that is searched: the layout of the file and its name do not matter."""
        content = {
            "tree": plain_data(self.tree),
            "rules": plain_data(self.rules.rules),
            "models": self.models_json(),
        }
        return fingerprint(json.dumps(content, sort_keys=True))

    def models_json(self) -> dict[str, Json]:
        """Return the entries of `models`, with their prices, as JSON."""
        return {name: config.to_json() for name, config in self.models.items()}

    def holding(self, hold: Mapping[str, Json]) -> Space:
        """Return the space of the flows that are left when some decisions are held.

        Decisions keep their paths.

        Args:
            hold: Path of a decision to a value of its domain, or to a list of those left.

        Raises:
            HoldError: There is no such decision or value, one that never comes up under what
                else is held, or nothing is left.
        """
        held = read_held(self.tree, hold)
        tree = held_tree(self.tree, held)
        smaller = Space(self.source, tree, held_rules(self.rules, tree, held), self.models)
        if held and smaller.cardinality().discrete == 0:
            raise HoldError(
                next(iter(held)),
                "nothing is left: the space forbids every flow with what is held",
                expected="a combination that is allowed",
            )
        return smaller

    def walk(self, choose: Chooser) -> dict[str, Scalar]:
        """Ask for each decision that is active given the earlier ones, in a fixed order.

        Args:
            choose: Given path and domain, returns a value of the domain. A decision among
                components is a `ChoiceDomain` of option names.

        Returns:
            The parameters, in the order asked.

        Raises:
            ForbiddenCombination: As soon as a rule of `forbid` is fully matched.
            OutOfDomainError: `choose` returned what the domain does not hold.
        """
        return walk(self.tree, self.rules, choose).params

    def decode(self, params: Params) -> FlowConfig:
        """Return the flow that parameters determine.

        Raises:
            InputError: A missing, unknown, inactive or out-of-domain entry, or a forbidden
                combination.
        """
        return codec.build(self.tree, self._trace(params))

    def encode(self, flow: FlowConfig) -> dict[str, Scalar]:
        """Return the parameters that decode to a flow. Names of options do not matter.

        Raises:
            InputError: The space does not hold the flow, or forbids it.
        """
        try:
            trace = self._trace(codec.recover(self.tree, flow))
        except InputError as error:
            raise self._error(error.problem, error.found, error.expected) from None
        if codec.build(self.tree, trace).key != flow.key:
            raise self._error("the space does not hold this flow: it has other nodes")
        return trace.params

    def sample(self, rng: random.Random) -> dict[str, Scalar]:
        """Draw parameters: each decision uniformly from its domain, `log` honoured.

        Raises:
            InputError: 10,000 draws in a row were forbidden.
        """
        return sampling.sample(self.tree, self.rules, rng, self.source)

    def enumerate(self) -> Iterator[dict[str, Scalar]]:
        """Return an iterator over all allowed parameters, each once, in a fixed order.

        Raises:
            ValueError: There are infinitely many.
        """
        size = self.cardinality()
        if size.count is None:
            raise ValueError(f"{self.source} holds {size}; they cannot be listed")
        return sampling.enumerate_params(self.tree, self.rules)

    def cardinality(self) -> Cardinality:
        """Return the exact number of distinct flows, `forbid` honoured."""
        return self._cardinality

    def decisions(self) -> list[Decision]:
        """Return every decision that can occur: path, domain, and when it is asked."""
        return list_decisions(self.tree)

    @cached_property
    def _cardinality(self) -> Cardinality:
        return count_flows(self.tree, self.rules)

    def _trace(self, params: Params) -> Trace:
        def look_up(path: str, domain: Domain) -> Scalar:
            if path not in params:
                raise self._error(f"the parameter '{path}' is missing", None, in_words(domain))
            return params[path]

        try:
            trace = walk(self.tree, self.rules, look_up)
        except ForbiddenCombination as forbidden:
            raise self._error(
                "this combination is forbidden", forbidden.rule, "a combination that is allowed"
            ) from None
        except OutOfDomainError as error:
            raise self._error(
                f"the parameter '{error.path}' is outside its domain",
                repr(error.value),
                in_words(error.domain),
            ) from None
        for path in params:
            if path not in trace.params:
                raise self._superfluous(path)
        return trace

    def _superfluous(self, path: str) -> InputError:
        known = {d.path: d for d in self.decisions()}
        if path in known:
            return self._error(
                f"the parameter '{path}' has no effect on this flow",
                path,
                f"it only {known[path].condition}",
            )
        return InputError(
            f"there is no parameter '{path}'",
            location=Location(self.source),
            found=path,
            expected=f"one of {', '.join(known)}" if known else "no parameters",
            nearest=nearest(path, known),
        )

    def _error(
        self, problem: str, found: str | None = None, expected: str | None = None
    ) -> InputError:
        return InputError(problem, location=Location(self.source), found=found, expected=expected)
