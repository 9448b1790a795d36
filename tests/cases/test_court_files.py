"""F-F18, P-C1: files that courts meet are taken, each read as hostile input; what does harm in them is named."""

import os
import struct
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import NameOID

from ecase import untrusted
from ecase.untrusted import forms, readers, zips
from tests.cases import court_files, samples
from tests.cases.court_files import archive, box, doc, mp3, mp4, odt, rtf, tiff, zipped

Found = Callable[[bytes], tuple[str, set[str]]]


def signature(encoding: Encoding = Encoding.DER) -> bytes:
    """A signature by a key that nobody here knows."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ЭКСПЕРТ")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 7, now, now + timedelta(days=1))
    signer = pkcs7.PKCS7SignatureBuilder().set_data(b"report").add_signer(builder.sign(key, SHA256()), key, SHA256())
    return signer.sign(encoding, [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary])


@pytest.fixture
def found(tmp_path: Path) -> Found:
    def found(data: bytes) -> tuple[str, set[str]]:
        path = tmp_path / "file"
        path.write_bytes(data)
        with path.open("rb") as file:
            form = forms.presented(file)
        assert form in forms.STRUCTURED, form
        examined = untrusted.examine(path, form)
        return examined.form, {finding.code for finding in examined.findings}

    return found


WHOLE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a scan": ("tiff", tiff),
    "a scan of three pages": ("tiff", lambda: tiff(3)),
    "a telephone's picture": ("heic", lambda: court_files.HEIC),
    "a document of Word 97": ("doc", lambda: doc("Протокол".encode("utf-16-le"))),
    "rich text": ("rtf", rtf),
    "rich text with a link": (
        "rtf",
        lambda: rtf(rb'{\field{\*\fldinst HYPERLINK "https://adilet.zan.kz"}{\fldrslt a}}'),
    ),
    "an OpenDocument": ("odt", odt),
    "an OpenDocument with a link": ("odt", lambda: odt('<text:a xlink:href="https://adilet.zan.kz">a</text:a>')),
    "a recording": ("mp3", mp3),
    "a recording without tags": ("mp3", lambda: court_files.FRAME * 9),
    "a film": ("mp4", mp4),
    "an archive": ("zip", archive),
    "an archive with old and new": (
        "zip",
        lambda: archive(**{"a.doc": doc(), "b.odt": odt(), "c.mp3": mp3(), "d.heic": court_files.HEIC}),
    ),
    "an archive with unknown data": ("zip", lambda: archive(**{"диск.e01": os.urandom(5000)})),
    "a signature": ("p7s", signature),
    "a signature in PEM": ("p7s", lambda: signature(Encoding.PEM)),
    "a signature as NCALayer labels it": ("p7s", lambda: signature(Encoding.PEM).replace(b"PKCS7", b"CMS")),
}


@pytest.mark.parametrize("case", WHOLE)
def test_f_f18_what_is_whole_is_taken(found: Found, case: str) -> None:
    kind, make = WHOLE[case]
    assert found(make()) == (kind, set())


def field(instruction: bytes) -> bytes:
    return rb"{\field{\*\fldinst " + instruction + rb"}{\fldrslt a}}"


HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "half a scan": ("damaged", lambda: tiff(3)[: len(tiff(3)) // 2]),
    "a scan that is an archive too": ("archive", lambda: tiff() + zipped({"a.txt": b"a"})),
    "half a picture of a telephone": ("damaged", lambda: court_files.HEIC[:390]),
    "macros in Word 97": ("macro", lambda: doc(Macros__VBA__dir=b"x")),
    "an object in Word 97": ("ole", lambda: doc(ObjectPool___1__Ole10Native=b"x")),
    "Word 97 with a password": ("encrypted", lambda: doc(flags=0x0100)),
    "a document locked by Office": (
        "encrypted",
        lambda: court_files.compound({"EncryptedPackage": b"", "EncryptionInfo": b""}),
    ),
    "a field that starts a program": ("program", lambda: doc("\x13 DDEAUTO c:\\\\cmd.exe".encode("utf-16-le"))),
    "the same in one byte a letter": ("program", lambda: doc(b"\x13DDE excel a")),
    "Word 97 without its beginning": ("damaged", lambda: court_files.compound({"WordDocument": b"no"})),
    "an object in rich text": ("ole", lambda: rtf(rb"{\object\objemb{\*\objdata 0105}}")),
    "the same hidden by a group": ("ole", lambda: rtf(rb"{\object{\*\foo}\objocx{\*{\*\objdata 01}}}")),
    "rich text that starts a program": ("program", lambda: rtf(field(b"DDEAUTO c:\\\\cmd.exe"))),
    "rich text that loads a picture": ("external", lambda: rtf(field(b'INCLUDEPICTURE "http://a.example/x.png"'))),
    "rich text with a remote template": ("external", lambda: rtf(rb"{\*\template http://a.example/x.dotm}")),
    "rich text with a bad link": ("link", lambda: rtf(field(b'HYPERLINK "javascript:alert(1)"'))),
    "rich text with raw bytes": ("embedded-file", lambda: rtf(rb"{\pict\bin4 MZMZ}")),
    "half of rich text": ("cut", lambda: rtf()[:-1]),
    "macros in an OpenDocument": ("macro", lambda: odt(Basic__Standard__Module1_xml=b"<m/>")),
    "a script in an OpenDocument": ("script", lambda: odt('<script:event-listener script:event-name="dom:load"/>')),
    "a picture from elsewhere": ("external", lambda: odt('<draw:image xlink:href="http://a.example/x.png"/>')),
    "an OpenDocument with a bad link": ("link", lambda: odt('<text:a xlink:href="vbscript:x">a</text:a>')),
    "an OpenDocument with a program": ("program", lambda: odt(x_bin=samples.WINDOWS_PROGRAM)),
    "an OpenDocument with a document type": ("doctype", lambda: odt(**{"styles.xml": b"<!DOCTYPE a><a/>"})),
    "half a recording": ("damaged", lambda: b"ID3\x04\0\0\0\0\0\x0a" + bytes(10) + b"<html>" * 999),
    "a recording that is an archive too": ("archive", lambda: mp3() + zipped({"a.txt": b"a"})),
    "a recording with a program behind": ("damaged", lambda: court_files.FRAME * 9 + samples.WINDOWS_PROGRAM * 9000),
    "a film that breaks off": ("cut", lambda: mp4()[:-10]),
    "a film without a track": ("cut", lambda: box(b"ftyp", b"isom\0\0\2\0isom") + box(b"mdat", bytes(99))),
    "a film whose data is elsewhere": ("other-file", lambda: mp4(reference_flags=0)),
    "a film of boxes without end": ("damaged", lambda: mp4() + box(b"free") * 100_001),
    "a box that is smaller than its head": ("damaged", lambda: mp4() + struct.pack(">I4s", 3, b"free")),
    "a program in an archive": ("program", lambda: archive(**{"отчёт.scr": b"MZ"})),
    "a program under another name": ("program", lambda: archive(**{"отчёт.dat": samples.WINDOWS_PROGRAM})),
    "a page in an archive": ("program", lambda: archive(**{"отчёт.html": b"<p>"})),
    "an archive in an archive": ("embedded-file", lambda: archive(**{"внутри.dat": zipped({"a.txt": b"a"})})),
    "an archive of another kind": ("embedded-file", lambda: archive(**{"внутри.7z": b"7z"})),
    "a macro in an archive": ("macro", lambda: archive(**{"a.doc": doc(Macros__VBA__dir=b"x")})),
    "a script in a PDF in an archive": ("script", lambda: archive(**{"a.pdf": samples.pdf_with_script()})),
    "an archive that leaves its folder": ("path", lambda: zipped({"../a.txt": b"a"})),
    "an OpenDocument that is locked": ("encrypted", lambda: odt("<office:encryption-data/>")),
    "half a signature": ("damaged", lambda: signature()[:200]),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_f_f18_what_does_harm_is_named(found: Found, case: str) -> None:
    code, make = HOSTILE[case]
    _kind, codes = found(make())
    assert code in codes


def test_f_f18_an_archive_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bomb.zip"
    path.write_bytes(zipped({f"{number}.dat": bytes(2**20) for number in range(5)}))
    monkeypatch.setattr(zips, "MAX_UNPACKED", 3 * 2**20)
    _kind, findings = readers.examine(path, forms.ZIP)
    assert [finding.code for finding in findings] == ["expands"]


def test_f_f18_no_change_of_one_byte_is_more_than_an_objection(found: Found) -> None:
    """The reader answers whatever a byte is; the process is never lost."""
    for make in (doc, rtf, odt, mp3, mp4, signature, tiff):
        data = make()
        for at in range(20, len(data), max(1, len(data) // 12)):
            changed = data[:at] + bytes([data[at] ^ 0x5A]) + data[at + 1 :]
            _kind, codes = found(changed)
            assert "limits" not in codes, (make.__name__, at)
