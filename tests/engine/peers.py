"""Where the peers of the conformance engine are, and how Node runs a script on them. Nothing is skipped in silence."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = Path(os.environ.get("CERTGATEWAY_PEERS", ROOT / "tools" / "node" / "peers" / "node_modules"))


def ask_node(package: str, script: str, asked: Any) -> Any:  # noqa: ANN401  JSON both ways.
    """What a script beside this file prints, run on an npm package of others."""
    if not (MODULES / package).is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"npm {package} must be installed in CI, and is not at {MODULES}")
        pytest.skip(f"LOUD: npm {package} is not at {MODULES}; `make peers` installs it")
    done = subprocess.run(
        [ROOT / "tools/npm.sh", "node", Path(__file__).with_name(script), MODULES],
        input=json.dumps(asked).encode(),
        capture_output=True,
        check=False,
        env={**os.environ, "VENV": sys.prefix},
    )
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)
