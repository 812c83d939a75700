"""Each kind of row, altered by one byte or taken away, is named in exactly one line."""

import time

import pytest
from click.testing import CliRunner

from tests.databases import ON_SQLITE
from tests.worlds import (
    NEXT_TUESDAY,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    World,
    make_draft,
    make_terms,
    open_dossier,
)
from vepshare import audit, crypto
from vepshare.cli import main
from vepshare.dossier import Reason
from vepshare.errors import TamperedError
from vepshare.ids import DossierId
from vepshare.services import (
    _approvals,
    _publishing,
    _records,
    closing,
    consents,
    exclusions,
    participants,
    verifying,
    witnesses,
)

from .attackers import attacker, following, look, put_epoch, service_key, tamper
from .test_key_directory import add_member, forge_consent, renew, signer
from .test_oral import oral

# The acts of `reference`, in their order: given, given, excluded, tied, withdrawn.
ACTS, APPROVALS = 5, 6


@pytest.fixture
def reference(world: World) -> str:
    """A dossier with acts and epochs of every kind, and people bound to it in every way."""
    reference = open_dossier(world, entries=(make_draft("identity"),))
    store, cast = world.store, world.cast
    terms = make_terms(world, ("O3/SVH", "ID CT"), starts=WEDNESDAY)
    consents.give(store, cast["u01"], reference, terms, now=WEDNESDAY)
    service = world.service("O3/SVH")
    participants.invite_service(store, cast["u01"], reference, service, now=WEDNESDAY)
    participants.join(store, cast["u05"], reference, Reason.FOLLOW_UP, now=WEDNESDAY)
    successor = world.hat("u02")
    participants.hand_over_to(store, cast["u01"], reference, successor, now=WEDNESDAY)
    excluded = world.organisation_id("O4")
    exclusions.exclude(store, cast["u02"], reference, organisation_id=excluded, now=WEDNESDAY)
    exclusions.declare_tie(store, cast["u16"], reference, now=THURSDAY)
    targets = [world.target("O7")]
    consents.withdraw(store, cast["u02"], reference, None, targets=targets, now=THURSDAY)
    return reference


@pytest.fixture
def dossier_id(world: World, reference: str) -> DossierId:
    with world.store.peek() as work:
        found = work.dossiers.id_of(reference)
    assert found is not None
    return found


def found(world: World) -> list[str]:
    return list(verifying.faults(world.store))


def flip(world: World, table: str, column: str, where: str, **values: object) -> None:
    """Change the last byte of one column of one row."""
    ((old,),) = look(world, f"SELECT {column} FROM {table} WHERE {where}", **values)
    new = bytes(old)[:-1] + bytes([bytes(old)[-1] ^ 1])
    change(world, table, column, new, where, **values)


def change(
    world: World, table: str, column: str, new: object, where: str, **values: object
) -> None:
    statement = f"UPDATE {table} SET {column} = :new WHERE {where}"
    assert tamper(world, statement, new=new, **values) == 1


def entry_of(world: World, event: audit.Event) -> int:
    """Return the place in the log of the last entry on *event*."""
    query = "SELECT max(idx) FROM log_entries WHERE event = :event AND outcome = 'allowed'"
    ((index,),) = look(world, query, event=event.value)
    return int(index)


def test_what_nobody_touched_is_as_the_log_tells(world: World, dossier_id: DossierId) -> None:
    """An oral consent, its witness and an erased dossier too. Source: R10, R48."""
    spoken = open_dossier(world, participants="", **oral(world))
    (waiting,) = witnesses.witnessed(world.store, world.cast["u03"], spoken, now=TUESDAY)
    witnesses.confirm(world.store, world.cast["u03"], spoken, waiting.id, now=TUESDAY)
    gone = open_dossier(world)
    consents.withdraw(world.store, world.cast["u01"], gone, None, now=WEDNESDAY)
    closing.erase(world.store, world.cast["u01"], gone, now=THURSDAY)

    assert found(world) == []
    assert (
        len(look(world, "SELECT seq FROM consent_events WHERE dossier_id = :id", id=dossier_id))
        == ACTS
    )
    assert (
        len(look(world, "SELECT seq FROM signed_acts WHERE dossier_id = :id", id=dossier_id))
        == APPROVALS
    )


@pytest.mark.parametrize("act", range(1, ACTS + 1))
def test_the_signature_of_an_act(world: World, dossier_id: DossierId, act: int) -> None:
    """Source: R10."""
    flip(world, "consent_events", "signature", "seq = :seq", seq=act)

    assert found(world) == [f"dossier {dossier_id} act {act}: signature"]


@pytest.mark.parametrize("column", ["payload", "digest", "previous"])
def test_the_chain_of_acts(world: World, dossier_id: DossierId, column: str) -> None:
    """Source: R10."""
    flip(world, "consent_events", column, "seq = 3")

    assert found(world) == [f"dossier {dossier_id} act 3: chain"]


def test_an_act_that_is_gone(world: World, dossier_id: DossierId) -> None:
    """The withdrawal is removed, and with it what she last said. Source: R10, V4."""
    assert tamper(world, "DELETE FROM consent_events WHERE seq = :last", last=ACTS) == 1

    index = entry_of(world, audit.Event.CONSENT_WITHDRAWN)
    assert found(world) == [f"dossier {dossier_id} entry {index}: no such act"]


def test_an_act_of_which_the_log_does_not_tell(
    world: World, reference: str, dossier_id: DossierId
) -> None:
    """Source: R10, V8."""
    forge_consent(world, reference, attacker())

    assert found(world) == [f"dossier {dossier_id} act {ACTS + 1}: not in the log"]


@pytest.mark.parametrize(
    ("column", "fault"),
    [("signature", "signature"), ("reason", "not in the log"), ("previous", "chain")],
)
def test_an_approval(world: World, dossier_id: DossierId, column: str, fault: str) -> None:
    """The last one, so that nothing that follows it is at fault as well. Source: R18."""
    where = f"seq = {APPROVALS}"
    if column == "reason":
        change(world, "signed_acts", column, "opening", where)
    else:
        flip(world, "signed_acts", column, where)

    (first, *others) = found(world)
    assert first == f"dossier {dossier_id} approval {APPROVALS}: {fault}"
    index = entry_of(world, audit.Event.REFERENT_CHANGED)
    missed = [f"dossier {dossier_id} entry {index}: no such act"]
    # Another text has another digest: the log tells of the one that was signed.
    assert others == ([] if column == "signature" else missed)


def test_an_approval_that_is_gone(world: World, dossier_id: DossierId) -> None:
    """Source: R18."""
    assert tamper(world, "DELETE FROM signed_acts WHERE seq = :last", last=APPROVALS) == 1

    index = entry_of(world, audit.Event.REFERENT_CHANGED)
    assert found(world) == [f"dossier {dossier_id} entry {index}: no such act"]


@pytest.mark.parametrize(
    "column", ["body_inbox", "flag_inbox", "body_commitment", "flag_commitment"]
)
def test_an_epoch(world: World, dossier_id: DossierId, column: str) -> None:
    """Source: V1, R48."""
    flip(world, "epochs", column, "compartment = 'health' AND epoch = 1")

    (line,) = found(world)
    assert line.startswith(f"dossier {dossier_id} epochs ")
    assert " health 1 " in line
    assert line.endswith(": not as published")


def test_an_epoch_of_which_the_log_does_not_tell(world: World, dossier_id: DossierId) -> None:
    """Source: V1, R48."""
    tamper(
        world,
        "INSERT INTO epochs (dossier_id, compartment, epoch, body_commitment, flag_commitment,"
        " body_inbox, flag_inbox, begun_at) SELECT dossier_id, compartment, 9, body_commitment,"
        " flag_commitment, body_inbox, flag_inbox, begun_at FROM epochs"
        " WHERE compartment = 'health' AND epoch = 1",
    )

    assert found(world) == [f"dossier {dossier_id} epoch health 9: not published"]


def test_the_epochs_of_a_dossier_are_gone_though_it_was_not_erased(
    world: World, dossier_id: DossierId
) -> None:
    """Source: R48."""
    tamper(world, "DELETE FROM epochs")

    assert all(line.startswith(f"dossier {dossier_id} epochs ") for line in found(world))
    assert found(world)


def statement(world: World, login: str, kind: str = "member") -> tuple[int, str]:
    """Return the place in the log of the statement on somebody, and how their key is named."""
    hat = world.hat(login)
    query = "SELECT log_index FROM key_statements WHERE subject = :id AND kind = :kind"
    ((index,),) = look(world, query, id=hat.professional_id, kind=kind)
    return int(index), f"key of professional {hat.professional_id} as {hat.profession.value}"


@pytest.mark.parametrize(
    ("column", "flaw"),
    [
        ("signature", "signature"),
        ("wrap_key_id", "not_in_log"),
        ("sign_public", "not_in_log"),
        ("previous", "out_of_chain"),
    ],
)
def test_a_statement(world: World, column: str, flaw: str) -> None:
    """Source: R48."""
    index, named = statement(world, "u08")
    flip(world, "key_statements", column, "log_index = :index", index=index)

    assert found(world) == [f"statement {index}: {flaw}", f"{named}: not published"]


def test_a_statement_that_is_gone(world: World) -> None:
    """Source: R48."""
    index, named = statement(world, "u08")
    assert tamper(world, "DELETE FROM key_statements WHERE log_index = :index", index=index) == 1

    assert found(world) == [f"entry {index}: no statement", f"{named}: not published"]


@pytest.mark.parametrize("by", ["u04", "u08"])
def test_a_statement_of_somebody_who_may_not_sign_it(world: World, by: str) -> None:
    """Source: R48."""
    key = following(service_key(world, "O5/ASH"), attacker().public)
    put_epoch(world, key)
    with world.store.begin() as work:
        _publishing.publish_service(work, key, signer(world, by), now=TUESDAY)

    index = entry_of(world, audit.Event.KEY_PUBLISHED)
    named = f"key of service {key.service_id} epoch 2"
    assert found(world) == [f"statement {index}: not_entitled", f"{named}: not published"]


@pytest.mark.parametrize(("column", "size"), [("wrap_public", 1216), ("sign_public", 32)])
def test_the_key_of_a_professional(world: World, column: str, size: int) -> None:
    """Source: R48."""
    _, named = statement(world, "u08")
    new = crypto.public_key(crypto.WrapSeed.new()) if size > 32 else bytes(32)
    change(world, "professionals", column, new, "login = 'u08'")

    assert found(world) == [f"{named}: not published"]


def test_the_key_of_a_service(world: World) -> None:
    """Also that of a former epoch. Source: R48."""
    service_id = service_key(world, "O1/PSY").service_id
    renew(world, "O1/PSY", by="u01")
    assert found(world) == []
    where = "service_id = :id AND epoch = 1"
    flip(world, "service_keys", "public", where, id=service_id)

    assert found(world) == [f"key of service {service_id} epoch 1: not published"]


def test_a_key_epoch_that_was_added(world: World) -> None:
    """Source: R48."""
    key = following(service_key(world, "O1/PSY"), attacker().public)
    put_epoch(world, key)

    assert found(world) == [f"key of service {key.service_id} epoch 2: not published"]


def test_a_professional_who_was_added(world: World) -> None:
    """Source: R48."""
    intruder = world.cast["u01"].request
    add_member(world, attacker(), intruder)

    assert found(world) == [f"key of professional {intruder} as MED: not published"]


def sign_as_before(world: World, dossier_id: DossierId, login: str) -> None:
    """Append an approval, and its entry, as somebody with their key and the database can."""
    caller = world.cast[login]
    with world.store.begin() as work:
        last = work.statements.acts(dossier_id)[-1]
        one = last._replace(
            seq=last.seq + 1,
            previous=_approvals.digest_of(last),
            signer=caller.id,
            by_organisation=caller.hat.organisation_id,
            by_profession=caller.hat.profession.value,
        )
        digest = _approvals.digest_of(one)
        signature = crypto.sign(caller.keyring.signing, crypto.Kind.APPROVAL, digest)
        work.statements.add_act(one._replace(signature=signature))
        event = audit.Event(one.event)
        _records.note(work, caller, event, dossier_id, None, now=NEXT_TUESDAY, digest=digest)


def test_who_was_struck_out_binds_nobody(world: World, reference: str) -> None:
    """Source: R17, R18."""
    with world.store.begin() as work:
        hat, registrar = world.hat("u02"), signer(world, "u01")
        _publishing.strike_member(work, hat, registrar, now=NEXT_TUESDAY)

    with pytest.raises(TamperedError):
        participants.invite_service(
            world.store, world.cast["u02"], reference, world.service("O3/SVH"), now=NEXT_TUESDAY
        )


def test_an_act_signed_after_its_signer_was_struck_out(world: World, dossier_id: DossierId) -> None:
    """Somebody who has left keeps their key; what it signs counts no more. Source: R17, R10."""
    hat = world.hat("u02")
    with world.store.begin() as work:
        _publishing.strike_member(work, hat, signer(world, "u01"), now=NEXT_TUESDAY)
    sign_as_before(world, dossier_id, "u02")

    named = f"key of professional {hat.professional_id} as PSY"
    assert found(world) == [
        f"{named}: not published",
        f"dossier {dossier_id} approval {APPROVALS + 1}: signature",
    ]


@ON_SQLITE
def test_the_command_names_what_is_wrong_and_fails(world: World, dossier_id: DossierId) -> None:
    """Source: R48."""
    flip(world, "consent_events", "signature", "seq = 3")

    result = CliRunner().invoke(main, ["log", "verify", "--database", world.url])

    assert result.exit_code == 1
    assert result.stderr == f"dossier {dossier_id} act 3: signature\n"


@ON_SQLITE
def test_the_command_is_quick(world: World, dossier_id: DossierId) -> None:
    """A few seconds for an installation such as the demonstration. Source: R48."""
    del dossier_id
    began = time.monotonic()

    result = CliRunner().invoke(main, ["log", "verify", "--database", world.url])

    assert result.exit_code == 0
    assert time.monotonic() - began < 5
