"""What is wrong in a document, as a sentence: where it stands, what is wrong there, what to do about it."""

from handlers.wording.catalogs import Words
from rules.documents.faults import Fault


def fault_text(words: Words, fault: Fault) -> str:
    """One line. What stands in the file is quoted as it stands there."""
    what = words.tr(f"fault.{fault.wrong}", **fault.values)
    mend = words.tr(f"fault.{fault.wrong}.mend", **fault.values)
    return words.tr("fault", file=fault.file, line=fault.line, what=what, mend=mend)
