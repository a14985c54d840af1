// Keys for the board. The page does everything without them: each key goes where a link, a tick or a button is.
"use strict";
{
  const cases = [...document.querySelectorAll("[data-case]")];
  const keys = document.getElementById("keys");
  const find = document.getElementById("field-text");
  const officer = document.getElementById("field-officer");
  const typing = (at) => at.matches("textarea, select, input:not([type=checkbox])");
  const link = (one) => one.querySelector("h2 a");

  const here = () => cases.findIndex((one) => one.contains(document.activeElement));
  const go = (step) => {
    const at = here();
    const next = at < 0 ? (step > 0 ? 0 : cases.length - 1) : at + step;
    if (cases[next]) link(cases[next]).focus();
  };
  const acts = {
    "?": () => keys.showModal(),
    "j": () => go(1),
    "k": () => go(-1),
    "x": () => cases[here()]?.querySelector("input").click(),
    "o": () => cases[here()] && link(cases[here()]).click(),
    "g": () => officer?.focus(),
    "/": () => find?.focus(),
    "r": () => document.querySelector("#live-bar:not([hidden]) a")?.click(),
  };

  document.addEventListener("keydown", (event) => {
    const act = acts[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey || keys.open || typing(event.target)) return;
    event.preventDefault();
    act();
  });
  document.getElementById("keys-hint").hidden = false;
}
