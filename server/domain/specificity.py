"""Whether an action item says enough to be done: what changes, where, when it is done, by whom.

It advises and refuses nothing. It reads English by lists of words, so it can be wrong: a title that
begins with "Improve" may be clear to those who wrote it.
"""

import re
from dataclasses import dataclass

from server.term import Term


class Missing(Term):
    """What an action item does not say."""

    WHAT = "WHAT", "The change itself."
    WHERE = "WHERE", "The system, tool or document that is changed."
    DONE_WHEN = "DONE_WHEN", "What can be checked to see that it is done."
    OWNER = "OWNER", "The one person who sees to it."


_ADVICE = {
    Missing.WHAT: "Say what will be different, not that it will be better: add, block, move what?",
    Missing.WHERE: "Name the system, pipeline, tool or document that will be changed.",
    Missing.DONE_WHEN: "Say what can be checked once it is done: a rule, a number, a condition.",
    Missing.OWNER: "It asks everybody, and so nobody. Say what its owner changes in the system.",
}


@dataclass(frozen=True, slots=True)
class SpecificityFinding:
    """One thing that a title does not say, and how to say it."""

    missing: Missing
    advice: str


def check_specificity(title: str) -> tuple[SpecificityFinding, ...]:
    """What this title leaves open, in the order of `Missing`; nothing where it is clear."""
    text = " ".join(title.split())
    said = {
        Missing.WHAT: not _VAGUE.search(text) or bool(_MEANS.search(text)),
        Missing.WHERE: bool(_PLACE.search(text)),
        Missing.DONE_WHEN: bool(_CONDITION.search(text) or _CHECKABLE.search(text)),
        Missing.OWNER: not _EVERYBODY.search(text),
    }
    return tuple(
        SpecificityFinding(missing, _ADVICE[missing]) for missing in Missing if not said[missing]
    )


def _words(text: str, form: str) -> re.Pattern[str]:
    """A pattern with these words, separated by spaces, in the place of `%`; `_` stands for one."""
    words = "|".join(word.replace("_", r"\s+") for word in text.split())
    return re.compile(form.replace("%", f"(?:{words})"), re.IGNORECASE)


_VAGUE = _words(
    "improve better increase enhance strengthen harden raise optimi[sz]e boost tighten reduce"
    " investigate explore consider think look_into look_at study evaluate research discuss review"
    " revisit reconsider follow_up work_on clean_up refactor address handle fix update train teach"
    " educate encourage remind communicate pay be ensure make_sure try avoid prevent"
    " (add|automate|do|have|write)_(more|better) make_.*\\b(safer|better|easier|faster|stabler)",
    r"^(?:\w+\s+(?:should|must|needs?\s+to)\s+)?%\b",
)
"""Beginnings that name a wish or an occupation, and no change."""

_MEANS = _words("by_\\w+ing so_that such_that which", r"\b%\b")
"""What turns a wish into a change: how it is brought about."""

_PLACE = _words(
    "in_\\S+ on_\\S+ at_\\S+ to_\\S+ from_\\S+ of_\\S+ into_\\S+ under_\\S+ for_(the|all)_\\S+"
    " services? pipelines? modules? repositor(y|ies) clusters? databases? dashboards? gateways?"
    " runbooks? linters? schedulers? workers? queues? jobs? brokers? controllers? balancers?"
    " hooks? scripts? apis? ci ingress",
    r"\b%\b|\w[-_./#]\w|#\w",
)
"""Words that lead to a place, places themselves, and names that look like those of systems."""

_CONDITION = _words(
    "when(ever)? if unless until while once after before that which without so_that longer_than"
    " more_than less_than",
    r"\b%\b|\d",
)
"""What makes a title testable: a condition, a restriction, a number."""

_CHECKABLE = _words(
    "reject refuse block require forbid fail verify enable disable turn_o(n|ff) replace remove"
    " delete move split limit cap record skip show drop rotate pin revoke",
    r"\b%s?\b",
)
"""Changes that are either made or not."""

_EVERYBODY = _words(
    "everyone everybody we engineers developers people teams all_teams all_engineers the_teams?",
    r"^%\s+(?:should|must|need|needs|have|has|will|to)\b",
)
"""Titles that address a group instead of saying what changes."""
