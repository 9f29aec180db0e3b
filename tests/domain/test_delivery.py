"""What may be done with a delivery, by where it stands."""

import pytest

from server.domain.delivery import DeliveryState, check_discard, check_replay
from server.errors import ErrorCode


@pytest.mark.parametrize("state", DeliveryState)
@pytest.mark.parametrize("has_body", [True, False])
def test_what_does_not_wait_and_has_a_body_may_be_replayed(
    state: DeliveryState, has_body: bool
) -> None:
    problems = check_replay(state, has_body=has_body)
    allowed = has_body and state is not DeliveryState.PENDING
    assert [each.code for each in problems] == ([] if allowed else [ErrorCode.CONFLICT])


@pytest.mark.parametrize("state", DeliveryState)
def test_only_what_is_parked_may_be_discarded(state: DeliveryState) -> None:
    assert bool(check_discard(state)) is (state is not DeliveryState.PARKED)
