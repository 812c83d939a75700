"""Signing in, staying signed in, and what a stolen row is worth."""

from datetime import timedelta

import pytest

from tests.worlds import (
    MICROSECOND,
    TUESDAY,
    World,
    last_entry,
    levels,
    log_entries,
    make_draft,
    open_dossier,
)
from vepshare import audit, crypto
from vepshare.consent import Purpose
from vepshare.people import Profession
from vepshare.services import (
    SignInRefusedError,
    ThrottledError,
    dossiers,
    sessions,
)

from .signing_in import change, resume, sign_in


def test_the_passphrase_opens_a_session_that_reads(world: World) -> None:
    """From the cookie alone, in another request. Source: R58, V1."""
    reference = open_dossier(world, entries=(make_draft("identity"),))
    token = crypto.Token.decode(sign_in(world, "u11").token.encode())

    caller = resume(world, token)

    view = dossiers.read_dossier(world.store, caller, reference, purpose=Purpose.CARE, now=TUESDAY)
    assert levels(view).startswith("ID:R HE:W")
    assert caller.name == "Dr Lode Wauterschool"


@pytest.mark.parametrize(
    ("login", "passphrase"),
    [
        ("u01", "demo-u02-vepshare"),
        ("u01", ""),
        ("nobody", "demo-u01-vepshare"),
        ("u02", "demo-u01-vepshare"),
    ],
)
def test_whatever_is_wrong_the_answer_is_the_same(
    world: World, login: str, passphrase: str
) -> None:
    """Source: R58, V5."""
    with pytest.raises(SignInRefusedError) as caught:
        sign_in(world, login, passphrase)

    assert caught.value.args == ()
    last = last_entry(world.store)
    assert (last.event, last.reason) == (audit.Event.SESSION_REFUSED, "wrong_credentials")


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE professionals SET active = false", "account_inactive"),
        ("UPDATE organisations SET active = false", "organisation_inactive"),
        ("UPDATE functions SET held = false", "function_not_held"),
    ],
)
def test_who_is_no_longer_in_force_does_not_sign_in_and_their_session_is_over(
    world: World, statement: str, reason: str
) -> None:
    """On the next request, not at the next sign-in. Source: R15, R16, V4."""
    token = sign_in(world).token
    change(world, statement)

    assert resume(world, token) is None
    with pytest.raises(SignInRefusedError):
        sign_in(world)
    assert last_entry(world.store).reason == reason


def test_an_undertaking_that_has_lapsed_ends_the_session(world: World) -> None:
    """Source: R16."""
    until = world.cast["u01"].standing.undertaking_until
    token = sign_in(world, now=until - timedelta(minutes=1)).token

    assert resume(world, token, now=until) is not None
    assert resume(world, token, now=until + MICROSECOND) is None


def test_a_function_one_does_not_hold_is_not_chosen(world: World) -> None:
    """Source: R17."""
    with pytest.raises(SignInRefusedError):
        sign_in(world, "u01", profession=Profession.DPO)


def test_too_many_failures_are_slowed_down(world: World) -> None:
    """By login, whether it exists or not; the right passphrase has to wait too. Source: R58."""
    for login in ("u01", "nobody"):
        for _ in range(10):
            with pytest.raises(SignInRefusedError):
                sign_in(world, login, "wrong")
        with pytest.raises(ThrottledError) as caught:
            sign_in(world, login)
        assert caught.value.retry_after == 900

    assert sign_in(world, "u02").caller
    assert sign_in(world, "u01", now=TUESDAY + timedelta(minutes=15, seconds=1)).caller


def test_a_success_forgets_the_failures_before_it(world: World) -> None:
    """Source: R58."""
    for _ in range(9):
        with pytest.raises(SignInRefusedError):
            sign_in(world, "u01", "wrong")
    sign_in(world)

    with pytest.raises(SignInRefusedError):
        sign_in(world, "u01", "wrong")
    assert sign_in(world).caller


def test_a_session_that_is_left_alone_ends_after_a_quarter_of_an_hour(world: World) -> None:
    """Source: R58."""
    token = sign_in(world).token
    idle = timedelta(minutes=15)

    assert resume(world, token, now=TUESDAY + idle - MICROSECOND) is not None
    # It was used just now: another quarter of an hour begins.
    assert resume(world, token, now=TUESDAY + 2 * idle - timedelta(minutes=1)) is not None
    assert resume(world, token, now=TUESDAY + 4 * idle) is None


def test_no_session_lasts_longer_than_a_day_of_work(world: World) -> None:
    """However busy. Source: R58."""
    token = sign_in(world).token
    ends = TUESDAY + timedelta(hours=8)
    moment = TUESDAY
    while moment + timedelta(minutes=14) < ends:
        moment += timedelta(minutes=14)
        assert resume(world, token, now=moment) is not None

    assert resume(world, token, now=ends - MICROSECOND) is not None
    assert resume(world, token, now=ends) is None


def test_a_session_from_the_future_is_none(world: World) -> None:
    """A host whose clock is far behind keeps no session open for ever. Source: R58."""
    token = sign_in(world).token

    assert resume(world, token, now=TUESDAY - timedelta(hours=1)) is None


def test_a_fourth_session_ends_the_first(world: World) -> None:
    """Source: R58."""
    tokens = [sign_in(world, now=TUESDAY + timedelta(seconds=number)).token for number in range(4)]
    now = TUESDAY + timedelta(seconds=10)

    assert [resume(world, one, now=now) is not None for one in tokens] == [
        False,
        True,
        True,
        True,
    ]


def test_signing_out_ends_it(world: World) -> None:
    """Source: R58."""
    signed_in = sign_in(world)

    sessions.sign_out(world.store, signed_in.caller, signed_in.token, now=TUESDAY)

    assert resume(world, signed_in.token) is None
    assert last_entry(world.store).event is audit.Event.SESSION_CLOSED


def test_the_log_tells_of_each_session_and_of_no_passphrase(world: World) -> None:
    """Source: V8."""
    with pytest.raises(SignInRefusedError):
        sign_in(world, "u01", "a secret typed wrong")
    sign_in(world)

    shown = [one for one in log_entries(world.store) if one.event.value.startswith("session")]
    assert [one.event.value for one in shown] == ["session.refused", "session.opened"]
    assert all(one.actor == world.cast["u01"].id for one in shown)
    assert "secret" not in repr(shown)
