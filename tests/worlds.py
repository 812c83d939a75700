"""A world for a test: an installation with the shared cast in it, and builders to act in it.

It is set up once for each worker and each database, and every test gets a copy: a copied
SQLite file, or a PostgreSQL database made from a template.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

from vepshare import audit, consent, crypto, demo
from vepshare.consent import Form, Proof, Purpose, Recipient, Refused, Target, Terms
from vepshare.dossier import CODES, KINDS, Compartment, Origin, Reason, clean
from vepshare.ids import OrganisationId
from vepshare.people import Hat, Organisation, Profession
from vepshare.plain import Plain
from vepshare.services import (
    Caller,
    Draft,
    EntryView,
    dossiers,
    opening,
    participants,
    platform,
)
from vepshare.storage import LogFilter, Store

ORIGIN = "test.example/log"
ARGON2_FLOOR = crypto.Argon2Parameters(memory_kib=19456, time=2, lanes=1)


def at(text: str) -> datetime:
    """Return a local time in Brussels, `2027-03-02 14:35`, as aware UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=consent.BRUSSELS).astimezone(UTC)


def end_of(text: str) -> datetime:
    """Return the last instant of a day in Brussels, `2027-09-01`, as aware UTC."""
    return consent.end_of(date.fromisoformat(text))


SET_UP = at("2027-02-01 09:00")
TUESDAY = at("2027-03-02 14:35")
WEDNESDAY = at("2027-03-03 10:00")
THURSDAY = at("2027-03-04 18:20")
FRIDAY = at("2027-03-05 09:15")
NEXT_TUESDAY = at("2027-03-09 10:00")
LAST_DAY = "2027-06-02"
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """An installation as one test sees it, and who may act in it.

    `pepper_path` and `log_key_path` hold what `custody` was loaded from.
    """

    url: str
    store: Store
    custody: platform.Custody
    pepper_path: Path
    log_key_path: Path
    cast: Mapping[str, Caller]
    organisations: Mapping[str, Organisation]

    def hat(self, login: str) -> Hat:
        """Return the only hat of one of the cast."""
        return self.cast[login].hat

    def organisation_id(self, code: str) -> OrganisationId:
        return self.organisations[code].id

    def service(self, code: str) -> tuple[OrganisationId, Profession]:
        """Return a service, `O1/SVA`."""
        where, function = code.split("/")
        return self.organisation_id(where), Profession(function)

    def target(self, code: str) -> Target:
        """Return what a withdrawal closes: `O7`, or one function of it, `O7/MED`."""
        where, _, function = code.partition("/")
        return Target(
            organisation_id=self.organisation_id(where),
            profession=Profession(function) if function else None,
        )


# Building it, and copying it.


def build(url: str, directory: Path) -> World:
    """Return a new installation at *url*, with the cast in it and its secrets in *directory*."""
    pepper_path, log_key_path = directory / "pepper", directory / "log-key"
    crypto.create_pepper_file(pepper_path)
    custody = platform.Custody(
        pepper=crypto.FilePepper(pepper_path).current(),
        log_key=audit.create_log_key_file(log_key_path),
    )
    store = Store(url)
    platform.set_up(store, custody, origin=ORIGIN, now=SET_UP)
    cast = demo.add_cast(store, custody.pepper, parameters=ARGON2_FLOOR, now=SET_UP)
    return World(
        url=url,
        store=store,
        custody=custody,
        pepper_path=pepper_path,
        log_key_path=log_key_path,
        cast=cast.callers,
        organisations=cast.organisations,
    )


class SqliteTemplate:
    """A world in a file, copied for each test."""

    def __init__(self, directory: Path) -> None:
        self._file = directory / "template.db"
        self._world = build(f"sqlite:///{self._file}", directory)
        # Closing the last connection moves everything from the write-ahead log into the file.
        self._world.store.dispose()

    @contextmanager
    def copy(self, directory: Path) -> Iterator[World]:
        """Yield a copy of the world in *directory*."""
        file = directory / "vepshare.db"
        shutil.copyfile(self._file, file)
        with _at(self._world, f"sqlite:///{file}") as world:
            yield world


class PostgresTemplate:
    """A world in a database of its own, from which PostgreSQL makes one for each test."""

    def __init__(self, admin: URL, worker: str, directory: Path) -> None:
        self._admin = admin
        self._name = f"vepshare_{worker}_{os.getpid()}"
        self._numbers = count(1)
        self._create(self._name)
        self._world = build(_text(admin.set(database=self._name)), directory)
        # A template with a connection left in it cannot be copied.
        self._world.store.dispose()

    @contextmanager
    def copy(self, _directory: Path) -> Iterator[World]:
        """Yield a copy of the world; its database is dropped afterwards."""
        name = f"{self._name}_{next(self._numbers)}"
        self._create(name, template=self._name)
        try:
            with _at(self._world, _text(self._admin.set(database=name))) as world:
                yield world
        finally:
            self._drop(name)

    def drop(self) -> None:
        """Drop the template itself."""
        self._drop(self._name)

    def _create(self, name: str, *, template: str = "template1") -> None:
        command = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._run(command.format(sql.Identifier(name), sql.Identifier(template)))

    def _drop(self, name: str) -> None:
        command = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        self._run(command.format(sql.Identifier(name)))

    def _run(self, command: sql.Composed) -> None:
        address = _text(self._admin.set(drivername="postgresql"))
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(command)


def postgres_address() -> URL | None:
    """Return where to make databases, from VEPSHARE_TEST_POSTGRES, or None."""
    address = os.environ.get("VEPSHARE_TEST_POSTGRES")
    return make_url(address) if address else None


def _at(world: World, url: str) -> AbstractContextManager[World]:
    return _opened(replace(world, url=url, store=Store(url)))


@contextmanager
def _opened(world: World) -> Iterator[World]:
    try:
        yield world
    finally:
        world.store.dispose()


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)


# What she says, and what is written.

# The lines of the first scenario (S01, consent v1).
LINES = (
    ("O1/SVA", "ID CT HO CH SF IN RI PL AP JU PM RA MD"),
    ("O1/PSY", "ID CT CH PS IN RI PL RA MD", "PS IN"),
    ("O11/CPAS", "ID CT HO CH SF RI PL RA MD"),
    ("O7/MED", "ID HE IN RI PL RA MD", "HE IN"),
)
Line = tuple[str, str] | tuple[str, str, str] | Recipient

_VALUES: Mapping[str, Mapping[str, object]] = {
    "identity": {"family_name": "Vandermostelle", "first_name": "Coralie"},
    "safe_contact": {"introduce_as": "la bibliothèque", "verified_on": "2027-03-02"},
    "protected_place": {"address": "rue de la Source 12", "commune": "4999 Bellecour"},
    "housing": {"situation": "joint_lease"},
    "health": {"care": "bleu, avant-bras gauche"},
    "pregnancy": {"pregnant": "yes"},
    "incidents": {
        "happened_on": "2027-02-27",
        "forms": ["physical"],
        "description": "bousculée dans l'escalier",
    },
    "risk_assessment": {"tool": "own_markers", "assessed_on": "2027-03-02", "level": "high"},
    "children": {"contact_days": "un week-end sur deux"},
    "social_financial": {"reference_address": "requested"},
    "perpetrator_info": {"designation": "B. L.", "firearm": "unknown"},
    "safety_plan": {"code_word_with": "la voisine", "bag": "chez une amie"},
    "meeting_decisions": {"action": "reprendre contact", "state": "to_do"},
    "psychological_note": {"subject": "sommeil", "text": "dort mal"},
    "referrals_appointments_note": {"subject": "rendez-vous", "text": "mardi à 10 heures"},
}


def compartments(codes: str) -> frozenset[Compartment]:
    """Return the compartments of `ID CT`."""
    return frozenset(CODES[code] for code in codes.split())


def make_line(world: World, service: str, codes: str, ticks: str = "", **more: object) -> Recipient:
    """Return one line of a consent: `make_line(world, "O1/PSY", "ID PS", "PS", person="u02")`."""
    organisation_id, profession = world.service(service)
    person = more.pop("person", None)
    return Recipient(
        organisation_id=organisation_id,
        profession=profession,
        professional_id=None if person is None else world.cast[str(person)].id,
        compartments=compartments(codes),
        own_ticks=compartments(ticks),
        **more,
    )


def make_proof(world: World, **changes: object) -> Proof:
    """Return a proof that stands: on paper, explained by u01, the reporting warning read out."""
    known = consent.statement(consent.CURRENT, "fr")
    said = {
        "form": Form.WRITTEN_PAPER,
        "statement_edition": known.edition,
        "statement_language": known.language,
        "statement_hash": known.digest,
        "explained_by": world.cast["u01"].id,
        "seen_alone": True,
        "reporting_warning_read": True,
        "understood": True,
    }
    return Proof(**(said | changes))


def make_terms(world: World, *lines: Line, **changes: object) -> Terms:
    """Return terms for *lines*, those of the first scenario when there are none.

    Among *changes*, `proof` may be a mapping of changes to the usual proof, and `refused` a
    sequence of `O8/SAPV`, `O8/` or `/POL`.
    """
    proof = changes.pop("proof", {})
    refused = changes.pop("refused", ())
    said = {
        "recipients": tuple(
            one if isinstance(one, Recipient) else make_line(world, *one) for one in lines or LINES
        ),
        "refused": tuple(_refused(world, one) for one in refused),
        "purposes": frozenset({Purpose.COORDINATION}),
        "starts": TUESDAY,
        "ends": end_of(LAST_DAY),
        "proof": proof if isinstance(proof, Proof) else make_proof(world, **proof),
    }
    return Terms(**(said | changes))


def _refused(world: World, service: str) -> Refused:
    where, function = service.split("/")
    return Refused(
        organisation_id=world.organisation_id(where) if where else None,
        profession=Profession(function) if function else None,
    )


def make_draft(kind: str, **values: object) -> Draft:
    """Return an entry of *kind* to write; without *values*, one that stands as it is."""
    known = KINDS[kind]
    return Draft(
        kind=known,
        values=Plain(clean(known, values or _VALUES[kind])),
        origin=Origin.TOLD_BY_THE_PERSON,
        occurred_on=None,
    )


def open_dossier(
    world: World,
    *lines: Line,
    by: str = "u01",
    entries: tuple[Draft, ...] = (),
    participants: str = "u02 u11 u16",
    now: datetime = TUESDAY,
    **changes: object,
) -> str:
    """Open a dossier on her consent, invite *participants*, and return its reference."""
    terms = make_terms(world, *lines, **({"starts": now} | changes))
    caller = world.cast[by]
    reference = opening.open_dossier(
        world.store, caller, terms, entries, pseudonym="Hirondelle", now=now
    )
    invite(world, reference, participants, by=by, now=now)
    return reference


def invite(
    world: World, reference: str, logins: str, *, by: str = "u01", now: datetime = TUESDAY
) -> None:
    """Invite some of the cast, `u02 u11`, into a dossier."""
    for login in logins.split():
        hat = world.hat(login)
        participants.invite(world.store, world.cast[by], reference, hat, Reason.FOLLOW_UP, now=now)


# Looking at it.


def read(
    world: World, login: str, reference: str, *, now: datetime = TUESDAY
) -> dossiers.DossierView:
    """Return the dossier as one of the cast reads it."""
    return dossiers.read_dossier(
        world.store, world.cast[login], reference, purpose=Purpose.COORDINATION, now=now
    )


def levels(view: dossiers.DossierView) -> str:
    """Return the open cells of a reading, in the order of the matrix: `ID:W CT:W PS:w`."""
    codes = {compartment: code for code, compartment in CODES.items()}
    return " ".join(f"{codes[c]}:{one.level.value}" for c, one in view.compartments.items())


def entries(view: dossiers.DossierView, code: str) -> tuple[EntryView, ...]:
    """Return the entries of one compartment, none when it is absent."""
    one = view.compartments.get(CODES[code])
    return () if one is None else one.entries


def log_entries(store: Store, event: audit.Event | None = None) -> tuple[audit.Entry, ...]:
    """Return the entries of the log, oldest first; of one event only when it is named."""
    wanted = LogFilter(event=None if event is None else event.value)
    with store.peek() as work:
        return tuple(reversed(work.log.find(wanted, before=None, most=100_000)))


def last_entry(store: Store) -> audit.Entry:
    """Return the latest entry of the log."""
    return log_entries(store)[-1]
