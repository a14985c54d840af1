// Keys for the board and the page of one case, which do everything without them: each goes where a link, a tick or a
// button is.
"use strict";
{
  const cases = [...document.querySelectorAll("[data-case]")];
  const keys = document.getElementById("keys");
  const at = (what) => document.querySelector(what);
  const typing = (where) => where.matches("textarea, select, input:not([type=checkbox], [type=radio])");
  const to = (one) => {
    one?.closest("details")?.setAttribute("open", "");
    one?.focus();
  };
  const link = (one) => one.querySelector("h2 a");

  const here = () => cases.findIndex((one) => one.contains(document.activeElement));
  const go = (step) => {
    const place = here();
    const next = place < 0 ? (step > 0 ? 0 : cases.length - 1) : place + step;
    if (cases[next]) link(cases[next]).focus();
  };
  const acts = {
    "?": () => keys.showModal(),
    "j": () => go(1),
    "k": () => go(-1),
    "x": () => cases[here()]?.querySelector("input").click(),
    "o": () => cases[here()] && link(cases[here()]).click(),
    "g": () => to(at("#field-officer")),
    "/": () => to(at("input#field-text")),
    "s": () => to(at("input[name=step]")),
    "m": () => to(at(".talk-form textarea")),
    "b": () => at("main a[href^='/desk/board']")?.click(),
    "r": () => at("#live-bar:not([hidden]) a")?.click(),
  };

  document.addEventListener("keydown", (event) => {
    const act = acts[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey || keys.open || typing(event.target)) return;
    event.preventDefault();
    act();
  });
  document.getElementById("keys-hint").hidden = false;
}
