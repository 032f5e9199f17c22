"""The pages of sign-in and of the own data.

Most are allauth's views with our forms (`ACCOUNT_FORMS`, `MFA_FORMS`) and templates; here stands where we differ.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from allauth.account import views as account_views
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.internal.stagekit import clear_login
from allauth.account.stages import LoginByCodeStage, LoginStage, LoginStageController
from allauth.account.utils import get_login_redirect_url
from allauth.core import ratelimit
from allauth.mfa.base import views as mfa_views
from allauth.mfa.recovery_codes import views as recovery_views
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.totp import views as totp_views
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from basis.limieten import LimitReached, too_often
from gebruikers import actions, rules, second_factor
from gebruikers.forms import NaamForm
from gebruikers.models import Gebruiker
from gebruikers.rules import Handeling
from gebruikers.toegang import medewerker_required
from gebruikers.voorbeeld import EXAMPLE_ACCOUNTS, example_account

_TOO_OFTEN = frozenset({"too_many_login_attempts", "rate_limited"})

#: After how long without trying every limit of `ACCOUNT_RATE_LIMITS` gives way; allauth does not say when exactly.
WAIT = timedelta(minutes=15)


def tried_too_often(request: HttpRequest) -> HttpResponse:
    """The answer 429 of a page of sign-in that allauth refuses as a whole."""
    return too_often(request, LimitReached(timezone.now() + WAIT))


class Page:
    """What all these pages share: their place in the navigation, and a status that tells machines of a refusal.

    422 for a form with errors, 429 when it was refused for too many tries.
    """

    extra_context = {"section": "inloggen"}

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        """The page; its status tells machines what the error at the form tells people."""
        form = context.get("form")
        if form is not None and form.errors:
            kwargs["status"] = 422
        response: HttpResponse = super().render_to_response(context, **kwargs)  # type: ignore[misc]
        if _is_refused(form):
            LimitReached(timezone.now() + WAIT).on(response)
        return response


def _is_refused(form: BaseForm | None) -> bool:
    if form is None or not form.is_bound:
        return False
    return any(error.code in _TOO_OFTEN for errors in form.errors.as_data().values() for error in errors)


class StartsAnew:
    """Opening a sign-in page starts anew; allauth would lead back into the sign-in that was begun."""

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: LoginStage) -> None:
        clear_login(request)


class RequestCodeView(StartsAnew, Page, account_views.RequestLoginCodeView):
    """`/inloggen/`: a resident asks for a code. The answer is the same for every address, known or not."""

    def form_valid(self, form: BaseForm) -> HttpResponse:
        """Send a code, or tell the medewerker by mail that staff sign in elsewhere."""
        gebruiker = actions.ensure_bewoner(email=form.cleaned_data["email"])
        gets_code = rules.signs_in_with_code(gebruiker)
        if not gets_code:
            actions.explain_no_code(gebruiker=gebruiker)
        LoginCodeVerificationProcess.initiate(
            request=self.request, user=gebruiker if gets_code else None, email=gebruiker.email
        )
        return redirect(self.get_success_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Also the example accounts, in the embedded portal."""
        examples = EXAMPLE_ACCOUNTS if settings.EMBEDDED else ()
        context: dict[str, Any] = super().get_context_data(examples=examples, **kwargs)
        return context


class ConfirmCodeView(Page, account_views.ConfirmLoginCodeView):
    """`/inloggen/code/`: the code from the mail, which also proves whose address it is."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Say it when there is no code to wait for any more."""
        if request.user.is_anonymous and not _waits_for_code(request):
            return self._start_again(_("Deze code is verlopen of al gebruikt. Vraag een nieuwe code aan."))
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def _verify_form_valid(self, form: BaseForm) -> HttpResponse:
        gebruiker = self._process.user
        # Meanwhile the account may have been purged or become a medewerker's.
        if gebruiker is None or not rules.signs_in_with_code(gebruiker):
            self._process.abort()
            return self._start_again(_("Deze code is verlopen of al gebruikt. Vraag een nieuwe code aan."))
        actions.confirm_email(gebruiker_id=gebruiker.pk)
        response: HttpResponse = super()._verify_form_valid(form)
        return response

    def _resend_form_valid(self, form: BaseForm) -> HttpResponse:
        # A code sent again counts as one that was asked for; allauth only counts within one sign-in.
        email = self._process.state["email"]
        refused = ratelimit.consume_or_429(self.request, action="request_login_code", key=email)
        if refused:
            return refused
        messages.success(self.request, _("We hebben u een nieuwe code gestuurd. De vorige werkt niet meer."))
        response: HttpResponse = super()._resend_form_valid(form)
        return response

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        """Show the error, or start again after the last try."""
        if self._process.record_invalid_attempt():
            return self.render_to_response(self.get_context_data(form=form))
        return self._start_again(
            _("U heeft %(aantal)s keer een verkeerde code ingevuld. Vraag een nieuwe code aan.")
            % {"aantal": settings.ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS}
        )

    def _start_again(self, message: str) -> HttpResponse:
        messages.error(self.request, message)
        return redirect(self.passthrough_next_url(reverse("account_request_login_code")))


def _waits_for_code(request: HttpRequest) -> bool:
    """Whether this visitor asked for a code that is still good."""
    stage = LoginStageController.enter(request, LoginByCodeStage.key)
    return stage is not None and LoginCodeVerificationProcess.resume(stage) is not None


def inloggen_voorbeeld(request: HttpRequest) -> HttpResponse:
    """`/inloggen/voorbeeld/`: sign in as an example account; there is no such page outside the embedded portal."""
    if not settings.EMBEDDED:
        raise Http404
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    account = example_account(request.POST.get("email", ""))
    if account is None:
        raise Http404
    gebruiker = get_object_or_404(Gebruiker.objects.with_email(account.email), is_active=True)
    clear_login(request)
    get_adapter().login(request, gebruiker)
    second_factor.record_example(request)
    return redirect(get_login_redirect_url(request))


class LoginView(StartsAnew, Page, account_views.LoginView):
    """`/inloggen/medewerkers/`: address and password of a medewerker."""


class AuthenticateView(Page, mfa_views.AuthenticateView):
    """`/inloggen/tweede-factor/`: the second step of a medewerker's sign-in."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Say it when the first step is too long ago."""
        if request.user.is_anonymous and LoginStageController.enter(request, AuthenticateStage.key) is None:
            messages.error(request, _("Vul eerst uw wachtwoord in. Daarna heeft u een kwartier voor de tweede stap."))
            return redirect("account_login")
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def _build_forms(self) -> BaseForm:
        # allauth would take what has no code for a security key, which the portal does not offer.
        self.webauthn_form = None
        data = self.request.POST if self.request.method == "POST" else None
        self.auth_form: BaseForm = self.get_form_class()(user=self.stage.login.user, data=data)
        return self.auth_form


class LogoutView(Page, account_views.LogoutView):
    """`/uitloggen/`: asks, and signs out by POST."""


class AccountInactiveView(Page, account_views.AccountInactiveView):
    """`/inloggen/geen-toegang/`: the right password of an account that was switched off."""


@method_decorator(never_cache, name="dispatch")
class ResetPasswordView(Page, account_views.PasswordResetView):
    """`/wachtwoord/vergeten/`: a medewerker asks for a link by mail."""


@method_decorator(never_cache, name="dispatch")
class ResetPasswordSentView(Page, account_views.PasswordResetDoneView):
    """`/wachtwoord/vergeten/verstuurd/`: look in your mailbox; the same for every address."""


class ChoosePasswordView(Page, account_views.PasswordResetFromKeyView):
    """`/wachtwoord/nieuw/<token>/`: choose a password, by a private link from a mail.

    The first visit takes the token into the session and goes on to a clean address.
    """

    success_url = reverse_lazy("account_login")
    reset_url_key = "kiezen"

    def form_valid(self, form: BaseForm) -> HttpResponse:
        """Keep the password; the link came by mail, so the address is proved too."""
        actions.confirm_email(gebruiker_id=self.reset_user.pk)
        response: HttpResponse = super().form_valid(form)
        return response


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """`/account/`: the own data, and what one may do here."""
    gebruiker = request.user
    assert isinstance(gebruiker, Gebruiker)  # noqa: S101  (login_required; tells the type checker)
    form = NaamForm(request.POST if request.method == "POST" else None, initial={"naam": gebruiker.naam})
    if form.is_valid() and form.try_action(actions.change_naam, gebruiker=gebruiker):
        messages.success(request, _("Uw naam is bewaard."))
        return redirect("account")
    memberships = get_adapter().memberships(gebruiker) if gebruiker.is_medewerker else ()
    context = {
        "section": "inloggen",
        "form": form,
        "roles": rules.roles_of(gebruiker, memberships),
        "has_second_factor": gebruiker.is_medewerker and second_factor.is_set_up(gebruiker),
    }
    return render(request, "gebruikers/account.html", context, status=422 if form.errors else 200)


@method_decorator(medewerker_required, name="dispatch")
class ChangePasswordView(Page, account_views.PasswordChangeView):
    """`/account/wachtwoord/`: another password. Example accounts have none."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """404 for who has no password to change."""
        if request.user.is_anonymous or not request.user.has_usable_password():
            raise Http404
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response


class ReauthenticateView(Page, account_views.ReauthenticateView):
    """`/account/bevestigen/`: the password once more, before a sensitive step."""


class ReauthenticateFactorView(Page, mfa_views.ReauthenticateView):
    """`/account/bevestigen/code/`: the second factor once more; also how a session without one gets it."""


@method_decorator([medewerker_required, never_cache], name="dispatch")
class ActivateTotpView(Page, totp_views.ActivateTOTPView):
    """`/account/tweede-factor/instellen/`: scan, give the first code; from then on this session has passed."""

    success_url = reverse_lazy("mfa_view_recovery_codes")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Only for who has none: replacing it goes through a beheerder."""
        if second_factor.is_set_up(request.user):
            return redirect("account")
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def get_success_url(self) -> str:
        """On to the recovery codes, which allauth made along."""
        return str(self.success_url)

    def form_valid(self, form: BaseForm) -> HttpResponse:
        """Keep the authenticator, and note that this session gave a code of it."""
        response = _noted(self.request, Handeling.TWEEDE_FACTOR_INGESTELD, super().form_valid, form)
        second_factor.record_enrolment(self.request)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Also the secret in groups of four, for who types it instead of scanning."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        secret = context["form"].secret
        context["secret_groups"] = [secret[start : start + 4] for start in range(0, len(secret), 4)]
        return context


@method_decorator([medewerker_required, never_cache], name="dispatch")
class RecoveryCodesView(Page, recovery_views.ViewRecoveryCodesView):
    """`/account/herstelcodes/`: the recovery codes, shown once."""


@method_decorator(medewerker_required, name="dispatch")
class GenerateRecoveryCodesView(Page, recovery_views.GenerateRecoveryCodesView):
    """`/account/herstelcodes/nieuw/`: new recovery codes; the old ones stop working."""

    def form_valid(self, form: BaseForm) -> HttpResponse:
        """Make them."""
        return _noted(self.request, Handeling.HERSTELCODES_GEMAAKT, super().form_valid, form)


@transaction.atomic
def _noted(
    request: HttpRequest, handeling: Handeling, form_valid: Callable[[BaseForm], HttpResponse], form: BaseForm
) -> HttpResponse:
    """What allauth's `form_valid` does at the own account, together with its line in the spoor."""
    response = form_valid(form)
    gebruiker = request.user
    assert isinstance(gebruiker, Gebruiker)  # noqa: S101  (medewerker_required; tells the type checker)
    actions.note(handeling, by=gebruiker, about=gebruiker)
    return response
