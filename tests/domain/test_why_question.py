"""The question that follows from an answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.why_question import MAX_QUOTED, next_question
from server.domain.why_words import base_of_past

EXAMPLES = """\
The column was removed before the service was updated
Why was the column removed before the service was updated?
The column was removed before the service was updated.
Why was the column removed before the service was updated?
The migration locked the table
Why did the migration lock the table?
There was no alert on replica lag
Why was there no alert on replica lag?
There were no tests for the rollback
Why were there no tests for the rollback?
No alert fired
Why did no alert fire?
Nobody owned the service
Why did nobody own the service?
The pool had ten connections
Why did the pool have ten connections?
The review did not cover SQL
Why did the review not cover SQL?
The alert didn't fire
Why did the alert not fire?
The job had been disabled
Why had the job been disabled?
The review has no automated DDL detection
Why does the review have no automated DDL detection?
Because the deploy pipeline skipped the canary stage
Why did the deploy pipeline skip the canary stage?
When traffic rose, the pool was exhausted
Why was the pool exhausted when traffic rose?
After the failover, replicas were read-only
Why were replicas read-only after the failover?
We removed a column that was in use
Why did we remove a column that was in use?
The column removed yesterday was still in use
Why was the column removed yesterday still in use?
The job that was scheduled failed
Why was that so: “The job that was scheduled failed”?
Ada Lovelace ran a migration
Why did Ada Lovelace run a migration?
Kubernetes restarted the pods
Why did Kubernetes restart the pods?
The linter ignores SQL
Why does the linter ignore SQL?
Reviews cover only code
Why do reviews cover only code?
Alerts depend on a single threshold
Why do alerts depend on a single threshold?
The certificate expired
Why did the certificate expire?
Traffic doubled within a minute
Why did traffic double within a minute?
The retry policy has no limit
Why does the retry policy have no limit?
The service could not reach the database
Why could the service not reach the database?
The health check cannot see the queue
Why can the health check not see the queue?
The runbook was out of date
Why was the runbook out of date?
The config is shared by all regions
Why is the config shared by all regions?
It was never tested
Why was it never tested?
They used the same credentials
Why did they use the same credentials?
The queue grew without bound
Why did the queue grow without bound?
Timeouts were set to 60 seconds
Why were timeouts set to 60 seconds?
The pipeline deploys migrations and code in one step
Why does the pipeline deploy migrations and code in one step?
Human memory
Why was that so: “Human memory”?
Disk full
Why was that so: “Disk full”?
The flag defaulted to on
Why did the flag default to on?
The team was under pressure to release
Why was the team under pressure to release?
The cache returned stale entries because it was never invalidated
Why was it never invalidated?
The dashboard shows averages only
Why does the dashboard show averages only?
The old nodes held the lock
Why did the old nodes hold the lock?
Nothing checks the order of deployments
Why does nothing check the order of deployments?
The build took two hours
Why did the build take two hours?
Migrations run before the old version is gone
Why do migrations run before the old version is gone?
The on-call rotation has one person
Why does the on-call rotation have one person?
The two services share a database
Why do the two services share a database?
The client retried without back-off
Why did the client retry without back-off?
Two engineers edited the file at once
Why did two engineers edit the file at once?
This happened on a Friday
Why did this happen on a Friday?
At 14:02, the leader lost its lease
Why did the leader lose its lease at 14:02?
The new version wrote a field that the old version could not read
Why did the new version write a field that the old version could not read?
The monitoring wasn't told of the new region
Why was the monitoring not told of the new region?
The change had not been reviewed
Why had the change not been reviewed?
No test covers the downgrade
Why does no test cover the downgrade?
The team has had no budget for tooling
Why has the team had no budget for tooling?
Latency rose to 4 s; users saw errors
Why did latency rise to 4 s?
The team's review took a week
Why did the team's review take a week?
DNS
Why was that so: “DNS”?
"""

LINES = EXAMPLES.splitlines()


@pytest.mark.parametrize(("answer", "question"), [*zip(LINES[::2], LINES[1::2], strict=True)])
def test_a_statement_becomes_its_question(answer: str, question: str) -> None:
    assert next_question(answer) == question


def test_what_is_long_is_cut_and_asked_about_all_the_same() -> None:
    question = next_question("lock " * 300)
    assert question.startswith("Why was that so: “lock lock")
    assert len(question) <= MAX_QUOTED + len("Why was that so: “…”?")


@given(st.text(max_size=300))
def test_whatever_is_answered_there_is_one_line_to_ask(answer: str) -> None:
    question = next_question(answer)
    assert question.startswith("Why ")
    assert question.endswith("?")
    assert "\n" not in question


PAST = """\
removed:remove created:create updated:update deployed:deploy enabled:enable disabled:disable
handled:handle throttled:throttle changed:change merged:merge logged:log dropped:drop stopped:stop
planned:plan failed:fail filed:file compiled:compile passed:pass called:call rolled:roll
restarted:restart expired:expire required:require fired:fire repaired:repair configured:configure
measured:measure stored:store restored:restore ignored:ignore shared:share declared:declare
cleared:clear appeared:appear triggered:trigger covered:cover entered:enter defined:define
declined:decline contained:contain explained:explain drained:drain joined:join tuned:tune
scheduled:schedule provided:provide decided:decide avoided:avoid exploded:explode flooded:flood
loaded:load degraded:degrade overloaded:overload included:include needed:need baked:bake
revoked:revoke invoked:invoke scoped:scope looped:loop escaped:escape renamed:rename
streamed:stream timed:time claimed:claim consumed:consume assumed:assume limited:limit edited:edit
committed:commit waited:wait exited:exit executed:execute rotated:rotate replaced:replace
forced:force bounced:bounce paged:page purged:purge flagged:flag queued:queue issued:issue
released:release caused:cause used:use closed:close increased:increase copied:copy tried:try
applied:apply relied:rely retried:retry delayed:delay played:play allowed:allow followed:follow
showed:show crashed:crash pushed:push cached:cache watched:watch fixed:fix mixed:mix skipped:skip
mapped:map shipped:ship opened:open happened:happen broadened:broaden connected:connect
rejected:reject selected:select missed:miss pressed:press accessed:access processed:process
exhausted:exhaust doubled:double coupled:couple cancelled:cancel leaked:leak picked:pick
blocked:block locked:lock checked:check parked:park asked:ask worked:work started:start ended:end
added:add depended:depend sounded:sound expanded:expand upgraded:upgrade landed:land leaned:lean
listened:listen named:name resumed:resume reached:reach attached:attach published:publish
raised:raise revised:revise paused:pause reused:reuse parsed:parse filled:fill killed:kill
pulled:pull installed:install polled:poll stalled:stall spilled:spill controlled:control
propagated:propagate saturated:saturate corrupted:corrupt interrupted:interrupt evicted:evict
drifted:drift surfaced:surface reduced:reduce produced:produce sliced:slice synced:sync
masked:mask peaked:peak outgrew:outgrow typed:type piped:pipe wiped:wipe grouped:group bumped:bump
jumped:jump ramped:ramp trapped:trap subscribed:subscribe described:describe probed:probe
grabbed:grab verified:verify hurt:hurt
"""


@pytest.mark.parametrize("pair", PAST.split())
def test_a_past_form_has_its_base(pair: str) -> None:
    past, base = pair.split(":")
    assert base_of_past(past) == base


@pytest.mark.parametrize("word", ["red", "need", "speed", "the", "2xxed", ""])
def test_what_is_no_past_form_has_none(word: str) -> None:
    assert base_of_past(word) is None
