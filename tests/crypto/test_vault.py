"""A pepper and a signing key in a vault, and every way in which a vault may fail."""

import hmac
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.vaults import TOKEN, FakeVault, Key, running, said, wrapped
from vepshare import audit, crypto
from vepshare.errors import ConfigurationError, CustodyProblem, CustodyUnavailableError

RAW = bytes(range(32))
QUICK = 0.4


@pytest.fixture
def vault() -> Iterator[FakeVault]:
    with running() as made:
        made.keys["pepper"] = Key("hmac", {1: RAW})
        made.keys["log"] = Key("ed25519", {1: RAW})
        yield made


def client(vault: FakeVault, **changes: object) -> crypto.Vault:
    given = {
        "address": vault.address,
        "token": lambda: TOKEN.encode() + b"\n",
        "seconds": QUICK,
        "plain_on_loopback": True,
    }
    return crypto.Vault(crypto.VaultAt(**(given | changes)))


def problem(act: Callable[[], object]) -> CustodyProblem:
    with pytest.raises(CustodyUnavailableError) as caught:
        act()
    return caught.value.problem


def test_a_pepper_in_the_vault_is_the_pepper_in_the_file(vault: FakeVault) -> None:
    """Moved from one custody to another it opens the same locks under the same name."""
    kept: crypto.Pepper = crypto.VaultPepper(client(vault), "pepper")
    local = crypto.PepperKey(RAW)

    assert kept.id == local.id
    assert kept.mix(b"abc") == local.mix(b"abc") == hmac.digest(RAW, b"abc", "sha256")


def test_the_log_is_signed_in_the_vault(vault: FakeVault) -> None:
    key: audit.LogSigner = audit.tried(crypto.VaultSigner(client(vault), "log"))

    Ed25519PublicKey.from_public_bytes(key.public).verify(key.sign(b"abc"), b"abc")
    note = audit.sign_checkpoint("test.example/log", 1, bytes(32), key)
    assert audit.open_checkpoint(note, "test.example/log", key.public).size == 1


def test_one_version_is_used_whatever_the_vault_rotates(vault: FakeVault) -> None:
    kept = crypto.VaultPepper(client(vault), "pepper")
    signer = crypto.VaultSigner(client(vault), "log@1")
    vault.keys["pepper"].versions[2] = vault.keys["log"].versions[2] = bytes(32)

    assert kept.mix(b"abc") == crypto.PepperKey(RAW).mix(b"abc")
    assert crypto.VaultPepper(client(vault), "pepper@2").id == crypto.PepperKey(bytes(32)).id
    audit.tried(signer)


def test_a_key_that_was_made_again_is_noticed_before_it_is_used(vault: FakeVault) -> None:
    """It would make every passphrase wrong, and every new lock one that never opens."""
    kept = crypto.VaultPepper(client(vault), "pepper")
    vault.keys["pepper"] = Key("hmac")

    assert problem(lambda: kept.mix(b"abc")) is CustodyProblem.WRONG_KEY


def test_a_signature_of_another_key_leaves_no_checkpoint(vault: FakeVault) -> None:
    key = crypto.VaultSigner(client(vault), "log")
    vault.forge = True

    assert problem(lambda: audit.tried(key)) is CustodyProblem.WRONG_KEY
    assert problem(lambda: audit.sign_checkpoint("a", 1, bytes(32), key)) is (
        CustodyProblem.WRONG_KEY
    )


@pytest.mark.parametrize(
    "key",
    [
        Key("aes256-gcm96"),
        Key("ed25519"),
        Key("hmac", exportable=True),
        Key("hmac", allow_plaintext_backup=True),
        Key("hmac", derived=True),
    ],
)
def test_a_pepper_of_the_wrong_kind_or_that_could_be_given_out_is_refused(
    vault: FakeVault, key: Key
) -> None:
    vault.keys["pepper"] = key

    assert problem(lambda: crypto.VaultPepper(client(vault), "pepper")) is (
        CustodyProblem.UNUSABLE_KEY
    )


@pytest.mark.parametrize("key", [Key("hmac"), Key("ecdsa-p256"), Key("ed25519", exportable=True)])
def test_a_signing_key_of_the_wrong_kind_or_that_could_be_given_out_is_refused(
    vault: FakeVault, key: Key
) -> None:
    vault.keys["log"] = key

    assert problem(lambda: crypto.VaultSigner(client(vault), "log")) is (
        CustodyProblem.UNUSABLE_KEY
    )


@pytest.mark.parametrize("name", ["nothing", "pepper@2"])
def test_a_key_or_version_that_is_not_there_is_said(vault: FakeVault, name: str) -> None:
    assert problem(lambda: crypto.VaultPepper(client(vault), name)) is CustodyProblem.NO_KEY


@pytest.mark.parametrize("name", ["", "a/b", "../sys/seal", "a?b", "é", "a@0", "a@x", "a@", "a@-1"])
def test_what_names_no_key_is_not_asked_for(vault: FakeVault, name: str) -> None:
    with pytest.raises(ConfigurationError):
        crypto.VaultPepper(client(vault), name)
    assert vault.asked == []


def sealed(vault: FakeVault) -> None:
    vault.sealed = True


def silent(vault: FakeVault) -> None:
    vault.silent = 2 * QUICK


def dripping(vault: FakeVault) -> None:
    vault.drip = QUICK / 4


def other_token(vault: FakeVault) -> None:
    vault.token = "s.another"


def policy(vault: FakeVault) -> None:
    vault.forbidden = {"hmac", "sign"}


FAILING = [
    (sealed, CustodyProblem.SEALED),
    (silent, CustodyProblem.TIMEOUT),
    (dripping, CustodyProblem.TIMEOUT),
    (other_token, CustodyProblem.FORBIDDEN),
    (policy, CustodyProblem.FORBIDDEN),
]


@pytest.mark.parametrize(("fail", "expected"), FAILING)
def test_a_vault_that_fails_at_the_start_or_later_says_how(
    vault: FakeVault, fail: Callable[[FakeVault], None], expected: CustodyProblem
) -> None:
    kept = crypto.VaultPepper(client(vault), "pepper")
    signer = crypto.VaultSigner(client(vault), "log")
    fail(vault)
    started = time.monotonic()

    assert problem(lambda: kept.mix(b"abc")) is expected
    assert problem(lambda: signer.sign(b"abc")) is expected
    assert problem(lambda: crypto.VaultPepper(client(vault), "pepper")) is expected
    # Three calls, each cut off in time, however slowly it is answered.
    assert time.monotonic() - started < 3 * QUICK + 2


@pytest.mark.parametrize("status", [301, 307, 429, 473, 500, 502])
def test_other_answers_count_as_none(vault: FakeVault, status: int) -> None:
    """A redirection is not followed: the token would go wherever it points."""
    kept = crypto.VaultPepper(client(vault), "pepper")
    vault.status = status
    asked = len(vault.asked)

    assert problem(lambda: kept.mix(b"abc")) is CustodyProblem.UNREACHABLE
    assert len(vault.asked) == asked + 1


GOOD = said(1, bytes(32))
GARBAGE = [
    b"",
    b"<html>",
    b"[]",
    b"{}",
    b"[" * 60_000,
    b"\xff\xfe",
    b'{"data": null}',
    b'{"data": []}',
    b"x" * 100_000,
    *(
        str(wrapped({"batch_results": results})).replace("'", '"').encode()
        for results in (
            [],
            [{"hmac": GOOD}],
            [{"hmac": GOOD}] * 3,
            [{"hmac": GOOD}, {"error": "no"}],
            [{"hmac": GOOD}, {"hmac": said(1, bytes(31))}],
            [{"hmac": GOOD}, {"hmac": GOOD[:-1]}],
            [{"hmac": GOOD}, {"hmac": GOOD + "\\n"}],
            [{"hmac": GOOD}, {"hmac": "vault:v1:"}],
            [{"hmac": GOOD}, {"hmac": "32 bytes of no meaning at all..."}],
            [{"hmac": GOOD}, 7],
        )
    ),
]


@pytest.mark.parametrize("garbage", GARBAGE)
def test_garbage_is_no_pepper(vault: FakeVault, garbage: bytes) -> None:
    kept = crypto.VaultPepper(client(vault), "pepper")
    signer = crypto.VaultSigner(client(vault), "log")
    vault.garbage = garbage.replace(b"None", b"null").replace(b"False", b"false")

    assert problem(lambda: kept.mix(b"abc")) is CustodyProblem.GARBAGE
    assert problem(lambda: signer.sign(b"abc")) is CustodyProblem.GARBAGE


def test_well_formed_bytes_of_another_key_or_version_are_no_pepper_either(
    vault: FakeVault,
) -> None:
    kept = crypto.VaultPepper(client(vault), "pepper")
    for text in (GOOD, said(2, bytes(32))):
        results = f'{{"data": {{"batch_results": [{{"hmac": "{text}"}}, {{"hmac": "{text}"}}]}}}}'
        vault.garbage = results.encode()
        assert problem(lambda: kept.mix(b"abc")) is CustodyProblem.WRONG_KEY


def test_nobody_there_is_said(vault: FakeVault) -> None:
    gone = client(vault, address="http://127.0.0.1:1")

    assert problem(lambda: crypto.VaultPepper(gone, "pepper")) is CustodyProblem.UNREACHABLE


@pytest.mark.parametrize(
    "address",
    [
        "",
        "vault.example",
        "http://vault.example:8200",
        "http://10.0.0.1",
        "ftp://127.0.0.1",
        "https://",
        "https://user:secret@vault.example",
        "https://vault.example/path",
        "https://vault.example?x=1",
        "https://vault.example:99999",
        "https://[::1",
    ],
)
def test_only_https_to_a_host_is_spoken(vault: FakeVault, address: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        client(vault, address=address)
    assert "secret" not in str(caught.value)


def test_plain_http_is_for_tests_only(vault: FakeVault) -> None:
    with pytest.raises(ConfigurationError, match="https"):
        client(vault, plain_on_loopback=False)


@pytest.mark.parametrize("token", [b"", b"two words", b"line\r\nX-Header: 1", b"\xff", b"x" * 3000])
def test_what_is_no_token_is_not_sent(vault: FakeVault, token: bytes) -> None:
    broken = client(vault, token=lambda: token)

    assert problem(lambda: crypto.VaultPepper(broken, "pepper")) is CustodyProblem.FORBIDDEN
    assert vault.asked == []


def test_a_renewed_token_is_used_at_the_next_exchange(vault: FakeVault) -> None:
    tokens = [TOKEN.encode()]
    kept = crypto.VaultPepper(client(vault, token=lambda: tokens[-1]), "pepper")
    vault.token = "s.renewed"
    assert problem(lambda: kept.mix(b"abc")) is CustodyProblem.FORBIDDEN
    tokens.append(b"s.renewed")

    assert kept.mix(b"abc")


def test_authorities_that_cannot_be_read_are_said(vault: FakeVault, tmp_path: Path) -> None:
    for path in (tmp_path / "missing", tmp_path):
        with pytest.raises(ConfigurationError, match="authorities"):
            client(vault, address="https://vault.example", ca_file=path)
