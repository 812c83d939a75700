"""Somebody rewrites the key directory from its founding: a running process believes none of it."""

from dataclasses import replace

import pytest

from tests.worlds import ORIGIN, THURSDAY, TUESDAY, World, open_dossier
from vepshare import audit, crypto
from vepshare.errors import ConfigurationError, TamperedError
from vepshare.services import _publishing, anchoring, consents, platform
from vepshare.services._key_directory import digest_of
from vepshare.storage import KeyStatement, StatementKind

from .attackers import Attacker, attacker, following, put_epoch, service_key, tamper
from .raw_keys import wrapped_to


def rewrite(world: World, one: KeyStatement, evil: Attacker, **changes: object) -> KeyStatement:
    """Put another statement, and another entry, in the place of *one*, signed by the attacker."""
    other = one._replace(signer=world.cast["u22"].id, **changes)
    digest = digest_of(other)
    record = replace(audit.decode(one.entry), digest=digest, subject=other.subject)
    entry = audit.encode(record, index=one.log_index, time=record.time)
    tamper(
        world,
        "UPDATE log_entries SET entry = :entry, leaf = :leaf WHERE idx = :index",
        entry=entry,
        leaf=audit.leaf_hash(entry),
        index=one.log_index,
    )
    tamper(
        world,
        "UPDATE key_statements SET subject = :subject, sign_public = :public, signer = :signer,"
        " previous = :previous, signature = :signature WHERE log_index = :index",
        subject=other.subject,
        public=other.sign_public,
        signer=other.signer,
        previous=other.previous,
        signature=crypto.sign(evil.signing, crypto.Kind.KEY_DIRECTORY, digest),
        index=one.log_index,
    )
    return other


def refound(world: World, evil: Attacker) -> None:
    """Make the attacker the founder and the registrar of the hospital, with a key for it."""
    subject = world.cast["u22"].id
    public = crypto.signing_public_key(evil.signing)
    with world.store.peek() as work:
        stated = tuple(work.statements.everything())
    for one in stated:
        own = one.organisation_id == world.organisation_id("O7")
        if one.kind is StatementKind.FOUNDING or (own and one.kind is StatementKind.REGISTRAR):
            rewrite(world, one, evil, subject=subject, sign_public=public)
        elif own or one.kind is StatementKind.REGISTRAR:
            rewrite(world, one, evil)
    key = following(service_key(world, "O7/MED"), evil.public)
    put_epoch(world, key)
    stranger = _publishing.Signer(professional_id=subject, seed=evil.signing)
    with world.store.begin() as work:
        _publishing.publish_service(work, key, stranger, now=TUESDAY)


@pytest.fixture
def evil() -> Attacker:
    return attacker()


def anchor(world: World) -> None:
    anchoring.anchor(world.store, ORIGIN, (one.public for one in world.custody.log_keys))


def withdraw(world: World, reference: str) -> None:
    caller, targets = world.cast["u01"], [world.target("O11")]
    consents.withdraw(world.store, caller, reference, None, targets=targets, now=THURSDAY)


def test_a_running_process_believes_its_own_founding_only(world: World, evil: Attacker) -> None:
    """Nothing is signed, nothing wrapped, until somebody has looked. Source: V1, R10, R48."""
    reference = open_dossier(world)
    anchor(world)
    refound(world, evil)

    with pytest.raises(TamperedError):
        withdraw(world, reference)

    assert wrapped_to(evil.joined(world), "attacker", reference) == ""


def test_without_an_anchor_the_rewriting_would_succeed(world: World, evil: Attacker) -> None:
    """The test above would pass on an attack that fails by itself. Source: R48."""
    reference = open_dossier(world)
    refound(world, evil)

    withdraw(world, reference)

    assert wrapped_to(evil.joined(world), "attacker", reference) != ""
    assert not platform.verify_log(world.store).whole


def test_a_process_does_not_start_on_a_founding_that_was_not_signed_for(
    world: World, evil: Attacker
) -> None:
    """The checkpoint tells, whoever rewrote the log below it. Source: R48."""
    platform.checkpoint(world.store, world.custody, now=TUESDAY)
    anchor(world)
    refound(world, evil)

    with pytest.raises(ConfigurationError, match="founding"):
        anchor(world)


def test_the_last_checkpoint_must_be_of_this_installation(world: World) -> None:
    """Source: R48."""
    platform.checkpoint(world.store, world.custody, now=TUESDAY)

    with pytest.raises(ConfigurationError, match="checkpoint"):
        anchoring.anchor(world.store, ORIGIN, (bytes(32),))


def test_what_was_not_touched_works_on(world: World) -> None:
    """Source: V1."""
    platform.checkpoint(world.store, world.custody, now=TUESDAY)
    anchor(world)

    reference = open_dossier(world)

    assert "ID" in wrapped_to(world, "u11", reference)
    assert world.store.founding
