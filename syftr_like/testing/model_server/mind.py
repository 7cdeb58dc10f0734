"""How well a model reads: its skill, and what it draws."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

from .models import ChatModel

T = TypeVar("T")


class Mind:
    """A model at work on one reply.

    What it draws depends on the model, the request and, above temperature 0, on how often the
    request was made before; so replies repeat exactly, and differ where they should.

    Args:
        model: Whose skill counts.
        draw: What the draws are seeded with.
        temperature: 0 to 2; makes slips likelier and picks among near equals vary.
        effort: 0 to 1, how much a thinking model thinks.
        corrected: Whether it was told that its last reply was not in the form asked for.
    """

    def __init__(
        self,
        model: ChatModel,
        draw: str,
        temperature: float = 0.0,
        effort: float = 0.5,
        *,
        corrected: bool = False,
    ) -> None:
        self.model = model
        self.temperature = temperature
        self.effort = effort
        self.corrected = corrected
        self._random = random.Random(draw)

    @property
    def skill(self) -> float:
        """The model's skill; thinking adds to it, as far as it goes."""
        gain = 0.1 * (self.effort - 0.5) if self.model.thinks else 0.0
        return min(1.0, max(0.0, self.model.skill + gain))

    def slips(self, chance: float) -> bool:
        """Whether it makes a mistake that a model without skill makes with this chance.

        The square makes mistakes of the best rare: at skill 0.95 one in 400 of those at skill 0.
        """
        drawn = self._random.random()
        return drawn < chance * (1 - self.skill) ** 2 * (1 + 0.5 * self.temperature)

    def misses_form(self, chance: float) -> bool:
        """Whether it writes in another form than was asked for; hardly ever just after a word."""
        return self.slips(0.05 * chance if self.corrected else chance)

    def reads(self, count: int) -> list[int]:
        """Return the places, of `count` passages, that it reads; it tires of many.

        Few passages are read in full; of more, the last keeps its place, as language models use
        the beginning and the end of a long context best (Liu et al. 2024).
        """
        well = round(3 + 20 * self.skill**2)
        read = []
        for place in range(count):
            keeps = place < well or place == count - 1
            if self._random.random() < self.skill or keeps:
                read.append(place)
        return read

    def best(self, scored: Sequence[tuple[float, T]]) -> tuple[float, T]:
        """Return the pair with the greatest score; now and then one that comes near it.

        Raises:
            ValueError: There is none.
        """
        if not scored:
            raise ValueError("nothing to choose from")
        spread = 0.25 * self.temperature
        noisy = [
            (score * (1 + spread * self._random.gauss(0, 1)), -place)
            for place, (score, _) in enumerate(scored)
        ]
        order = [-place for _, place in sorted(noisy, reverse=True)]
        chosen = order[0]
        if self.slips(1.2) and len(order) > 1 and scored[order[1]][0] > 0.5 * scored[chosen][0]:
            chosen = order[1]
        return scored[chosen]

    def blurred(self, value: float) -> float:
        """Return a value of 0 to 1 as it judges it: less exactly with less skill."""
        width = 0.2 * (1 - self.skill) * (1 + self.temperature)
        return min(1.0, max(0.0, value + self._random.uniform(-width, width)))

    def one_of(self, options: Sequence[T]) -> T:
        """Return the first option at temperature 0, any of them above."""
        return self._random.choice(options) if self.temperature > 0 else options[0]

    def swaps(self, verdict: bool) -> bool:
        """Return a verdict, now and then the opposite."""
        return (not verdict) if self.slips(0.25) else verdict
