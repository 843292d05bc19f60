"""Settings, read from the environment and from ``.env``. Secrets never show in a repr or a log."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.bad_setting import BadSetting, BadSettings
from rules.channels import ChannelName
from rules.retention import LEAST_MESSAGES, Retention

SEEDS = Path(__file__).resolve().parent.parent
"""Where the campaigns and provinces that come with the program stand; in a wheel too, beside its packages."""
VAR = Path("var")
"""What is kept stands where the program is run, as ``.env`` does: the place of installation may be read-only."""
LOOPBACK = ("localhost", "127.0.0.1", "::1")
TELEGRAM = "https://api.telegram.org"
ZALO_BOT = "https://bot-api.zaloplatforms.com"
ZALO_OA = "https://openapi.zalo.me"
ZALO_OAUTH = "https://oauth.zaloapp.com"
ZNS = "https://business.openapi.zalo.me"
AUTHORIZED = "/zalo-oa/authorized"
"""Where the browser of an account's administrator comes back to."""
FREE_MONTH = 3000
"""Messages a month of the Zalo Bot Platform's free plan."""


def is_local(address: str) -> bool:
    """Whether an address is on this machine."""
    return urlsplit(address).hostname in LOOPBACK


def _named_or_path(folder: str, given: str) -> Path:
    """A folder by its name, here or among those that come with the program, or by its path."""
    places = (Path(folder) / given, SEEDS / folder / given)
    return next((place for place in places if place.is_dir()), Path(given))


ENV_FILE = ".env"
"""Where settings may stand, tokens among them, in the folder that the program is run in."""


class Settings(BaseSettings):
    """What can be set from outside. Every default makes a rehearsal on one machine."""

    model_config = SettingsConfigDict(env_file=ENV_FILE, env_ignore_empty=True, extra="ignore")

    database_url: str = ""
    """Unset: a SQLite file under ``var/``, and another one for rehearsals, so that nothing made up
    is there when real people come."""
    campaign: str = "quang-nam-ocop-2022"
    province: str = "quang-nam"
    """Whose directory and policy: units, hours, the ladder."""
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    public_url: str = ""
    telegram_token: SecretStr = SecretStr("")
    telegram_api_url: str = TELEGRAM
    telegram_secret: SecretStr = SecretStr("")
    telegram_rate: float = Field(default=28.7, ge=0)
    """Messages a second over all chats; 0 sends without limit, for a Bot API server of one's own."""
    zalo_bot_token: SecretStr = SecretStr("")
    zalo_bot_api_url: str = ZALO_BOT
    zalo_bot_secret: SecretStr = SecretStr("")
    zalo_bot_monthly: int = Field(default=FREE_MONTH, ge=0)
    """Messages that the bot's plan allows a month; 0: no limit."""
    zalo_oa_app_id: str = ""
    zalo_oa_app_secret: SecretStr = SecretStr("")
    zalo_oa_secret_key: SecretStr = SecretStr("")
    """What webhooks are signed with; documents differ on which of the two secrets it is, so it is a setting."""
    zalo_oa_refresh_token: SecretStr = SecretStr("")
    """The first refresh token, where it was not got by ``dondoc zalo authorize``; used once."""
    zalo_oa_api_url: str = ZALO_OA
    zalo_oauth_url: str = ZALO_OAUTH
    zns_api_url: str = ZNS
    zalo_site_verification: str = ""
    """What Zalo wants to see in a meta tag of the home page, to know that the domain is ours."""
    llm_url: str = ""
    """An OpenAI-compatible API, e.g. http://127.0.0.1:8080/v1; unset: no model is asked."""
    llm_model: str = ""
    llm_key: SecretStr = SecretStr("")
    files_dir: Path = VAR / "files"
    flood_limits: bool = True
    """Whether who sends more than anybody types is asked to wait. Off for load runs, in which machines play many people."""
    backup_dir: Path | None = None
    """Where the nightly backups go; unset: none is made."""
    backup_days: int = Field(default=14, ge=1)
    """So many of them are kept."""
    backup_passphrase_file: Path | None = None
    """A file with the passphrase under which backups are put; unset: whoever has one can read it."""
    rehearsal_start: datetime | None = None
    rehearsal_speed: float = Field(default=1.0, gt=0)
    log_level: Literal["debug", "info", "warning", "error", "critical"] = "info"
    sentry_dsn: SecretStr = SecretStr("")
    metrics_token: SecretStr = SecretStr("")
    """Opens ``/metrics`` to others than this machine."""
    keep_texts: int = Field(default=Retention.texts, ge=1)
    """For how many days what people wrote is kept (``rules/retention.py``), and so on."""
    keep_messages: int = Field(default=Retention.messages, ge=LEAST_MESSAGES)
    keep_questions: int = Field(default=Retention.questions, ge=30)
    keep_drafts: int = Field(default=Retention.drafts, ge=30)
    keep_strangers: int = Field(default=Retention.strangers, ge=30)
    rehearsal_open: bool = False
    """Whether a rehearsal may be opened from other machines: who does is anybody, an administrator too."""

    @field_validator("log_level", mode="before")
    @classmethod
    def _small_letters(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator(
        "public_url", "telegram_api_url", "llm_url", "zalo_bot_api_url", "zalo_oa_api_url", "zalo_oauth_url", "zns_api_url"
    )
    @classmethod
    def _no_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @model_validator(mode="after")
    def _default_database(self) -> Self:
        if not self.database_url:
            name = "rehearsal.db" if self.rehearsing else "dondoc.db"
            self.database_url = f"sqlite:///{VAR / name}"
        return self

    @property
    def database_file(self) -> Path | None:
        """Where the database is a file of SQLite: that one."""
        scheme, _, path = self.database_url.partition(":///")
        return Path(path) if scheme.startswith("sqlite") and path and path != ":memory:" else None

    @property
    def kept(self) -> Retention:
        """For how long what is no record of anybody's duty is kept."""
        return Retention(
            texts=self.keep_texts, messages=self.keep_messages, questions=self.keep_questions, drafts=self.keep_drafts,
            strangers=self.keep_strangers, backups=self.backup_days if self.backup_dir else 0,
        )  # fmt: skip

    @property
    def telegram(self) -> bool:
        """Whether Telegram is connected."""
        return bool(self.telegram_token.get_secret_value())

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no log may show."""
        kept = (
            self.telegram_token,
            self.telegram_secret,
            self.llm_key,
            self.zalo_bot_token,
            self.zalo_bot_secret,
            self.zalo_oa_app_secret,
            self.zalo_oa_secret_key,
            self.zalo_oa_refresh_token,
            self.metrics_token,
        )
        return tuple(secret.get_secret_value() for secret in kept)

    @property
    def zalo_bot(self) -> bool:
        """Whether a bot of the Zalo Bot Platform is connected."""
        return bool(self.zalo_bot_token.get_secret_value())

    @property
    def zalo_oa(self) -> bool:
        """Whether a Zalo Official Account is connected."""
        return bool(self.zalo_oa_app_id and self.zalo_oa_app_secret.get_secret_value())

    @property
    def channels(self) -> frozenset[str]:
        """The channels that messages are sent on."""
        connected = {
            ChannelName.TELEGRAM: self.telegram,
            ChannelName.ZALO_BOT: self.zalo_bot,
            ChannelName.ZALO_OA: self.zalo_oa,
            ChannelName.WEB_CHAT: self.rehearsing,
        }
        return frozenset(name for name, there in connected.items() if there)

    @property
    def months(self) -> Mapping[str, int]:
        """The messages that a month has, on channels that count them; 0: no limit."""
        return {ChannelName.ZALO_BOT: self.zalo_bot_monthly}

    @property
    def rehearsing(self) -> bool:
        """Whether no platform is connected: the rehearsal page is shown."""
        return not (self.telegram or self.zalo_bot or self.zalo_oa)

    def _platforms(self) -> list[tuple[str, str]]:
        """The addresses through which real people could be written to, with their names."""
        found = []
        if self.telegram:
            found.append(("TELEGRAM_API_URL", self.telegram_api_url))
        if self.zalo_bot:
            found.append(("ZALO_BOT_API_URL", self.zalo_bot_api_url))
        if self.zalo_oa:
            found += [
                ("ZALO_OA_API_URL", self.zalo_oa_api_url),
                ("ZALO_OAUTH_URL", self.zalo_oauth_url),
                ("ZNS_API_URL", self.zns_api_url),
            ]
        return found

    @property
    def simulated(self) -> bool:
        """Whether the clock is simulated."""
        return self.rehearsing or self.rehearsal_start is not None

    @property
    def campaign_folder(self) -> Path:
        """The campaign's folder: a name under ``campaigns/``, or a path."""
        return _named_or_path("campaigns", self.campaign)

    @property
    def province_folder(self) -> Path:
        """The province's folder: a name under ``provinces/``, or a path."""
        return _named_or_path("provinces", self.province)

    def check(self) -> None:
        """Refuse what would harm somebody. Raises BadSettings with all of it."""
        faults = (*self._faults(), *self._faults_of_zalo())
        if faults:
            raise BadSettings(faults)

    def _faults(self) -> Iterator[BadSetting]:
        for name, address in self._platforms():
            if self.rehearsal_start and not is_local(address):
                yield BadSetting("setting.rehearsal_platform", name=name)
        if self.rehearsing and self.host not in LOOPBACK and not self.rehearsal_open:
            yield BadSetting("setting.rehearsal_host", host=self.host)
        if self.llm_url and not self.llm_model:
            yield BadSetting("setting.model")
        if self.rehearsal_start and self.rehearsal_start.tzinfo is None:
            yield BadSetting("setting.zone")
        if self.public_url and not self.public_url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            yield BadSetting("setting.https")

    def _faults_of_zalo(self) -> Iterator[BadSetting]:
        secret = self.zalo_bot_secret.get_secret_value()
        if secret and not 8 <= len(secret) <= 256:
            yield BadSetting("setting.zalo_bot_secret")
        if bool(self.zalo_oa_app_id) != bool(self.zalo_oa_app_secret.get_secret_value()):
            yield BadSetting("setting.zalo_oa_app")
        if self.zalo_oa and not self.zalo_oa_secret_key.get_secret_value():
            yield BadSetting("setting.zalo_oa_key")
        if self.zalo_oa and not self.public_url:
            yield BadSetting("setting.zalo_oa_address")
