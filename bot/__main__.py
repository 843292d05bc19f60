"""``python -m bot``: the same as ``dondoc``."""

from bot.command_line import main

main()
