"""What the offline verifier prints, in English, Russian and Kazakh.

These texts stand here and not in message catalogues so that the verifier works as it lies, with nothing compiled.
"""

LANGUAGES = ("en", "ru", "kk")

TEXTS: dict[str, tuple[str, str, str]] = {
    "TOTAL_PASSED": ("PASSED", "ПРОЙДЕНО", "ӨТТІ"),
    "TOTAL_FAILED": ("FAILED", "НЕ ПРОЙДЕНО", "ӨТПЕДІ"),
    "INDETERMINATE": ("INDETERMINATE", "НЕ ОПРЕДЕЛЕНО", "АНЫҚТАЛМАДЫ"),
    "statement": ("Signed statement", "Подписанный документ", "Қол қойылған құжат"),
    "signature": ("Signature", "Подпись", "Қолтаңба"),
    "file": ("File", "Файл", "Файл"),
    "chain": ("Chain of acts", "Цепочка актов", "Актілер тізбегі"),
    "audit-proof": ("Proof of the audit log", "Доказательство журнала аудита", "Аудит журналының дәлелі"),
    "evidence": ("Evidence", "Доказательства", "Дәлелдемелер"),
    "verdict": ("Verdict", "Итог", "Қорытынды"),
    "case": ("Case", "Дело", "Іс"),
    "author": ("Author", "Автор", "Авторы"),
    "act": ("Act", "Акт", "Акт"),
    "service": ("the service", "сервис", "сервис"),
    "unusable": ("Cannot be verified", "Невозможно проверить", "Тексеру мүмкін емес"),
    "no-trust": (
        "No trust folder: give --trust or set ECASE_TRUST_DIR.",
        "Не указана папка доверия: задайте --trust или ECASE_TRUST_DIR.",
        "Сенім қалтасы көрсетілмеген: --trust немесе ECASE_TRUST_DIR беріңіз.",
    ),
}


def text(key: str, language: str) -> str:
    """The text in that language."""
    return TEXTS[key][LANGUAGES.index(language)]
