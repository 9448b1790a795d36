"""What the walk's people write: a fictional custody motion and its protocol, in Kazakh."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

ALMATY = ZoneInfo("Asia/Almaty")
CASE = "990000000000101"
INVESTIGATOR, PROSECUTOR = "900214400118", "850907400441"
OUTCOME = "sanctioned"

MOTION = {
    "penalty": "over_five_years",
    "offence": (
        "2026 жылғы 14 қарашада түнде күдікті Алтынтау қаласындағы дүкенге терезе арқылы кіріп, жалпы құны 2 480 000 "
        "теңге болатын тұрмыстық техниканы жасырын ұрлаған. Ұрланған заттардың бір бөлігі оның тұрғынжайынан табылды."
    ),
    "held": "detained",
    "detention_term": "h48",
    "grounds": "abscond",
    "circumstances": "Тұрақты жұмысы жоқ, бұрын сотталған, тіркелген мекенжайы бойынша тұрмайды.",
    "reasons": (
        "Күдікті ұсталғанға дейін тергеуден жасырынған, шақыру бойынша келмеген. Бостандықта қалса, "
        "қайтадан жасырынып, ұрланған мүліктің қалған бөлігін жоюы мүмкін."
    ),
    "milder_impossible": (
        "Үйқамақ пен кепіл жеткіліксіз: күдіктінің тұрақты тұрғылықты жері жоқ, ал туыстары оның келуін қамтамасыз ете "
        "алмайтынын жазбаша хабарлады."
    ),
}
ADDED_REASONS = "Тараптардың уәждері тыңдалды; сот күдіктің негізділігін іс материалдары бойынша тексерді."


def instants() -> dict[str, str]:
    """When the suspect was detained, as the page's local date and time."""
    return {"detained_at": _local(timedelta(hours=-5))}


def protocol() -> dict[str, str]:
    """What the judge states besides the outcome and the reasons."""
    return {
        "held_at": _local(timedelta(minutes=-40)),
        "hearing_form": "in_court",
        "place": "Алтынтау қаласының мамандандырылған тергеу соты, № 3 сот залы",
        "attendees": "Прокурор, күдікті, қорғаушы",
        "suspicion_checked": "Күдік ұрланған заттардың табылуымен және куәлардың айғақтарымен расталады.",
        "milder_impossible": "Күдіктінің тұрақты тұрғылықты жері жоқ, сондықтан жеңілірек шара жеткіліксіз.",
        "term_starts": _local(timedelta(hours=-5)),
        "term_ends": _local(timedelta(days=50)),
        "bail": "not_set",
        "bail_reasons": "Күдікті бұрын тергеуден жасырынған.",
        "announced_at": _local(timedelta(minutes=-10)),
    }


def _local(away: timedelta) -> str:
    return (datetime.now(ALMATY) + away).strftime("%Y-%m-%dT%H:%M")


def attachments(folder: Path) -> dict[str, Path]:
    """Two fictional documents, by the requirement that each meets."""
    import typst

    titles = {
        "materials": ("materialdar", "Іс материалдарының көшірмелері"),
        "detention_protocol": ("ustau", "Ұстау хаттамасы"),
    }
    paths = {}
    for requirement, (name, title) in titles.items():
        paths[requirement] = folder / f"{name}.pdf"
        source = folder / f"{name}.typ"
        source.write_text(f"= {title}\n\nІс № {CASE}. Ойдан шығарылған құжат.\n", encoding="utf-8")
        typst.compile(str(source), output=str(paths[requirement]))
    return paths
