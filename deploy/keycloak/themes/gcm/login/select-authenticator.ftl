<#-- Our own, because the choices must be buttons: the ones of the parent theme cannot be pressed by keyboard. -->
<#import "template.ftl" as layout>
<@layout.registrationLayout; section>
<#if section = "header">
  ${msg("loginChooseAuthenticator")}
<#elseif section = "form">
  <form id="kc-select-credential-form" action="${url.loginAction}" method="post">
    <ul class="choices">
      <#list auth.authenticationSelections as one>
      <li>
        <button name="authenticationExecution" value="${one.authExecId}">
          <strong>${msg(one.displayName)}</strong>
          <span>${msg(one.helpText)}</span>
        </button>
      </li>
      </#list>
    </ul>
  </form>
</#if>
</@layout.registrationLayout>
