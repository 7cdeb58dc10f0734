"""Documents, and a catalogue to which tests add components of their own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from syftr_like.contracts import Component, Document, Documents
from syftr_like.contracts.registry import component_class
from syftr_like.flow import CpuSlot, IndexStore, Limits, PreparedFlow, build_flow
from syftr_like.space import FlowConfig

from .parts import PARTS

Catalogue = dict[str, type[Component]]


@pytest.fixture(scope="session")
def documents() -> Documents:
    return Documents(
        Document(name, name.title(), text)
        for name, text in (
            ("otter", "Otters eat urchins. They sleep in kelp."),
            ("falcon", "Falcons dive fast. They nest on cliffs."),
            ("urchin", "Urchins graze kelp. They have five teeth."),
        )
    )


@pytest.fixture
def catalogue(monkeypatch: pytest.MonkeyPatch) -> Catalogue:
    """The installed components, and those of `parts`; a test may add its own."""
    added: Catalogue = {part.name: part for part in PARTS}
    monkeypatch.setattr(
        "syftr_like.flow.build.component_class",
        lambda name: added[name] if name in added else component_class(name),
    )
    return added


@pytest.fixture
def prepare(documents: Documents, catalogue: Catalogue) -> Callable[..., PreparedFlow]:
    """Build and prepare a flow."""

    def build(
        config: FlowConfig,
        store: IndexStore | None = None,
        *,
        timeout: float = 60.0,
        usd_per_cpu_hour: float = 0.0,
        slot: CpuSlot | None = None,
    ) -> PreparedFlow:
        limits = Limits(timeout, usd_per_cpu_hour)
        return PreparedFlow(build_flow(config), documents, store or IndexStore(), limits, slot)

    return build
