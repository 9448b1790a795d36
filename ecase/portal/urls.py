"""Where the pages are."""

from django.urls import path

from ecase.portal.views import acts, audit, cases, decision, drafts, motions, notices, queue, sign_in, signing, verify

app_name = "portal"

urlpatterns = [
    path("", queue.home, name="home"),
    path("sign-in/", sign_in.start, name="sign-in"),
    path("sign-in/challenge/", sign_in.challenge, name="challenge"),
    path("sign-in/answer/", sign_in.answer, name="sign-in-answer"),
    path("sign-in/post/", sign_in.choose_post, name="choose-post"),
    path("sign-out/", sign_in.leave, name="sign-out"),
    path("language/", sign_in.language, name="language"),
    path("inbox/", notices.index, name="inbox"),
    path("inbox/<int:notice_id>/", notices.open_notice, name="notice"),
    path("cases/", cases.index, name="cases"),
    path("cases/<uuid:case_id>/", cases.show, name="case"),
    path("cases/<uuid:case_id>/motions/", cases.start_motion, name="start-motion"),
    path("cases/<uuid:case_id>/documents/<uuid:document_id>/", cases.document, name="document"),
    path("motions/<uuid:motion_id>/", motions.show, name="motion"),
    path("motions/<uuid:motion_id>/materials/", motions.materials, name="materials"),
    path("motions/<uuid:motion_id>/draft/", drafts.edit, name="draft"),
    path("motions/<uuid:motion_id>/draft/file/", drafts.file, name="file"),
    path("motions/<uuid:motion_id>/draft/discard/", drafts.discard, name="discard"),
    path("motions/<uuid:motion_id>/attachments/for/<slug:requirement>/", drafts.attach, name="attach"),
    path("motions/<uuid:motion_id>/attachments/<int:attachment_id>/", drafts.attachment, name="attachment"),
    path("motions/<uuid:motion_id>/attachments/<int:attachment_id>/remove/", drafts.detach, name="detach"),
    path("motions/<uuid:motion_id>/decide/", decision.write, name="decide"),
    path("motions/<uuid:motion_id>/decide/fields/", decision.fields, name="decision-fields"),
    path("motions/<uuid:motion_id>/decide/suggestion/", decision.suggest, name="suggest"),
    path("motions/<uuid:motion_id>/decide/preview/", decision.preview, name="preview-decision"),
    path("motions/<uuid:motion_id>/decide/prepare/", decision.freeze, name="prepare-decision"),
    path("motions/<uuid:motion_id>/acts/<slug:act_type>/", acts.write, name="act"),
    path("motions/<uuid:motion_id>/acts/<slug:act_type>/prepare/", acts.freeze, name="prepare-act"),
    path("motions/<uuid:motion_id>/acts/<slug:act_type>/preview/", acts.preview, name="preview"),
    path("motions/<uuid:motion_id>/acts/<slug:act_type>/preview.pdf", acts.preview_pdf, name="preview-pdf"),
    path("prepared/<uuid:prepared_id>/", signing.sign, name="sign"),
    path("prepared/<uuid:prepared_id>/act.json", signing.to_sign, name="to-sign"),
    path("prepared/<uuid:prepared_id>/act.pdf", signing.prepared_pdf, name="prepared-pdf"),
    path("prepared/<uuid:prepared_id>/signature/", signing.submit, name="submit-signature"),
    path("acts/<uuid:act_id>/", signing.show, name="act-show"),
    path("acts/<uuid:act_id>/done/", signing.done, name="done"),
    path("acts/<uuid:act_id>/act.pdf", signing.pdf, name="act-pdf"),
    path("acts/<uuid:act_id>/container/", signing.container, name="container"),
    path("audit/", audit.index, name="audit"),
    path("audit/verify/", audit.verify, name="audit-verify"),
    path("audit/checkpoint/", audit.checkpoint, name="audit-checkpoint"),
    path("audit/<int:entry_id>/", audit.entry, name="audit-entry"),
    path("audit/<int:entry_id>/proof/", audit.proof, name="audit-proof"),
    path("verify/", verify.verify, name="verify"),
]
