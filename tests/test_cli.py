"""The command line, as an operator uses it."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from vepshare import audit, crypto
from vepshare.cli import main
from vepshare.demo import prepare

SECRETS = ("pepper", "log-key")


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation made from the command line, as its operator would."""
    for name, value in {
        "VEPSHARE_DATABASE": f"sqlite:///{tmp_path / 'vepshare.db'}",
        "VEPSHARE_PEPPER_FILE": str(tmp_path / "pepper"),
        "VEPSHARE_LOG_KEY_FILE": str(tmp_path / "log-key"),
        "VEPSHARE_ORIGIN": "test.example/log",
    }.items():
        monkeypatch.setenv(name, value)
    assert (
        run(
            "make-keys", "--pepper", tmp_path / "pepper", "--log-key", tmp_path / "log-key"
        ).exit_code
        == 0
    )
    assert run("migrate").exit_code == 0
    return tmp_path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments])


def refused(*arguments: object) -> str:
    """Return the one line that a refused command prints."""
    result = run(*arguments)
    assert result.exit_code == 1
    lines = result.stderr.splitlines()
    assert len(lines) == 1
    return lines[0]


def test_an_installation_is_made_and_made_again_without_harm(installation: Path) -> None:
    assert run("migrate").exit_code == 0
    assert "whole" in run("log", "verify").stdout


def test_secret_files_are_never_replaced(installation: Path) -> None:
    before = (installation / "pepper").read_bytes()

    refused("make-keys", "--pepper", installation / "pepper", "--log-key", installation / "other")

    assert (installation / "pepper").read_bytes() == before


@pytest.mark.parametrize("name", SECRETS)
def test_a_missing_secret_is_refused_in_one_line(installation: Path, name: str) -> None:
    (installation / name).unlink()

    assert name in refused("migrate")


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_that_others_can_read_is_refused_in_one_line(
    installation: Path, name: str
) -> None:
    (installation / name).chmod(0o644)

    assert name in refused("migrate")


@pytest.mark.parametrize("name", SECRETS)
def test_the_secret_of_another_installation_is_refused_in_one_line(
    installation: Path, name: str
) -> None:
    (installation / name).unlink()
    make = crypto.create_pepper_file if name == "pepper" else audit.create_log_key_file
    make(installation / name)

    assert "not the one this database was set up with" in refused("serve")


@pytest.mark.parametrize("name", ["DATABASE", "PEPPER_FILE", "LOG_KEY_FILE", "ORIGIN"])
def test_what_is_not_set_is_named(
    installation: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(f"VEPSHARE_{name}")

    assert f"VEPSHARE_{name}" in refused("serve")


def test_serving_an_empty_database_is_refused(
    installation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VEPSHARE_DATABASE", f"sqlite:///{installation / 'empty.db'}")

    assert "vepshare migrate" in refused("serve")


def test_serving_is_refused_until_somebody_says_that_the_data_are_fictional(
    installation: Path,
) -> None:
    """Source: R57."""
    assert "not for real data" in refused("serve")


def change(database: Path, statement: str, *values: object) -> None:
    """Write to the log as somebody can who has the file: without its triggers."""
    connection = sqlite3.connect(database)
    query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'log_entries'"
    for (name,) in connection.execute(query).fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute(statement, values)
    connection.commit()
    connection.close()


def test_one_changed_byte_is_found_and_its_entry_named(demonstration: Path) -> None:
    """Source: R48."""
    connection = sqlite3.connect(demonstration)
    (entry,) = connection.execute("SELECT entry FROM log_entries WHERE idx = 17").fetchone()
    connection.close()
    changed = entry.replace(b"allowed", b"aLlowed")
    assert changed != entry

    change(demonstration, "UPDATE log_entries SET entry = ? WHERE idx = 17", changed)
    result = run("log", "verify", "--database", f"sqlite:///{demonstration}")

    assert result.exit_code == 1
    assert result.stderr.startswith("entry 17:")


def test_an_entry_hidden_from_the_officer_s_filters_is_found(demonstration: Path) -> None:
    """Source: R48."""
    change(demonstration, "UPDATE log_entries SET dossier = NULL WHERE idx = 80")

    result = run("log", "verify", "--database", f"sqlite:///{demonstration}")

    assert result.exit_code == 1
    assert result.stderr == "entry 80: misfiled\n"


@pytest.fixture
def demonstration(tmp_path: Path) -> Path:
    """The database of a demonstration, freshly prepared."""
    prepare(tmp_path / "demo", now=datetime.now(UTC), keep=False, say=lambda _line: None)
    return tmp_path / "demo" / "vepshare.db"


def test_the_log_of_the_demonstration_is_whole(demonstration: Path) -> None:
    result = run("log", "verify", "--database", f"sqlite:///{demonstration}")

    assert result.exit_code == 0
    assert "The log is whole" in result.stdout


def test_an_account_is_ended_from_the_terminal(
    demonstration: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Source: R17."""
    monkeypatch.setenv("VEPSHARE_DATABASE", f"sqlite:///{demonstration}")
    for name in ("pepper", "log-key"):
        variable = f"VEPSHARE_{name.upper().replace('-', '_')}_FILE"
        monkeypatch.setenv(variable, str(demonstration.with_name(name)))
    monkeypatch.setenv("VEPSHARE_ORIGIN", "demo.vepshare.example/log")

    assert run("account", "disable", "u23").exit_code == 0
    assert run("account", "disable", "nobody").exit_code == 2
    checked = run("doctor", "--keys")

    assert checked.exit_code == 0, checked.output
    assert "0 wraps without a consent" in checked.stdout
    assert "0 consents without their wraps" in checked.stdout


def test_an_installation_is_backed_up_and_restored(
    installation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Into an empty place, never over what is there unless told so, and never half."""
    monkeypatch.setenv("VEPSHARE_LEDGER_FILE", str(installation / "ledger"))
    folder = installation / "backups"
    folder.mkdir()
    assert run("run-due").exit_code == 0
    made = run("backup", "--to", folder)
    assert made.exit_code == 0
    manifest = next(folder.glob("*-manifest.json"))

    assert "not empty" in refused("restore", "--from", manifest)
    elsewhere = f"sqlite:///{installation / 'restored.db'}"
    assert run("restore", "--from", manifest, "--database", elsewhere).exit_code == 0
    assert "whole" in run("log", "verify", "--database", elsewhere).stdout
    assert (installation / "restored.db").stat().st_mode & 0o077 == 0
    assert "no entry of the log is missing" in refused("restore", "--acknowledge")

    (installation / "ledger").unlink()
    assert "ledger" in refused("restore", "--from", manifest, "--replace")
    next(folder.glob("*-keys.jsonl.gz")).write_bytes(b"cut")
    monkeypatch.delenv("VEPSHARE_LEDGER_FILE")
    assert "not the file" in refused("restore", "--from", manifest, "--replace")
    assert run("backup", "--to", folder, "--prune").exit_code == 0
    assert run("restore").exit_code == 2


def test_the_matrix_is_shown_with_its_version_and_digest() -> None:
    shown = run("policy", "show").stdout

    assert shown.startswith("version 0,")
    assert "SAPV" in shown


def test_an_unknown_command_is_a_usage_error() -> None:
    assert run("no-such-command").exit_code == 2


def test_the_pepper_and_the_log_key_are_replaced_from_the_command_line(
    installation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("make-keys", "--pepper", installation / "p2").exit_code == 0
    assert run("make-keys", "--log-key", installation / "l2").exit_code == 0
    for name, old, new in (("PEPPER", "pepper", "p2"), ("LOG_KEY", "log-key", "l2")):
        monkeypatch.delenv(f"VEPSHARE_{name}_FILE")
        both = f"file:{installation / old} file:{installation / new}"
        monkeypatch.setenv(f"VEPSHARE_{name}", both)
    first = run("keys", "status").stdout.split()[1].rstrip(":")

    for command in ("rotate-pepper", "rotate-log-key"):
        done = run("keys", command)
        again = run("keys", command)
        assert (done.exit_code, again.exit_code) == (0, 0)
        assert again.stdout == done.stdout.replace(".", ", as it was.")
    assert f"pepper {first}: former, 0 locks, configured" in run("keys", "status").stdout
    assert run("keys", "retire-pepper", first).exit_code == 0

    monkeypatch.setenv("VEPSHARE_PEPPER", f"file:{installation / 'p2'}")
    monkeypatch.setenv("VEPSHARE_LOG_KEY", f"file:{installation / 'l2'}")
    assert run("log", "checkpoint").exit_code == 0
    assert "whole" in run("log", "verify").stdout
    shown = run("keys", "status").stdout.splitlines()
    assert f"pepper {first}: retired, 0 locks, not configured" in shown
    assert shown[-1].startswith("log key")
    assert shown[-1].endswith(" on")


def test_the_current_pepper_is_not_retired(installation: Path) -> None:
    current = run("keys", "status").stdout.split()[1].rstrip(":")

    assert "the current one" in refused("keys", "retire-pepper", current)


def test_making_no_key_at_all_is_a_usage_error() -> None:
    assert run("make-keys").exit_code == 2
