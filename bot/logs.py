"""Structured logs: a turn's id on every line, no token anywhere, no message bodies at info level."""

import logging
import re
import sys
from collections.abc import Iterable, MutableMapping
from typing import Any

import structlog

_TOKEN = re.compile(r"[0-9]{6,15}:[A-Za-z0-9_-]{20,}")
"""Also where it stands in an address, behind "bot"."""
QUIET = ("httpx", "httpcore", "aiogram", "telegram", "apscheduler", "alembic", "uvicorn")


def set_up(level: str, secrets: Iterable[str] = (), sentry_dsn: str = "") -> None:
    """Log to stderr: JSON lines, or readable ones on a terminal. ``secrets`` are blotted out everywhere.

    With a ``sentry_dsn`` errors also go to Sentry, without local variables: they hold what people wrote.
    """
    hidden = tuple(secret for secret in secrets if len(secret) > 3)
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _Redactor(hidden),
    ]
    if sentry_dsn:
        import sentry_sdk

        sentry_sdk.init(dsn=sentry_dsn, send_default_pii=False, include_local_variables=False, max_request_body_size="never")
    renderer = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer(ensure_ascii=False)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(number)
    for name in QUIET:  # their URLs carry tokens, and their chatter helps nobody
        logging.getLogger(name).setLevel(max(number, logging.WARNING))
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


class _Redactor:
    """Blots secrets out of every value of a log line."""

    def __init__(self, hidden: tuple[str, ...]) -> None:
        self._hidden = hidden

    def __call__(self, _: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        for key, value in event.items():
            if not key.startswith("_"):
                event[key] = self._clean_value(value)
        return event

    def _clean_value(self, value: Any) -> Any:
        """A value without secrets, whatever it is: a number stays one, what is neither that nor text is told as text."""
        match value:
            case None | int() | float():
                return value
            case dict():
                return {self.clean(str(key)): self._clean_value(each) for key, each in value.items()}
            case list() | tuple():
                return [self._clean_value(each) for each in value]
            case _:
                return self.clean(str(value))

    def clean(self, text: str) -> str:
        """The text without secrets."""
        for secret in self._hidden:
            text = text.replace(secret, "***")
        return _TOKEN.sub("***", text)


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger."""
    found: structlog.stdlib.BoundLogger = structlog.get_logger(name)
    return found
