// Keeps a page of the board up to date while it is open. The page does everything without it.
"use strict";
{
  const LIVE = "/desk/live";
  const SILENCE = 25000; // milliseconds without a beat, which come every ten seconds
  const at = document.getElementById("live");
  const bar = document.getElementById("live-bar");
  const line = document.getElementById("live-line");
  const said = document.getElementById("live-said");
  const words = JSON.parse(at.dataset.words);
  const own = document.querySelector("[data-live-case]");
  const csrf = () => new URLSearchParams({ csrf: document.querySelector("input[name=csrf]").value });
  const soon = () => 100 + Math.random() * 900; // pages that hear of the same change do not ask all at once
  let after = at.dataset.position;
  let source = null;
  let silence = 0;
  let lost = 0;
  let again = 0;
  let failed = 0;

  // what is said
  const say = (text) => { said.textContent = text; };
  const by = (told) => (told.officer === at.dataset.me ? words.you : words[told.by] || "");
  const sentence = (told) => {
    const what = told.changed.filter((one) => words[one]).map((one) => words[one]).join(", ");
    return words.changed.replace("{by}", by(told)).replace("{what}", what);
  };
  const show = (text) => {
    bar.querySelector("span").textContent = text;
    bar.hidden = false;
    say(text);
  };

  // a row of the board
  const refresh = async (row, told) => {
    const answer = await fetch(`${LIVE}/cases/${told.case_id}`).catch(() => null);
    if (!answer?.ok) return;
    const piece = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-tick]");
    const shown = row.querySelector("[data-shown]");
    const focused = shown.contains(document.activeElement);
    const tick = row.querySelector("input[type=checkbox]");
    // what was ticked before the change is not given over it unseen: the service tells it apart
    if (tick && !tick.checked) tick.value = piece.dataset.tick;
    const mark = document.createElement("p");
    mark.className = "small";
    mark.append(Object.assign(document.createElement("span"), { className: "tag changed", textContent: sentence(told) }));
    shown.replaceChildren(...piece.childNodes, mark);
    if (focused) shown.querySelector("a").focus({ preventScroll: true });
    say(`${shown.querySelector("h2").textContent}. ${sentence(told)}`);
  };

  // the numbers of the queues, seldom
  const APART = 10000;
  let counting = 0;
  let counted = 0;
  const count = () => {
    if (counting || !document.querySelector(".queues")) return;
    counting = setTimeout(async () => {
      const answer = await fetch(`${LIVE}/queues`).catch(() => null);
      counting = 0;
      counted = Date.now();
      if (!answer?.ok) return;
      for (const [queue, number] of Object.entries(await answer.json())) {
        const link = document.querySelector(`.queues a[href="/desk/board/${CSS.escape(queue)}"]`);
        if (!link || link.querySelector(".tag").textContent === number) continue;
        link.querySelector(".tag").textContent = number;
        if (link.hasAttribute("aria-current")) show(words.queue);
      }
    }, soon() + Math.max(0, counted + APART - Date.now()));
  };

  // who else has the request open
  const here = async () => {
    const answer = await fetch(`${LIVE}/cases/${own.dataset.liveCase}/here`, { method: "POST", body: csrf() }).catch(() => null);
    if (!answer?.ok) return;
    const { others, within } = await answer.json();
    const note = document.getElementById("live-here");
    const names = note.querySelector("bdi");
    if (names.textContent !== others) {
      names.textContent = others;
      note.hidden = !others;
      if (others) say(note.textContent.trim());
    }
    clearTimeout(again);
    again = setTimeout(here, within * 400);
  };

  // a hundred rows that are given at once are not fetched one by one, by every board that is open
  let rows = 0;
  const many = () => {
    if (rows === 0) setTimeout(() => { rows = 0; }, 1000);
    rows += 1;
    return rows > 5;
  };

  const heard = {
    begun: () => { failed = 0; },
    changed: (told) => {
      if (own) {
        if (told.case_id !== own.dataset.liveCase) return;
        if (told.changed.includes("presence")) here();
        const news = told.changed.filter((one) => one !== "presence");
        const known = told.revision <= Number(own.dataset.revision) && news.every((one) => one === "officer" || one === "priority");
        if (news.length && !known) show(sentence({ ...told, changed: news }));
        return;
      }
      if (told.changed.every((one) => one === "presence")) return;
      const row = document.querySelector(`[data-case="${told.case_id}"]`);
      if (row && many()) show(words.resync);
      else if (row) setTimeout(refresh, soon(), row, told);
      count();
    },
    resync: () => show(words.resync),
    over: () => { close(); open(); },
  };

  // the line
  const alive = () => {
    clearTimeout(lost);
    lost = 0;
    line.hidden = true;
    clearTimeout(silence);
    silence = setTimeout(broken, SILENCE);
  };
  const close = () => {
    clearTimeout(silence);
    source?.close();
    source = null;
  };
  const broken = () => {
    lost = lost || setTimeout(() => { line.hidden = false; say(line.textContent); }, 3000);
    if (source && source.readyState !== EventSource.CLOSED && source.since > Date.now() - SILENCE) return; // it comes again by itself
    close();
    failed += 1;
    setTimeout(() => source || document.hidden || open(), Math.min(60000, 1000 * 2 ** failed) * (0.5 + Math.random() / 2));
  };
  const open = () => {
    source = new EventSource(`${LIVE}?after=${encodeURIComponent(after)}`);
    source.since = Date.now();
    for (const [name, act] of Object.entries({ beat: () => {}, ...heard })) {
      source.addEventListener(name, (event) => {
        after = event.lastEventId || after;
        source.since = Date.now();
        alive();
        act(JSON.parse(event.data));
      });
    }
    source.addEventListener("error", broken);
    silence = setTimeout(broken, SILENCE);
  };

  // a page that nobody sees hears nothing, and catches up when it is seen again
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) close();
    else if (!source) open();
  });
  window.addEventListener("pagehide", () => {
    close();
    clearTimeout(again);
    if (own) navigator.sendBeacon(`${LIVE}/cases/${own.dataset.liveCase}/gone`, csrf());
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    open();
    if (own) here();
  });
  open();
  if (own) here();
}
