"""Signing in, resuming a session, and writing to the database behind its back."""

from datetime import datetime

from sqlalchemy import text

from tests.worlds import TUESDAY, World
from vepshare import crypto
from vepshare.plain import Plain
from vepshare.services import Caller, Given, sessions


def sign_in(
    world: World, login: str = "u01", passphrase: str | None = None, **more: object
) -> sessions.SignedIn:
    now = more.pop("now", TUESDAY)
    said = f"demo-{login}-vepshare" if passphrase is None else passphrase
    given = Given(passphrase=Plain(said), alone=True)
    credentials = sessions.Credentials(login=login, given=given, **more)
    return sessions.sign_in(
        world.store, world.custody.peppers, credentials, request=sessions.new_request(), now=now
    )


def resume(world: World, token: crypto.Token, *, now: datetime = TUESDAY) -> Caller | None:
    return sessions.resume(world.store, token, request=sessions.new_request(), now=now)


def change(world: World, statement: str, **values: object) -> None:
    """Change the database as somebody who holds it could."""
    with world.store.engine.connect() as connection:
        connection.execute(text(statement), values)
        connection.commit()
