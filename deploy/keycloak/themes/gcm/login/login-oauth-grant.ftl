<#-- Our own, because the parent theme's page skips a level of headings. -->
<#import "template.ftl" as layout>
<#import "buttons.ftl" as buttons>
<@layout.registrationLayout; section>
<#if section = "header">
  ${msg("oauthGrantTitle", client.name?has_content?then(advancedMsg(client.name!''), client.clientId))}
<#elseif section = "form">
  <p id="kc-oauth">${msg("oauthGrantRequest")}</p>
  <ul>
    <#list (oauth.clientScopesRequested)![] as scope>
    <li>${scope.parameterizedScopeParameter???then(
      advancedMsg(scope.consentScreenText, scope.parameterizedScopeParameter!''), advancedMsg(scope.consentScreenText))}</li>
    </#list>
  </ul>
  <form id="kc-oauth-grant-form" action="${url.oauthAction}" method="post">
    <input type="hidden" name="code" value="${oauth.code}">
    <@buttons.actionGroup>
      <@buttons.button id="kc-login" name="accept" label="doYes" value="yes" />
      <@buttons.button id="kc-cancel" name="cancel" label="doNo" type="secondary" value="no" />
    </@buttons.actionGroup>
  </form>
</#if>
</@layout.registrationLayout>
