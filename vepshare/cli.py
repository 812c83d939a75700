"""The command line: errors are one clear line on standard error, exit code 1 (2 for usage)."""

import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from vepshare import __version__, audit, crypto
from vepshare.app import load_custody
from vepshare.bench import Baseline
from vepshare.bench import run as run_bench
from vepshare.config import Settings, from_environment
from vepshare.demo import prepare
from vepshare.dossier import CODES
from vepshare.errors import ConfigurationError, VepshareError
from vepshare.people import Profession
from vepshare.policy import matrix
from vepshare.server import run
from vepshare.services import backups, due, ledger, platform, restoring
from vepshare.storage import Store


class _Group(click.Group):
    """Turns our errors into one line; a traceback is for `--debug`."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except VepshareError as error:
            if ctx.params.get("debug"):
                raise
            name = type(error).__name__.removesuffix("Error")
            click.echo(f"vepshare: {error or name}", err=True)
            sys.exit(1)


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
@click.option("--pepper", required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--log-key", required=True, type=click.Path(path_type=Path, dir_okay=False))
def make_keys(pepper: Path, log_key: Path) -> None:
    """Make the two secret files of an installation; existing ones are never replaced."""
    crypto.create_pepper_file(pepper)
    audit.create_log_key_file(log_key)
    click.echo(f"Made {pepper} and {log_key}: keep a copy of both, apart from the database.")


@main.command("run-due")
def run_due() -> None:
    """Do what happens by itself: consents that begin and end. For a timer; safe to repeat."""
    settings = from_environment()
    store = Store(settings.database)
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
def log() -> None:
    """Verify the log, and sign checkpoints of it."""


@log.command()
@click.option("--database", help="Address of the database; by default that of the environment.")
def verify(database: str | None) -> None:
    """Rehash the whole log and name the first bad entry, if there is one."""
    store = _store() if database is None else Store(database)
    report = platform.verify_log(store)
    faults = [f"entry {fault.index}: {fault.code.value}" for fault in report.faults]
    if report.whole:
        faults = [f"entry {index}: misfiled" for index in platform.misfiled_entries(store)]
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


@main.command()
@click.option("--database", help="Also measure on the PostgreSQL server at this address.")
@click.option("--quick", is_flag=True, help="Small data and short runs, to see that it works.")
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
def bench(
    database: str | None, quick: bool, baseline: Path | None, baseline_python: Path | None
) -> None:
    """Measure opening a dossier, withdrawing, page sizes and memory; print a table."""
    if (baseline is None) != (baseline_python is None):
        raise click.UsageError("--baseline and --baseline-python go together")
    other = None
    if baseline is not None and baseline_python is not None:
        other = Baseline(folder=baseline, python=baseline_python)
    # Stopped like this too, it ends its servers and drops its databases.
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(143))
    now = datetime.now(UTC)
    run_bench(database, quick=quick, baseline=other, say=click.echo, now=now)


def _store() -> Store:
    return Store(from_environment().database)
