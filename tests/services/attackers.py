"""Somebody who holds the database and writes to it, with keys of their own."""

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.types import LargeBinary, Uuid

from tests.worlds import World
from vepshare import crypto
from vepshare.ids import ServiceId
from vepshare.services import Keyring
from vepshare.services._caller import HeldSeed
from vepshare.storage import ServiceKey

APPEND_ONLY = ("consent_events", "key_statements", "signed_acts", "log_entries")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attacker:
    """A key pair that nobody published, and one to sign with."""

    seed: crypto.WrapSeed
    signing: crypto.SigningSeed

    @property
    def public(self) -> bytes:
        return crypto.public_key(self.seed)

    @property
    def key_id(self) -> bytes:
        return crypto.key_id(self.public)

    def joined(self, world: World) -> World:
        """Return the world with the keys of the attacker as those of `attacker`, for raw keys."""
        keyring = Keyring(
            signing=self.signing, seeds=(HeldSeed(key_id=self.key_id, seed=self.seed),)
        )
        cast = dict(world.cast) | {"attacker": replace(world.cast["u01"], keyring=keyring)}
        return replace(world, cast=cast)


def attacker() -> Attacker:
    return Attacker(seed=crypto.WrapSeed.new(), signing=crypto.SigningSeed.new())


def tamper(world: World, statement: str, **values: object) -> int:
    """Run one statement as the owner of the database, past the triggers; return rows touched."""
    with world.store.engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        for table in APPEND_ONLY:
            for name in ("no_update", "no_delete", "next"):
                on = "" if sqlite else f" ON {table}"
                connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_{name}{on}"))
        typed = [bindparam(name, value, type_=_type(value)) for name, value in values.items()]
        touched = connection.execute(text(statement).bindparams(*typed)).rowcount
        connection.commit()
    return touched


def look(world: World, query: str, **values: object) -> list[tuple[object, ...]]:
    """Return the rows of a query, as somebody at the console of the database sees them."""
    with world.store.engine.connect() as connection:
        typed = [bindparam(name, value, type_=_type(value)) for name, value in values.items()]
        return [tuple(row) for row in connection.execute(text(query).bindparams(*typed))]


def _type(value: object) -> object:
    if isinstance(value, bytes):
        return LargeBinary()
    return Uuid() if isinstance(value, UUID) else None


def service_key(world: World, code: str) -> ServiceKey:
    """Return the key of a service, `O7/MED`, as the database has it."""
    with world.store.peek() as work:
        return work.people.service_keys()[world.service(code)]


def following(key: ServiceKey, public: bytes) -> ServiceKey:
    return replace(key, epoch=key.epoch + 1, key_id=crypto.key_id(public), public=public)


def put_epoch(world: World, key: ServiceKey) -> None:
    """Add a key to a service and make it the present one."""
    tamper(
        world,
        "INSERT INTO service_keys (service_id, epoch, key_id, public)"
        " VALUES (:service, :epoch, :key_id, :public)",
        service=key.service_id,
        epoch=key.epoch,
        key_id=key.key_id,
        public=key.public,
    )
    # Nothing is wrapped to a key that nobody holds: they pretend that somebody does.
    tamper(
        world,
        "INSERT INTO member_wraps (service_id, epoch, professional_id, wrap)"
        " VALUES (:service, :epoch, :professional, :wrap)",
        service=key.service_id,
        epoch=key.epoch,
        professional=world.cast["u22"].id,
        wrap=b"anything",
    )
    set_epoch(world, key.service_id, key.epoch)


def set_epoch(world: World, service_id: ServiceId, epoch: int) -> None:
    tamper(
        world,
        "UPDATE services SET epoch = :epoch WHERE id = :service",
        epoch=epoch,
        service=service_id,
    )
