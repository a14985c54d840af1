<#-- The frame of every page. Keycloak's pages call it with these four arguments and fill its sections. Languages are
     plain links, so that everybody can switch without JavaScript. -->
<#macro registrationLayout bodyClass="" displayInfo=false displayMessage=true displayRequiredFields=false>
<!DOCTYPE html>
<html lang="${lang}" dir="${(locale?? && locale.rtl)?then('rtl', 'ltr')}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <meta name="robots" content="noindex, nofollow">
  <title>${msg("loginTitle", realm.displayName!'')}</title>
  <link rel="icon" href="${url.resourcesPath}/img/icon.svg" type="image/svg+xml">
  <#list (properties.styles!'')?split(' ') as style>
  <link rel="stylesheet" href="${url.resourcesPath}/${style}">
  </#list>
  <#-- what Keycloak's own passkey pages import -->
  <script type="importmap">{"imports": {"rfc4648": "${url.resourcesCommonPath}/vendor/rfc4648/rfc4648.js"}}</script>
  <#list scripts![] as script>
  <script src="${script}"></script>
  </#list>
  <script type="module" src="${url.resourcesPath}/js/language.js"></script>
  <script type="module" src="${url.resourcesPath}/js/passwordVisibility.js"></script>
  <script type="module">
    <#outputformat "JavaScript">
    import { startSessionPolling } from ${(url.resourcesPath + "/js/authChecker.js")?c};
    startSessionPolling(${url.ssoLoginInOtherTabsUrl?c});
    </#outputformat>
  </script>
  <#if authenticationSession??>
  <script type="module">
    <#outputformat "JavaScript">
    import { checkAuthSession } from ${(url.resourcesPath + "/js/authChecker.js")?c};
    checkAuthSession(${authenticationSession.authSessionIdHash?c});
    </#outputformat>
  </script>
  </#if>
</head>
<body data-page-id="login-${pageId}" class="${bodyClass}">
  <header class="site">
    <p class="site-name">${msg("gcmName")}</p>
    <#if realm.internationalizationEnabled && locale.supported?size gt 1>
    <nav aria-label="${msg("languages")}">
      <ul class="languages">
        <#list locale.supported?sort_by("languageTag") as one>
        <li><a href="${one.url}" lang="${one.languageTag}" hreflang="${one.languageTag}"
               <#if one.languageTag == locale.currentLanguageTag>aria-current="true"</#if>>${one.label}</a></li>
        </#list>
      </ul>
    </nav>
    </#if>
  </header>
  <main>
    <h1 id="kc-page-title"><#nested "header"></h1>
    <#if auth?has_content && auth.showUsername() && !auth.showResetCredentials()>
    <div class="who">
      <#nested "show-username">
      <bdi id="kc-attempted-username">${auth.attemptedUsername}</bdi>
      <a id="reset-login" href="${url.loginRestartFlowUrl}">${msg("restartLoginTooltip")}</a>
    </div>
    </#if>
    <#if displayRequiredFields><p class="hint">* ${msg("requiredFields")}</p></#if>
    <#-- an action that somebody asked for is no warning -->
    <#if displayMessage && message?has_content && (message.type != 'warning' || !isAppInitiatedAction??)>
    <p class="alert ${message.type}" role="${(message.type == 'error')?then('alert', 'status')}">${message.summary}</p>
    </#if>
    <#nested "form">
    <#if auth?has_content && auth.showTryAnotherWayLink()>
    <form id="kc-select-try-another-way-form" action="${url.loginAction}" method="post">
      <button class="pf-v5-c-button pf-m-link" name="tryAnotherWay" value="on">${msg("doTryAnotherWay")}</button>
    </form>
    </#if>
    <#nested "socialProviders">
    <#if displayInfo><div id="kc-info"><#nested "info"></div></#if>
  </main>
</body>
</html>
</#macro>
