"""Results of query-time nodes, kept by question, so that no node does the same work twice.

A result's address is the node's and the question's text. The node's is made from its component
with all parameters, from what its preparation asked the index store for, and from the addresses
of all that feeds it, up to the documents. Flows that share a beginning share its results.

A result replays what it originally took. Failures are not kept: most pass (a timeout, a lost
connection), and one that does not fails again for the same reason. The model calls of a failing
node are another cache's matter.

Results are small and many, so that those of one node are written together: one entry for all
that was new since the last writing. It is written under a claim of the node, and holds no
question that another worker has answered meanwhile: the first result of a question stands, and is
what everybody finds from then on, the worker that came second included.

What a node does is not claimed, though two workers may so do the same at the same time. A claim
would have to be held until the results are written, at the end of the step. Of a node it would
let only one of all trials run that share, say, a retriever: milliseconds of retrieving would be
saved, and minutes of a model's answers behind it waited for. Of each question it could be held by
two workers that wait for each other's, for questions end in any order. What is worth waiting for
has a claim of its own: indexes, and each request to a model, which is paid for once. What is left
is this machine's time; both measured it, and each trial keeps what it measured.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from syftr_like.cache import Cache, Entry
from syftr_like.contracts import Chunks, Component, Json, NodeRecord, fingerprint
from syftr_like.contracts.formats import json_file, json_value

from .build import Flow, FlowNode
from .codec import NotKeptError, Span, Texts, call_of, json_of_call, json_of_value, value_of
from .index_cost import ResultCost

log = logging.getLogger("syftr_like")

NAMESPACE = "results"
"""Where node results are in the cache."""

_FORM = "2"  # raised whenever results are written in another way
_FILE = "results.json.gz"


@dataclass(frozen=True, slots=True)
class NodeResult:
    """What a node put out for a question, and its record."""

    value: Any
    record: NodeRecord


class NodeResults:
    """The results of one flow's query-time nodes: those found in a cache, and new ones.

    Args:
        cache: Where they are kept.
        flow: The flow.
        index_values: The documents and index-time values, by name.
        prints: The content addresses of the same.
        prepared: For each query-time node, what its preparation took and asked for.

    Attributes:
        prepared: The same, as it was originally where it was prepared before.
    """

    def __init__(
        self,
        cache: Cache,
        flow: Flow,
        index_values: Mapping[str, Any],
        prints: Mapping[str, str],
        prepared: Mapping[str, ResultCost],
    ) -> None:
        self._cache = cache
        self._flow = flow
        self._index_values = index_values
        self.prepared = dict(prepared)
        self._addresses = _addresses(flow, index_values, prints, prepared)
        self._sources = _chunks_behind(flow, index_values)
        self._texts: dict[frozenset[str], Texts] = {}
        self._entries: dict[str, set[str]] = {name: set() for name in self._addresses}
        self._kept: dict[str, dict[str, Json]] = {name: {} for name in self._addresses}
        self._new: dict[str, dict[str, Json]] = {name: {} for name in self._addresses}
        for name in self._addresses:
            self._take_in(name)

    def find(self, node: FlowNode, question: str) -> NodeResult | None:
        """Return a node's result on a question, None when it is not known."""
        if node.name not in self._addresses:
            return None
        key = _question_key(question)
        found: Any = self._kept[node.name].get(key, self._new[node.name].get(key))
        if found is None:
            return None
        try:
            value = value_of(found["value"], self._known(node.name))
            calls = tuple(replace(call_of(call), cached=True) for call in found["model_calls"])
        except (KeyError, TypeError, ValueError) as error:
            log.warning("a result of the cache cannot be used: %s: %r", node.name, error)
            return None
        seconds, cpu_seconds = found["seconds"], found["cpu_seconds"]
        record = NodeRecord(
            node.name, node.component.name, seconds, 0.0, cpu_seconds, calls, cached=True
        )
        return NodeResult(value, record)

    def keep(self, node: FlowNode, question: str, result: NodeResult) -> None:
        """Remember a node's result on a question; one without a form is left out."""
        if node.name not in self._addresses:
            return
        try:
            value = json_of_value(result.value, self._known(node.name))
        except NotKeptError:
            return
        record = result.record
        told: dict[str, Json] = {
            "value": value,
            "seconds": record.seconds,
            "cpu_seconds": record.cpu_seconds,
            "model_calls": [json_of_call(call) for call in record.model_calls],
        }
        self._new[node.name][_question_key(question)] = told

    def flush(self) -> None:
        """Write what is new, one entry per node; from here on other workers find it."""
        for name, new in self._new.items():
            if not new:
                continue
            with self._cache.claim(NAMESPACE, self._addresses[name]):
                self._take_in(name)
                kept = self._kept[name]
                self._write(name, {k: found for k, found in new.items() if k not in kept})
            new.clear()

    def _write(self, name: str, results: dict[str, Json]) -> None:
        if not results:
            return
        key = self._addresses[name] + fingerprint(*sorted(results))
        meta: dict[str, Json] = {
            "component": self._flow.nodes[name].component.name,
            "prepared": self.prepared[name].to_json(),
        }
        self._cache.put(NAMESPACE, key, Entry(meta, {_FILE: json_file(results)}))
        self._entries[name].add(key)
        self._kept[name] |= results

    def _take_in(self, name: str) -> None:
        """Read what the cache holds of a node, and was not read before."""
        for key in self._cache.keys(NAMESPACE, self._addresses[name]):
            entry = self._cache.get(NAMESPACE, key) if key not in self._entries[name] else None
            if entry is None:
                continue
            meta: Any = entry.meta
            try:
                results = dict(json_value(entry.files[_FILE]))
                prepared = ResultCost.of(meta["prepared"])
            except Exception as error:
                # Whole, yet of no use, as after a change of form without a change of version.
                log.warning("an entry of the cache cannot be used: %s: %r", key, error)
                self._cache.remove(NAMESPACE, key)
                continue
            if not self._entries[name]:
                self.prepared[name] = prepared
            self._entries[name].add(key)
            self._kept[name] = results | self._kept[name]

    def _known(self, name: str) -> Texts:
        """Return the texts of the chunks behind a node."""
        sources = self._sources[name]
        if sources not in self._texts:
            texts: dict[Span, str] = {}
            for source in sorted(sources):
                texts |= {(c.document, c.start, c.end): c.text for c in self._index_values[source]}
            self._texts[sources] = texts
        return self._texts[sources]


def _question_key(question: str) -> str:
    return fingerprint(json.dumps(question))  # as ASCII: half a surrogate pair has no UTF-8


def _addresses(
    flow: Flow,
    index_values: Mapping[str, Any],
    prints: Mapping[str, str],
    prepared: Mapping[str, ResultCost],
) -> dict[str, str]:
    """Return the address of each query-time node whose results may be kept.

    What depends on a component that is not cacheable is not kept either, unless its value has a
    fingerprint of its content.
    """
    known = {"question": "question", **{name: prints[name] for name in ("documents", "examples")}}
    query_time: dict[str, str] = {}
    for name, node in flow.nodes.items():
        if node.index_time:
            if _cacheable(node.component) or isinstance(index_values[name], Chunks):
                known[name] = prints[name]
        elif _cacheable(node.component) and all(s in known for s in node.sources.values()):
            wiring = (f"{given}={known[source]}" for given, source in sorted(node.sources.items()))
            key = fingerprint(_FORM, node.component.key, *wiring, "used", *prepared[name].made_from)
            known[name] = key
            if not node.branches:  # a result would hide what its branches took
                query_time[name] = key
    return query_time


def _cacheable(component: Component) -> bool:
    """Whether a component may be cached, and all components among its parameters."""
    inner = (getattr(component.parameters, n) for n in type(component.parameters).model_fields)
    return component.cacheable and all(
        _cacheable(value) for value in inner if isinstance(value, Component)
    )


def _chunks_behind(flow: Flow, index_values: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """Return, for each node, the index-time nodes behind it that put out chunks."""
    behind: dict[str, frozenset[str]] = {}
    for name, node in flow.nodes.items():
        sources = frozenset[str]().union(*(behind.get(s, ()) for s in node.sources.values()))
        if isinstance(index_values.get(name), Chunks):
            sources |= {name}
        behind[name] = sources
    return behind
