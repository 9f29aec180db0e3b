"""What is said in the story: hypotheses, whys and action items, in words about systems."""

from dataclasses import dataclass

STOP_READING = "Stop reading legacy_sku"
DROP_COLUMN = "Drop column legacy_sku from orders"

PAGE_TITLE = "Checkout: HTTP 500 on 31 % of requests"
SUMMARY = "Baskets that hold an older article cannot be paid: checkout answers 500."
ANOMALY = "Error rate of checkout rises from 0.1 % to 31 % within a minute"
LOG_LINE = 'checkout log: ERROR: column "legacy_sku" of relation "orders" does not exist'
ROOT_CAUSE = (
    "The migration of #{dropped} dropped orders.legacy_sku while the running release still read "
    "it; #{reading}, which stops reading it, was to go out first."
)
MITIGATION = "Rolled back; the migration's down step put legacy_sku back from the copy it keeps"
RECOVERY = "Error rate of checkout is at 0.1 % again, and the baskets that failed can be paid"

PROVIDER = "The payment provider refuses our calls"
PROVIDER_RULED_OUT = (
    "Calls to the provider succeed as often as an hour ago; the errors arise before any call."
)
COLUMN = "Checkout still reads a column that the newest migration dropped"
COLUMN_RULED_IN = (
    "Every failed request logs the same missing column, the first one seconds after the migration."
)


@dataclass(frozen=True, slots=True)
class Why:
    """One question of the chain; `evidence` says which entry of the timeline speaks for it."""

    question: str
    answer: str
    evidence: str


WHYS = (
    Why(
        "Why did checkout answer 500?",
        "Its order query reads orders.legacy_sku, and that column was no longer there.",
        "log",
    ),
    Why(
        "Why was the column gone while it was still read?",
        "The migration that drops it was deployed before the release that stops reading it.",
        "root cause",
    ),
    Why(
        "Why was the migration deployed first?",
        "The other pull request waited in the merge queue for a slow test, and the pipeline "
        "deploys whatever is merged.",
        "root cause",
    ),
    Why(
        "Why does the pipeline not keep the order?",
        "The order stood in one line of a description, which no tool reads before a merge.",
        "root cause",
    ),
    Why(
        "Why did the review let a breaking migration pass?",
        "There is no automated DDL detection in review: a change that drops a column looks like "
        "any other.",
        "root cause",
    ),
)


@dataclass(frozen=True, slots=True)
class Promise:
    """An action item: the handle of its owner, and the why it follows from, counted from 1."""

    kind: str
    title: str
    owner: str
    why: int


PROMISES = (
    Promise(
        "IMMEDIATE_MITIGATION",
        "Roll checkout back to the release before and restore orders.legacy_sku",
        "nomvula-d",
        1,
    ),
    Promise(
        "TOOLING_IMPROVEMENT",
        "Add automated DDL detection to the pre-merge risk check that flags "
        "ALTER TABLE … DROP COLUMN as high-risk",
        "mfigueiredo",
        5,
    ),
    Promise(
        "PROCESS_CHANGE",
        "Refuse to deploy a pull request of acme/checkout before those it depends on",
        "ingrid-solheim",
        4,
    ),
    Promise(
        "MONITORING",
        "Alert when checkout logs an undefined column within 10 minutes of a deployment",
        "yasmin-elsayed",
        1,
    ),
)
