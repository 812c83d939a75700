"""A client of the transit engine of OpenBao or Vault: one short exchange at a time.

It is made of the standard library: three calls need no client that follows redirects, obeys
proxies in the environment and retries, each of which could carry the token elsewhere.
"""

import base64
import binascii
import http.client
import json
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

from vepshare.errors import ConfigurationError, CustodyProblem, CustodyUnavailableError

_MOST_BYTES: Final = 65_536
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}", re.ASCII)
_TOKEN = re.compile(rb"[!-~]{1,2048}")
_MADE = re.compile(r"vault:v([1-9][0-9]{0,8}):([A-Za-z0-9+/]{1,1024}={0,2})", re.ASCII)
_OK = 200
_PROBLEMS: Mapping[int, CustodyProblem] = {
    400: CustodyProblem.UNUSABLE_KEY,
    403: CustodyProblem.FORBIDDEN,
    404: CustodyProblem.NO_KEY,
    503: CustodyProblem.SEALED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultAt:
    """Where a vault is, and how it is spoken to.

    `token` is asked at each exchange, so that it may be renewed. `ca_file` replaces the
    authorities of the system. `plain_on_loopback` is for tests: nothing sets it from outside.
    """

    address: str
    token: Callable[[], bytes]
    ca_file: Path | None = None
    mount: str = "transit"
    namespace: str = ""
    seconds: float = 3.0
    plain_on_loopback: bool = False


class Vault:
    """The transit engine of one vault.

    Raises:
        ConfigurationError: the address is not `https://host[:port]`, or the mount, the
            namespace or the authorities are none.

    """

    def __init__(self, at: VaultAt) -> None:
        parts = _split(at.address)
        plain = parts.scheme == "http" and at.plain_on_loopback and parts.hostname in _LOOPBACK
        if parts.scheme != "https" and not plain:
            raise ConfigurationError("the address of the vault must begin with https://")
        if not all(map(_NAME.fullmatch, [*at.mount.split("/"), *_parts_of(at.namespace)])):
            raise ConfigurationError("the mount or the namespace of the vault is no path")
        self._at = at
        self._host, self._port = parts.hostname or "", parts.port
        self._context = None if plain else _context(at.ca_file)

    def describe(self, key: str) -> Mapping[str, object]:
        """Return what the vault says of a key.

        Raises:
            CustodyUnavailableError: it says nothing, or that there is none.

        """
        return self._call("GET", f"keys/{_named(key)}", None)

    def hmacs(self, key: str, version: int, *messages: bytes) -> list[bytes]:
        """Return the HMAC-SHA-256 of each message under one version of a key: 32 bytes each.

        Raises:
            CustodyUnavailableError: the vault does not answer, or with something else.

        """
        batch = [{"input": _base64(one)} for one in messages]
        body = {"batch_input": batch, "algorithm": "sha2-256", "key_version": version}
        results = self._call("POST", f"hmac/{_named(key)}", body).get("batch_results")
        if not isinstance(results, list) or len(results) != len(messages):
            raise CustodyUnavailableError(CustodyProblem.GARBAGE)
        return [_made(one, "hmac", version, size=32) for one in results]

    def sign(self, key: str, version: int, message: bytes) -> bytes:
        """Return the Ed25519 signature of *message* under one version of a key: 64 bytes.

        Raises:
            CustodyUnavailableError: the vault does not answer, or with something else.

        """
        body = {"input": _base64(message), "key_version": version}
        answer = self._call("POST", f"sign/{_named(key)}", body)
        return _made(answer, "signature", version, size=64)

    def _call(self, method: str, path: str, body: object) -> Mapping[str, object]:
        status, raw = self._exchange(method, f"/v1/{self._at.mount}/{path}", body)
        if status != _OK:
            raise CustodyUnavailableError(_PROBLEMS.get(status, CustodyProblem.UNREACHABLE))
        try:
            data = json.loads(raw)["data"]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise CustodyUnavailableError(CustodyProblem.GARBAGE) from None
        if not isinstance(data, dict):
            raise CustodyUnavailableError(CustodyProblem.GARBAGE)
        return data

    def _exchange(self, method: str, path: str, body: object) -> tuple[int, bytes]:
        content = None if body is None else json.dumps(body).encode()
        headers = self._headers()
        late = threading.Event()
        try:
            with closing(self._connection()) as connection:
                connection.connect()
                with _deadline(connection.sock, self._at.seconds, late):
                    connection.request(method, path, content, headers)
                    with closing(connection.getresponse()) as response:
                        status, raw = response.status, response.read(_MOST_BYTES + 1)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise CustodyUnavailableError(_problem(error, late)) from None
        if late.is_set() or len(raw) > _MOST_BYTES:
            raise CustodyUnavailableError(
                CustodyProblem.TIMEOUT if late.is_set() else CustodyProblem.GARBAGE
            )
        return status, raw

    def _headers(self) -> dict[str, str]:
        try:
            token = self._at.token().strip()
        except ConfigurationError:
            # It was there at the start, and its renewal went wrong.
            raise CustodyUnavailableError(CustodyProblem.FORBIDDEN) from None
        if _TOKEN.fullmatch(token) is None:
            raise CustodyUnavailableError(CustodyProblem.FORBIDDEN)
        headers = {
            "X-Vault-Token": token.decode("ascii"),
            "X-Vault-Request": "true",
            "Content-Type": "application/json",
            "Connection": "close",
        }
        return headers | ({"X-Vault-Namespace": self._at.namespace} if self._at.namespace else {})

    def _connection(self) -> http.client.HTTPConnection:
        seconds = self._at.seconds
        if self._context is None:
            return http.client.HTTPConnection(self._host, self._port, timeout=seconds)
        return http.client.HTTPSConnection(
            self._host, self._port, timeout=seconds, context=self._context
        )


def _split(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        extra = (parts.username, parts.query, parts.fragment, parts.path.strip("/"))
        if parts.hostname and not any(extra) and parts.port != 0:
            return parts
    except ValueError:
        pass
    raise ConfigurationError("the address of the vault is not of the form https://host:port")


def _parts_of(path: str) -> list[str]:
    return path.strip("/").split("/") if path else []


def _context(ca_file: Path | None) -> ssl.SSLContext:
    try:
        # Verification and the check of the name are on, and nothing turns them off.
        context = ssl.create_default_context(cafile=ca_file)
    except OSError:
        raise ConfigurationError(
            f"the authorities of the vault cannot be read: {ca_file}"
        ) from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


@contextmanager
def _deadline(
    connected: socket.socket | None, seconds: float, late: threading.Event
) -> Iterator[None]:
    """Cut the connection after *seconds*: a time-out of a socket counts each byte anew."""

    def cut() -> None:
        late.set()
        if connected is not None:
            with suppress(OSError):
                # Below TLS, whose own shutdown would wait for the other side.
                socket.socket.shutdown(connected, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _problem(error: Exception, late: threading.Event) -> CustodyProblem:
    if late.is_set() or isinstance(error, TimeoutError):
        return CustodyProblem.TIMEOUT
    if isinstance(error, ssl.SSLCertVerificationError):
        return CustodyProblem.UNTRUSTED
    return CustodyProblem.UNREACHABLE if isinstance(error, OSError) else CustodyProblem.GARBAGE


def _named(key: str) -> str:
    if _NAME.fullmatch(key) is None:
        raise ConfigurationError(f"{key!r} is not the name of a key of a vault")
    return key


def _made(answer: object, member: str, version: int, *, size: int) -> bytes:
    """Return the bytes of `vault:v<version>:<base64>`, if they are what was asked for."""
    text = answer.get(member) if isinstance(answer, dict) else None
    found = _MADE.fullmatch(text) if isinstance(text, str) else None
    try:
        raw = b"" if found is None else base64.b64decode(found[2], validate=True)
    except binascii.Error:
        raw = b""
    if found is None or len(raw) != size:
        raise CustodyUnavailableError(CustodyProblem.GARBAGE)
    if int(found[1]) != version:
        raise CustodyUnavailableError(CustodyProblem.WRONG_KEY)
    return raw


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
