"""The pepper is replaced: each sign-in moves its owner, and nobody is locked out."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.vaults import Key, running
from tests.worlds import TUESDAY, World, log_entries
from vepshare import audit, crypto
from vepshare.errors import ConfigurationError, CustodyUnavailableError
from vepshare.ids import new_id
from vepshare.services import SignInRefusedError, platform, rotation
from vepshare.storage import LostRaceError

from .custodies import file_places, vault_places, with_custody
from .rotating import both_peppers, both_places, new_pepper, rotate_pepper, states, under
from .signing_in import change, sign_in


def test_each_sign_in_moves_its_owner_to_the_new_pepper(world: World, tmp_path: Path) -> None:
    """And nobody else; the passphrase stays what it was, and a wrong one moves nothing."""
    old, new = both_peppers(world, tmp_path).custody.peppers.ids
    turning = both_peppers(world, tmp_path)
    assert rotate_pepper(turning) == rotation.Turn(name=new, changed=True)
    with pytest.raises(SignInRefusedError):
        sign_in(turning, "u02", "wrong")

    assert sign_in(turning, "u01").caller.login == "u01"

    assert (under(world, "u01"), under(world, "u02")) == (new, old)
    assert sign_in(new_pepper(world, tmp_path), "u01").caller
    assert sign_in(world, "u02").caller
    with pytest.raises(CustodyUnavailableError):
        sign_in(world, "u01")
    assert log_entries(world.store, audit.Event.KEY_ROTATED)[-1].ground == "pepper.current"


def test_a_sign_in_that_is_refused_moves_nothing(world: World, tmp_path: Path) -> None:
    turning = both_peppers(world, tmp_path)
    rotate_pepper(turning)
    change(world, "UPDATE professionals SET active = false")

    with pytest.raises(SignInRefusedError):
        sign_in(turning)

    assert under(world, "u01") == turning.custody.peppers.ids[0]


def test_rotating_again_changes_nothing(world: World, tmp_path: Path) -> None:
    turning = both_peppers(world, tmp_path)
    first = rotate_pepper(turning)
    before = log_entries(world.store)

    assert rotate_pepper(turning) == replace(first, changed=False)
    assert log_entries(world.store) == before
    assert states(turning) == ["former", "current"]


def test_without_a_new_pepper_there_is_nothing_to_rotate(world: World) -> None:
    assert rotate_pepper(world) == rotation.Turn(name=world.custody.peppers.ids[0], changed=False)


def test_which_of_two_new_peppers_is_meant_is_not_guessed(world: World, tmp_path: Path) -> None:
    crypto.create_pepper_file(tmp_path / "third")
    three = with_custody(
        world,
        file_places(
            world,
            peppers=(
                *(f"file:{world.pepper_path}", f"file:{tmp_path / 'third'}"),
                *both_places(world, tmp_path),
            ),
        ),
    )

    with pytest.raises(ConfigurationError, match="2 configured peppers are new"):
        rotate_pepper(three)
    assert states(three) == ["current"]


def test_a_pepper_is_not_rotated_without_the_current_one(world: World, tmp_path: Path) -> None:
    both_peppers(world, tmp_path)

    with pytest.raises(ConfigurationError, match="the pepper is not the one"):
        rotate_pepper(new_pepper(world, tmp_path))


def test_a_pepper_is_retired_when_nobody_needs_it_and_not_before(
    world: World, tmp_path: Path
) -> None:
    turning = both_peppers(world, tmp_path)
    old = turning.custody.peppers.ids[0]
    rotate_pepper(turning)
    everybody = len(world.cast)

    assert rotation.retire_pepper(world.store, old, now=TUESDAY) == everybody
    assert states(turning) == ["former", "current"]
    with pytest.raises(ConfigurationError, match=f"{everybody} ways to unlock still need it"):
        platform.check(world.store, new_pepper(world, tmp_path).custody)
    for login in world.cast:
        sign_in(turning, login)
    assert rotation.retire_pepper(world.store, old, now=TUESDAY) == 0
    assert rotation.retire_pepper(world.store, old, now=TUESDAY) == 0

    assert states(turning) == ["retired", "current"]
    alone = new_pepper(world, tmp_path)
    platform.check(world.store, alone.custody)
    assert sign_in(alone, "u03").caller
    rotated = log_entries(world.store, audit.Event.KEY_ROTATED)
    assert [one.ground for one in rotated] == ["pepper.current", "pepper.retired"]


@pytest.mark.parametrize("which", ["current", "unknown"])
def test_a_pepper_in_use_or_unknown_is_not_retired(world: World, which: str) -> None:
    name = world.custody.peppers.ids[0] if which == "current" else "0" * 16

    with pytest.raises(ConfigurationError):
        rotation.retire_pepper(world.store, name, now=TUESDAY)
    assert states(world) == ["current"]


def test_a_retired_pepper_does_not_come_back(world: World, tmp_path: Path) -> None:
    turning = both_peppers(world, tmp_path)
    old = turning.custody.peppers.ids[0]
    rotate_pepper(turning)
    for login in world.cast:
        sign_in(turning, login)
    rotation.retire_pepper(world.store, old, now=TUESDAY)
    with world.store.peek() as work:
        [method] = work.sessions.methods(world.cast["u01"].id)
    late = replace(method, pepper_id=old, id=new_id())

    with pytest.raises(LostRaceError), world.store.begin() as work:
        work.sessions.add_method(late)
    with world.store.begin() as work:
        work.sessions.rewrap(method, replace(method, pepper_id=old))

    assert not rotate_pepper(turning).changed
    assert under(world, "u01") != old


def test_while_the_new_pepper_cannot_be_had_people_sign_in_under_the_old_one(
    world: World, tmp_path: Path
) -> None:
    with running() as vault:
        vault.keys["new"] = Key("hmac")
        places = vault_places(
            vault,
            tmp_path,
            peppers=(f"file:{world.pepper_path}", "vault:new"),
            log_keys=file_places(world).log_keys,
        )
        turning = with_custody(world, places)
        old, new = turning.custody.peppers.ids
        rotate_pepper(turning)
        vault.sealed = True
        assert sign_in(turning, "u01").caller
        assert under(world, "u01") == old
        vault.sealed = False
        sign_in(turning, "u01")

    assert under(world, "u01") == new
