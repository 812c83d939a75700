import pytest

from vepshare import crypto
from vepshare.errors import Tampered, TamperedError

from .builders import altered, other_suites

TOKEN = crypto.Token(id=b"i" * 32, half=b"h" * 32)
ROW_HALF = b"r" * 32
CONTEXT = b"nurse, until noon"
BLOB = crypto.seal_session(TOKEN, ROW_HALF, CONTEXT, b"seeds")


def refused(
    blob: bytes = BLOB,
    *,
    token: crypto.Token = TOKEN,
    row_half: bytes = ROW_HALF,
    context: bytes = CONTEXT,
) -> bool:
    with pytest.raises(TamperedError) as raised:
        crypto.unseal_session(token, row_half, context, blob)
    return raised.value.what is Tampered.SESSION


def test_a_session_opens_with_cookie_and_row_together() -> None:
    assert crypto.unseal_session(TOKEN, ROW_HALF, CONTEXT, BLOB).reveal() == b"seeds"


def test_a_session_opens_with_no_other_cookie_row_or_context() -> None:
    assert refused(token=crypto.Token.new())
    assert refused(token=crypto.Token(id=TOKEN.id, half=b"x" * 32))
    assert refused(token=crypto.Token(id=b"x" * 32, half=TOKEN.half))
    assert refused(row_half=b"x" * 32)
    assert refused(row_half=ROW_HALF[:-1])
    assert refused(row_half=b"")
    assert refused(context=b"nurse, for ever")


@pytest.mark.parametrize("blob", altered(BLOB))
def test_an_altered_session_is_refused(blob: bytes) -> None:
    assert refused(blob)


def test_an_unknown_suite_is_refused() -> None:
    assert all(refused(blob) for blob in other_suites(BLOB))


def test_a_session_does_not_tell_how_many_services_it_holds() -> None:
    sizes = {
        len(crypto.seal_session(TOKEN, ROW_HALF, CONTEXT, bytes(32 * services)))
        for services in range(8)
    }
    assert len(sizes) == 1


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_half_in_the_row_is_32_bytes(size: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        crypto.seal_session(TOKEN, bytes(size), CONTEXT, b"seeds")


def test_a_token_comes_back_from_its_text() -> None:
    token = crypto.Token.new()
    text = token.encode()

    assert len(text) == 86
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    assert crypto.Token.decode(text) == token
    assert crypto.Token.new() != token


TEXT = crypto.Token(id=b"\xff" * 32, half=b"\xfb" * 32).encode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        TEXT[:-1],
        TEXT + "A",
        TEXT + "==",
        TEXT[:-1] + chr(ord(TEXT[-1]) + 1),
        TEXT.replace("_", "/"),
        " " + TEXT,
        TEXT + "\n",
        "é" * 86,
        "*" * 86,
        "A" * 4096,
    ],
)
def test_no_other_text_is_a_token(text: str) -> None:
    assert crypto.Token.decode(text) is None


@pytest.mark.parametrize(("first", "second"), [(31, 32), (32, 33), (0, 64)])
def test_the_halves_of_a_token_are_32_bytes(first: int, second: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        crypto.Token(id=bytes(first), half=bytes(second))


def test_the_row_is_found_by_the_id_alone() -> None:
    assert len(crypto.token_hash(TOKEN)) == 32
    assert crypto.token_hash(TOKEN) == crypto.token_hash(crypto.Token(id=TOKEN.id, half=b"x" * 32))
    assert crypto.token_hash(TOKEN) != TOKEN.id
