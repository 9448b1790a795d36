"""The types of files that are accepted, by what the confined reader finds; never by name or what the sender states."""

from collections.abc import Collection
from dataclasses import dataclass

PDF, CMS = "application/pdf", "application/pkcs7-signature"


@dataclass(frozen=True)
class FileType:
    """A type of file that can be detected from its bytes. ``key`` is what the setting ``UPLOAD_TYPES`` lists."""

    key: str
    media_type: str
    extensions: tuple[str, ...]


TYPES = {
    "pdf": FileType("pdf", PDF, ("pdf",)),
    "png": FileType("png", "image/png", ("png",)),
    "jpg": FileType("jpg", "image/jpeg", ("jpg", "jpeg", "jpe", "jfif")),
    "tiff": FileType("tiff", "image/tiff", ("tif", "tiff")),
    "heic": FileType("heic", "image/heic", ("heic", "heif")),
    "docx": FileType("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("docx",)),
    "xlsx": FileType("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ("xlsx",)),
    "doc": FileType("doc", "application/msword", ("doc",)),
    "rtf": FileType("rtf", "application/rtf", ("rtf", "doc")),
    "odt": FileType("odt", "application/vnd.oasis.opendocument.text", ("odt",)),
    "mp3": FileType("mp3", "audio/mpeg", ("mp3",)),
    "mp4": FileType("mp4", "video/mp4", ("mp4", "m4v", "m4a", "3gp")),
    "zip": FileType("zip", "application/zip", ("zip",)),
    "p7s": FileType("p7s", CMS, ("p7s", "p7m", "sig", "cms")),
    **{
        charset: FileType("txt", f"text/plain; charset={charset}", ("txt",))
        for charset in ("utf-8", "utf-16le", "utf-16be", "windows-1251")
    },
}


def list_extensions(accepted: Collection[str]) -> list[str]:
    """The endings of files of the types ``accepted``, each with its dot, for the browser's dialog."""
    found = (f".{ending}" for kind in TYPES.values() if kind.key in accepted for ending in kind.extensions)
    return list(dict.fromkeys(found))
