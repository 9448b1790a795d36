"""The addresses of the pages that each role sees, on motions in every stage."""

from tests.factories import PostFactory
from tests.motions.world import World
from tests.portal import scenes
from workflows.motions import states
from workflows.motions.models import Motion
from workflows.motions.services import acting, drafts

Pages = dict[str, dict[str, str]]
# What the gate looks at; ``make pictures`` looks at every page.
MAIN = {"queue", "inbox", "case", "draft", "motion", "materials", "notices", "copies", "statistics", "sign"} | {
    "agreement",
    "decide",
    "replace",
    "recusal",
    "appeal",
    "report",
    "act",
    "audit",
    "person-add",
    "person",
    "case-open",
    "measures",
}


def pages_of(world: World) -> Pages:
    """The addresses of each role's pages, by name."""
    case, posts = world.case, world.posts
    posts["auditor"] = PostFactory(auditor=True)
    draft = drafts.create(case, "custody", posts["investigator"])
    filed, assigned, returned = scenes.filed(world), scenes.assigned(world), scenes.returned(world)
    delivered, heard, up = scenes.delivered(world), scenes.heard(world), scenes.sent_up(world)
    everybody = {"queue": "/", "all": "/?scope=all", "inbox": "/inbox/", "statistics": "/statistics/"}
    everybody |= {
        "measures": "/in-force/",
        "sessions": "/sessions/",
        "signatures": "/signatures/",
        "verify": "/verify/",
    }
    cases = {"cases": "/cases/", "case": f"/cases/{case.pk}/"}
    suspect, counsel = case.persons.get(capacity="suspect"), case.counsel.get()
    about = f"/cases/{case.pk}/persons/{suspect.pk}/"
    intake = {
        "person-add": f"/cases/{case.pk}/persons/",
        "legal-person-add": f"/cases/{case.pk}/persons/?form=legal",
        "person": about,
        "counsel-name": f"{about}counsel/",
        "counsel-end": f"/cases/{case.pk}/counsel/{counsel.pk}/",
        "case-correct": f"/cases/{case.pk}/correction/",
    }
    act = {"act": f"/acts/{delivered.acts.order_by('position')[0].pk}/"}
    return {
        "investigator": everybody
        | cases
        | intake
        | {
            "case-open": "/cases/open/",
            "start": f"/cases/{case.pk}/motions/",
            "draft": f"/motions/{draft.pk}/draft/",
            "returned": f"/motions/{returned.pk}/draft/",
            "versions": f"/motions/{returned.pk}/versions/",
            "report": form(delivered, states.ActType.EXECUTION_REPORT),
        }
        | of_motion(delivered)
        | act,
        "head_of_unit": everybody | cases | of_motion(filed),
        "prosecutor": everybody
        | cases
        | {"agreement": form(filed, states.ActType.AGREEMENT), "return": form(filed, states.ActType.RETURN)}
        | of_motion(filed),
        "judge": everybody
        | {
            "decide": f"/motions/{assigned.pk}/decide/",
            "recusal": form(assigned, states.ActType.RECUSAL),
            "sign": sign_page(world, assigned),
        }
        | of_motion(heard),
        "clerk": everybody | of_motion(heard),
        "court_chair": everybody
        | {"replace": form(assigned, states.ActType.REASSIGNMENT), "draw": f"/motions/{assigned.pk}/draw/"}
        | of_motion(assigned),
        "defender": everybody | cases | {"appeal": form(delivered, states.ActType.APPEAL)} | of_motion(up),
        "auditor": {"audit": "/audit/", "sessions": "/sessions/"},
    }


def form(motion: Motion, act_type: states.ActType) -> str:
    """The address at which an act of a motion is written."""
    return f"/motions/{motion.pk}/acts/{act_type}/"


def sign_page(world: World, motion: Motion) -> str:
    """The last look at a hearing order that the judge has prepared."""
    judge = world.post(motion, "judge")
    world.opened(motion, "judge")
    payload = world.filled(motion, states.ActType.HEARING_ORDER, scheduled_at=scenes.in_days(1))
    return f"/prepared/{acting.prepare(motion, states.ActType.HEARING_ORDER, judge, payload).pk}/"


def of_motion(motion: Motion) -> dict[str, str]:
    """The pages of one motion."""
    begin = f"/motions/{motion.pk}/"
    parts = {"motion": "", "materials": "materials/", "notices": "notices/", "copies": "copies/"}
    return {name: begin + part for name, part in parts.items()}
