"""Opening and locking the root seed: which way somebody has at hand, and one derivation of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from vepshare import crypto
from vepshare.crypto import Method
from vepshare.errors import CustodyUnavailableError
from vepshare.ids import MethodId, ProfessionalId, new_id
from vepshare.plain import Plain
from vepshare.services._notices import Notice, note
from vepshare.storage import UnlockRow


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Passkey:
    """The 32-byte PRF output of a passkey, for the way to unlock it was asked for."""

    method: MethodId
    output: bytes


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Given:
    """What somebody unlocks with: a passphrase, and what they have beside it.

    `devices` are those the browser knows of, perhaps of several people. `alone`: the passphrase
    needs nothing beside it, in a demonstration.
    """

    passphrase: Plain[str] = field(default_factory=lambda: Plain(""))
    devices: tuple[crypto.DeviceToken, ...] = ()
    kit: crypto.KitCode | None = None
    passkey: Passkey | None = None
    alone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Opened:
    """An open root seed, and what is needed to lock it in another way without deriving again.

    `rewrapped` is the same lock under the current pepper, where it was under a former one.
    """

    root: crypto.RootSeed
    method: UnlockRow
    stretched: crypto.Stretched | None
    rewrapped: UnlockRow | None

    @property
    def identity(self) -> crypto.Identity:
        """Return the seeds that follow from the root."""
        return crypto.identity_of(self.root)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class _Way:
    """A stored way to unlock, with what was given for it."""

    row: UnlockRow
    device: crypto.DeviceSecret | None = None
    kit: crypto.KitCode | None = None
    output: bytes = b""


def open_root(
    rows: Iterable[UnlockRow], given: Given, peppers: crypto.Peppers, *, current: str
) -> Opened | None:
    """Return the root seed that *given* opens among *rows*, or None.

    Exactly one derivation is made, also where there is nothing to open: an unknown login takes
    as long as a known one, and as long as somebody has few ways to unlock or many.

    Raises:
        CustodyUnavailableError: a pepper cannot be had just now, which is no wrong passphrase.
        TamperedError: unlock; a row is not one that was written here.

    """
    way = _chosen(tuple(rows), given)
    if way is None:
        _open_nothing(given, peppers, current)
        return None
    stretched = None if way.output else _stretched(way.row, given.passphrase)
    secret = _secret(way, stretched, peppers)
    row = way.row
    try:
        root = crypto.unlock_root(row.wrap, secret, professional=row.professional_id, method=row.id)
    except crypto.WrongSecretError:
        return None
    rewrapped = None
    if row.pepper_id and current in peppers and current != row.pepper_id:
        rewrapped = _rewrapped(way, root, stretched, peppers.named(current))
    return Opened(root=root, method=row, stretched=stretched, rewrapped=rewrapped)


def _chosen(rows: tuple[UnlockRow, ...], given: Given) -> _Way | None:
    """Return the one way that *given* is for: a passkey, a kit, a device, or nothing beside."""
    if given.passkey is not None:
        row = _one(rows, Method.PASSKEY, given.passkey.method)
        return None if row is None else _Way(row=row, output=given.passkey.output)
    if given.kit is not None:
        row = _one(rows, Method.KIT)
        return None if row is None else _Way(row=row, kit=given.kit)
    for token in given.devices:
        row = _one(rows, Method.DEVICE, token.method)
        if row is not None:
            return _Way(row=row, device=token.secret)
    row = _one(rows, Method.PASSPHRASE) if given.alone else None
    return None if row is None else _Way(row=row)


def _one(
    rows: tuple[UnlockRow, ...], kind: Method, method: MethodId | None = None
) -> UnlockRow | None:
    fitting = (one for one in rows if one.kind == kind.value and method in {None, one.id})
    return next(fitting, None)


def _stretched(row: UnlockRow, passphrase: Plain[str]) -> crypto.Stretched:
    parameters = crypto.Argon2Parameters.decode(row.parameters)
    return crypto.stretch(passphrase, salt=row.salt, parameters=parameters)


def _secret(
    way: _Way, stretched: crypto.Stretched | None, peppers: crypto.Peppers
) -> crypto.UnlockSecret:
    if stretched is None:
        return crypto.prf_secret(way.output)
    if way.kit is not None:
        return crypto.kit_secret(stretched, way.kit)
    return crypto.peppered(stretched, pepper=peppers.named(way.row.pepper_id), device=way.device)


def _open_nothing(given: Given, peppers: crypto.Peppers, current: str) -> None:
    if given.passkey is not None:
        return
    parameters, salt = crypto.Argon2Parameters.DEFAULT, crypto.new_salt()
    stretched = crypto.stretch(given.passphrase, salt=salt, parameters=parameters)
    if given.kit is None:
        crypto.peppered(stretched, pepper=peppers.or_first(current), device=None)


def _rewrapped(
    way: _Way,
    root: crypto.RootSeed,
    stretched: crypto.Stretched | None,
    pepper: crypto.Pepper,
) -> UnlockRow | None:
    """Return the same lock under the current pepper, or None while that one cannot be had."""
    if stretched is None:
        return None
    try:
        secret = crypto.peppered(stretched, pepper=pepper, device=way.device)
    except CustodyUnavailableError as error:
        # They can sign in without it; the next time will do.
        note(Notice.CUSTODY_UNAVAILABLE, problem=error.problem)
        return None
    return replace(way.row, pepper_id=pepper.id, wrap=_lock(root, secret, way.row))


def _lock(root: crypto.RootSeed, secret: crypto.UnlockSecret, row: UnlockRow) -> bytes:
    return crypto.lock_root(root, secret, professional=row.professional_id, method=row.id)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Base:
    """A root seed and a stretched passphrase, with the salt and the parameters of the latter."""

    professional_id: ProfessionalId
    root: crypto.RootSeed
    stretched: crypto.Stretched
    salt: bytes
    parameters: str

    @classmethod
    def of(cls, opened: Opened) -> "Base | None":
        """Return what an open root seed was opened with, None if it was not by a passphrase."""
        if opened.stretched is None:
            return None
        return cls(
            professional_id=opened.method.professional_id,
            root=opened.root,
            stretched=opened.stretched,
            salt=opened.method.salt,
            parameters=opened.method.parameters,
        )

    @classmethod
    def new(
        cls,
        professional_id: ProfessionalId,
        root: crypto.RootSeed,
        passphrase: Plain[str],
        parameters: crypto.Argon2Parameters,
    ) -> "Base":
        """Return a root seed with a passphrase that is new, stretched with a fresh salt."""
        salt = crypto.new_salt()
        return cls(
            professional_id=professional_id,
            root=root,
            stretched=crypto.stretch(passphrase, salt=salt, parameters=parameters),
            salt=salt,
            parameters=parameters.encode(),
        )

    def passphrase(self, pepper: crypto.Pepper, *, now: datetime) -> UnlockRow:
        """Return the root locked under the passphrase alone: demonstrations only.

        Raises:
            CustodyUnavailableError: the pepper cannot be had just now.

        """
        secret = crypto.peppered(self.stretched, pepper=pepper, device=None)
        return self._row(Method.PASSPHRASE, secret, now, pepper_id=pepper.id)

    def device(
        self, pepper: crypto.Pepper, *, now: datetime
    ) -> tuple[UnlockRow, crypto.DeviceToken]:
        """Return the root locked for a device that is enrolled now, and what the device keeps.

        Raises:
            CustodyUnavailableError: the pepper cannot be had just now.

        """
        own = crypto.DeviceSecret.new()
        secret = crypto.peppered(self.stretched, pepper=pepper, device=own)
        row = self._row(Method.DEVICE, secret, now, pepper_id=pepper.id)
        return row, crypto.DeviceToken(method=row.id, secret=own)

    def kit(self, *, now: datetime) -> tuple[UnlockRow, crypto.KitCode]:
        """Return the root locked for a printed kit, and the code to print once."""
        code = crypto.KitCode.new()
        return self._row(Method.KIT, crypto.kit_secret(self.stretched, code), now), code

    def _row(
        self, kind: Method, secret: crypto.UnlockSecret, now: datetime, *, pepper_id: str = ""
    ) -> UnlockRow:
        row = UnlockRow(
            id=MethodId(new_id()),
            professional_id=self.professional_id,
            kind=kind.value,
            salt=self.salt,
            parameters=self.parameters,
            pepper_id=pepper_id,
            wrap=b"",
            made_at=now,
            used_at=now,
        )
        return replace(row, wrap=_lock(self.root, secret, row))


def passkey_row(
    professional_id: ProfessionalId, root: crypto.RootSeed, passkey: Passkey, *, now: datetime
) -> UnlockRow:
    """Return the root locked for a passkey, under its PRF output.

    Raises:
        ValueError: the output is of another length than 32 bytes.

    """
    row = UnlockRow(
        id=passkey.method,
        professional_id=professional_id,
        kind=Method.PASSKEY.value,
        salt=b"",
        parameters="",
        pepper_id="",
        wrap=b"",
        made_at=now,
        used_at=now,
    )
    return replace(row, wrap=_lock(root, crypto.prf_secret(passkey.output), row))
