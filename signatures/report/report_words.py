"""What the readable report says of each signature, in English, Russian and Kazakh, beside ``messages``."""

from typing import Final

from signatures.report import messages

# What a lawyer asks of a signature, and the checks of the report that answer it.
QUESTIONS: Final[dict[str, frozenset[str]]] = {
    "form": frozenset({"trust", "format", "detached", "signed-attributes", "content-type", "counter-signature"}),
    "value": frozenset(
        {"content", "digest-algorithm", "message-digest", "algorithm-protection", "signing-time", "signature"}
    ),
    "identity": frozenset({"iin", "bin", "seal"}),
    "certificates": frozenset(
        {"signing-certificate", "certificate", "signing-certificate-attribute", "chain", "authorities", "validity"}
    ),
    "fitness": frozenset({"algorithm-age", "key-usage", "role", "certificate-policy"}),
    "revocation": frozenset({"revocation"}),
    "timestamp": frozenset({"evidence", "renewal", "timestamp"}),
}

WORDS: Final[dict[str, tuple[str, str, str]]] = {
    "form": ("Form of the signature", "Форма подписи", "Қолтаңбаның пішімі"),
    "value": ("Signature over these bytes", "Подпись под этими данными", "Осы деректерге қойылған қолтаңба"),
    "identity": ("Identity of the signer", "Личность подписавшего", "Қол қоюшының жеке басы"),
    "certificates": ("Certificates", "Сертификаты", "Сертификаттар"),
    "fitness": ("Fit for this purpose", "Пригодность для этой цели", "Осы мақсатқа жарамдылығы"),
    "revocation": ("Revocation", "Отзыв сертификата", "Сертификатты қайтарып алу"),
    "timestamp": ("Timestamp and evidence", "Метка времени и доказательства", "Уақыт белгісі мен дәлелдемелер"),
    "not-examined": ("not examined", "не проверялось", "тексерілмеді"),
    "passed-over": ("Passed over", "Оставлено без внимания", "Ескерілмеді"),
    "none": ("none is included", "не приложены", "қоса берілмеген"),
    "iin": ("IIN", "ИИН", "ЖСН"),
    "bin": ("BIN", "БИН", "БСН"),
    "signer": ("Signer", "Подписал", "Қол қойған"),
    "judged-at": ("Judged at (proven time)", "На момент (доказанное время)", "Мына сәтке (дәлелденген уақыт)"),
    "judged-unproven": (
        "Judged at (nothing proves an earlier time)",
        "На момент (более раннее время не доказано)",
        "Мына сәтке (одан бұрынғы уақыт дәлелденбеген)",
    ),
    "verified-at": ("Verified as of", "Проверено по состоянию на", "Мына сәттегі жай-күй бойынша тексерілді"),
    "held-checkpoint": (
        "Log against the checkpoint you keep",
        "Журнал и ваша контрольная точка",
        "Журнал және сіздегі бақылау нүктесі",
    ),
}

# What each sub-indication of EN 319 102-1 means to somebody who has not read it.
MEANINGS: Final[dict[str, tuple[str, str, str]]] = {
    "FORMAT_FAILURE": (
        "it is not in the required form",
        "не соответствует требуемой форме",
        "талап етілген пішімге сай емес",
    ),
    "HASH_FAILURE": (
        "the bytes are not those that were signed",
        "данные не те, что были подписаны",
        "деректер қол қойылған деректер емес",
    ),
    "SIG_CRYPTO_FAILURE": (
        "the signature value is wrong",
        "значение подписи неверно",
        "қолтаңбаның мәні қате",
    ),
    "REVOKED": (
        "the certificate had been revoked",
        "сертификат был отозван",
        "сертификат қайтарып алынған",
    ),
    "EXPIRED": (
        "the certificate had expired",
        "срок действия сертификата истёк",
        "сертификаттың мерзімі өтіп кеткен",
    ),
    "NOT_YET_VALID": (
        "the certificate was not valid yet",
        "сертификат ещё не действовал",
        "сертификат әлі күшіне енбеген",
    ),
    "SIG_CONSTRAINTS_FAILURE": (
        "it is not the signature that was expected",
        "это не та подпись, которая ожидалась",
        "бұл күтілген қолтаңба емес",
    ),
    "CHAIN_CONSTRAINTS_FAILURE": (
        "the certificate is not fit for this",
        "сертификат для этого не пригоден",
        "сертификат бұған жарамайды",
    ),
    "CERTIFICATE_CHAIN_GENERAL_FAILURE": (
        "the chain of certificates cannot be checked",
        "цепочку сертификатов проверить нельзя",
        "сертификаттар тізбегін тексеру мүмкін емес",
    ),
    "CRYPTO_CONSTRAINTS_FAILURE": (
        "the algorithm or key is not accepted",
        "алгоритм или ключ не принимается",
        "алгоритм немесе кілт қабылданбайды",
    ),
    "NO_SIGNING_CERTIFICATE_FOUND": (
        "the signer's certificate was not found",
        "сертификат подписавшего не найден",
        "қол қоюшының сертификаты табылмады",
    ),
    "NO_CERTIFICATE_CHAIN_FOUND": (
        "no authority that you trust has issued the certificate",
        "сертификат выдан не тем, кому вы доверяете",
        "сертификатты сіз сенетін орталық бермеген",
    ),
    "REVOKED_NO_POE": (
        "revoked; not proven whether signed before that",
        "отозван; не доказано, что подписано до отзыва",
        "қайтарып алынған; оған дейін қол қойылғаны дәлелденбеген",
    ),
    "REVOKED_CA_NO_POE": (
        "an authority's certificate was revoked; not proven whether signed before that",
        "сертификат центра отозван; не доказано, что подписано до отзыва",
        "орталықтың сертификаты қайтарып алынған; оған дейін қол қойылғаны дәлелденбеген",
    ),
    "OUT_OF_BOUNDS_NO_POE": (
        "expired or not yet valid; not proven when it was signed",
        "вне срока действия; не доказано, когда подписано",
        "қолданыс мерзімінен тыс; қашан қол қойылғаны дәлелденбеген",
    ),
    "TRY_LATER": (
        "information is missing; it may be had later",
        "не хватает сведений; их можно получить позже",
        "мәлімет жетіспейді; оны кейін алуға болады",
    ),
    "NO_POE": (
        "the evidence does not prove the time",
        "доказательства не подтверждают время",
        "дәлелдемелер уақытты растамайды",
    ),
    "TIMESTAMP_ORDER_FAILURE": (
        "the timestamps contradict each other",
        "метки времени противоречат друг другу",
        "уақыт белгілері бір-біріне қайшы",
    ),
    "CRYPTO_CONSTRAINTS_FAILURE_NO_POE": (
        "the algorithm is given up; not proven whether signed before that",
        "алгоритм выведен из употребления; не доказано, что подписано до этого",
        "алгоритм қолданыстан шығарылған; оған дейін қол қойылғаны дәлелденбеген",
    ),
}


def word(key: str, language: str) -> str:
    """The text in that language; those of ``signatures.report.messages`` too."""
    found = WORDS.get(key)
    return found[messages.LANGUAGES.index(language)] if found else messages.text(key, language)


def meaning(sub_indication: str, language: str) -> str:
    """What a sub-indication means, in a half-sentence."""
    return MEANINGS[sub_indication][messages.LANGUAGES.index(language)]
