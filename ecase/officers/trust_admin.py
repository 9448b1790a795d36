"""Admin of trusted certificates and signer rules; every change is an entry of the audit log."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ecase.officers.admin_base import AuditedAdmin
from ecase.officers.models import Role
from ecase.trust import services
from ecase.trust.models import SignerRule, TrustedCertificate
from signatures import TrustStore
from signatures.x509.facts import KEY_USAGES

FIXED = ("pem", "use", "purpose", "valid_from")


class TrustedCertificateForm(forms.ModelForm):
    """A certificate with the checks of the trust folder: an authority must lead to a trusted root."""

    class Meta:
        model = TrustedCertificate
        fields = (*FIXED, "valid_to", "note")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors or self.instance.pk is not None:
            return cleaned
        row = TrustedCertificate(**cleaned)
        try:
            services.describe(row)
            services.joined(TrustStore.load(settings.TRUST_DIR), [row])
        except ValueError as fault:
            message = _("This certificate cannot be trusted: %(why)s")
            raise ValidationError({"pem": ValidationError(message, params={"why": fault}, code="pem")}) from fault
        if TrustedCertificate.objects.filter(sha256=row.sha256).exists():
            raise ValidationError({"pem": ValidationError(_("This certificate is here already."), code="unique")})
        return cleaned


@admin.register(TrustedCertificate)
class TrustedCertificateAdmin(AuditedAdmin):
    form = TrustedCertificateForm
    list_display = ("subject", "use", "purpose", "valid_from", "valid_to")
    list_filter = ("use", "purpose")
    search_fields = ("subject", "sha256")
    # Certificate and start of trust never change: a row is ended and replaced.
    fixed = (*FIXED, "sha256", "subject")

    def save_form(self, request: HttpRequest, form: forms.ModelForm, change: bool) -> Any:
        row = super().save_form(request, form, change)
        services.describe(row)
        return row


class SignerRuleForm(forms.ModelForm):
    role = forms.ChoiceField(label=_("role"), choices=Role.choices)
    key_usages = forms.MultipleChoiceField(
        label=SignerRule._meta.get_field("key_usages").verbose_name,
        help_text=_("Without any: nonRepudiation, which every signer's certificate must have."),
        choices=[(name, name) for name in KEY_USAGES],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = SignerRule
        fields = ("role", "extended_key_usages", "policies", "key_usages")


@admin.register(SignerRule)
class SignerRuleAdmin(AuditedAdmin):
    form = SignerRuleForm
    list_display = ("role", "extended_key_usages", "policies", "key_usages")
