"""Whom we believe that they are who they say when we call them."""

import ssl
from functools import cache

import httpx


@cache
def trusted() -> ssl.SSLContext:
    """The authorities of this machine's bundle, read once: reading them holds up everybody in the process for 40 ms."""
    return httpx.create_ssl_context()
