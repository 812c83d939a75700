"""X-Wing, HPKE and Cobblestone re-derived from primitives, by their public specifications.

Nothing here is used by vepshare: it tells whether the bytes at rest can be read by
another program, and whether a new release of a library has changed its framing.
"""

import hashlib
import hmac

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_CHUNK = 16 * 1024 + 16
_HPKE_SUITE = b"HPKE" + bytes.fromhex("647a00010002")


def hkdf_expand(algorithm: str, key: bytes, info: bytes, size: int) -> bytes:
    """RFC 5869, 2.3."""
    block, output, counter = b"", b"", 1
    while len(output) < size:
        block = hmac.digest(key, block + info + bytes([counter]), algorithm)
        output, counter = output + block, counter + 1
    return output[:size]


def hkdf_sha256(source: bytes, info: bytes, salt: bytes = bytes(32)) -> bytes:
    """RFC 5869 with SHA-256, 32 bytes."""
    return hkdf_expand("sha256", hmac.digest(salt, source, "sha256"), info, 32)


def mixed(pepper: bytes, *uses: bytes) -> bytes:
    """docs/crypto.md: HMAC-SHA-256 under the pepper, of a length-prefixed binding."""
    fields = b"".join(len(one).to_bytes(4, "big") + one for one in uses)
    return hmac.digest(pepper, b"vepshare/pepper/v1\0" + fields, "sha256")


def xwing_decapsulate(seed: bytes, encapsulation: bytes) -> bytes:
    """draft-connolly-cfrg-xwing-kem, 5.2 to 5.5."""
    expanded = hashlib.shake_256(seed).digest(96)
    mlkem = MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
    x25519 = X25519PrivateKey.from_private_bytes(expanded[64:])
    ct_m, ct_x = encapsulation[:1088], encapsulation[1088:]
    ss_m = mlkem.decapsulate(ct_m)
    ss_x = x25519.exchange(X25519PublicKey.from_public_bytes(ct_x))
    pk_x = x25519.public_key().public_bytes_raw()
    return hashlib.sha3_256(ss_m + ss_x + ct_x + pk_x + rb"\.//^" + b"\\").digest()


def hpke_open(seed: bytes, message: bytes, info: bytes) -> bytes:
    """RFC 9180, 5.1 in base mode with an empty aad, for X-Wing, HKDF-SHA256, AES-256-GCM."""
    shared = xwing_decapsulate(seed, message[:1120])
    psk_id_hash = _labeled_extract(b"", b"psk_id_hash", b"")
    schedule = b"\0" + psk_id_hash + _labeled_extract(b"", b"info_hash", info)
    secret = _labeled_extract(shared, b"secret", b"")
    key = _labeled_expand(secret, b"key", schedule, 32)
    nonce = _labeled_expand(secret, b"base_nonce", schedule, 12)
    return AESGCM(key).decrypt(nonce, message[1120:], b"")


def cobblestone_open(key: bytes, context: bytes, message: bytes) -> bytes:
    """c2sp.org/chunked-encryption, as Cobblestone-256: HKDF-Expand-SHA512, AES-256-GCM."""
    salt, commitment, body = message[:24], message[24:56], message[56:]
    info = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0" + salt + context
    derived = hkdf_expand("sha512", key, info, 32 + 12 + 32)
    assert derived[44:] == commitment
    cipher, nonce = AESGCM(derived[:32]), int.from_bytes(derived[32:44], "big")
    chunks = [body[start : start + _CHUNK] for start in range(0, len(body), _CHUNK)]
    return b"".join(
        cipher.decrypt((nonce ^ number).to_bytes(12, "big"), chunk, b"")
        for number, chunk in enumerate(chunks)
    )


def _labeled_extract(salt: bytes, label: bytes, source: bytes) -> bytes:
    # The secret is extracted with the shared secret as salt; HMAC pads an empty one with zeros.
    return hmac.digest(salt, b"HPKE-v1" + _HPKE_SUITE + label + source, "sha256")


def _labeled_expand(key: bytes, label: bytes, info: bytes, size: int) -> bytes:
    labeled = size.to_bytes(2, "big") + b"HPKE-v1" + _HPKE_SUITE + label + info
    return hkdf_expand("sha256", key, labeled, size)
