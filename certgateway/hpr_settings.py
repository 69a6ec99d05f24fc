"""The settings of the register of health personnel: the TOML table `hpr`, an object in the environment.

Nothing here may open a file or a connection that a setting names.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from certgateway.trust.webhooks import parse_url


class HprSettings(BaseModel):
    """Where it is asked what an HPR number entitles to, and what happens without an answer."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    url: Annotated[str, AfterValidator(parse_url)] = Field(
        description="Where it is asked: https://..., or http:// on this machine"
    )
    token_file: Path | None = Field(
        default=None, description="A file with the token that it is asked with; read anew for each question; mode 0600"
    )
    # Few threads judge messages, and each that waits here judges none.
    seconds: float = Field(
        default=2, gt=0, le=10, allow_inf_nan=False, description="Seconds that a whole answer may take"
    )
    unanswered: Literal["wait", "take"] = Field(
        default="wait",
        description="A message whose author could not be looked up: 503 and nothing kept, or taken with a note",
    )
