"""Which answers speak of the system."""

import pytest

from server.domain.systemic import of_a_person, proposed

SYSTEMIC = """\
The review had no automated DDL detection
There is no automated check for destructive migrations
Nothing in the pipeline checks the order of deployments
The pre-merge check does not cover SQL files
The deployment pipeline has no canary stage
No test covers the downgrade path
The test suite never runs against the old schema
Staging has no production-sized data, so no test could show it
There was no alert on replica lag
Alerts only watch the average latency
The dashboard does not show the queue's age
The runbook was out of date
The failover is not documented anywhere
Nobody owns the billing service
No team owns the shared library
Ownership of the queue was never assigned
The on-call rotation has no handover
Teams are rewarded for features, not for reliability
The team was under pressure to ship before the quarter ended
Reliability work has no budget
The architecture has a single point of failure
The two services are tightly coupled through one table
All regions share one database
The client has no back-off between its retries
The worker pool had no upper limit
There is no feature flag to turn the path off
Rollbacks are not rehearsed
Rolling back is a manual process of fourteen steps
Configuration is applied by hand in each region
The process relies on memory for the second step
Certificates are renewed by a manual step
Backups are untested
The template sets no default timeout
Permissions do not distinguish staging from production
Deploys of schema and code have no enforced order
The API contract is not versioned
Training for new engineers does not include the failover
Logging of the gateway is missing
The SLO does not measure checkout
The linter never checks generated code
Capacity planning did not include the batch jobs
Review is optional for configuration
The inventory does not list the old nodes
There is no owner for the alert rules""".splitlines()

LOCAL = """\
The column was removed before the service was updated
The table was locked for nine minutes
The migration ran at noon
CPU rose to 100 %
The certificate expired on Sunday
Traffic doubled after the campaign
The cache returned stale entries
A pod was restarted
The leader lost its lease
The disk was full
The deployment changed the query
Ada ran the migration
An engineer of team Payments deployed the release at noon
The query scanned the whole table
Users saw error pages
The queue grew to two million messages
The vendor had an outage
The pool was exhausted
The flag defaulted to on
The new version wrote a field that the old version could not read""".splitlines()

OF_A_PERSON = """\
Human error
It was an operator error, and there was no automated check
The on-call engineer made a mistake in the config
She broke the pipeline, which has no tests
The outage was caused by the night engineer
The developer skipped the missing runbook
An engineer dropped the wrong table without a backup
It was the reviewer's mistake; the review had no checklist""".splitlines()


@pytest.mark.parametrize("answer", SYSTEMIC)
def test_what_the_system_has_and_lacks_is_proposed(answer: str) -> None:
    assert proposed(answer)


@pytest.mark.parametrize("answer", LOCAL)
def test_what_happened_this_time_is_not(answer: str) -> None:
    assert not proposed(answer)
    assert not of_a_person(answer)


@pytest.mark.parametrize("answer", OF_A_PERSON)
def test_a_person_is_no_system_whatever_else_is_said(answer: str) -> None:
    assert of_a_person(answer)
    assert not proposed(answer)
