"""Who may say who a caller is, and how each says it: issuers, their profiles, and what is demanded of their tokens.

A profile is what an issuer's documentation promises; an issuer is one of that kind with its address, its keys and our
name with it. Nothing here may read a token.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol, get_args

from certgateway.trust.token_keys import Key

ProfileName = Literal["helseid", "maskinporten", "entra", "sandbox"]
Verb = Literal["submit", "poll", "assess", "clarify", "validate", "audit"]
VERBS: Final[tuple[Verb, ...]] = get_args(Verb)


@dataclass(frozen=True, slots=True)
class Profile:
    """How the tokens of a kind of issuer look, whoever the issuer is.

    `types` are the values of `typ` in lower case, None where it may be absent; `longest` the seconds that a token may
    live; `bound`: only tokens that are bound to a key of the caller's are taken; `verbs` is all that such a token can
    ever allow, whatever scopes it has.
    """

    types: frozenset[str | None]
    algorithms: tuple[str, ...]
    longest: int
    bound: bool
    verbs: frozenset[Verb]


PROFILES: Final[Mapping[ProfileName, Profile]] = {
    # HelseID signs by RSA and says at+jwt or JWT. Its callers are record systems.
    "helseid": Profile(
        types=frozenset({"at+jwt", "jwt"}),
        algorithms=("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384"),
        longest=3600,
        bound=True,
        verbs=frozenset({"submit", "poll", "validate"}),
    ),
    # Maskinporten signs by RS256 and sets no type. Its callers are enterprises, of which NAV is one.
    "maskinporten": Profile(
        types=frozenset({None, "jwt", "at+jwt"}),
        algorithms=("RS256", "RS384", "RS512"),
        longest=120,
        bound=False,
        verbs=frozenset(VERBS),
    ),
    # Entra signs by RS256; a token lives for 60 to 90 minutes. Its callers are NAV's people and systems.
    "entra": Profile(
        types=frozenset({"jwt"}),
        algorithms=("RS256", "PS256"),
        longest=2 * 3600,
        bound=False,
        verbs=frozenset({"assess", "clarify", "validate", "audit"}),
    ),
    "sandbox": Profile(
        types=frozenset({"at+jwt"}),
        algorithms=("ES256", "PS256", "EdDSA", "Ed25519"),
        longest=3600,
        bound=False,
        verbs=frozenset(VERBS),
    ),
}


class Keys(Protocol):
    """Where an issuer's keys come from."""

    def find(self, kid: str) -> Key | None:
        """The key with this id, None where the issuer has none; KeysUnavailableError when nobody can tell now."""
        ...


@dataclass(frozen=True, slots=True)
class Login:
    """How a person must have logged in: by every one of the methods (`amr`) and contexts (`acrs`) that are named.

    `seconds` is how long ago at most (`auth_time`), None for any time.
    """

    methods: frozenset[str] = frozenset()
    contexts: frozenset[str] = frozenset()
    seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Issuer:
    """One issuer: `name` is its `iss`, `audience` what it calls us, to the letter.

    A scope is `scope_prefix` and a verb. `clients` are those that may use it, any where there are none; `tenant` is
    Entra's, and `login` is what is asked of its people. `longest` (seconds) takes the place of the profile's, `leeway`
    is how far clocks may be apart.
    """

    profile: ProfileName
    name: str
    audience: str
    keys: Keys = field(repr=False)
    scope_prefix: str = ""
    clients: frozenset[str] = frozenset()
    tenant: str | None = None
    login: Login = Login()
    leeway: int = 5
    longest: int | None = None

    @property
    def rules(self) -> Profile:
        """Those of its kind."""
        return PROFILES[self.profile]

    @property
    def lifetime(self) -> int:
        """Seconds that its tokens may live at most."""
        return self.longest or self.rules.longest

    def scope(self, verb: Verb) -> str:
        """What a token says that allows a verb."""
        return self.scope_prefix + verb
