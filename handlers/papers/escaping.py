"""What people typed, as a spreadsheet may hold it."""

BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Also as a keyboard of East Asia writes them."""


def safe(cell: str) -> str:
    """A cell that a spreadsheet takes as text, never as a formula."""
    return f"'{cell}" if cell[:1] in BEGINS_A_FORMULA else cell
