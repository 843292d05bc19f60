"""``python -m bot``: the same as ``dondoc``."""

from bot.main import main

main()
