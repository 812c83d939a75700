"""A vault for tests: the transit engine of OpenBao and Vault, as far as its HTTP API is used.

Its answers are those of the real one (`path_hmac.go`, `path_sign_verify.go`, `path_keys.go`):
only the way it is made to fail is its own.
"""

import base64
import hmac
import json
import secrets
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

TOKEN = "s.only-for-tests"


@dataclass
class Key:
    """A key of the engine; each version is 32 bytes."""

    kind: str
    versions: dict[int, bytes] = field(default_factory=lambda: {1: secrets.token_bytes(32)})
    exportable: bool = False
    allow_plaintext_backup: bool = False
    derived: bool = False


@dataclass
class FakeVault:
    """What the vault holds, and how it misbehaves just now."""

    address: str = ""
    keys: dict[str, Key] = field(default_factory=dict)
    sealed: bool = False
    token: str = TOKEN
    garbage: bytes | None = None
    """Said instead of any answer, with status 200."""
    status: int | None = None
    """Said instead of any answer."""
    silent: float = 0.0
    """Seconds before it says anything."""
    drip: float = 0.0
    """Seconds between two bytes of an answer."""
    forbidden: set[str] = field(default_factory=set)
    """Operations that the policy of the token does not allow."""
    forge: bool = False
    """Whether it signs with another key than the one it shows."""
    asked: list[tuple[str, str]] = field(default_factory=list)

    def answer(self, method: str, path: str, token: str, body: bytes) -> tuple[int, object]:
        self.asked.append((method, path))
        if self.sealed:
            return 503, {"errors": ["Vault is sealed"]}
        operation, _, name = path.removeprefix("/v1/transit/").partition("/")
        if token != self.token or operation in self.forbidden:
            return 403, {"errors": ["1 error occurred:\n\t* permission denied\n\n"]}
        handlers = {
            ("GET", "keys"): self._describe,
            ("POST", "hmac"): self._hmac,
            ("POST", "sign"): self._sign,
        }
        handler = handlers.get((method, operation))
        if handler is None:
            return 404, {"errors": ["no handler for route"]}
        return handler(self.keys.get(name), json.loads(body or b"{}"))

    def _describe(self, key: Key | None, _body: dict) -> tuple[int, object]:
        if key is None:
            return 404, {"errors": []}
        return 200, wrapped(
            {
                "type": key.kind,
                "derived": key.derived,
                "exportable": key.exportable,
                "allow_plaintext_backup": key.allow_plaintext_backup,
                "latest_version": max(key.versions),
                "keys": {str(number): _shown(key, raw) for number, raw in key.versions.items()},
            }
        )

    def _hmac(self, key: Key | None, body: dict) -> tuple[int, object]:
        if key is None:
            return 400, {"errors": ["encryption key not found"]}
        version = body.get("key_version") or max(key.versions)
        if version not in key.versions or body.get("algorithm", "sha2-256") != "sha2-256":
            return 400, {"errors": ["no such version"]}
        made = [
            hmac.digest(key.versions[version], base64.b64decode(one["input"]), "sha256")
            for one in body["batch_input"]
        ]
        results = [{"hmac": said(version, raw), "reference": ""} for raw in made]
        return 200, wrapped({"batch_results": results})

    def _sign(self, key: Key | None, body: dict) -> tuple[int, object]:
        if key is None or key.kind != "ed25519":
            return 400, {"errors": ["key type does not support signing"]}
        version = body.get("key_version") or max(key.versions)
        raw = bytes(32) if self.forge else key.versions[version]
        message = base64.b64decode(body["input"])
        signature = Ed25519PrivateKey.from_private_bytes(raw).sign(message)
        return 200, wrapped({"signature": said(version, signature), "key_version": version})


def wrapped(data: object) -> dict[str, object]:
    return {"request_id": "7b6c", "lease_id": "", "renewable": False, "data": data, "auth": None}


def said(version: int, raw: bytes) -> str:
    return f"vault:v{version}:{base64.b64encode(raw).decode()}"


def _shown(key: Key, raw: bytes) -> object:
    if key.kind != "ed25519":
        return 1_790_000_000
    public = Ed25519PrivateKey.from_private_bytes(raw).public_key().public_bytes_raw()
    return {
        "creation_time": "2026-11-27T00:00:00Z",
        "name": "ed25519",
        "public_key": base64.b64encode(public).decode(),
    }


@contextmanager
def running(certificate: Path | None = None) -> Iterator[FakeVault]:
    """Yield a vault on loopback; over TLS with a *certificate* (its key in the same file)."""
    vault = FakeVault()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"vault": vault}))
    server.daemon_threads = True
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    scheme = "http" if certificate is None else "https"
    vault.address = f"{scheme}://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield vault
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


class _Handler(BaseHTTPRequestHandler):
    vault: FakeVault

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def _serve(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        token = self.headers.get("X-Vault-Token", "")
        status, answer = self.vault.answer(method, self.path, token, body)
        raw = json.dumps(answer).encode()
        if self.vault.garbage is not None:
            status, raw = 200, self.vault.garbage
        if self.vault.status is not None:
            status = self.vault.status
        time.sleep(self.vault.silent)
        self._say(status, raw)

    def _say(self, status: int, raw: bytes) -> None:
        try:
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            for byte in raw if self.vault.drip else ():
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(self.vault.drip)
            self.wfile.write(b"" if self.vault.drip else raw)
        except OSError:
            # The other side had enough.
            self.close_connection = True

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""
