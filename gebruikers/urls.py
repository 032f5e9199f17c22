"""Addresses of sign-in and of the own data.

allauth looks its pages up by name; only those that the portal uses have an address. What has none cannot be reached:
signing up, changing the address, taking off the second factor.
"""

from django.urls import path, re_path

from gebruikers import views

urlpatterns = [
    path("inloggen/", views.RequestCodeView.as_view(), name="account_request_login_code"),
    path("inloggen/code/", views.ConfirmCodeView.as_view(), name="account_confirm_login_code"),
    path("inloggen/voorbeeld/", views.inloggen_voorbeeld, name="inloggen_voorbeeld"),
    path("inloggen/medewerkers/", views.LoginView.as_view(), name="account_login"),
    path("inloggen/tweede-factor/", views.AuthenticateView.as_view(), name="mfa_authenticate"),
    path("inloggen/geen-toegang/", views.AccountInactiveView.as_view(), name="account_inactive"),
    path("uitloggen/", views.LogoutView.as_view(), name="account_logout"),
    path("wachtwoord/vergeten/", views.ResetPasswordView.as_view(), name="account_reset_password"),
    path("wachtwoord/vergeten/verstuurd/", views.ResetPasswordSentView.as_view(), name="account_reset_password_done"),
    re_path(
        r"^wachtwoord/nieuw/(?P<uidb36>[0-9a-z]+)-(?P<key>[0-9a-z-]+)/$",
        views.ChoosePasswordView.as_view(),
        name="account_reset_password_from_key",
    ),
    path("account/", views.account, name="account"),
    # allauth's name for the page that tells about the second factor.
    path("account/", views.account, name="mfa_index"),
    path("account/wachtwoord/", views.ChangePasswordView.as_view(), name="account_change_password"),
    path("account/bevestigen/", views.ReauthenticateView.as_view(), name="account_reauthenticate"),
    path("account/bevestigen/code/", views.ReauthenticateFactorView.as_view(), name="mfa_reauthenticate"),
    path("account/tweede-factor/instellen/", views.ActivateTotpView.as_view(), name="mfa_activate_totp"),
    path("account/herstelcodes/", views.RecoveryCodesView.as_view(), name="mfa_view_recovery_codes"),
    path("account/herstelcodes/nieuw/", views.GenerateRecoveryCodesView.as_view(), name="mfa_generate_recovery_codes"),
]
