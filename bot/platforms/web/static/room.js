// Sends forms without leaving the page, and shows what happens in the room as it happens.
// Everything here also works without it.
"use strict";

let source = null;
let again = 0;

function piece(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
}

function cause() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Newest first. What is there already, in this version or a later one, stays.
function place(id, html) {
  const feed = document.getElementById("feed");
  const old = document.getElementById(id);
  if (html === null) {
    if (old) old.remove();
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
  const later = Array.from(feed.children).filter(
    (other) => Number(other.dataset.first) > Number(card.dataset.first));
  if (later.length) later[later.length - 1].after(card);
  else feed.prepend(card);
  const quiet = document.getElementById("quiet");
  if (quiet) quiet.hidden = true;
  return card;
}

function state(name) {
  const line = document.getElementById("line-state");
  const words = name ? line.dataset[name] : "";
  if (line && line.textContent !== words) line.textContent = words;
}

function listen(last) {
  if (source) source.close();
  clearTimeout(again);
  const feed = document.getElementById("feed");
  if (!feed || !window.EventSource) return;
  feed.dataset.last = last;
  const query = new URLSearchParams({ room: feed.dataset.room, last });
  source = new EventSource("/events?" + query);
  source.onopen = () => state("");
  source.onerror = () => {
    state("lost");
    if (source.readyState === EventSource.CLOSED)
      again = setTimeout(() => listen(feed.dataset.last), 5000);
  };
  source.addEventListener("end", () => {
    source.close();
    state("ended");
  });
  source.addEventListener("card", (event) => {
    const told = JSON.parse(event.data);
    place(told.card, told.html);
    feed.dataset.last = event.lastEventId;
  });
}

const asker = new WeakMap(); // of what stands below a card: that card

// The answer comes where it was asked for: in the room, in place of a form or of the card that was
// pressed, beneath that card, or on top. A form's answer takes the place of the card that opened
// it as well, but for the room's own.
function show(html, way, form) {
  const card = piece(html);
  const from = form.closest("article");
  const opened = from && asker.get(from);
  if (way === "room") return place(card.id, html);
  if (from && (way === "here" || form.action.includes("/fill"))) {
    const done = way === "here" && form.action.includes("/fill");
    const gone = done && opened && !opened.dataset.seq ? opened : from;
    const kept = gone === from ? opened : asker.get(gone);
    if (kept) asker.set(card, kept);
    if (gone.dataset.below) card.dataset.below = "1";
    from.replaceWith(card);
    gone.remove();
  } else if (from) {
    asker.set(card, from);
    card.dataset.below = "1";
    const before = from.nextElementSibling;
    if (before && before.dataset.below) before.replaceWith(card);
    else from.after(card);
  } else {
    document.getElementById("answer").hidden = false;
    document.getElementById("answers").replaceChildren(card);
  }
  prepare(card);
  return card;
}

// A new page in place of this one, without a request that would lose the answer.
function turn(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  document.documentElement.lang = page.documentElement.lang;
  document.body.replaceWith(page.body);
  prepare(document);
  const feed = document.getElementById("feed");
  if (feed) listen(feed.dataset.last);
  else if (source) source.close();
  return document.getElementById("answer");
}

async function send(form, submitter) {
  const data = new FormData(form);
  if (submitter && submitter.name) data.append(submitter.name, submitter.value);
  const response = await fetch(form.action.replace(/#.*/, ""), {
    method: "POST",
    body: new URLSearchParams(data),
    headers: { "X-Piece": "1" },
  });
  const way = response.headers.get("X-Way");
  const html = await response.text();
  const shown = way && way !== "page" ? show(html, way, form) : turn(html);
  const wrong = shown && shown.querySelector("[aria-invalid], [autofocus]");
  if (shown) (wrong || shown).focus();
}

function prepare(where) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const input of where.querySelectorAll("input[data-zone]"))
    if (!input.value && zone) input.value = zone;
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("form[data-live]")) return;
  if (event.submitter && event.submitter.hasAttribute("formaction")) return; // a file
  event.preventDefault();
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  form.setAttribute("aria-busy", "true");
  document.querySelectorAll(".unsent").forEach((words) => words.remove());
  try {
    await send(form, event.submitter);
    form.querySelectorAll("input[name=line]").forEach((input) => (input.value = ""));
    form.querySelectorAll("input[name=cause]").forEach((input) => (input.value = cause()));
  } catch {
    const words = document.getElementById("unsent");
    if (words) (event.submitter || form.lastElementChild).after(words.content.cloneNode(true));
  } finally {
    delete form.dataset.busy;
    form.removeAttribute("aria-busy");
  }
});

document.addEventListener("click", (event) => {
  const away = event.target.closest("a[data-away]");
  if (!away || !document.getElementById("feed")) return;
  event.preventDefault();
  away.closest("article").remove();
  document.getElementById("line").focus();
});

// A browser opens six connections to one house: a page that nobody looks at gives its own back.
let resting = 0;
document.addEventListener("visibilitychange", () => {
  const feed = document.getElementById("feed");
  clearTimeout(resting);
  if (!feed || !document.hidden) {
    if (feed && !source) listen(feed.dataset.last);
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
  for (const time of document.querySelectorAll("#feed > article > .where > time"))
    if (Date.parse(time.dateTime) < since) time.closest("article").remove();
}, 600000);

prepare(document);
if (document.getElementById("feed")) listen(document.getElementById("feed").dataset.last);
