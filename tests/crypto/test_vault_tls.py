"""A vault proves who it is before it is told anything."""

import ipaddress
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.vaults import TOKEN, FakeVault, Key, running
from vepshare import crypto
from vepshare.errors import CustodyProblem, CustodyUnavailableError

RAW = bytes(range(32))
QUICK = 0.4


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


def certificate(path: Path, *names: x509.GeneralName) -> Path:
    """Write a certificate that signs itself, with its key, and return where."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "vault of a test")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(pem + built.public_bytes(serialization.Encoding.PEM))
    return path


HERE = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))


def test_over_tls_the_authorities_that_are_named_are_trusted(tmp_path: Path) -> None:
    pem = certificate(tmp_path / "vault.pem", HERE)
    with running(pem) as vault:
        vault.keys["pepper"] = Key("hmac", {1: RAW})
        trusting = client(vault, ca_file=pem, plain_on_loopback=False)

        assert crypto.VaultPepper(trusting, "pepper").id == crypto.PepperKey(RAW).id


@pytest.mark.parametrize("named", [HERE, x509.DNSName("another.example")])
def test_a_certificate_that_is_not_trusted_or_of_another_name_gets_no_token(
    tmp_path: Path, named: x509.GeneralName
) -> None:
    pem = certificate(tmp_path / "vault.pem", named)
    authorities = None if named is HERE else pem
    with running(pem) as vault:
        vault.keys["pepper"] = Key("hmac", {1: RAW})
        wary = client(vault, ca_file=authorities)

        assert problem(lambda: crypto.VaultPepper(wary, "pepper")) is CustodyProblem.UNTRUSTED
        assert vault.asked == []
