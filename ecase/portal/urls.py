"""URLs of the pages."""

from django.http import HttpRequest, JsonResponse
from django.templatetags.static import static
from django.urls import path, register_converter
from django.urls.converters import UUIDConverter
from django.utils.translation import get_language
from django.views.generic import RedirectView

from ecase.portal.views import (
    acts,
    audit,
    authenticity,
    batch,
    cases,
    copies,
    decision,
    drafts,
    endpoints,
    foreign,
    intake,
    measures,
    motions,
    notices,
    queue,
    sessions,
    sign_in,
    signing,
    statistics,
    teams,
    uploads,
    verify,
)

app_name = "portal"


class IdConverter(UUIDConverter):
    """An id in either case, since programs that people copy it from write it in capitals (F-F19)."""

    regex = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


class Icon(RedirectView):
    """The icon at the address where browsers ask for it by themselves."""

    def get_redirect_url(self, *args: object, **kwargs: object) -> str:
        """The address of the file."""
        return static("portal/img/mark.svg")


def manifest(_request: HttpRequest) -> JsonResponse:
    """How a browser puts the service on a home screen (W3C Web Application Manifest)."""
    sizes = ((f"{size}x{size}", static(f"portal/img/icon-{size}.png"), "image/png") for size in (192, 512))
    icons = [*sizes, ("any", static("portal/img/mark.svg"), "image/svg+xml")]
    shown = {"name": "ecase", "short_name": "ecase", "lang": get_language(), "start_url": "/", "scope": "/"}
    look = {"display": "minimal-ui", "background_color": "#f3f7f9", "theme_color": "#0b2536"}
    listed = [{"sizes": size, "src": address, "type": kind} for size, address, kind in icons]
    return JsonResponse({**shown, **look, "icons": listed}, content_type="application/manifest+json")


register_converter(IdConverter, "id")

urlpatterns = [
    path("favicon.ico", Icon.as_view(), name="icon"),
    path("manifest.webmanifest", manifest, name="manifest"),
    path("", queue.home, name="home"),
    path("sign-in/", sign_in.start, name="sign-in"),
    path("sign-in/challenge/", sign_in.challenge, name="challenge"),
    path("sign-in/answer/", sign_in.answer, name="sign-in-answer"),
    path("sign-in/post/", sign_in.choose_post, name="choose-post"),
    path("sign-out/", sign_in.leave, name="sign-out"),
    path("sessions/", sessions.index, name="sessions"),
    path("sessions/end/", sessions.end, name="end-session"),
    path("sign-in/again/", sessions.confirm, name="confirm"),
    path("sign-in/again/answer/", sessions.confirm_answer, name="confirm-answer"),
    path("language/", sign_in.language, name="language"),
    path("inbox/", notices.index, name="inbox"),
    path("inbox/<int:notice_id>/", notices.open_notice, name="notice"),
    path("cases/", cases.index, name="cases"),
    path("cases/<id:case_id>/", cases.show, name="case"),
    path("cases/open/", intake.open_case, name="case-open"),
    path("cases/<id:case_id>/correction/", intake.correct_case, name="case-correct"),
    path("cases/<id:case_id>/persons/", intake.add_person, name="person-add"),
    path("cases/<id:case_id>/persons/<id:person_id>/", intake.person, name="person"),
    path("cases/<id:case_id>/persons/<id:person_id>/counsel/", intake.name_counsel, name="counsel-name"),
    path("cases/<id:case_id>/counsel/<int:counsel_id>/", intake.end_counsel, name="counsel-end"),
    path("cases/<id:case_id>/team/", teams.join, name="team-join"),
    path("cases/<id:case_id>/team/leader/", teams.lead, name="team-lead"),
    path("cases/<id:case_id>/motions/", cases.start_motion, name="start-motion"),
    path("cases/<id:case_id>/documents/<id:document_id>/", cases.document, name="document"),
    path("in-force/", measures.index, name="measures"),
    path("motions/<id:motion_id>/", motions.show, name="motion"),
    path("motions/<id:motion_id>/materials/", motions.materials, name="materials"),
    path("motions/<id:motion_id>/pulse/", motions.pulse, name="pulse"),
    path("motions/<id:motion_id>/versions/", motions.versions, name="versions"),
    path("motions/<id:motion_id>/draw/", motions.draw, name="draw"),
    path("motions/<id:motion_id>/notices/", notices.of_motion, name="motion-notices"),
    path("motions/<id:motion_id>/copies/", copies.of_motion, name="copies"),
    path("copies/<id:copy_id>/acknowledgement/", copies.acknowledge, name="copy-acknowledge"),
    path("copies/<id:copy_id>/service/", copies.record, name="copy-record"),
    path("copies/<id:copy_id>/proof/", copies.proof, name="copy-proof"),
    path("motions/<id:motion_id>/file.pdf", motions.whole_file, name="motion-file"),
    path("motions/<id:motion_id>/draft/", drafts.edit, name="draft"),
    path("motions/<id:motion_id>/draft/file/", drafts.file, name="file"),
    path("motions/<id:motion_id>/draft/earlier/", drafts.relate, name="relate"),
    path("motions/<id:motion_id>/draft/discard/", drafts.discard, name="discard"),
    path("motions/<id:motion_id>/attachments/for/<slug:requirement>/", drafts.attach, name="attach"),
    path("motions/<id:motion_id>/attachments/for/<slug:requirement>/uploads/", uploads.begin, name="begin-upload"),
    path("uploads/<id:upload_id>/", uploads.piece, name="upload"),
    path("motions/<id:motion_id>/attachments/for/<slug:requirement>/known/", drafts.attach_known, name="attach-known"),
    path("motions/<id:motion_id>/attachments/<int:attachment_id>/", drafts.attachment, name="attachment"),
    path("motions/<id:motion_id>/attachments/<int:attachment_id>/signature/", foreign.show, name="foreign-signature"),
    path("motions/<id:motion_id>/attachments/<int:attachment_id>/remove/", drafts.detach, name="detach"),
    path("motions/<id:motion_id>/decide/", decision.write, name="decide"),
    path("motions/<id:motion_id>/decide/fields/", decision.fields, name="decision-fields"),
    path("motions/<id:motion_id>/decide/suggestion/", decision.suggest, name="suggest"),
    path("motions/<id:motion_id>/decide/preview/", decision.preview, name="preview-decision"),
    path("motions/<id:motion_id>/decide/prepare/", decision.freeze, name="prepare-decision"),
    path("motions/<id:motion_id>/acts/<slug:act_type>/", acts.write, name="act"),
    path("motions/<id:motion_id>/acts/<slug:act_type>/fields/", acts.fields, name="act-fields"),
    path("motions/<id:motion_id>/acts/<slug:act_type>/prepare/", acts.freeze, name="prepare-act"),
    path("motions/<id:motion_id>/acts/<slug:act_type>/preview/", acts.preview, name="preview"),
    path("motions/<id:motion_id>/acts/<slug:act_type>/preview.pdf", acts.preview_pdf, name="preview-pdf"),
    path("prepared/<id:prepared_id>/", signing.sign, name="sign"),
    path("prepared/<id:prepared_id>/act.json", signing.to_sign, name="to-sign"),
    path("prepared/<id:prepared_id>/act.pdf", signing.prepared_pdf, name="prepared-pdf"),
    path("prepared/<id:prepared_id>/signature/", signing.submit, name="submit-signature"),
    path("signatures/", batch.signatures, name="signatures"),
    path("signatures/sign/", batch.sign_many, name="sign-many"),
    path("acts/<id:act_id>/", signing.show, name="act-show"),
    path("acts/<id:act_id>/done/", signing.done, name="done"),
    path("acts/<id:act_id>/act.pdf", signing.pdf, name="act-pdf"),
    path("acts/<id:act_id>/container/", signing.container, name="container"),
    path("acts/<id:act_id>/files/<str:sha256>/", signing.file, name="act-file"),
    path("endpoints/", endpoints.index, name="endpoints"),
    path("endpoints/<id:endpoint_id>/", endpoints.change, name="endpoint"),
    path("statistics/", statistics.show, name="statistics"),
    path("statistics/table.csv", statistics.table, name="statistics-table"),
    path("audit/", audit.index, name="audit"),
    path("audit/verify/", audit.verify, name="audit-verify"),
    path("audit/checkpoint/", audit.checkpoint, name="audit-checkpoint"),
    path("audit/<int:entry_id>/", audit.entry, name="audit-entry"),
    path("audit/<int:entry_id>/proof/", audit.proof, name="audit-proof"),
    path("verify/", verify.verify, name="verify"),
    path("verify/genuine/", authenticity.genuine, name="genuine"),
]
