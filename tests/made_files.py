"""Files that people send in tests, made on the spot."""

from datetime import date
from functools import cache
from io import BytesIO

from docx import Document
from openpyxl import Workbook
from pypdf import PdfWriter

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001e221bc33"
    "0000000049454e44ae426082"
)

_WITHDRAWAL_HEADINGS = ["Tên sản phẩm *", "Chủ thể *", "Hạng sao *", "Số Quyết định *", "Ngày Quyết định *", "Lý do *", "Căn cứ"]
WITHDRAWAL_ROWS: list[list[object]] = [
    ["Mắm cá cơm", "HTX Biển Xanh", "3 sao", "3960/QĐ-UBND", date(2019, 12, 20), "Đã giải thể", "12/QĐ-UBND"],
    ["Trà rau má", "Cơ sở Hoa", "9 sao", "3960/QĐ-UBND", "31/6/2019", "Ngừng sản xuất", None],
    ["Bánh tráng", "Hộ Bảy", 4, "12/QĐ-UBND", "1/7/2019", "Vi phạm", ""],
]


def workbook(rows: list[list[object]], headings: list[str] | None = None) -> bytes:
    """An Excel file with those rows."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(headings or _WITHDRAWAL_HEADINGS)
    for row in rows:
        sheet.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def word(text: str) -> bytes:
    """A Word file with that text."""
    document, out = Document(), BytesIO()
    document.add_paragraph(text)
    document.save(out)
    return out.getvalue()


def with_password(password: str, algorithm: str = "RC4-128") -> bytes:
    """A PDF that its writer locked."""
    writer, out = PdfWriter(), BytesIO()
    writer.add_blank_page(200, 200)
    writer.encrypt(password, "owner", algorithm=algorithm)
    writer.write(out)
    return out.getvalue()


def locked_office() -> bytes:
    """What Word and Excel write where a file gets a password: an old compound file, its streams named in UTF-16."""
    streams = b"".join(
        name.encode("utf-16-le").ljust(128, b"\0") for name in ("Root Entry", "EncryptionInfo", "EncryptedPackage")
    )
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + streams + b"\x8f" * 4096


def old_office(stream: str) -> bytes:
    """What Word and Excel of before 2007 wrote: a compound file with a stream of that name."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + stream.encode("utf-16-le").ljust(128, b"\0") + b"\0" * 4096


OWN_TABLE: list[list[object]] = [
    ["UBND HUYỆN ĐẠI LỘC"],
    ["DANH SÁCH THU HỒI NĂM 2022"],
    [],
    ["STT", "Chủ thể", "Tên SP", "Sao", "Quyết định công nhận", None, "Lý do thu hồi", "Ghi chú"],
    [None, None, None, None, "Số", "Ngày", None, None],
    [1, 2, 3, 4, 5, 6, 7, 8],
    [1, "HTX Biển Xanh", "Mắm cá cơm", 3, "3960/QĐ-UBND", 43819, "Đã giải thể", None],
    [2, "Hộ Bảy", "Bánh tráng", "4 sao", "12/QĐ-UBND", date(2019, 7, 1), "Vi phạm", "gấp"],
    [3, "htx biển xanh", "MẮM CÁ CƠM", 3, "3960/QĐ-UBND", "20/12/2019", "Đã giải thể", None],
    [4, "Cơ sở Hoa", "Trà rau má", None, None, None, "Ngừng sản xuất", None],
    ["Tổng cộng", None, None, 4],
]
"""A list as an office makes its own: a title, numbers, other names and another order of the columns, headings on two lines."""


def own_table(rows: list[list[object]]) -> bytes:
    """Somebody's workbook whose second sheet holds those rows; the first is a letter."""
    book, out = Workbook(), BytesIO()
    assert book.active is not None
    book.active.append(["Kính gửi: Sở Nông nghiệp và PTNT"])
    sheet = book.create_sheet("DS")
    for row in rows:
        sheet.append(row)
    book.save(out)
    return out.getvalue()


def register(rows: list[list[object]]) -> bytes:
    """A register of recognised products as an office keeps it: a title above, STT, a total below."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (["DANH MỤC SẢN PHẨM ĐÃ CÔNG NHẬN"], ["(Kèm theo Tờ trình)"], [], REGISTER_HEADINGS):
        sheet.append(line)
    for number, row in enumerate(rows, 1):
        sheet.append([number, *row])
    sheet.append(["", "Tổng cộng"])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


REGISTER_HEADINGS = [
    "STT",
    "Tên sản phẩm",
    "Chủ thể sản xuất",
    "Huyện, thị xã, thành phố",
    "Xếp hạng",
    "Số QĐ công nhận",
    "Ngày ký",
]
REGISTER_ROWS: list[list[object]] = [
    ["Rượu gạo Tam Mỹ", "HTX Tam Mỹ", "Núi Thành", 3, "3960/QĐ-UBND", date(2018, 12, 20)],
    ["Trà rau má", "HTX Quảng Thọ", "huyện Đại Lộc", "4 sao", "3960/QĐ-UBND", date(2018, 12, 20)],
    ["Bánh tráng Đại Lộc", "Hộ ông Bảy", "Đại Lộc", "***", "315/QĐ-UBND ngày 5/2/2020", None],
    ["Nấm lim xanh", "HTX Rừng Xanh", "Trà My", 3, "315/QĐ-UBND", "5/2/2020"],
    ["Mật ong Đại Hồng", "HTX Đại Hồng", "dai loc", 3, "1234/QĐ-UBND", date(2019, 6, 28)],
    ["trà rau má", "HTX Quảng Thọ", "Đại Lộc", 4, "3960/QĐ-UBND", date(2018, 12, 20)],
    ["Dầu phộng Ái Nghĩa", "HTX Ái Nghĩa", "Đại Lộc", 3, "1234/QĐ-UBND", "31/6/2019"],
]


ERROR_ROWS: list[list[object]] = [["#REF!", "HTX Biển Xanh", "3 sao", "#N/A", date(2019, 12, 20), "Đã giải thể", None]]


@cache
def made_file(name: str) -> bytes | None:
    """What a file of that name holds, the same however often it is sent; None for one that is too big to be fetched."""
    if name == "qua-lon.pdf":
        return None
    if name == "thu-hoi.xlsx":
        return workbook(WITHDRAWAL_ROWS)
    if name == "bang-cua-huyen.xlsx":
        return own_table(OWN_TABLE)
    if name == "thieu-cot.xlsx":
        return own_table([[cell for at, cell in enumerate(row) if at not in (4, 5)] for row in OWN_TABLE if row])
    if name == "danh-muc.xlsx":
        return register(REGISTER_ROWS)
    if name == "danh-muc-moi.xlsx":
        return register([*REGISTER_ROWS[:3], REGISTER_ROWS[4]])
    if name == "trong.xlsx":
        return workbook([])
    if name == "loi.xlsx":
        return workbook(ERROR_ROWS)
    if name.endswith(".xls"):
        return old_office("Workbook")
    if name == "khac.xlsx":
        return workbook([["a", "b"]], ["X", "Y"])
    if name.endswith(".pdf"):
        return PDF
    if name.endswith((".png", ".jpg")):
        return PNG
    return b"MZ\x90\x00 not a document"
