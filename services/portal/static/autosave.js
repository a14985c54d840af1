// Saves a draft while somebody types. The page does everything without it, and the server decides everything.
"use strict";
{
  const PAUSE = 3000; // milliseconds from the first change
  const APART = 15000; // between two savings, at least
  const note = document.querySelector("[data-autosave]");
  const form = note && note.closest("form");
  let timer = 0;
  let last = 0;
  let busy = null;
  let over = false;

  const say = (word) => {
    const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    note.textContent = note.dataset[word].replace("{time}", time);
  };

  const save = async () => {
    timer = 0;
    last = Date.now();
    try {
      const body = new URLSearchParams(new FormData(form));
      const answer = await fetch(note.dataset.autosave, { method: "POST", body });
      if (answer.ok) {
        heard(await answer.json());
      } else if (answer.status < 500) {
        over = true;
        say("ended");
      } else {
        later();
      }
    } catch {
      later();
    }
  };

  const heard = ({ state, seen }) => {
    over = state === "stopped";
    if (seen) form.elements.seen.value = seen;
    if (state !== "same") say(state);
  };

  const later = () => {
    say("away");
    plan();
  };

  const plan = () => {
    if (timer || over) return;
    timer = setTimeout(() => { busy = save().finally(() => { busy = null; }); }, Math.max(PAUSE, last + APART - Date.now()));
  };

  if (form) {
    form.addEventListener("input", plan);
    form.addEventListener("submit", (event) => {
      clearTimeout(timer);
      over = true;
      if (!busy) return;
      event.preventDefault(); // what is being saved must not be taken for somebody else's change
      busy.finally(() => form.requestSubmit(event.submitter));
    });
  }
}
