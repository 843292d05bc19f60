"""A webhook that bears its secret: whether the caller is the platform, and the one JSON object that it sends."""

import hmac
import json
from typing import Any


def checked(secret: str, given: str, body: bytes, most: int) -> dict[str, Any] | int:
    """The object in a call's body; or the HTTP status to refuse it with. ``most``: the largest body, in bytes."""
    if not hmac.compare_digest(given.encode(), secret.encode()):
        return 403
    if len(body) > most:
        return 413
    try:
        raw = json.loads(body)
    except (ValueError, RecursionError):  # brackets without end
        return 400
    return raw if isinstance(raw, dict) else 400
