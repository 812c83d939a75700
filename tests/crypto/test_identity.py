import pytest

from vepshare import crypto
from vepshare.errors import Tampered, TamperedError

from .builders import flipped

ROOT = crypto.RootSeed(b"r" * 32)
SIGNING = crypto.identity_of(ROOT).signing
PUBLIC = crypto.signing_public_key(SIGNING)
MESSAGE = b'{"consent":1}'
SIGNATURE = crypto.sign(SIGNING, crypto.Kind.CONSENT, MESSAGE)


def refused(
    public: bytes = PUBLIC,
    kind: crypto.Kind = crypto.Kind.CONSENT,
    message: bytes = MESSAGE,
    signature: bytes = SIGNATURE,
) -> bool:
    with pytest.raises(TamperedError) as raised:
        crypto.verify(public, kind, message, signature)
    return raised.value.what is Tampered.CONSENT


def test_the_seeds_of_a_root_differ_from_it_and_from_each_other() -> None:
    identity = crypto.identity_of(ROOT)

    assert crypto.identity_of(ROOT) == identity
    assert len({ROOT.raw, identity.wrap.raw, identity.signing.raw}) == 3


def test_a_signature_is_that_of_its_signer() -> None:
    crypto.verify(PUBLIC, crypto.Kind.CONSENT, MESSAGE, SIGNATURE)

    assert (len(PUBLIC), len(SIGNATURE)) == (32, 64)
    assert refused(public=crypto.signing_public_key(crypto.SigningSeed.new()))


@pytest.mark.parametrize("kind", [kind for kind in crypto.Kind if kind != "consent"])
def test_a_consent_signed_is_nothing_else_signed(kind: crypto.Kind) -> None:
    assert refused(kind=kind)


@pytest.mark.parametrize("message", [b"", MESSAGE[:-1], MESSAGE + b" ", flipped(MESSAGE, 3)])
def test_another_message_is_refused(message: bytes) -> None:
    assert refused(message=message)


@pytest.mark.parametrize("position", range(0, 64, 3))
def test_an_altered_signature_is_refused(position: int) -> None:
    assert refused(signature=flipped(SIGNATURE, position))


@pytest.mark.parametrize("signature", [b"", SIGNATURE[:-1], SIGNATURE + b"\0"])
def test_a_signature_of_another_size_is_refused(signature: bytes) -> None:
    assert refused(signature=signature)


@pytest.mark.parametrize("public", [b"", PUBLIC[:-1], PUBLIC + b"\0", b"\xff" * 32])
def test_what_is_no_public_key_is_refused(public: bytes) -> None:
    assert refused(public=public)
