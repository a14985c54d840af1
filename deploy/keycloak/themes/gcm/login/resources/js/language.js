// Keycloak heeds kc_locale within a sign-in only. On the page for a device's code, which comes before one, the cookie
// that it reads everywhere says which language somebody has chosen. Once: a language that is not there changes nothing.
const chosen = new URLSearchParams(location.search).get("kc_locale");
const cookie = `KEYCLOAK_LOCALE=${chosen}`;
if (/^[A-Za-z-]+$/.test(chosen ?? "") && chosen !== document.documentElement.lang && !document.cookie.includes(cookie)) {
  const realm = location.pathname.match(/^.*?\/realms\/[^/]+/)[0];
  // not for the whole realm: that cookie is Keycloak's own, which takes it away when somebody has signed in
  for (const path of [location.pathname, `${realm}/login-actions`]) document.cookie = `${cookie}; path=${path}; SameSite=Lax`;
  location.reload();
}
