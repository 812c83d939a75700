"""The public facts by which organisations and professionals are named at the edges."""

from collections.abc import Mapping
from dataclasses import dataclass

from vepshare.ids import OrganisationId, ProfessionalId
from vepshare.people import Hat, Organisation, Profession, Professional
from vepshare.storage import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """Organisations, services and professionals: what may stand in a form or an answer."""

    organisations: Mapping[OrganisationId, Organisation]
    services: tuple[tuple[OrganisationId, Profession], ...]
    professionals: Mapping[ProfessionalId, Professional]
    hats: tuple[Hat, ...]

    def organisation(self, code: str) -> Organisation | None:
        """Return an organisation by its code, or None."""
        return next((one for one in self.organisations.values() if one.code == code), None)

    def code(self, organisation_id: OrganisationId) -> str:
        """Return the code of an organisation."""
        return self.organisations[organisation_id].code

    def by_login(self, login: str) -> Professional | None:
        """Return a professional by login, or None."""
        return next((one for one in self.professionals.values() if one.login == login), None)

    def login(self, professional_id: ProfessionalId) -> str:
        """Return the login of a professional."""
        return self.professionals[professional_id].login

    def hat(
        self, login: str, organisation_id: OrganisationId | None, profession: Profession | None
    ) -> Hat | None:
        """Return the function a professional would be asked under: the one that fits, or None."""
        professional = self.by_login(login)
        fitting = [
            hat
            for hat in self.hats
            if professional is not None
            and hat.professional_id == professional.id
            and organisation_id in {None, hat.organisation_id}
            and profession in {None, hat.profession}
        ]
        return fitting[0] if fitting else None


def directory(store: Store) -> Directory:
    """Return the directory as it stands."""
    with store.peek() as work:
        people = work.people.professionals()
        return Directory(
            organisations=work.people.organisations(),
            services=tuple(sorted(work.people.service_keys())),
            professionals={one.id: one for one, _ in people},
            hats=tuple(hat for _, hats in people for hat in hats),
        )
