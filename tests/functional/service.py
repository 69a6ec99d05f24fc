"""`certgateway serve` as a process of its own, with what it costs and writes; nothing of it runs in the test."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from certgateway.trust.seal import create_key_file
from tests.canary import CANARY

ROOT = Path(__file__).resolve().parents[2]
_STARTS_WITHIN = 30.0
_TICKS = os.sysconf("SC_CLK_TCK")
_MIB = 1024


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes


class Service:
    """A running gateway of synthetic people on a free port. `log` is what it wrote to standard error."""

    def __init__(self, folder: Path, **settings: str) -> None:
        create_key_file(folder / "key")
        self.port = free_port()
        self._log = folder / "stderr.txt"
        given = {
            "DATABASE": f"sqlite:///{folder}/certgateway.db",
            "KEY_FILE": str(folder / "key"),
            "PERSONS": "synthetic",
        }
        given |= {"PORT": str(self.port)} | settings
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("CERTGATEWAY_", "COV"))
        }
        environment |= {f"CERTGATEWAY_{name}": value for name, value in given.items()}
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "certgateway", "serve"], cwd=ROOT, env=environment, stderr=log
            )

    def await_ready(self) -> None:
        until = time.monotonic() + _STARTS_WITHIN
        while True:
            try:
                if self.ask("GET", "/readyz").status == 200:
                    return
            except OSError:
                pass
            if self.process.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"the service did not start:\n{self.log}")
            time.sleep(0.05)

    def ask(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return Reply(
                response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
            )
        finally:
            connection.close()

    def cpu_seconds(self) -> float:
        """Processor time of the process and all its threads so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def memory_now(self) -> float:
        """Resident MiB now; the peak is counted anew from here."""
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")
        return self._status("VmRSS")

    def memory_peak(self) -> float:
        """The most resident MiB since `memory_now`."""
        return self._status("VmHWM")

    def _status(self, name: str) -> float:
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(name)) / _MIB

    @property
    def log(self) -> str:
        return self._log.read_text()

    def stop(self) -> int:
        """Ends it as an operator would; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        ended = self.process.wait(30)
        CANARY.look("log of a process", self.log)
        return ended


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port
