"""What stands before and after a passage in its document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeAlias

from syftr_like.contracts import (
    ChoiceDomain,
    Chunk,
    Chunks,
    ComponentParameters,
    Indexes,
    Input,
    IntDomain,
    Passage,
    Port,
    Query,
    Reranker,
    parameter,
)

Place: TypeAlias = tuple[str, int, int, str]


@dataclass(frozen=True, slots=True)
class Order:
    """The chunks of each document by where they stand, and the number of each among them.

    Chunks that are read alike are one.
    """

    of_document: Mapping[str, Sequence[Chunk]]
    number: Mapping[Place, int]


class NeighbourExpansion(Reranker):
    """Adds to each passage the chunks before and after it in its document.

    Also called additional context, or small to big: search among small chunks, which are found
    more surely, and read more of what stands around them. Each neighbour costs the reader as many
    tokens as a chunk has. `merge` makes one passage of neighbours and what they stand beside, also
    of several passages that stand together, so that nothing is read twice; `add` has neighbours
    follow their passage as passages of their own. Needs `chunks`. A passage that was rewritten, so
    that it is none of the chunks, stays as it is.

    A merged passage has the text between its first and its last character; blanks that a splitter
    left out between two chunks are one line break. A title that stands before each chunk stands
    once. Chunks with headers of their own, or with less text than their span, are joined whole.
    """

    name = "neighbour_expansion"
    inputs: ClassVar[Mapping[str, Input]] = {**Reranker.inputs, "chunks": Input(Port.CHUNKS)}

    class Parameters(ComponentParameters):
        """How many neighbours, and what becomes of them."""

        before: int = parameter(
            1, "Chunks before each passage.", ge=0, le=100, search=IntDomain(0, 3)
        )
        after: int = parameter(
            1, "Chunks after each passage.", ge=0, le=100, search=IntDomain(0, 3)
        )
        neighbours: Literal["merge", "add"] = parameter(
            "merge",
            "Whether they become one passage with it, or passages of their own.",
            search=ChoiceDomain(("merge", "add")),
        )

    parameters: Parameters

    def prepare(self, inputs: Mapping[str, Any], indexes: Indexes) -> Order:
        """Return the order of the chunks in each document."""
        return order_of(inputs["chunks"])

    def run(self, inputs: Mapping[str, Any], prepared: object) -> tuple[Passage, ...]:
        """See `rerank`."""
        order = prepared if isinstance(prepared, Order) else order_of(inputs["chunks"])
        return tuple(self.rerank(inputs["question"], inputs["passages"], order))

    def rerank(
        self, question: Query, passages: Sequence[Passage], order: Order | None = None
    ) -> Sequence[Passage]:
        """Return the passages with their neighbours, in the order of the best of each."""
        order = order or Order({}, {})
        if self.parameters.neighbours == "add":
            return list(self._added(passages, order))
        return list(self._merged(passages, order))

    def _window(self, chunk: Chunk, order: Order) -> tuple[int, int] | None:
        """Return the first number and the one after the last; None for what is no chunk."""
        number = order.number.get(chunk.place)
        if number is None:
            return None
        p = self.parameters
        count = len(order.of_document[chunk.document])
        return max(0, number - p.before), min(count, number + p.after + 1)

    def _added(self, passages: Sequence[Passage], order: Order) -> Iterator[Passage]:
        """Each passage, then its neighbours in the document's order; each chunk once.

        A neighbour has the score of its passage.
        """
        given = {passage.chunk.place for passage in passages}
        for passage in passages:
            yield passage
            first, end = self._window(passage.chunk, order) or (0, 0)
            for chunk in order.of_document.get(passage.chunk.document, ())[first:end]:
                if chunk.place not in given:
                    given.add(chunk.place)
                    yield Passage(chunk, passage.score)

    def _merged(self, passages: Sequence[Passage], order: Order) -> Iterator[Passage]:
        """One passage for each run of chunks, where its best passage stood, with its score."""
        windows = [self._window(passage.chunk, order) for passage in passages]
        runs: dict[str, list[tuple[int, int]]] = {}
        found = zip(passages, windows, strict=True)
        for document, (first, end) in sorted((p.chunk.document, w) for p, w in found if w):
            of_document = runs.setdefault(document, [])
            if of_document and first <= of_document[-1][1]:
                of_document[-1] = (of_document[-1][0], max(end, of_document[-1][1]))
            else:
                of_document.append((first, end))
        done: set[tuple[str, int]] = set()
        for passage, window in zip(passages, windows, strict=True):
            if window is None:
                yield passage
                continue
            document = passage.chunk.document
            first, end = next(run for run in runs[document] if run[0] <= window[0] < run[1])
            if (document, first) not in done:
                done.add((document, first))
                yield Passage(joined(order.of_document[document][first:end]), passage.score)


def order_of(chunks: Chunks) -> Order:
    """Return the chunks of each document in the order in which they begin."""
    places: dict[Place, Chunk] = {}
    for chunk in chunks:
        places.setdefault(chunk.place, Chunk(chunk.document, chunk.start, chunk.end, chunk.text))
    of_document: dict[str, list[Chunk]] = {}
    for chunk in sorted(places.values(), key=lambda c: (c.start, c.end)):
        of_document.setdefault(chunk.document, []).append(chunk)
    number = {c.place: n for found in of_document.values() for n, c in enumerate(found)}
    return Order(of_document, number)


def joined(chunks: Sequence[Chunk]) -> Chunk:
    """Return one chunk of a document's chunks, given in order; what they share stands once."""
    first, reached = chunks[0], max(chunk.end for chunk in chunks)
    return Chunk(first.document, first.start, reached, _joined_text(chunks))


def _joined_text(chunks: Sequence[Chunk]) -> str:
    if len(chunks) == 1:
        return chunks[0].text
    headers = {_header(chunk) for chunk in chunks}
    titles = sorted(header for header in headers if header)
    if None in headers or len(titles) > 1:
        return "\n".join(chunk.text for chunk in chunks)
    title = titles[0] if titles else ""
    body, reached = "", chunks[0].start
    for chunk in chunks:
        text = chunk.text[len(_header(chunk) or "") :]
        shared = reached - chunk.start
        body += text[shared:] if shared >= 0 else "\n" + text
        reached = max(reached, chunk.end)
    # A chunk that begins with the title itself has none before it.
    return body if body.startswith(title.strip()) else title + body


def _header(chunk: Chunk) -> str | None:
    """Return what stands before the text of the span; None where the text is shorter than that."""
    extra = len(chunk.text) - (chunk.end - chunk.start)
    return chunk.text[:extra] if extra >= 0 else None
