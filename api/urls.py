"""URLs of version 1, of the probes, and of the OpenAPI description."""

from django.urls import path, re_path, register_converter
from django.urls.converters import StringConverter

from api import docs
from api.views import (
    acts,
    batch,
    cases,
    copies,
    decisions,
    documents,
    endpoints,
    health,
    kinds,
    log,
    measures,
    motions,
    records,
    sign_in,
    statistics,
    suggestions,
    verify,
)
from api.views.base import Nothing

app_name = "api"


class TextConverter(StringConverter):
    """A part of an address without control characters, which no column stores."""

    regex = r"[^/\x00-\x1f\x7f]+"


register_converter(TextConverter, "text")

CASE = "v1/cases/<text:number>/"
MOTION = "v1/motions/<uuid:motion_id>/"

urlpatterns = [
    path("v1/auth/challenge/", sign_in.Challenge.as_view(), name="challenge"),
    path("v1/auth/token/", sign_in.Tokens.as_view(), name="token"),
    path("v1/auth/session/", sign_in.Session.as_view(), name="session"),
    path("v1/kinds/", kinds.Kinds.as_view(), name="kinds"),
    path("v1/kinds/<slug:key>/", kinds.OneKind.as_view(), name="kind"),
    path(CASE, cases.OneCase.as_view(), name="case"),
    path(CASE + "persons/<text:external_id>/", cases.OnePerson.as_view(), name="case-person"),
    path(CASE + "counsel/<text:external_id>/", cases.OneCounsel.as_view(), name="case-counsel"),
    path(CASE + "counsel/<text:external_id>/end/", cases.EndOfCounsel.as_view(), name="case-counsel-end"),
    path("v1/decisions/", decisions.Decisions.as_view(), name="decisions"),
    path("v1/measures/", measures.Measures.as_view(), name="measures"),
    path("v1/motions/", motions.Motions.as_view(), name="motions"),
    path(MOTION, motions.OneMotion.as_view(), name="motion"),
    path(MOTION + "documents/", documents.Materials.as_view(), name="documents"),
    path(MOTION + "documents/<int:attachment_id>/", documents.OneDocument.as_view(), name="document"),
    path(MOTION + "schemas/<slug:act_type>/", motions.MotionSchema.as_view(), name="motion-schema"),
    path(MOTION + "acts/", acts.Acts.as_view(), name="acts"),
    path(MOTION + "copies/", copies.CopiesOfMotion.as_view(), name="copies"),
    path(MOTION + "draw/", records.DrawsOfMotion.as_view(), name="draws"),
    path(
        MOTION + "versions/<int:before>/difference/<int:after>/",
        records.DifferenceOfVersions.as_view(),
        name="difference",
    ),
    path(MOTION + "file/", records.FileOfMotion.as_view(), name="motion-file"),
    path(MOTION + "suggestions/", suggestions.Suggestions.as_view(), name="suggestions"),
    path(
        MOTION + "suggestions/<uuid:suggestion_id>/",
        suggestions.OneSuggestion.as_view(),
        name="suggestion",
    ),
    path("v1/acts/signatures/", batch.Signatures.as_view(), name="signatures"),
    path("v1/acts/<uuid:act_id>/", acts.OneAct.as_view(), name="act"),
    path("v1/acts/<uuid:act_id>/signature/", acts.Signature.as_view(), name="signature"),
    path("v1/acts/<uuid:act_id>/pdf/", acts.ActPdf.as_view(), name="act-pdf"),
    path("v1/acts/<uuid:act_id>/container/", acts.ActContainer.as_view(), name="act-container"),
    path("v1/copies/<uuid:copy_id>/", copies.OneCopy.as_view(), name="copy"),
    path("v1/copies/<uuid:copy_id>/acknowledgement/", copies.Acknowledgement.as_view(), name="acknowledgement"),
    path("v1/copies/<uuid:copy_id>/proof/", copies.Proof.as_view(), name="copy-proof"),
    path("v1/audit/checkpoint/", log.Checkpoint.as_view(), name="audit-checkpoint"),
    path("v1/audit/consistency/<int:old>/<int:size>/", log.Consistency.as_view(), name="audit-consistency"),
    path("v1/audit/entries/<int:entry>/proof/", log.ProofOfEntry.as_view(), name="audit-proof"),
    path("v1/endpoints/", endpoints.EndpointsOfBody.as_view(), name="endpoints"),
    path("v1/endpoints/<uuid:endpoint_id>/", endpoints.OneEndpoint.as_view(), name="endpoint"),
    path("v1/endpoints/<uuid:endpoint_id>/secret/", endpoints.Rotation.as_view(), name="endpoint-secret"),
    path("v1/endpoints/<uuid:endpoint_id>/test/", endpoints.TestMessage.as_view(), name="endpoint-test"),
    path("v1/statistics/", statistics.Statistics.as_view(), name="statistics"),
    path("v1/verify/", verify.Verify.as_view(), name="verify"),
    path("schema/", docs.Description.as_view(), name="schema"),
    path("docs/", docs.show, name="docs"),
    # As they were before every address had a final slash.
    path("v1/acts/<uuid:act_id>/pdf", acts.ActPdf.as_view()),
    path("v1/acts/<uuid:act_id>/container", acts.ActContainer.as_view()),
    path("v1/audit/checkpoint", log.Checkpoint.as_view()),
    path("v1/audit/consistency/<int:old>/<int:size>", log.Consistency.as_view()),
    path("v1/audit/entries/<int:entry>/proof", log.ProofOfEntry.as_view()),
    path("health/live", health.Live.as_view(), name="live"),
    path("health/ready", health.Ready.as_view(), name="ready"),
    re_path(r"", Nothing.as_view(), name="nothing"),
]
