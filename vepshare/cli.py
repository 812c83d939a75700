"""The command line: errors are one clear line on standard error, exit code 1 (2 for usage)."""

import signal
import sys
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import click

from vepshare import __version__, audit, crypto
from vepshare.app import load_custody
from vepshare.bench import Baseline, run_keys
from vepshare.bench import run as run_bench
from vepshare.config import Settings, from_environment
from vepshare.demo import prepare
from vepshare.dossier import CODES
from vepshare.errors import ConfigurationError, CustodyUnavailableError, VepshareError
from vepshare.people import Profession
from vepshare.policy import matrix
from vepshare.server import run
from vepshare.services import (
    anchoring,
    backups,
    due,
    health,
    leaving,
    ledger,
    platform,
    restoring,
    rotation,
    verifying,
)
from vepshare.services.custody import SAID, Custody
from vepshare.storage import Store


class _Group(click.Group):
    """Turns our errors into one line; a traceback is for `--debug`."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except VepshareError as error:
            if ctx.params.get("debug"):
                raise
            click.echo(f"vepshare: {_said(error)}", err=True)
            sys.exit(1)


def _said(error: VepshareError) -> str:
    if isinstance(error, CustodyUnavailableError):
        return f"a key cannot be used: {SAID[error.problem]}"
    return str(error) or type(error).__name__.removesuffix("Error")


@click.group(cls=_Group)
@click.version_option(__version__, prog_name="vepshare")
@click.option("--debug", is_flag=True, help="Show tracebacks.")
def main(debug: bool) -> None:
    """Share one coordination dossier, with the victim's recorded consent."""
    del debug


@main.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--data",
    default="var/demo",
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the demonstration keeps its files.",
)
@click.option("--keep", is_flag=True, help="Keep what an earlier demonstration left.")
def demo(port: int, data: Path, keep: bool) -> None:
    """Start a demonstration with fictional people, on this machine only."""
    now = datetime.now(UTC)
    settings = prepare(data, now=now, keep=keep, say=click.echo)
    click.echo(f"\nOpen http://127.0.0.1:{port} and choose somebody of the cast to sign in as,")
    click.echo("or type a login (u01 to u24) and its password, for example demo-u01-vepshare.")
    click.echo("Stop with Ctrl+C.\n")
    run(settings, bind=f"127.0.0.1:{port}", workers=1)


@main.command()
@click.option("--bind", default="127.0.0.1:8000", show_default=True)
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
def serve(bind: str, workers: int) -> None:
    """Serve the application that the environment configures."""
    run(from_environment(), bind=bind, workers=workers)


@main.command()
def migrate() -> None:
    """Bring the database to this version, and set it up if it is empty."""
    settings = from_environment()
    store = Store(settings.database)
    platform.set_up(store, load_custody(settings), origin=settings.origin, now=datetime.now(UTC))
    click.echo("The database is at the revision this version needs.")


@main.command("make-keys")
@click.option("--pepper", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--log-key", type=click.Path(path_type=Path, dir_okay=False))
def make_keys(pepper: Path | None, log_key: Path | None) -> None:
    """Make the secret files of an installation, or one of them; existing ones are left alone."""
    if pepper is None and log_key is None:
        raise click.UsageError("say --pepper, --log-key or both")
    if pepper is not None:
        crypto.create_pepper_file(pepper)
    if log_key is not None:
        audit.create_log_key_file(log_key)
    made = " and ".join(str(one) for one in (pepper, log_key) if one is not None)
    click.echo(f"Made {made}: keep a copy, apart from the database.")


@main.group()
def keys() -> None:
    """Replace the pepper or the key that signs the log; safe to interrupt and to repeat."""


@keys.command()
def status() -> None:
    """Print which peppers and log keys there have been, and who still needs them."""
    store, custody = _installation()
    for one in rotation.peppers(store, custody):
        here = "configured" if one.configured else "not configured"
        click.echo(f"pepper {one.row.id}: {one.row.state.value}, {one.locks} locks, {here}")
    for key in platform.log_keys(store):
        until = "on" if key.until_size is None else f"to {key.until_size}"
        signs = "announced" if key.from_size is None else f"signs from size {key.from_size} {until}"
        click.echo(f"log key {key.public.hex()}: {signs}")


@keys.command("rotate-pepper")
def rotate_pepper() -> None:
    """Make the new one among the configured peppers the current one."""
    turn = rotation.rotate_pepper(*_installation(), now=datetime.now(UTC))
    click.echo(f"The current pepper is {turn.name}{'' if turn.changed else ', as it was'}.")


@keys.command("retire-pepper")
@click.argument("pepper_id")
def retire_pepper(pepper_id: str) -> None:
    """Retire a former pepper for good, if no way to unlock needs it any more."""
    left = rotation.retire_pepper(_store(), pepper_id, now=datetime.now(UTC))
    if left:
        click.echo(f"vepshare: {left} ways to unlock still need this pepper", err=True)
        sys.exit(1)
    click.echo("Retired: take it out of the configuration.")


@keys.command("rotate-log-key")
def rotate_log_key() -> None:
    """Let the new one among the configured log keys take over, with the signature of both."""
    turn = rotation.rotate_log_key(*_installation(), now=datetime.now(UTC))
    click.echo(f"The log is signed by {turn.name}{'' if turn.changed else ', as it was'}.")


@main.command("run-due")
def run_due() -> None:
    """Do what happens by itself: consents that begin and end. For a timer; safe to repeat."""
    settings = from_environment()
    store, custody = Store(settings.database), load_custody(settings)
    # It makes wraps: whose keys are published is judged as the server judges it.
    origin = platform.check(store, custody).origin
    anchoring.anchor(store, origin, (one.public for one in custody.log_keys))
    ledger.attach(store, settings.ledger_file)
    done = due.run_due(store, now=datetime.now(UTC))
    click.echo(f"{done} done.")


@main.command()
@click.option(
    "--to",
    "folder",
    required=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The folder of the backups.",
)
@click.option(
    "--keep-keys",
    default=backups.KEEP_KEYS_DAYS,
    show_default=True,
    type=click.IntRange(1, 90),
    help="Days after which the keys may be pruned.",
)
@click.option("--prune", is_flag=True, help="Only destroy key archives whose time is over.")
def backup(folder: Path, keep_keys: int, prune: bool) -> None:
    """Back the installation up while it serves; the keys in a file of their own."""
    settings, now = from_environment(), datetime.now(UTC)
    custody = load_custody(settings)
    if not prune:
        made = backups.back_up(
            Store(settings.database), custody, folder, keep_days=keep_keys, now=now
        )
        click.echo(f"{made.manifest}: {made.rows} rows, {made.size} entries of the log.")
        return
    pruned = backups.prune(folder, custody, now=now)
    click.echo(f"{pruned.destroyed} key archives destroyed.")
    if pruned.unreadable:
        raise restoring.BackupRefusedError(f"{pruned.unreadable[0]}: not a manifest of ours")


@main.command()
@click.option(
    "--from",
    "manifest",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The manifest of the backup to restore.",
)
@click.option("--database", help="Where to; by default the database of the environment.")
@click.option("--replace", is_flag=True, help="Replace what the database holds.")
@click.option("--acknowledge", is_flag=True, help="Go on although entries of the log are lost.")
@click.option("--accept-loss", help="Erase this withheld dossier: its newer acts are lost.")
def restore(
    manifest: Path | None,
    database: str | None,
    replace: bool,
    acknowledge: bool,
    accept_loss: str | None,
) -> None:
    """Restore a backup, once everything in it has been checked, or settle what it lacks."""
    if sum((manifest is not None, acknowledge, accept_loss is not None)) != 1:
        raise click.UsageError("give one of --from, --acknowledge, --accept-loss")
    settings, now = from_environment(), datetime.now(UTC)
    url = database or settings.database
    custody = load_custody(settings)
    if manifest is not None:
        _restore(manifest, url, settings, replace, now)
        return
    store = Store(url)
    platform.check(store, custody)
    if acknowledge:
        origin = restoring.acknowledge(store, _ledger(settings), now=now)
        click.echo(f"The log goes on as {origin}.")
        return
    ledger.attach(store, settings.ledger_file)
    erased = restoring.accept_loss(store, accept_loss or "", now=now)
    click.echo(f"Erased: {erased} versions of entries.")


def _restore(manifest: Path, url: str, settings: Settings, replace: bool, now: datetime) -> None:
    file = settings.ledger_file
    if file is not None and not file.exists():
        # An empty ledger would revive everything it once spoke of.
        raise ConfigurationError(f"ledger {file}: missing; bring it back before restoring")
    known = ledger.Known() if file is None else ledger.LedgerFile(file).read()
    custody = load_custody(settings)
    found = restoring.restore(manifest, url, custody, known=known, replace=replace, now=now)
    click.echo(f"Restored: {found.size} entries of the log, root {found.root.hex()}.")
    if file is None:
        click.echo("No ledger is configured: what was withdrawn or erased since is not known.")
    if found.erased:
        click.echo(f"Erased again, as the ledger says: {found.erased}.")
    for reference in found.withheld:
        click.echo(f"Withheld, an act of hers is missing: {reference}.")
    if found.lost:
        click.echo(f"Lost: {found.lost} entries of the log; see docs/backup.md.")


def _ledger(settings: Settings) -> ledger.LedgerFile:
    if settings.ledger_file is None:
        raise ConfigurationError("VEPSHARE_LEDGER_FILE is not set")
    return ledger.LedgerFile(settings.ledger_file)


@main.group()
def account() -> None:
    """End accounts from the terminal of the server."""


@account.command()
@click.argument("login")
def disable(login: str) -> None:
    """End an account now: its sessions, its functions, and what it was handed of any key."""
    try:
        leaving.disable_by_operator(_store(), login, now=datetime.now(UTC))
    except LookupError:
        raise click.UsageError(f"there is no account {login}") from None
    click.echo(f"{login} can do nothing any more; the log says so.")


@main.command()
@click.option("--keys", is_flag=True, help="Also compare the keys of every dossier with its acts.")
def doctor(keys: bool) -> None:
    """Check that configuration, secrets and database belong together; numbers only."""
    settings = from_environment()
    store = Store(settings.database)
    row = platform.check(store, load_custody(settings))
    click.echo(f"Configuration, secrets and database of {row.origin} belong together.")
    if keys and not _keys_are_sound(store):
        sys.exit(1)


def _keys_are_sound(store: Store) -> bool:
    def say(seen: int) -> None:
        click.echo(f"    {seen} dossiers seen", err=True)

    found = health.key_health(store, now=datetime.now(UTC), say=say)
    click.echo(f"{found.dossiers} dossiers: {found.extra} wraps without a consent,")
    click.echo(f"    {found.missing} consents without their wraps,")
    click.echo(f"    {found.undrained} with an older key that has waited too long for a holder.")
    click.echo(f"{found.unheld} services have a key that no member holds.")
    for one in found.moving:
        service = f"{one.organisation}/{one.profession.value}"
        click.echo(f"{service} goes on to key {one.epoch}: {one.left} wraps left.")
    return found.sound


@main.group()
def log() -> None:
    """Verify the log, and sign checkpoints of it."""


@log.command()
@click.option("--database", help="Address of the database; by default that of the environment.")
def verify(database: str | None) -> None:
    """Rehash the whole log, and check every key, signature and epoch it tells of."""
    store = _store() if database is None else Store(database)
    report = platform.verify_log(store)
    faults = [f"entry {fault.index}: {fault.code.value}" for fault in report.faults]
    if report.whole:
        faults = [f"entry {index}: misfiled" for index in platform.misfiled_entries(store)]
    if not faults:
        # What stands beside the log can be compared with it only once it is whole.
        faults = list(islice(verifying.faults(store), audit.MAX_FAULTS))
    for line in faults:
        click.echo(line, err=True)
    if faults:
        sys.exit(1)
    click.echo(f"The log is whole: {report.size} entries, root {report.root.hex()}.")


@log.command()
def checkpoint() -> None:
    """Sign a checkpoint of the log as it stands."""
    settings = from_environment()
    custody = load_custody(settings)
    store = Store(settings.database)
    # A log that has gone back is not signed, and one that was signed does not go back.
    ledger.attach(store, settings.ledger_file)
    note = platform.checkpoint(store, custody, now=datetime.now(UTC))
    ledger.attach(store, settings.ledger_file)
    click.echo(note, nl=False)


@main.group()
def policy() -> None:
    """Show the ceiling matrix in force."""


@policy.command()
def show() -> None:
    """Print the matrix, its version, date and digest."""
    found = matrix()
    click.echo(f"version {found.version}, {found.dated.isoformat()}, sha256 {found.digest}")
    click.echo("      " + " ".join(f"{code:>2}" for code in CODES))
    for profession in Profession:
        cells = (found.cell(profession, compartment) for compartment in CODES.values())
        marks = ("-" if c is None else c.level.value + ("+" if c.own_tick else "") for c in cells)
        click.echo(f"{profession.value:<5} " + " ".join(f"{mark:>2}" for mark in marks))


_DATABASE = click.option(
    "--database", help="Also measure on the PostgreSQL server at this address."
)
_QUICK = click.option(
    "--quick", is_flag=True, help="Small data and short runs, to see that it works."
)


@main.group(invoke_without_command=True)
@_DATABASE
@_QUICK
@click.option(
    "--baseline",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Also measure the application in this folder, see docs/performance.md.",
)
@click.option(
    "--baseline-python",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The Python of the virtual environment that the other application runs in.",
)
@click.pass_context
def bench(
    ctx: click.Context,
    database: str | None,
    quick: bool,
    baseline: Path | None,
    baseline_python: Path | None,
) -> None:
    """Measure opening a dossier, withdrawing, page sizes and memory; print a table."""
    if (baseline is None) != (baseline_python is None):
        raise click.UsageError("--baseline and --baseline-python go together")
    # Stopped like this too, it ends its servers and drops its databases.
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(143))
    if ctx.invoked_subcommand is not None:
        return
    other = None
    if baseline is not None and baseline_python is not None:
        other = Baseline(folder=baseline, python=baseline_python)
    now = datetime.now(UTC)
    run_bench(database, quick=quick, baseline=other, say=click.echo, now=now)


@bench.command("keys")
@_DATABASE
@_QUICK
def bench_keys(database: str | None, quick: bool) -> None:
    """Measure how long keys take: a withdrawal from many, a member who leaves a service."""
    run_keys(database, quick=quick, say=click.echo, now=datetime.now(UTC))


def _installation() -> tuple[Store, Custody]:
    settings = from_environment()
    return Store(settings.database), load_custody(settings)


def _store() -> Store:
    return Store(from_environment().database)
