"""Sessions, ways to unlock a root seed, and the throttle of the sign-in."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import (
    Connection,
    and_,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from vepshare.ids import MethodId, OrganisationId, ProfessionalId, new_id
from vepshare.people import Hat, Standing
from vepshare.storage import _tables as t
from vepshare.storage._asking import Asked, Question, Row, ask
from vepshare.storage._errors import LostRaceError
from vepshare.storage._rows import LiveSession, PepperState, SessionRow, UnlockRow

_LIVE = Question(
    select(
        t.sessions,
        t.professionals.c.active.label("account_active"),
        t.professionals.c.undertaking_until,
        t.professionals.c.login,
        t.professionals.c.name,
        t.professionals.c.locale,
        t.organisations.c.active.label("organisation_active"),
        t.organisations.c.code.label("organisation_code"),
        t.organisations.c.name.label("organisation_name"),
        t.functions.c.held,
        t.services.c.epoch.label("service_epoch"),
        t.services.c.renewal_due,
    )
    .select_from(
        t.sessions.join(t.professionals, t.professionals.c.id == t.sessions.c.professional_id)
        .join(t.organisations, t.organisations.c.id == t.sessions.c.organisation_id)
        .outerjoin(
            t.functions,
            and_(
                t.functions.c.professional_id == t.sessions.c.professional_id,
                t.functions.c.organisation_id == t.sessions.c.organisation_id,
                t.functions.c.profession == t.sessions.c.profession,
            ),
        )
        .outerjoin(
            t.services,
            and_(
                t.services.c.organisation_id == t.sessions.c.organisation_id,
                t.services.c.profession == t.sessions.c.profession,
            ),
        )
    )
    .where(t.sessions.c.token_hash == bindparam("token_hash"))
)


class Sessions:
    """Who is signed in, and how they may sign in."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add_method(self, one: UnlockRow) -> None:
        """Record a way of opening a root seed.

        Raises:
            LostRaceError: its pepper was retired meanwhile, so that it would never open.

        """
        if one.pepper_id and self._pepper_state(one.pepper_id) == PepperState.RETIRED.value:
            raise LostRaceError
        self._connection.execute(
            insert(t.unlock_methods).values(
                id=one.id,
                professional_id=one.professional_id,
                kind=one.kind,
                salt=one.salt,
                parameters=one.parameters,
                pepper_id=one.pepper_id,
                wrap=one.wrap,
                made_at=one.made_at,
                used_at=one.used_at,
            )
        )

    def methods(self, professional_id: ProfessionalId) -> tuple[UnlockRow, ...]:
        """Return a professional's ways of opening their root seed, the oldest first."""
        c = t.unlock_methods.c
        query = select(t.unlock_methods).where(c.professional_id == professional_id)
        query = query.order_by(c.made_at, c.id)
        return tuple(
            UnlockRow(
                id=MethodId(row.id),
                professional_id=ProfessionalId(row.professional_id),
                kind=row.kind,
                salt=row.salt,
                parameters=row.parameters,
                pepper_id=row.pepper_id,
                wrap=row.wrap,
                made_at=row.made_at,
                used_at=row.used_at,
            )
            for row in self._connection.execute(query)
        )

    def lock_methods(self, professional_id: ProfessionalId) -> None:
        """Let nobody else change a professional's ways until the end."""
        c = t.professionals.c
        self._connection.execute(select(c.id).where(c.id == professional_id).with_for_update())

    def use_method(self, one: UnlockRow, *, now: datetime) -> bool:
        """Note that a way was used; tell whether it is still there, as it was read."""
        c = t.unlock_methods.c
        query = update(t.unlock_methods).where(c.id == one.id, c.wrap == one.wrap)
        return self._connection.execute(query.values(used_at=now)).rowcount == 1

    def drop_methods(self, methods: Iterable[UnlockRow]) -> None:
        """Destroy ways of opening a root seed."""
        ids = [one.id for one in methods]
        if ids:
            self._connection.execute(delete(t.unlock_methods).where(t.unlock_methods.c.id.in_(ids)))

    def rewrap(self, old: UnlockRow, new: UnlockRow) -> None:
        """Lock the same root seed under the current pepper; unless either has changed since."""
        c = t.unlock_methods.c
        if self._pepper_state(new.pepper_id) == PepperState.CURRENT.value:
            query = update(t.unlock_methods).where(c.id == old.id, c.wrap == old.wrap)
            self._connection.execute(query.values(pepper_id=new.pepper_id, wrap=new.wrap))

    def _pepper_state(self, pepper_id: str) -> str | None:
        # Held until the end: a pepper is not retired while a lock is being made under it.
        query = select(t.peppers.c.state).where(t.peppers.c.id == pepper_id)
        return self._connection.execute(query.with_for_update(read=True)).scalar()

    def open(self, one: SessionRow) -> None:
        """Record a session."""
        self._connection.execute(
            insert(t.sessions).values(
                token_hash=one.token_hash,
                professional_id=one.hat.professional_id,
                organisation_id=one.hat.organisation_id,
                profession=one.hat.profession.value,
                half=one.half,
                sealed=one.sealed,
                opened_at=one.opened_at,
                seen_at=one.seen_at,
                expires_at=one.expires_at,
            )
        )

    def get(self, token_hash: bytes) -> LiveSession | None:
        """Return a session with what its account is worth now, or None when there is none."""
        (rows,) = ask(self._connection, Asked(_LIVE, {"token_hash": token_hash}))
        return _live(rows[0]) if rows else None

    def touch(self, token_hash: bytes, *, now: datetime) -> None:
        """Note that a session was used."""
        query = update(t.sessions).where(t.sessions.c.token_hash == token_hash)
        self._connection.execute(query.values(seen_at=now))

    def set_hat(self, token_hash: bytes, hat: Hat) -> None:
        """Let a session go on under another function."""
        query = update(t.sessions).where(t.sessions.c.token_hash == token_hash)
        self._connection.execute(
            query.values(organisation_id=hat.organisation_id, profession=hat.profession.value)
        )

    def reseal(self, token_hash: bytes, sealed: bytes) -> None:
        """Replace what a session holds, sealed."""
        query = update(t.sessions).where(t.sessions.c.token_hash == token_hash)
        self._connection.execute(query.values(sealed=sealed))

    def close_all(self, professional_id: ProfessionalId, *, but: bytes = b"") -> None:
        """End every session of a professional, but the one whose token has that hash."""
        mine = t.sessions.c.professional_id == professional_id
        others = mine & (t.sessions.c.token_hash != but)
        self._connection.execute(delete(t.sessions).where(others))

    def close(self, token_hash: bytes) -> None:
        """End a session: without its row the cookie opens nothing."""
        self._connection.execute(delete(t.sessions).where(t.sessions.c.token_hash == token_hash))

    def close_oldest(self, professional_id: ProfessionalId, *, keep: int) -> None:
        """End all but the *keep* latest sessions of a professional."""
        mine = t.sessions.c.professional_id == professional_id
        query = select(t.sessions.c.token_hash).where(mine).order_by(t.sessions.c.opened_at.desc())
        for row in self._connection.execute(query.offset(keep)).all():
            self.close(row.token_hash)

    def count_attempts(self, account: bytes, *, since: datetime) -> int:
        """Return how many failed attempts an account has had since *since*."""
        c = t.attempts.c
        query = select(func.count()).where(c.account == account, c.at >= since)
        return self._connection.execute(query).scalar_one()

    def note_attempt(self, account: bytes, *, now: datetime, forget_before: datetime) -> None:
        """Count one more failed attempt, and forget those that count no more."""
        self._connection.execute(delete(t.attempts).where(t.attempts.c.at < forget_before))
        self._connection.execute(insert(t.attempts).values(id=new_id(), account=account, at=now))

    def forget_attempts(self, account: bytes) -> None:
        """Forget the failed attempts of an account, after one that succeeded."""
        self._connection.execute(delete(t.attempts).where(t.attempts.c.account == account))


def _live(row: Row) -> LiveSession:
    return LiveSession(
        row=SessionRow(
            token_hash=row.token_hash,
            hat=Hat(
                professional_id=ProfessionalId(row.professional_id),
                organisation_id=OrganisationId(row.organisation_id),
                profession=row.profession,
            ),
            half=row.half,
            sealed=row.sealed,
            opened_at=row.opened_at,
            seen_at=row.seen_at,
            expires_at=row.expires_at,
        ),
        standing=Standing(
            account_active=row.account_active,
            organisation_active=row.organisation_active,
            function_held=bool(row.held),
            undertaking_until=row.undertaking_until,
        ),
        login=row.login,
        name=row.name,
        locale=row.locale,
        organisation_code=row.organisation_code,
        organisation_name=row.organisation_name,
        service_epoch=row.service_epoch or 0,
        renewal_due=bool(row.renewal_due),
    )
