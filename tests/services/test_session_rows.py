"""Changing hats, sharing the key of a service, and what a stolen row of a session is worth."""

import pytest
from sqlalchemy import text

from tests.worlds import (
    LINES,
    TUESDAY,
    World,
    last_entry,
    make_draft,
    open_dossier,
)
from vepshare import audit, crypto
from vepshare.consent import Purpose
from vepshare.errors import TamperedError
from vepshare.people import Hat, Profession
from vepshare.services import (
    ActRefusedError,
    UnknownDossierError,
    _publishing,
    dossiers,
    sessions,
)

from .signing_in import change, resume, sign_in


def second_hat(world: World) -> Hat:
    """Let u01 hold the function of u02 as well."""
    hat = Hat(
        professional_id=world.cast["u01"].id,
        organisation_id=world.organisation_id("O1"),
        profession=Profession.PSY,
    )
    with world.store.begin() as work:
        work.people.give_function(hat)
        keys = work.people.public_keys((hat.professional_id,))[hat.professional_id]
        registrar = _publishing.Signer(
            professional_id=world.cast["u01"].id, seed=world.cast["u01"].keyring.signing
        )
        _publishing.publish_member(work, hat, keys, registrar, now=TUESDAY)
    return hat


def test_under_another_hat_only_its_keys_count(world: World) -> None:
    """The function one works under now decides, not the person. Source: V1."""
    reference = open_dossier(
        world, LINES[0], ("O1/PSY", "ID"), participants="", entries=(make_draft("identity"),)
    )
    hat = second_hat(world)
    # A member who signs in hands the seed of the service on to whoever has come since.
    sign_in(world, "u02")
    signed_in = sign_in(world, profession=Profession.SVA)

    changed = sessions.change_hat(
        world.store,
        signed_in.caller,
        signed_in.token,
        hat.profession,
        hat.organisation_id,
        now=TUESDAY,
    )
    caller = resume(world, signed_in.token)

    assert (changed, caller.hat) == (hat, hat)
    assert last_entry(world.store).event is audit.Event.SESSION_HAT_CHANGED
    with pytest.raises(UnknownDossierError):
        dossiers.read_dossier(
            world.store, caller, reference, purpose=Purpose.COORDINATION, now=TUESDAY
        )


def test_a_hat_that_is_not_held_is_not_put_on(world: World) -> None:
    """Source: R17."""
    signed_in = sign_in(world)

    with pytest.raises(ActRefusedError, match="function_not_held"):
        sessions.change_hat(
            world.store,
            signed_in.caller,
            signed_in.token,
            Profession.DPO,
            world.organisation_id("O14"),
            now=TUESDAY,
        )

    assert resume(world, signed_in.token).hat == world.hat("u01")


def test_a_newcomer_gets_the_key_of_the_service_from_a_member_who_signs_in(
    world: World,
) -> None:
    """Source: DESIGN 5."""
    second_hat(world)
    before = sign_in(world, profession=Profession.PSY).caller
    assert {one.profession for one in before.keyring.seeds} == {None, Profession.SVA}

    sign_in(world, "u02")

    after = sign_in(world, profession=Profession.PSY).caller
    assert {one.profession for one in after.keyring.seeds} == {
        None,
        Profession.SVA,
        Profession.PSY,
    }


def test_a_copied_row_opens_with_no_other_cookie(world: World) -> None:
    """The row of one under the cookie of another: neither opens. Source: R58, DESIGN 5."""
    theirs, mine = sign_in(world, "u11").token, sign_in(world, "u02").token
    change(
        world,
        "UPDATE sessions SET sealed = (SELECT sealed FROM sessions WHERE token_hash = :theirs),"
        " half = (SELECT half FROM sessions WHERE token_hash = :theirs) WHERE token_hash = :mine",
        theirs=crypto.token_hash(theirs),
        mine=crypto.token_hash(mine),
    )

    with pytest.raises(TamperedError):
        resume(world, mine)


def test_a_row_put_on_another_person_does_not_open(world: World) -> None:
    """Source: R58."""
    token = sign_in(world, "u11").token
    change(
        world,
        "UPDATE sessions SET profession = 'PSY',"
        " professional_id = (SELECT id FROM professionals WHERE login = 'u02'),"
        " organisation_id = (SELECT id FROM organisations WHERE code = 'O1')",
    )

    with pytest.raises(TamperedError):
        resume(world, token)


def test_the_row_alone_opens_nothing(world: World) -> None:
    """A copy of the database holds neither cookie nor half of it. Source: DESIGN 1.5."""
    token = sign_in(world, "u11").token
    with world.store.engine.connect() as connection:
        (row,) = connection.execute(text("SELECT * FROM sessions")).all()
    kept = b"".join(one for one in row if isinstance(one, bytes | memoryview))

    assert token.id not in kept
    assert token.half not in kept
    assert all(one.seed.raw not in kept for one in world.cast["u11"].keyring.seeds)
