"""Who calls a service: a professional under a hat, with the keys their session holds."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from vepshare import crypto, policy
from vepshare.ids import OrganisationId, ProfessionalId, RequestId
from vepshare.people import Hat, Profession, Standing
from vepshare.plain import Plain


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class HeldSeed:
    """The seed of one key pair; `key_id` is 32 bytes and names its public half.

    `profession` and `organisation_id` are those of the service it belongs to, None for the
    professional's own; `epoch` counts the keys of a service, from 1.
    """

    key_id: bytes
    seed: crypto.WrapSeed
    organisation_id: OrganisationId | None = None
    profession: Profession | None = None
    epoch: int = 0


@dataclass(frozen=True, kw_only=True, repr=False)
class Keyring:
    """What a session holds in clear while a request lasts: one signing seed, some wrap seeds."""

    signing: crypto.SigningSeed
    seeds: tuple[HeldSeed, ...]

    def under(self, hat: Hat) -> dict[bytes, HeldSeed]:
        """Return the seeds that count under *hat*: one's own, and those of that one service."""
        service = (hat.organisation_id, hat.profession)
        return {
            one.key_id: one
            for one in self.seeds
            if one.profession is None or (one.organisation_id, one.profession) == service
        }

    @property
    def own(self) -> HeldSeed:
        """Return the professional's own wrap seed."""
        return next(one for one in self.seeds if one.profession is None)

    def epoch(self, hat: Hat) -> int:
        """Return the latest epoch of the key of the hat's service that is held, 0 for none."""
        return max((one.epoch for one in self.under(hat).values()), default=0)

    def encode(self) -> bytes:
        """Return the bytes that a session seals."""
        seeds = [
            [
                one.key_id.hex(),
                one.seed.raw.hex(),
                str(one.organisation_id),
                one.profession,
                one.epoch,
            ]
            if one.profession
            else [one.key_id.hex(), one.seed.raw.hex()]
            for one in self.seeds
        ]
        return json.dumps([self.signing.raw.hex(), seeds]).encode()

    @classmethod
    def decode(cls, data: Plain[bytes]) -> "Keyring":
        """Return the keyring that `encode` wrote."""
        signing, seeds = json.loads(data.reveal())
        return cls(
            signing=crypto.SigningSeed(bytes.fromhex(signing)),
            seeds=tuple(_held(*one) for one in seeds),
        )


def _held(
    key_id: str, seed: str, organisation: str = "", profession: str = "", epoch: int = 0
) -> HeldSeed:
    return HeldSeed(
        key_id=bytes.fromhex(key_id),
        seed=crypto.WrapSeed(bytes.fromhex(seed)),
        organisation_id=OrganisationId(UUID(organisation)) if organisation else None,
        profession=Profession(profession) if profession else None,
        epoch=epoch,
    )


@dataclass(frozen=True, kw_only=True)
class Caller:
    """A professional who asks for something, under one hat, in one request."""

    hat: Hat
    standing: Standing
    request: RequestId
    keyring: Keyring = field(repr=False)
    login: str = ""
    name: str = ""
    locale: str = "fr"
    organisation_code: str = ""
    organisation_name: str = ""
    renewal_due: bool = False
    """Whether the service of the hat waits for a member to make its next key."""

    @property
    def actor(self) -> policy.Actor:
        """Return what a decision needs to know of the caller."""
        return policy.Actor(hat=self.hat, standing=self.standing)

    @property
    def id(self) -> ProfessionalId:
        """Return who it is."""
        return self.hat.professional_id

    @cached_property
    def _seeds(self) -> Mapping[bytes, HeldSeed]:
        return self.keyring.under(self.hat)

    @cached_property
    def _private(self) -> dict[bytes, crypto.PrivateKey]:
        return {}

    @property
    def key_ids(self) -> Iterable[bytes]:
        """Return the ids of the keys the caller holds under this hat, 32 bytes each."""
        return self._seeds.keys()

    @property
    def former_key_ids(self) -> frozenset[bytes]:
        """Return the ids of the former keys of the hat's service that the caller still holds."""
        latest = self.keyring.epoch(self.hat)
        return frozenset(
            key_id for key_id, one in self._seeds.items() if one.profession and one.epoch < latest
        )

    def private_key(self, key_id: bytes) -> crypto.PrivateKey:
        """Return one of the caller's private keys, made on first use.

        Raises:
            KeyError: the caller does not hold it under this hat.

        """
        if key_id not in self._private:
            self._private[key_id] = crypto.private_key(self._seeds[key_id].seed)
        return self._private[key_id]
