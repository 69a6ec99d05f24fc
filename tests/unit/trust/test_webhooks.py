"""Headers are those of Standard Webhooks, secrets and addresses are taken in one form only, and none is ever told."""

import base64
import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from standardwebhooks import WebhookVerificationError

from certgateway.domain.errors import MisconfiguredError
from certgateway.trust.webhooks import Webhook, parse_secrets, parse_url, read_secrets

KEY = bytes(range(32))
SECRET = "whsec_" + base64.b64encode(KEY).decode()
OTHER = "whsec_" + base64.b64encode(bytes(24)).decode()
URL = "https://epj.example/inbox"


def of(size: int) -> str:
    return "whsec_" + base64.b64encode(bytes(size)).decode()


def test_the_example_of_the_specification_is_signed_as_it_says() -> None:
    """Values of the reference implementations' own tests; the instant in a zone that is not UTC."""
    hook = Webhook(URL, ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",))
    at = datetime.fromtimestamp(1614265330, timezone(timedelta(hours=2)))
    assert hook.headers("msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}') == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_every_secret_signs_the_bytes_as_they_are() -> None:
    body = "Kan du løfte 10 kg?".encode()
    at = datetime(2026, 11, 1, 11, 0, 0, 999_999, tzinfo=UTC)
    headers = Webhook(URL, (SECRET, OTHER)).headers("m-1", at, body)
    signed = f"m-1.{int(at.timestamp())}.".encode() + body
    digests = (hmac.new(key, signed, hashlib.sha256).digest() for key in (KEY, bytes(24)))
    assert headers["webhook-signature"] == " ".join("v1," + base64.b64encode(digest).decode() for digest in digests)


def test_the_examples_of_the_page_verify_what_is_sent_and_nothing_else() -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "clarification.md").read_text("utf-8")
    by_library, by_hand = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    body = b'{"resourceType": "Bundle"}'
    headers = Webhook(URL, (OTHER, SECRET)).headers("m-1", datetime.now(UTC), body)

    def fits(body: bytes) -> bool:
        names = {"secret": SECRET, "headers": headers, "body": body}
        exec(by_hand, names)  # noqa: S102  The page's own words are what is tested.
        return bool(names["fits"])

    assert fits(body)
    assert not fits(body + b" ")
    example = by_library.replace("whsec_...", SECRET)
    exec(example, {"headers": headers, "body": body})  # noqa: S102
    with pytest.raises(WebhookVerificationError):
        exec(example, {"headers": headers, "body": body + b" "})  # noqa: S102


def test_a_webhook_shows_neither_secret_nor_address() -> None:
    assert repr(Webhook(URL, (SECRET,))) == "Webhook(format='fhir-json', content='message')"


@pytest.mark.parametrize(
    "text, secrets", [(SECRET, (SECRET,)), (f" {SECRET}\n{OTHER}\n", (SECRET, OTHER)), (of(64), (of(64),))]
)
def test_secrets_are_taken(text: str, secrets: tuple[str, ...]) -> None:
    assert parse_secrets(text) == secrets


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        SECRET.removeprefix("whsec_"),
        "WHSEC_" + SECRET.removeprefix("whsec_"),
        of(23),
        of(65),
        SECRET[:-1],
        SECRET + "!",
        "whsec_" + "é" * 44,
        f"{SECRET} secret",
    ],
)
def test_anything_else_is_refused_without_being_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"^must be whsec_ and then 24 to 64 bytes in Base64$"):
        parse_secrets(text)


def test_secrets_are_read_from_a_file_of_one_s_own(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(SECRET + "\n")
    file.chmod(0o600)
    assert read_secrets(file) == (SECRET,)


@pytest.mark.parametrize(
    "content, mode, why",
    [
        (SECRET.encode(), 0o640, "open to others"),
        (b"secret", 0o600, "is wrong: must be whsec_"),
        ("whsec_é".encode(), 0o600, "cannot be read"),
        (None, 0o600, "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_and_its_content_is_not(
    tmp_path: Path, content: bytes | None, mode: int, why: str
) -> None:
    file = tmp_path / "the-file"
    if content is not None:
        file.write_bytes(content)
        file.chmod(mode)
    with pytest.raises(MisconfiguredError, match=why) as refused:
        read_secrets(file)
    assert "the-file" in str(refused.value)
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        URL,
        "https://epj.example:8443/inbox?system=1",
        "https://[2001:db8::1]/",
        "http://localhost:8000/inbox",
        "http://127.0.0.1/",
        "http://127.9.9.9/",
        "http://[::1]:8000/",
    ],
)
def test_addresses_are_taken(text: str) -> None:
    assert parse_url(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "epj.example/inbox",
        "ftp://epj.example/",
        "file:///etc/passwd",
        "https://",
        "https:///inbox",
        "https://epj.example/a b",
        "https://epj.example/\n",
        "https://épj.example/",
        "https://name:word@epj.example/",
        "https://epj.example/#part",
        "https://epj.example:0/",
        "https://epj.example:99999/",
        "https://epj.example:x/",
        "https://[::1/",
        "http://epj.example/",
        "http://localhost.example/",
        "http://10.0.0.1/",
        "http://127.0.0.1.example/",
        "https://epj.example/" + "x" * 2048,
    ],
)
def test_other_addresses_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^must be"):
        parse_url(text)
