// Sends forms without leaving the page, and shows what happens as it happens. Everything here also
// works without it.
"use strict";

let source = null;
let again = 0;

const find = (id) => document.getElementById(id);

function piece(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
}

function cause() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// ------------------------------------------------------------------ what happens

// The oldest first. What is there already, in this version or a later one, stays.
function place(id, html) {
  const feed = find("feed");
  const old = find(id);
  if (html === null) {
    if (old) leave(old);
    return null;
  }
  const card = piece(html);
  if (old) {
    if (Number(old.dataset.seq || 0) >= Number(card.dataset.seq)) return old;
    const held = old.contains(document.activeElement);
    old.replaceWith(card);
    if (held) card.focus();
    return card;
  }
  const below = nearEnd();
  const later = Array.from(feed.children).find(
    (other) => Number(other.dataset.first) > Number(card.dataset.first));
  if (later) later.before(card);
  else feed.append(card);
  const quiet = find("quiet");
  if (quiet) quiet.hidden = true;
  for (const hidden of [feed.parentElement, find("own")]) if (hidden) hidden.hidden = false;
  if (below && !later) scrollToEnd();
  return card;
}

// What goes takes no focus with it: that stays where it was.
function leave(old) {
  const held = old.contains(document.activeElement);
  const next = old.nextElementSibling || old.previousElementSibling || find("feed");
  old.remove();
  if (held && next) next.focus();
}

const nearEnd = () => {
  const say = find("say");
  return say !== null && say.getBoundingClientRect().top < window.innerHeight + 200;
};

function scrollToEnd() {
  const say = find("say");
  if (say) say.scrollIntoView({ block: "end" });
}

function state(name) {
  const line = find("line-state");
  if (!line) return;
  const words = name ? line.dataset[name] : "";
  if (line.textContent !== words) line.textContent = words;
  if (words && line.closest("#own")) line.parentElement.hidden = find("own").hidden = false;
}

function listen(last) {
  if (source) source.close();
  clearTimeout(again);
  const feed = find("feed");
  if (!feed || !window.EventSource) return;
  feed.dataset.last = last;
  const query = new URLSearchParams({ room: feed.dataset.room, last });
  source = new EventSource("/events?" + query);
  source.onopen = () => state("");
  source.onerror = () => {
    state("lost");
    if (source && source.readyState === EventSource.CLOSED)
      again = setTimeout(() => listen(feed.dataset.last), 5000);
  };
  source.addEventListener("end", () => {
    source.close();
    state("ended");
  });
  source.addEventListener("away", () => location.reload());
  source.addEventListener("card", (event) => {
    const told = JSON.parse(event.data);
    place(told.card, told.html);
    feed.dataset.last = event.lastEventId;
  });
}

// ------------------------------------------------------------------ what is answered

const asker = new WeakMap(); // of what stands below a card: that card

// The answer comes where it was asked for: in the room, in place of a form or of the card that was
// pressed, beneath that card, or on top. A form's answer takes the place of the card that opened
// it as well, but for the room's own.
function show(html, way, form) {
  const from = form.closest("article");
  if (way === "gone") {
    leave(from);
    return null;
  }
  const card = piece(html);
  const opened = from && asker.get(from);
  if (way === "room" && find("feed")) {
    if (from && form.action.includes("/fill") && !from.matches(".sheet")) sent(from);
    return place(card.id, html);
  }
  if (from && !from.matches(".sheet") && (way === "here" || form.action.includes("/fill"))) {
    const done = way === "here" && form.action.includes("/fill");
    const gone = done && opened && !opened.dataset.seq ? opened : from;
    const kept = gone === from ? opened : asker.get(gone);
    if (kept) asker.set(card, kept);
    if (gone.dataset.below) card.dataset.below = "1";
    from.replaceWith(card);
    gone.remove();
  } else if (from && !from.matches(".sheet")) {
    asker.set(card, from);
    card.dataset.below = "1";
    const before = from.nextElementSibling;
    if (before && before.dataset.below) before.replaceWith(card);
    else from.after(card);
  } else {
    find("answer").hidden = false;
    find("answers").replaceChildren(card);
  }
  prepare(card);
  return card;
}

// A form that was sent is gone; where it was the only answer, so is the place for answers.
function sent(form) {
  form.remove();
  find("answer").hidden = !find("answers").children.length;
}

// What stands below an answer may hold no more: it is shown as it is now, unless somebody is in
// the middle of it.
let turned = false;
const AROUND = "main article.sheet, #own ~ .beside";

async function freshen() {
  const old = Array.from(document.querySelectorAll(AROUND));
  if (turned || !old.length) return;
  const answer = await fetch(location.pathname + location.search);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelectorAll(AROUND);
  if (turned || fresh.length !== old.length) return;
  old.forEach((part, at) => {
    const texts = Array.from(part.querySelectorAll("textarea"));
    const written = texts.some((text) => text.value !== text.defaultValue);
    if (written || part.contains(document.activeElement)) return;
    part.replaceWith(fresh[at]);
    prepare(fresh[at]);
  });
}

// A new page in place of this one, without a request that would lose the answer.
function turn(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const name of ["lang", "data-theme", "data-letters"]) {
    const value = page.documentElement.getAttribute(name);
    if (value) document.documentElement.setAttribute(name, value);
    else document.documentElement.removeAttribute(name);
  }
  turned = true;
  document.title = page.title;
  document.body.replaceWith(page.body);
  begin();
  window.scrollTo(0, 0);
  return find("answer") && !find("answer").hidden ? find("answer") : find("main");
}

async function send(form, submitter) {
  const data = new FormData(form);
  if (submitter && submitter.name) data.append(submitter.name, submitter.value);
  const to = submitter && submitter.hasAttribute("formaction") ? submitter.formAction : form.action;
  const response = await fetch(to.replace(/#.*/, ""), {
    method: "POST",
    body: new URLSearchParams(data),
    headers: { "X-Piece": "1" },
  });
  const way = response.headers.get("X-Way");
  const html = await response.text();
  const shown = way && way !== "page" ? show(html, way, form) : turn(html);
  const wrong = shown && shown.querySelector("[aria-invalid], [autofocus]");
  const stays = way === "room" && form.matches("#say");
  if (stays) form.querySelector("textarea").focus();
  else if (shown) (wrong || shown).focus();
  if (shown && !shown.querySelector("form[action*=fill]")) freshen().catch(() => {});
  return way;
}

function prepare(where) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const input of where.querySelectorAll("input[data-zone]"))
    if (!input.value && zone) input.value = zone;
  for (const form of where.querySelectorAll("form[data-kept]")) bringBack(form);
}

// ------------------------------------------------------------------ what is being written

let pause = 0;
let unkept = null; // the form in which something was written that is not kept yet

const filled = (form) => new URLSearchParams(new FormData(form));

function keepWriting() {
  clearTimeout(pause);
  const form = unkept;
  unkept = null;
  if (form) fetch("/keep", { method: "POST", body: filled(form) }).catch(() => {});
}

async function bringBack(form) {
  const text = form.querySelector("textarea");
  try {
    const answer = await fetch("/kept", { method: "POST", body: filled(form) });
    const words = answer.status === 200 ? await answer.text() : "";
    if (!words || text.value !== text.defaultValue || words === text.value) return;
    text.value = words;
    form.querySelector("[data-again]").hidden = false;
  } catch {
    // without it the page is as it was sent
  }
}

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-kept]");
  if (!form) return;
  clearTimeout(pause);
  unkept = form;
  pause = setTimeout(keepWriting, 1500);
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.matches("[data-put-away]")) return putAway(event);
  if (!form.matches("form[data-live]")) return;
  if (event.submitter && event.submitter.formAction.includes("file=")) return;
  event.preventDefault();
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  if (form === unkept) {
    clearTimeout(pause);
    unkept = null;
  }
  form.setAttribute("aria-busy", "true");
  document.querySelectorAll(".unsent").forEach((words) => words.remove());
  try {
    if (form.matches("[data-palette]")) finish(form);
    const way = await send(form, event.submitter);
    form.querySelectorAll("input[name=line]").forEach((input) => (input.value = ""));
    if (way === "room") form.querySelectorAll("#words").forEach((words) => (words.value = ""));
    form.querySelectorAll("input[name=cause]").forEach((input) => (input.value = cause()));
    if (form.matches("[data-palette]")) closePalette(false);
  } catch {
    const words = find("unsent");
    if (words) (event.submitter || form.lastElementChild).after(words.content.cloneNode(true));
  } finally {
    delete form.dataset.busy;
    form.removeAttribute("aria-busy");
  }
});

document.addEventListener("click", (event) => {
  const away = event.target.closest("a[data-away]");
  const article = away && away.closest("article");
  if (!article || !article.closest("#answers, #feed")) return;
  event.preventDefault();
  article.remove();
  find("main").focus();
});

// ------------------------------------------------------------------ put away

const tabs = window.BroadcastChannel ? new BroadcastChannel("house") : null;
if (tabs) tabs.onmessage = () => location.reload();
window.addEventListener("pageshow", (event) => event.persisted && location.reload());

// The list is shown at once, whatever the line does; the house is told until it has heard.
function putAway(event) {
  event.preventDefault();
  const list = find("list").content.cloneNode(true);
  if (source) source.close();
  source = null;
  document.title = list.querySelector("h1").textContent;
  history.replaceState(null, "", "/");
  document.body.replaceChildren(list);
  const told = async () => {
    try {
      const answer = await fetch("/away", { method: "POST", body: new URLSearchParams(), keepalive: true });
      if (!answer.ok) throw new Error();
      if (tabs) tabs.postMessage("away");
      location.replace("/");
    } catch {
      setTimeout(told, 2000);
    }
  };
  told();
}

// ------------------------------------------------------------------ the palette

let chosen = -1;
let came = null; // where somebody was when they opened it

const palette = () => document.querySelector("dialog.palette");
const line = () => find("line");
const options = () => Array.from(document.querySelectorAll(".found li"));

function openPalette() {
  const house = find("palette");
  if (!house || !window.HTMLDialogElement || (palette() && palette().open)) return;
  came = document.activeElement;
  let dialog = palette();
  if (!dialog) {
    dialog = document.createElement("dialog");
    dialog.className = "palette";
    dialog.setAttribute("aria-label", house.getAttribute("aria-label"));
    document.body.append(dialog);
    dialog.addEventListener("close", () => {
      if (dialog.open) return; // it is told a moment later, and by then may be open again
      find("palette").append(dialog.firstElementChild);
      hunt("");
      if (came && came.isConnected) came.focus();
    });
  }
  const form = house.querySelector("form");
  if (form) dialog.append(form);
  dialog.showModal();
  line().value = "/";
  line().focus();
  hunt("/");
}

function closePalette(back = true) {
  const dialog = palette();
  if (!back) came = null;
  if (dialog && dialog.open) dialog.close();
  hunt("");
}

// Commands by their name or by a word of what they are for.
function hunt(words) {
  const list = document.querySelector(".found");
  if (!list) return;
  chosen = -1;
  line().removeAttribute("aria-activedescendant");
  const wanted = words.replace(/^[/／]/, "").trim().toLowerCase();
  const all = Array.from(find("commands").options);
  const fits = !words ? [] : all.filter((option) =>
    option.value.slice(1).startsWith(wanted) || option.text.toLowerCase().includes(wanted));
  list.replaceChildren(...fits.map((option, at) => {
    const row = document.createElement("li");
    row.id = "found-" + at;
    row.role = "option";
    row.setAttribute("aria-selected", "false");
    row.dataset.line = option.value;
    const name = document.createElement("b");
    name.textContent = option.value;
    const said = document.createElement("span");
    said.textContent = option.text;
    row.append(name, said);
    return row;
  }));
  line().setAttribute("aria-expanded", String(fits.length > 0));
}

function choose(step) {
  const rows = options();
  if (!rows.length) return;
  chosen = (chosen + step + rows.length + (chosen < 0 && step < 0 ? 1 : 0)) % rows.length;
  rows.forEach((row, at) => row.setAttribute("aria-selected", String(at === chosen)));
  line().setAttribute("aria-activedescendant", rows[chosen].id);
  rows[chosen].scrollIntoView({ block: "nearest" });
}

// What was begun is finished by what was chosen.
function finish(form) {
  const rows = options();
  const words = line().value.trim();
  const row = rows[chosen] || (!words.includes(" ") && rows.length === 1 ? rows[0] : null);
  if (row) line().value = row.dataset.line;
  else if (words && !/^[/／]/.test(words)) line().value = words;
}

function dressPalette() {
  const input = line();
  if (!input || input.hasAttribute("role")) return;
  const list = document.createElement("ul");
  list.className = "found";
  list.id = "found";
  list.role = "listbox";
  list.setAttribute("aria-label", find("palette").getAttribute("aria-label"));
  input.removeAttribute("list");
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-controls", "found");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-autocomplete", "list");
  input.after(list);
  input.addEventListener("input", () => hunt(input.value));
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") choose(1);
    else if (event.key === "ArrowUp") choose(-1);
    else if (event.key === "Escape" && !(palette() && palette().open)) hunt("");
    else return;
    if (event.key !== "Escape") event.preventDefault();
  });
  list.addEventListener("click", (event) => {
    const row = event.target.closest("li");
    if (!row) return;
    input.value = row.dataset.line;
    input.form.requestSubmit();
  });
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, dialog")) return;
  event.preventDefault();
  openPalette();
});

// ------------------------------------------------------------------ all of it

// A browser opens six connections to one house: a page that nobody looks at gives its own back.
let resting = 0;
document.addEventListener("visibilitychange", () => {
  if (document.hidden) keepWriting();
  const feed = find("feed");
  clearTimeout(resting);
  if (!feed || !document.hidden) {
    if (feed && !source) {
      state("lost");
      listen(feed.dataset.last);
    }
    return;
  }
  resting = setTimeout(() => {
    if (source) source.close();
    source = null;
  }, 30000);
});

// What happened is shown for a day, on a page that stays open as well.
setInterval(() => {
  const since = Date.now() - 24 * 3600 * 1000;
  for (const time of document.querySelectorAll("#feed > article > .where > time, #feed .who > time"))
    if (Date.parse(time.dateTime) < since) time.closest("article").remove();
}, 600000);

function begin() {
  prepare(document);
  dressPalette();
  const feed = find("feed");
  if (feed) listen(feed.dataset.last);
  else if (source) {
    source.close();
    source = null;
  }
}

begin();
if (find("say") && !location.hash) scrollToEnd();
