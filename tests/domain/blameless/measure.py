"""Precision and recall of a rule."""

from dataclasses import dataclass

from tests.domain.blameless.examples import Example, examples


@dataclass(frozen=True, slots=True)
class Measure:
    """How a rule did: sentences rightly found, findings in the clean ones, sentences missed."""

    hits: int
    false_alarms: int
    misses: int
    wrong: tuple[Example, ...]

    @property
    def precision(self) -> float:
        """Of what it finds, the share that is right."""
        return self.hits / (self.hits + self.false_alarms)

    @property
    def recall(self) -> float:
        """Of what there is to find, the share that it finds."""
        return self.hits / (self.hits + self.misses)


def measured(rule: str, *, held_back: bool) -> Measure:
    """A rule on one half of its sentences."""
    half = [each for each in examples() if each.rule == rule and each.held_back is held_back]
    to_find = [each for each in half if each.spans]
    clean = [each for each in half if not each.spans]
    hits = sum(each.hit for each in to_find)
    return Measure(
        hits=hits,
        false_alarms=sum(len(each.found) for each in clean),
        misses=len(to_find) - hits,
        wrong=tuple(each for each in half if (not each.hit if each.spans else each.found)),
    )
