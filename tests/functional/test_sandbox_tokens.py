"""The sandbox's token office: good tokens of each profile open doors, broken ones do not; a service has none of it."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from certgateway import bootstrap
from certgateway.api.sandbox_tokens import Home, token_office
from certgateway.app import create_app
from certgateway.config import Settings
from certgateway.services.examine import House
from certgateway.trust.sandbox_faults import FAULTS, LOGIN_FAULTS, PROOF_FAULTS, TOKEN_FAULTS
from certgateway.trust.sandbox_issuer import SandboxIssuer
from certgateway.trust.seal import create_key_file
from tests.functional.conftest import NOW
from tests.functional.entrance import HER, REGISTER
from tests.functional.messages import JSON, raw
from tests.functional.test_access import problem
from tests.tokens import ADDRESS, HPR, ORGANISATION, jwk, private, proof, thumbprint

Json = dict[str, Any]
ROOT = Path(__file__).resolve().parents[2]
PROFILES = ["helseid", "maskinporten", "entra", "sandbox"]
OPENS = {"helseid": "/messages", "maskinporten": "/messages", "entra": "/assessments/feed", "sandbox": "/messages"}


@dataclass(frozen=True)
class Sandbox:
    client: TestClient

    def token(self, **wish: str) -> Json:
        answer = self.client.post("/sandbox/token", params=wish)
        assert answer.status_code == 200, answer.text
        told: Json = answer.json()
        return told

    def present(self, told: Json, path: str) -> Any:  # noqa: ANN401
        headers = {"Authorization": f"{told['token_type']} {told['access_token']}"}
        headers |= {"DPoP": told["dpop"]} if told["dpop"] else {}
        return self.client.get(path, params={"receiver": HER}, headers=headers)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory, house: House) -> Iterator[Sandbox]:
    folder = tmp_path_factory.mktemp("sandbox")
    create_key_file(folder / "key")
    made = replace(bootstrap.gateway_on(f"sqlite:///{folder}/sandbox.db", folder / "key", house), clock=lambda: NOW)
    issuer = SandboxIssuer(ADDRESS)
    made = replace(made, issuers=issuer.issuers(), register=REGISTER)
    app = create_app(made, Settings.model_construct(persons="synthetic"))
    app.mount("/sandbox", token_office(issuer, made, Home(ORGANISATION, HPR)))
    with TestClient(app) as client:
        yield Sandbox(client)
    made.store.close()


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("bound", [False, True])
def test_a_good_token_opens_the_door(sandbox: Sandbox, profile: str, bound: bool) -> None:  # noqa: FBT001
    path = OPENS[profile]
    told = sandbox.token(profile=profile, **({"url": ADDRESS + path} if bound or profile == "helseid" else {}))
    assert told["expires_in"] == 120
    assert (told["token_type"], told["dpop"] is not None) == (
        ("DPoP", True) if bound or profile == "helseid" else ("Bearer", False)
    )
    assert sandbox.present(told, path).status_code == 200


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("broken", [*TOKEN_FAULTS, *PROOF_FAULTS])
def test_a_broken_one_does_not(sandbox: Sandbox, profile: str, broken: str) -> None:
    path = OPENS[profile]
    told = sandbox.token(profile=profile, broken=broken, url=ADDRESS + path)
    answer = sandbox.present(told, path)
    assert (answer.status_code, problem(answer)) == (
        401,
        "proof-refused" if broken in PROOF_FAULTS else "token-refused",
    )
    assert told["access_token"][:30] not in answer.text + str(answer.headers)


@pytest.mark.parametrize("profile, broken", [*(("entra", name) for name in LOGIN_FAULTS), ("helseid", "weak-login")])
def test_a_weak_login_does_not(sandbox: Sandbox, profile: str, broken: str) -> None:
    path = OPENS[profile]
    answer = sandbox.present(sandbox.token(profile=profile, broken=broken, url=ADDRESS + path), path)
    assert (answer.status_code, problem(answer)) == (401, "token-refused")


def test_a_token_without_the_scope_or_of_another_organisation_does_not_do(sandbox: Sandbox) -> None:
    assert sandbox.present(sandbox.token(broken="missing-scope"), "/messages").status_code == 403
    told = sandbox.token(broken="wrong-organisation")
    headers = {"Authorization": f"Bearer {told['access_token']}"} | JSON
    answer = sandbox.client.post(
        "/fhir/$process-message", content=raw("good/no-known-health-risk.json"), headers=headers
    )
    assert "caller-not-sender" in answer.text


def test_a_client_binds_its_token_to_its_own_key(sandbox: Sandbox) -> None:
    told = sandbox.token(profile="helseid", jkt=thumbprint(jwk(private("client"))))
    assert (told["token_type"], told["dpop"]) == ("DPoP", None)
    own = told | {"dpop": proof(told["access_token"])}
    assert sandbox.present(own, "/messages").status_code == 200


def test_the_token_alone_is_given_as_text(sandbox: Sandbox) -> None:
    answer = sandbox.client.post("/sandbox/token", headers={"Accept": "text/plain"})
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", answer.text)
    kids = [key["kid"] for key in sandbox.client.get("/sandbox/jwks").json()["keys"]]
    assert kids == ["sandbox-rsa", "sandbox-ec"]


@pytest.mark.parametrize(
    "wish",
    [
        {"broken": "no-such-fault"},
        {"broken": "old-proof"},
        {"broken": "weak-login"},
        {"broken": "old-login", "profile": "helseid"},
        {"broken": "weak-login", "profile": "helseid", "hpr": ""},
        {"profile": "idporten"},
        {"organisation": "1"},
    ],
)
def test_what_there_is_not_is_said(sandbox: Sandbox, wish: Json) -> None:
    answer = sandbox.client.post("/sandbox/token", params=wish)
    assert answer.status_code == 422
    if "broken" in wish:
        assert set(answer.json()["broken"]) == set(FAULTS)


def test_a_service_has_no_token_office(client: TestClient) -> None:
    for path in ("/sandbox/token", "/sandbox/jwks"):
        assert client.post(path).status_code == 404
        assert client.get(path).status_code == 404
    # Nothing but the sandbox's own command names it.
    naming = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "certgateway").rglob("*.py")
        if re.search(
            r"import.*(sandbox_issuer|sandbox_faults|sandbox_tokens|SandboxIssuer|token_office)", path.read_text()
        )
        or re.search(r"from certgateway\.(trust|api)\.sandbox", path.read_text())
    }
    assert naming == {
        "certgateway/cli/sandbox.py",
        "certgateway/api/sandbox_tokens.py",
        "certgateway/trust/sandbox_faults.py",
    }


def test_the_demonstration_and_the_example_of_the_docs_go_through_a_guarded_door() -> None:
    """From nothing, over HTTP, as somebody would start it; and the client of docs/tokens.md, as it stands there."""
    command = (sys.executable, "-m", "certgateway", "sandbox", "--port", "0", "--tokens")
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            shown = "".join(iter(process.stdout.readline, "Serving until Ctrl-C.\n"))
            port = re.findall(r"http://127\.0\.0\.1:([0-9]+)", shown)[0]
            page = (ROOT / "docs" / "tokens.md").read_text()
            example = page.partition("```python\n")[2].partition("```")[0]
            code = example.replace(":8080", f":{port}")
            told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
        finally:
            process.send_signal(signal.SIGINT)
    assert process.returncode == 0
    first, second = told.stdout.splitlines()
    assert first == "200"
    assert second.startswith('401 DPoP error="invalid_dpop_proof"')
    states = re.findall(r"^    (HTTP [0-9]+)", shown, re.MULTILINE)
    assert len(states) == 17
    assert {"HTTP 401", "HTTP 403"}.isdisjoint(states)
    assert "sender-not-verified" not in shown
    lines = [line for line in shown.splitlines() if line.startswith("curl ")]
    assert len(lines) > 15
    assert all('-H "$T"' in line or "/sandbox/token" in line for line in lines)
