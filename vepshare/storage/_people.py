"""Organisations, professionals, functions, services and their keys."""

from collections.abc import Iterable

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from vepshare.ids import OrganisationId, ProfessionalId, ServiceId
from vepshare.people import (
    Hat,
    Organisation,
    OrganisationKind,
    Profession,
    Professional,
    Service,
    Standing,
)
from vepshare.storage import _tables as t
from vepshare.storage._rows import MemberWrap, PublicKeys, ServiceKey

_READY_KINDS = 2
"""How many kinds of ways to unlock somebody needs before they are handed keys (DESIGN 5)."""


def _held(key: FromClause) -> ColumnElement[bool]:
    """Return whether a member holds the seed of a key; *key* is `service_keys` or an alias."""
    c = t.member_wraps.c
    held = exists().where(c.service_id == key.c.service_id, c.epoch == key.c.epoch)
    return held.label("held")


class People:
    """Who there is on the platform."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add_organisation(self, one: Organisation) -> None:
        """Record an organisation."""
        values = {"id": one.id, "code": one.code, "name": one.name}
        self._connection.execute(
            insert(t.organisations).values(**values, kind=one.kind.value, active=one.active)
        )

    def organisations(self) -> dict[OrganisationId, Organisation]:
        """Return every organisation, by id, in the order of their codes."""
        query = select(t.organisations).order_by(t.organisations.c.code)
        found = (_organisation(row) for row in self._connection.execute(query))
        return {one.id: one for one in found}

    def add_professional(self, one: Professional, keys: PublicKeys) -> None:
        """Record a professional with their public keys."""
        self._connection.execute(
            insert(t.professionals).values(
                id=one.id,
                login=one.login,
                name=one.name,
                locale=one.locale,
                active=one.active,
                undertaking_until=one.undertaking_until,
                wrap_public=keys.wrap_public,
                wrap_key_id=keys.wrap_key_id,
                sign_public=keys.sign_public,
            )
        )

    def professional(self, professional_id: ProfessionalId) -> Professional | None:
        """Return a professional by id, or None."""
        query = select(t.professionals).where(t.professionals.c.id == professional_id)
        row = self._connection.execute(query).first()
        return None if row is None else _professional(row)

    def by_login(self, login: str) -> Professional | None:
        """Return a professional by login, or None."""
        query = select(t.professionals).where(t.professionals.c.login == login)
        row = self._connection.execute(query).first()
        return None if row is None else _professional(row)

    def names(self) -> dict[ProfessionalId, str]:
        """Return the names of all professionals, for display beside ids."""
        rows = self._connection.execute(select(t.professionals.c.id, t.professionals.c.name))
        return {ProfessionalId(row.id): row.name for row in rows}

    def professionals(self) -> tuple[tuple[Professional, tuple[Hat, ...]], ...]:
        """Return every professional with the hats they hold, in the order of their logins."""
        rows = self._connection.execute(select(t.professionals).order_by(t.professionals.c.login))
        hats: dict[ProfessionalId, list[Hat]] = {}
        for row in self._connection.execute(select(t.functions).where(t.functions.c.held)):
            hats.setdefault(ProfessionalId(row.professional_id), []).append(_hat(row))
        return tuple((one := _professional(row), tuple(hats.get(one.id, ()))) for row in rows)

    def give_function(self, hat: Hat) -> None:
        """Record that a professional holds a function at an organisation."""
        self._connection.execute(
            insert(t.functions).values(
                professional_id=hat.professional_id,
                organisation_id=hat.organisation_id,
                profession=hat.profession.value,
                held=True,
            )
        )

    def hats(self, professional_id: ProfessionalId) -> tuple[Hat, ...]:
        """Return the functions a professional holds now."""
        query = select(t.functions).where(
            t.functions.c.professional_id == professional_id, t.functions.c.held
        )
        rows = self._connection.execute(query.order_by(t.functions.c.profession))
        return tuple(_hat(row) for row in rows)

    def standing(self, hat: Hat) -> Standing | None:
        """Return whether that hat is in force, apart from any dossier, or None if there is none."""
        join = t.professionals.join(
            t.functions, t.functions.c.professional_id == t.professionals.c.id
        ).join(t.organisations, t.organisations.c.id == t.functions.c.organisation_id)
        query = (
            select(
                t.professionals.c.active.label("account_active"),
                t.organisations.c.active.label("organisation_active"),
                t.functions.c.held,
                t.professionals.c.undertaking_until,
            )
            .select_from(join)
            .where(_is(hat))
        )
        row = self._connection.execute(query).first()
        if row is None:
            return None
        return Standing(
            account_active=row.account_active,
            organisation_active=row.organisation_active,
            function_held=row.held,
            undertaking_until=row.undertaking_until,
        )

    def public_keys(
        self, professional_ids: Iterable[ProfessionalId]
    ) -> dict[ProfessionalId, PublicKeys]:
        """Return the public keys of some professionals."""
        query = select(t.professionals).where(t.professionals.c.id.in_(tuple(professional_ids)))
        return {
            ProfessionalId(row.id): PublicKeys(
                professional_id=ProfessionalId(row.id),
                wrap_public=row.wrap_public,
                wrap_key_id=row.wrap_key_id,
                sign_public=row.sign_public,
            )
            for row in self._connection.execute(query)
        }

    def ready(self, professional_ids: Iterable[ProfessionalId]) -> frozenset[ProfessionalId]:
        """Return who of some professionals would not lose with one thing what they are handed.

        They have ways to unlock of two kinds; or the passphrase alone of a demonstration.
        """
        c = t.unlock_methods.c
        alone = func.max(case((c.kind == "passphrase", 1), else_=0))
        query = (
            select(c.professional_id)
            .where(c.professional_id.in_(tuple(professional_ids)))
            .group_by(c.professional_id)
            .having(or_(func.count(c.kind.distinct()) >= _READY_KINDS, alone == 1))
        )
        return frozenset(map(ProfessionalId, self._connection.execute(query).scalars()))

    def add_service(self, one: Service, key: ServiceKey) -> None:
        """Record a service with the public key of its first epoch."""
        self._connection.execute(
            insert(t.services).values(
                id=one.id,
                organisation_id=one.organisation_id,
                profession=one.profession.value,
                epoch=key.epoch,
                renewal_due=False,
            )
        )
        values = {"service_id": one.id, "epoch": key.epoch, "key_id": key.key_id}
        self._connection.execute(insert(t.service_keys).values(**values, public=key.public))

    def service_keys(self) -> dict[tuple[OrganisationId, Profession], ServiceKey]:
        """Return the current public key of every service."""
        join = t.services.join(
            t.service_keys,
            and_(
                t.service_keys.c.service_id == t.services.c.id,
                t.service_keys.c.epoch == t.services.c.epoch,
            ),
        )
        keys = t.service_keys
        query = select(t.services, keys.c.key_id, keys.c.public, _held(keys))
        found = (_service_key(row) for row in self._connection.execute(query.select_from(join)))
        return {(one.organisation_id, one.profession): one for one in found}

    def begin_service_epoch(self, key: ServiceKey) -> None:
        """Give a service its next key."""
        c = t.services.c
        query = update(t.services).where(c.id == key.service_id)
        self._connection.execute(query.values(epoch=key.epoch, renewal_due=False))
        self._connection.execute(
            insert(t.service_keys).values(
                service_id=key.service_id, epoch=key.epoch, key_id=key.key_id, public=key.public
            )
        )

    def renew_service(self, service_id: ServiceId) -> None:
        """Note that a service is due for its next key."""
        query = update(t.services).where(t.services.c.id == service_id)
        self._connection.execute(query.values(renewal_due=True))

    def former_keys(self) -> dict[bytes, ServiceKey]:
        """Return the present key of a service by the id of each of its former keys."""
        former, present = t.service_keys, t.service_keys.alias()
        join = former.join(t.services, t.services.c.id == former.c.service_id).join(
            present,
            and_(present.c.service_id == t.services.c.id, present.c.epoch == t.services.c.epoch),
        )
        query = (
            select(
                t.services,
                present.c.key_id,
                present.c.public,
                _held(present),
                former.c.key_id.label("former"),
            )
            .select_from(join)
            .where(former.c.epoch < t.services.c.epoch)
        )
        return {row.former: _service_key(row) for row in self._connection.execute(query)}

    def has_former_seeds(self, service_id: ServiceId, *, before: int) -> bool:
        """Tell whether members are still handed seeds of epochs before *before*."""
        c = t.member_wraps.c
        query = select(c.epoch).where(c.service_id == service_id, c.epoch < before).limit(1)
        return self._connection.execute(query).first() is not None

    def drop_former_seeds(self, service_id: ServiceId, *, before: int) -> None:
        """Destroy the seeds of a service in epochs before *before*, for every member."""
        c = t.member_wraps.c
        self._connection.execute(
            delete(t.member_wraps).where(c.service_id == service_id, c.epoch < before)
        )

    def drop_member(self, service_id: ServiceId, professional_id: ProfessionalId) -> None:
        """Destroy what one member was handed of the seeds of a service, in every epoch."""
        c = t.member_wraps.c
        self._connection.execute(
            delete(t.member_wraps).where(
                c.service_id == service_id, c.professional_id == professional_id
            )
        )

    def end_function(self, hat: Hat) -> None:
        """Record that a professional no longer holds a function."""
        self._connection.execute(update(t.functions).where(_is(hat)).values(held=False))

    def disable(self, professional_id: ProfessionalId) -> None:
        """Record that an account is no longer active."""
        query = update(t.professionals).where(t.professionals.c.id == professional_id)
        self._connection.execute(query.values(active=False))

    def members(self, organisation_id: OrganisationId, profession: Profession) -> tuple[Hat, ...]:
        """Return who holds that function at that organisation now, with an active account."""
        query = (
            select(t.functions)
            .join(t.professionals, t.professionals.c.id == t.functions.c.professional_id)
            .where(
                t.functions.c.organisation_id == organisation_id,
                t.functions.c.profession == profession.value,
                t.functions.c.held,
                t.professionals.c.active,
            )
        )
        return tuple(_hat(row) for row in self._connection.execute(query))

    def members_without_wrap(self, key: ServiceKey) -> tuple[ProfessionalId, ...]:
        """Return the members of a service who have not yet been handed its seed."""
        c = t.member_wraps.c
        query = select(c.professional_id).where(
            c.service_id == key.service_id, c.epoch == key.epoch
        )
        having = frozenset(self._connection.execute(query).scalars())
        members = self.members(key.organisation_id, key.profession)
        return tuple(hat.professional_id for hat in members if hat.professional_id not in having)

    def add_member_wraps(self, wraps: Iterable[MemberWrap]) -> None:
        """Hand the seed of services to members."""
        rows = [
            {
                "service_id": one.service_id,
                "epoch": one.epoch,
                "professional_id": one.professional_id,
                "wrap": one.wrap,
            }
            for one in wraps
        ]
        if rows:
            self._connection.execute(insert(t.member_wraps), rows)

    def member_wraps(self, professional_id: ProfessionalId) -> tuple[MemberWrap, ...]:
        """Return the service seeds wrapped to one professional, for functions they still hold."""
        join = t.member_wraps.join(t.services, t.services.c.id == t.member_wraps.c.service_id).join(
            t.functions,
            and_(
                t.functions.c.professional_id == t.member_wraps.c.professional_id,
                t.functions.c.organisation_id == t.services.c.organisation_id,
                t.functions.c.profession == t.services.c.profession,
                t.functions.c.held,
            ),
        )
        query = (
            select(t.member_wraps)
            .select_from(join)
            .where(t.member_wraps.c.professional_id == professional_id)
        )
        return tuple(
            MemberWrap(
                service_id=ServiceId(row.service_id),
                epoch=row.epoch,
                professional_id=ProfessionalId(row.professional_id),
                wrap=row.wrap,
            )
            for row in self._connection.execute(query)
        )


def _is(hat: Hat) -> ColumnElement[bool]:
    return and_(
        t.functions.c.professional_id == hat.professional_id,
        t.functions.c.organisation_id == hat.organisation_id,
        t.functions.c.profession == hat.profession.value,
    )


def _organisation(row: Row[tuple[object, ...]]) -> Organisation:
    return Organisation(
        id=OrganisationId(row.id),
        code=row.code,
        name=row.name,
        kind=OrganisationKind(row.kind),
        active=row.active,
    )


def _professional(row: Row[tuple[object, ...]]) -> Professional:
    return Professional(
        id=ProfessionalId(row.id),
        login=row.login,
        name=row.name,
        locale=row.locale,
        active=row.active,
        undertaking_until=row.undertaking_until,
    )


def _hat(row: Row[tuple[object, ...]]) -> Hat:
    return Hat(
        professional_id=ProfessionalId(row.professional_id),
        organisation_id=OrganisationId(row.organisation_id),
        profession=row.profession,
    )


def _service_key(row: Row[tuple[object, ...]]) -> ServiceKey:
    return ServiceKey(
        service_id=ServiceId(row.id),
        organisation_id=OrganisationId(row.organisation_id),
        profession=row.profession,
        epoch=row.epoch,
        key_id=row.key_id,
        public=row.public,
        renewal_due=row.renewal_due,
        held=row.held,
    )
