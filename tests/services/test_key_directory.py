"""A database writer puts keys, members and statements of their own: they are handed nothing.

Measured with raw keys after the next epoch has begun and something has been written under it.
"""

from dataclasses import replace

import pytest

from tests.worlds import (
    FRIDAY,
    LINES,
    NEXT_TUESDAY,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    World,
    entries,
    last_entry,
    log_entries,
    make_draft,
    make_line,
    make_terms,
    open_dossier,
    read,
)
from vepshare import audit, consent, crypto
from vepshare.consent import Given
from vepshare.errors import TamperedError
from vepshare.ids import ConsentId, DossierId, ProfessionalId, new_id
from vepshare.people import Hat, Profession
from vepshare.services import _facts, _publishing, consents, exclusions
from vepshare.services import entries as writing
from vepshare.storage import StatementKind

from .attackers import (
    Attacker,
    attacker,
    following,
    put_epoch,
    service_key,
    set_epoch,
    tamper,
)
from .raw_keys import opens, wrapped_to
from .signing_in import sign_in

PSY = "O1/PSY"


@pytest.fixture
def evil() -> Attacker:
    return attacker()


@pytest.fixture
def reference(world: World) -> str:
    return open_dossier(world, entries=(make_draft("identity"),))


def move_on(world: World, reference: str) -> None:
    """She takes back her word for one service; the others are written to under the next epoch."""
    consents.withdraw(
        world.store, world.cast["u01"], reference, None, targets=[world.target("O11")], now=THURSDAY
    )
    for kind in ("safe_contact", "risk_assessment", "incidents"):
        writing.write_entry(
            world.store, world.cast["u01"], reference, make_draft(kind), now=THURSDAY
        )


def alarms(world: World) -> set[object]:
    """Return about whom the log was alarmed."""
    found = log_entries(world.store, audit.Event.VALUE_TAMPERED)
    return {one.subject for one in found if one.reason == "key"}


def assert_gained_nothing(world: World, reference: str, evil: Attacker, subject: object) -> None:
    assert opens(evil.joined(world), "attacker", reference) == ""
    assert wrapped_to(evil.joined(world), "attacker", reference) == ""
    assert subject in alarms(world)
    # Those whose keys are as published are not held up.
    assert len(entries(read(world, "u01", reference, now=FRIDAY), "CT")) == 1
    assert len(entries(read(world, "u11", reference, now=FRIDAY), "RI")) == 1


def replace_service_key(world: World, evil: Attacker, code: str = PSY) -> object:
    key = service_key(world, code)
    assert tamper(
        world,
        "UPDATE service_keys SET public = :public, key_id = :key_id WHERE service_id = :service",
        public=evil.public,
        key_id=evil.key_id,
        service=key.service_id,
    )
    return key.service_id


def test_the_key_of_a_service_is_replaced(world: World, reference: str, evil: Attacker) -> None:
    """Source: V1, R10."""
    subject = replace_service_key(world, evil)

    move_on(world, reference)

    assert_gained_nothing(world, reference, evil, subject)


def test_only_the_public_key_is_replaced_under_its_old_id(
    world: World, reference: str, evil: Attacker
) -> None:
    """Source: V1, R10."""
    key = service_key(world, PSY)
    tamper(
        world,
        "UPDATE service_keys SET public = :public WHERE service_id = :service",
        public=evil.public,
        service=key.service_id,
    )

    move_on(world, reference)

    assert opens(evil.joined(world), "attacker", reference) == ""
    assert key.service_id in alarms(world)


def test_whose_key_was_replaced_keeps_what_they_hold_and_gets_the_rest_later(
    world: World, reference: str, evil: Attacker
) -> None:
    """Source: V1."""
    key = service_key(world, PSY)
    replace_service_key(world, evil)
    move_on(world, reference)

    assert len(entries(read(world, "u02", reference, now=FRIDAY), "ID")) == 1
    assert "CT" not in opens(world, "u02", reference)

    tamper(
        world,
        "UPDATE service_keys SET public = :public, key_id = :key_id WHERE service_id = :service",
        public=key.public,
        key_id=key.key_id,
        service=key.service_id,
    )
    read(world, "u01", reference, now=FRIDAY)
    assert len(entries(read(world, "u02", reference, now=FRIDAY), "CT")) == 1


def test_the_key_of_a_professional_is_replaced(world: World, evil: Attacker) -> None:
    """Source: V1, R10."""
    named = make_line(world, PSY, "ID CT RI", person="u02")
    reference = open_dossier(
        world, LINES[0], LINES[2], LINES[3], named, entries=(make_draft("identity"),)
    )
    subject = world.cast["u02"].id
    assert tamper(
        world,
        "UPDATE professionals SET wrap_public = :public, wrap_key_id = :key_id WHERE id = :id",
        public=evil.public,
        key_id=evil.key_id,
        id=subject,
    )

    move_on(world, reference)

    assert_gained_nothing(world, reference, evil, subject)


def test_a_key_epoch_is_added_to_a_service(world: World, reference: str, evil: Attacker) -> None:
    """Source: V1, R10."""
    key = following(service_key(world, PSY), evil.public)
    put_epoch(world, key)

    move_on(world, reference)

    assert_gained_nothing(world, reference, evil, key.service_id)


def test_a_wrap_is_added_for_nobody_s_key(world: World, reference: str, evil: Attacker) -> None:
    """Source: V1, V3."""
    with world.store.peek() as work:
        dossier_id = work.dossiers.id_of(reference)
    tamper(
        world,
        'INSERT INTO wraps (dossier_id, compartment, epoch, part, recipient_key, "grant", wrap)'
        ' SELECT dossier_id, compartment, epoch, part, :key_id, "grant", :wrap FROM wraps'
        " WHERE dossier_id = :dossier AND recipient_key = :psy",
        key_id=evil.key_id,
        wrap=b"\1" + bytes(1168),
        dossier=dossier_id,
        psy=service_key(world, PSY).key_id,
    )
    assert wrapped_to_rows(world, evil) > 0

    move_on(world, reference)

    assert wrapped_to_rows(world, evil) == 0
    assert len(entries(read(world, "u02", reference, now=FRIDAY), "CT")) == 1


def wrapped_to_rows(world: World, evil: Attacker) -> int:
    return tamper(world, "UPDATE wraps SET epoch = epoch WHERE recipient_key = :id", id=evil.key_id)


def test_a_member_is_added_to_a_service(world: World, reference: str, evil: Attacker) -> None:
    """Neither a colleague who signs in nor a key of their own name reaches them. Source: V1, V7."""
    intruder = ProfessionalId(new_id())
    add_member(world, evil, intruder)

    sign_in(world, "u11", now=WEDNESDAY)
    exclusions.exclude(
        world.store,
        world.cast["u01"],
        reference,
        professional_id=world.cast["u11"].id,
        now=WEDNESDAY,
    )
    move_on(world, reference)

    assert member_wraps(world, intruder) == 1
    assert opens(evil.joined(world), "attacker", reference) == ""
    assert wrapped_to(evil.joined(world), "attacker", reference) == ""
    assert intruder in alarms(world)


def add_member(world: World, evil: Attacker, intruder: ProfessionalId) -> None:
    key = service_key(world, "O7/MED")
    tamper(
        world,
        "INSERT INTO professionals (id, login, name, locale, active, undertaking_until,"
        " wrap_public, wrap_key_id, sign_public) SELECT :id, 'intruder', name, locale, active,"
        " undertaking_until, :public, :key_id, :sign FROM professionals WHERE login = 'u11'",
        id=intruder,
        public=evil.public,
        key_id=evil.key_id,
        sign=crypto.signing_public_key(evil.signing),
    )
    # As ready to be handed keys as anybody.
    tamper(
        world,
        "INSERT INTO unlock_methods (id, professional_id, kind, salt, parameters, pepper_id, wrap,"
        " made_at, used_at) SELECT :method, :id, kind, salt, parameters, pepper_id, wrap, made_at,"
        " used_at FROM unlock_methods WHERE professional_id = :model",
        method=new_id(),
        id=intruder,
        model=world.cast["u11"].id,
    )
    tamper(
        world,
        "INSERT INTO functions (professional_id, organisation_id, profession, held)"
        " VALUES (:id, :organisation, 'MED', true)",
        id=intruder,
        organisation=world.organisation_id("O7"),
    )
    tamper(
        world,
        "INSERT INTO member_wraps (service_id, epoch, professional_id, wrap)"
        " VALUES (:service, 7, :id, :wrap)",
        service=key.service_id,
        id=intruder,
        wrap=bytes(1169),
    )


def member_wraps(world: World, member: ProfessionalId) -> int:
    statement = "UPDATE member_wraps SET epoch = epoch WHERE professional_id = :id"
    return tamper(world, statement, id=member)


def test_a_consent_is_forged_under_a_replaced_signing_key(
    world: World, reference: str, evil: Attacker
) -> None:
    """What the directory published verifies, not what stands in the database. Source: R10, V3."""
    tamper(
        world,
        "UPDATE professionals SET sign_public = :public WHERE login = 'u01'",
        public=crypto.signing_public_key(evil.signing),
    )
    # Her words are still read with the key that was published.
    assert len(entries(read(world, "u02", reference, now=WEDNESDAY), "ID")) == 1

    forge_consent(world, reference, evil)

    with pytest.raises(TamperedError):
        read(world, "u02", reference, now=WEDNESDAY)
    assert last_entry(world.store).event is audit.Event.VALUE_TAMPERED


def forge_consent(world: World, reference: str, evil: Attacker) -> None:
    """Append an act in the name of u01 that opens everything to the police."""
    terms = make_terms(world, ("O8/SAPV", "ID CT IN RA"), starts=WEDNESDAY)
    with world.store.begin() as work:
        loaded = _facts.to_change(work, reference)
        assert loaded is not None
        last = loaded.events[-1]
        event = consent.compose(
            dossier_id=loaded.dossier.id,
            seq=last.seq + 1,
            at=WEDNESDAY,
            by=world.hat("u01"),
            act=Given(consent_id=ConsentId(new_id()), version=2, terms=terms),
            previous=last.digest,
        )
        signed = consent.Signed(
            dossier_id=DossierId(event.dossier_id),
            seq=event.seq,
            previous=event.previous,
            payload=event.payload,
            digest=event.digest,
            signer=world.cast["u01"].id,
            signature=crypto.sign(evil.signing, crypto.Kind.CONSENT, event.digest),
        )
        work.consents.add(signed)


def signer(world: World, login: str) -> _publishing.Signer:
    caller = world.cast[login]
    return _publishing.Signer(professional_id=caller.id, seed=caller.keyring.signing)


def renew(world: World, code: str, by: str) -> None:
    """Give a service its next key, as its registrar would."""
    key = following(service_key(world, code), crypto.public_key(crypto.WrapSeed.new()))
    put_epoch(world, key)
    with world.store.begin() as work:
        _publishing.publish_service(work, key, signer(world, by), now=TUESDAY)


@pytest.mark.parametrize("how", ["removed", "again"])
def test_an_older_statement_is_replayed_for_somebody_who_has_left(world: World, how: str) -> None:
    """The older key is held by who has left the service. Source: V1, R10."""
    reference = open_dossier(world)
    before = service_key(world, PSY)
    renew(world, PSY, by="u01")
    set_epoch(world, before.service_id, before.epoch)
    if how == "removed":
        statement = "DELETE FROM key_statements WHERE subject = :id AND epoch = 2"
        assert tamper(world, statement, id=before.service_id) == 1
    else:
        again(world, before.service_id)

    consents.withdraw(
        world.store, world.cast["u01"], reference, None, targets=[world.target("O11")], now=THURSDAY
    )
    writing.write_entry(
        world.store, world.cast["u01"], reference, make_draft("safe_contact"), now=THURSDAY
    )

    # u02 holds the seed of the first epoch only: as somebody does who has left.
    assert opens(world, "u02", reference) == ""
    assert before.service_id in alarms(world)
    assert len(entries(read(world, "u01", reference, now=FRIDAY), "CT")) == 1


def again(world: World, subject: object) -> None:
    """Add the first statement on *subject* anew, with an entry of the log of its own."""
    with world.store.begin() as work:
        first = next(one for one in work.statements.about((subject,)) if one.subject == subject)
        said = audit.decode(first.entry)
        record = audit.Record(
            event=said.event,
            outcome=said.outcome,
            actor=said.actor,
            organisation=said.organisation,
            dossier=None,
            request=said.request,
            digest=said.digest,
            subject=said.subject,
        )
        place = work.log.append(record, now=TUESDAY)
        work.statements.add(first._replace(log_index=place.index))


@pytest.mark.parametrize("by", ["u04", "u11", "attacker"])
def test_a_statement_of_somebody_who_may_not_sign_it(
    world: World, reference: str, evil: Attacker, by: str
) -> None:
    """The registrar of another organisation, somebody's colleague, a stranger. Source: V1, R10."""
    key = following(service_key(world, PSY), evil.public)
    put_epoch(world, key)
    with world.store.begin() as work:
        _publishing.publish_service(work, key, signer(evil.joined(world), by), now=TUESDAY)

    move_on(world, reference)

    assert_gained_nothing(world, reference, evil, key.service_id)


def test_a_member_signs_for_the_next_key_of_their_service(world: World) -> None:
    """Whoever makes the seed of the epoch signs for it. Source: DESIGN 5."""
    key = following(service_key(world, PSY), crypto.public_key(crypto.WrapSeed.new()))
    put_epoch(world, key)
    with world.store.begin() as work:
        _publishing.publish_service(work, key, signer(world, "u02"), now=TUESDAY)

    reference = open_dossier(world)

    with world.store.peek() as work:
        assert work.keys.wraps_for(work.dossiers.id_of(reference), (key.key_id,))
    assert alarms(world) == set()


def test_a_member_who_was_struck_out_signs_no_more(world: World, reference: str) -> None:
    """Source: DESIGN 5, R17."""
    key = following(service_key(world, PSY), crypto.public_key(crypto.WrapSeed.new()))
    put_epoch(world, key)
    with world.store.begin() as work:
        _publishing.strike_member(work, world.hat("u02"), signer(world, "u01"), now=TUESDAY)
        _publishing.publish_service(work, key, signer(world, "u02"), now=TUESDAY)

    move_on(world, reference)

    with world.store.peek() as work:
        assert not work.keys.wraps_for(work.dossiers.id_of(reference), (key.key_id,))
    assert key.service_id in alarms(world)


def test_who_was_not_published_signs_no_consent(world: World, evil: Attacker) -> None:
    """Nothing is stored that nobody could verify. Source: R10."""
    with pytest.raises(TamperedError):
        open_dossier(replace(world, cast={"u01": evil.joined(world).cast["attacker"]}))

    with world.store.peek() as work:
        assert not work.dossiers.of(world.hat("u01"))


def test_a_second_founding_founds_nothing(world: World, reference: str, evil: Attacker) -> None:
    """Source: R10."""
    key = following(service_key(world, PSY), evil.public)
    put_epoch(world, key)
    stranger = signer(evil.joined(world), "attacker")
    stranger = replace(stranger, professional_id=world.cast["u22"].id)
    with world.store.begin() as work:
        organisation = world.organisation_id("O1")
        for kind in (StatementKind.FOUNDING, StatementKind.REGISTRAR):
            one = _publishing._registrar(kind, stranger, organisation, stranger)
            _publishing._append(work, one, stranger, TUESDAY)
        _publishing.publish_service(work, key, stranger, now=TUESDAY)

    move_on(world, reference)

    assert_gained_nothing(world, reference, evil, key.service_id)


@pytest.mark.parametrize("column", ["body_inbox", "flag_inbox", "body_commitment"])
def test_nothing_is_sealed_to_an_epoch_that_was_changed(
    world: World, reference: str, evil: Attacker, column: str
) -> None:
    """A `w` author wraps to the inbox of the epoch (ADR 0003). Source: V1, V8."""
    value = evil.public if column.endswith("inbox") else bytes(32)
    statement = f"UPDATE epochs SET {column} = :value WHERE compartment = 'referrals_appointments'"
    assert tamper(world, statement, value=value)
    before = stored_entries(world)

    with pytest.raises(TamperedError):
        writing.write_entry(
            world.store,
            world.cast["u11"],
            reference,
            make_draft("referrals_appointments_note"),
            now=NEXT_TUESDAY,
        )

    assert stored_entries(world) == before
    last = last_entry(world.store)
    assert (last.event, last.reason) == (audit.Event.VALUE_TAMPERED, "key")


def stored_entries(world: World) -> int:
    return tamper(world, "UPDATE entries SET version = version")


def test_nothing_is_sealed_to_an_epoch_of_which_the_log_does_not_tell(
    world: World, reference: str, evil: Attacker
) -> None:
    """Somebody begins an epoch of their own, and hands its key round. Source: V1, V8."""
    key = crypto.CompartmentKey.new()
    tamper(
        world,
        "INSERT INTO epochs (dossier_id, compartment, epoch, body_commitment, flag_commitment,"
        " body_inbox, flag_inbox, begun_at) SELECT dossier_id, compartment, 2, :body,"
        " flag_commitment,"
        " :inbox, :inbox, begun_at FROM epochs WHERE compartment = 'referrals_appointments'",
        body=crypto.commitment(key),
        inbox=evil.public,
    )
    before = stored_entries(world)

    with pytest.raises(TamperedError):
        writing.write_entry(
            world.store,
            world.cast["u11"],
            reference,
            make_draft("referrals_appointments_note"),
            now=NEXT_TUESDAY,
        )

    assert stored_entries(world) == before


def test_a_hat_of_another_organisation_is_not_believed(world: World, evil: Attacker) -> None:
    """A function is given by the registrar of the organisation it is held at. Source: R17."""
    hat = Hat(
        professional_id=world.cast["u04"].id,
        organisation_id=world.organisation_id("O7"),
        profession=Profession.MED,
    )
    with world.store.begin() as work:
        work.people.give_function(hat)
        keys = work.people.public_keys((hat.professional_id,))[hat.professional_id]
        _publishing.publish_member(work, hat, keys, signer(world, "u04"), now=TUESDAY)

    sign_in(world, "u11", now=WEDNESDAY)

    assert member_wraps(world, hat.professional_id) == 1


def test_a_withdrawal_that_is_removed_opens_nothing_again(world: World, reference: str) -> None:
    """The log tells of it: no act, and no key, follows from what is left. Source: R7, R10, V4."""
    consents.withdraw(
        world.store, world.cast["u01"], reference, None, targets=[world.target("O7")], now=WEDNESDAY
    )
    assert tamper(world, "DELETE FROM consent_events WHERE seq = 2") == 1

    with pytest.raises(TamperedError):
        consents.withdraw(
            world.store,
            world.cast["u01"],
            reference,
            None,
            targets=[world.target("O11")],
            now=THURSDAY,
        )

    assert wrapped_to(world, "u11", reference) == ""
    assert last_entry(world.store).event is audit.Event.VALUE_TAMPERED
