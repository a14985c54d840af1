<#-- Our own, because each field needs a label that points at it, and the picture a text in the person's language. -->
<#import "template.ftl" as layout>
<#import "field.ftl" as field>
<#import "buttons.ftl" as buttons>
<#import "password-commons.ftl" as passwords>
<@layout.registrationLayout displayMessage=!messagesPerField.existsError('totp', 'userLabel'); section>
<#if section = "header">
  ${msg("loginTotpTitle")}
<#elseif section = "form">
  <ol class="steps">
    <li>
      <p>${msg("loginTotpStep1")}</p>
      <ul><#list totp.supportedApplications as app><li>${msg(app)}</li></#list></ul>
    </li>
    <li>
    <#if (mode!'') == "manual">
      <p>${msg("loginTotpManualStep2")}</p>
      <p><code id="kc-totp-secret-key" dir="ltr">${totp.totpSecretEncoded}</code></p>
      <p>${msg("loginTotpManualStep3")}</p>
      <ul>
        <li>${msg("loginTotpType")}: ${msg("loginTotp." + totp.policy.type)}</li>
        <li>${msg("loginTotpAlgorithm")}: ${totp.policy.getAlgorithmKey()}</li>
        <li>${msg("loginTotpDigits")}: ${totp.policy.digits}</li>
        <li>${msg("loginTotpInterval")}: ${totp.policy.period}</li>
      </ul>
      <p><a id="mode-barcode" href="${totp.qrUrl}">${msg("loginTotpScanBarcode")}</a></p>
    <#else>
      <p>${msg("loginTotpStep2")}</p>
      <p><img src="data:image/png;base64,${totp.totpSecretQrCode}" alt="${msg("gcmQrCode")}" class="qr"></p>
      <p><a id="mode-manual" href="${totp.manualUrl}">${msg("loginTotpUnableToScan")}</a></p>
    </#if>
    </li>
    <li><p>${msg("loginTotpStep3")} ${msg("loginTotpStep3DeviceName")}</p></li>
  </ol>
  <form id="kc-totp-settings-form" action="${url.loginAction}" method="post" novalidate>
    <@field.input name="totp" label=msg("authenticatorCode") required=true autocomplete="one-time-code" />
    <@field.input name="userLabel" label=msg("loginTotpDeviceName") required=totp.otpCredentials?size gte 1 />
    <input type="hidden" name="totpSecret" value="${totp.totpSecret}">
    <#if mode??><input type="hidden" name="mode" value="${mode}"></#if>
    <@passwords.logoutOtherSessions />
    <@buttons.actionGroup>
      <@buttons.button id="saveTOTPBtn" label="doSubmit" />
      <#if isAppInitiatedAction??>
      <@buttons.button id="cancelTOTPBtn" name="cancel-aia" label="doCancel" type="secondary" value="true" />
      </#if>
    </@buttons.actionGroup>
  </form>
</#if>
</@layout.registrationLayout>
