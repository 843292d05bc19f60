"""Settings, read from the environment and from ``.env``. Secrets never show in a repr or a log."""

from datetime import datetime
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = ("localhost", "127.0.0.1", "::1")
TELEGRAM = "https://api.telegram.org"


class Settings(BaseSettings):
    """What can be set from outside. Every default makes a rehearsal on one machine."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore")

    database_url: str = ""
    """Unset: a SQLite file under ``var/``, and another one for rehearsals, so that nothing made up
    is there when real people come."""
    campaign: str = "quang-nam-ocop-2022"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    public_url: str = ""
    telegram_token: SecretStr = SecretStr("")
    telegram_api_url: str = TELEGRAM
    telegram_secret: SecretStr = SecretStr("")
    telegram_rate: float = Field(default=28.0, ge=0)
    """Messages a second over all chats; 0 sends without limit, for a Bot API server of one's own."""
    llm_url: str = ""
    """An OpenAI-compatible API, e.g. http://127.0.0.1:8080/v1; unset: no model is asked."""
    llm_model: str = ""
    llm_key: SecretStr = SecretStr("")
    files_dir: Path = ROOT / "var" / "files"
    rehearsal_start: datetime | None = None
    rehearsal_speed: float = Field(default=1.0, gt=0)
    log_level: str = "info"
    sentry_dsn: SecretStr = SecretStr("")

    @field_validator("public_url", "telegram_api_url", "llm_url")
    @classmethod
    def _no_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @model_validator(mode="after")
    def _default_database(self) -> Self:
        if not self.database_url:
            name = "rehearsal.db" if self.rehearsing else "dondoc.db"
            self.database_url = f"sqlite:///{ROOT / 'var' / name}"
        return self

    @property
    def telegram(self) -> bool:
        """Whether Telegram is connected."""
        return bool(self.telegram_token.get_secret_value())

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no log may show."""
        return tuple(s.get_secret_value() for s in (self.telegram_token, self.telegram_secret, self.llm_key))

    @property
    def rehearsing(self) -> bool:
        """Whether no platform is connected: the rehearsal page is shown."""
        return not self.telegram

    @property
    def simulated(self) -> bool:
        """Whether the clock is simulated."""
        return self.rehearsing or self.rehearsal_start is not None

    @property
    def campaign_folder(self) -> Path:
        """The campaign's folder: a name under ``campaigns/``, or a path."""
        named = ROOT / "campaigns" / self.campaign
        return named if named.is_dir() else Path(self.campaign)

    def check(self) -> None:
        """Refuse what would harm somebody. Raises ValueError."""
        if self.telegram and self.rehearsal_start and urlsplit(self.telegram_api_url).hostname not in LOOPBACK:
            raise ValueError(
                "REHEARSAL_START is set and TELEGRAM_API_URL is not on this machine: a rehearsal must not write to real"
                " people. Unset one of them."
            )
        if self.llm_url and not self.llm_model:
            raise ValueError("LLM_URL is set and LLM_MODEL is not: name the model to ask.")
        if self.rehearsal_start and self.rehearsal_start.tzinfo is None:
            raise ValueError("REHEARSAL_START needs a time zone: write e.g. 2022-06-20T08:00+07:00.")
        if self.public_url and not self.public_url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            raise ValueError("PUBLIC_URL must begin with https://, because platforms call nothing else.")
