"use strict";
// The rehearsal page: one chat a person, the clock, the board. Events come from the server; nothing is polled.

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const state = read("state"), texts = read("texts"), locale = state.language === "en" ? "en-GB" : "vi-VN";
const zone = state.zone, el = (id) => document.getElementById(id);
const chats = new Map(state.persons.map((person) => [person.address, { ...person, unread: 0, closed: new Set(person.closed), shown: new Set() }]));
let chosen = state.persons[0].address;
let counter = 0;
const session = Math.random().toString(36).slice(2);

// ---------------------------------------------------------------- persons

function drawPersons() {
  const list = el("persons");
  const focused = list.contains(document.activeElement);
  list.replaceChildren(...[...chats.values()].map((person) => {
    const tab = document.createElement("button");
    tab.type = "button";
    tab.role = "tab";
    tab.dataset.address = person.address;
    tab.setAttribute("aria-selected", String(person.address === chosen));
    tab.setAttribute("aria-controls", "chat");
    tab.tabIndex = person.address === chosen ? 0 : -1;
    tab.append(person.name);
    if (person.unread) {
      const badge = document.createElement("span");
      badge.className = "badge";
      badge.textContent = person.unread;
      badge.setAttribute("aria-label", `${person.unread} ${texts.unread}`);
      tab.append(badge);
    }
    const small = document.createElement("small");
    small.textContent = person.unit || person.role;
    tab.append(small);
    return tab;
  }));
  if (focused) list.querySelector("[aria-selected=true]").focus();
}

function choose(address) {
  chosen = address;
  chats.get(address).unread = 0;
  drawPersons();
  drawChat();
}

el("persons").addEventListener("click", (event) => {
  const tab = event.target.closest("button");
  if (tab) choose(tab.dataset.address);
});
el("persons").addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const all = [...chats.keys()];
  choose(all[(all.indexOf(chosen) + step + all.length) % all.length]);
  el("persons").querySelector("[aria-selected=true]").focus();
});

// ---------------------------------------------------------------- chat

const clockOf = (at) => new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", timeZone: zone }).format(new Date(at));
const dayOf = (at) => new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "numeric", year: "numeric", timeZone: zone }).format(new Date(at));

const shortDayOf = (at) => new Intl.DateTimeFormat(locale, { day: "numeric", month: "numeric", timeZone: zone }).format(new Date(at));
const newsName = (message) => texts.news[message.news] || texts.news.notice;

function bubble(message, chat) {
  const box = document.createElement("div");
  box.className = "bubble" + (message.type === "mine" ? " mine" : "") + (message.news ? " push" : "");
  if (message.id) box.dataset.id = message.id;
  if (message.news) {
    box.dataset.news = message.news;
    const label = document.createElement("strong");
    label.className = "label";
    label.textContent = newsName(message);
    box.append(label);
  }
  box.append(message.text);
  if (message.file) {
    const link = document.createElement("a");
    link.href = `/rehearsal/file/${message.file.hash}/${encodeURIComponent(message.file.name)}`;
    link.download = message.file.name;
    link.textContent = `\n${texts.file}: ${message.file.name}`;
    box.append(link);
  }
  if (message.choices && !chat.closed.has(message.id)) {
    const row = document.createElement("div");
    row.className = "choices";
    for (const [label, action] of message.choices) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = label;
      button.addEventListener("click", () => say({ choice: action, pressed_on: message.id }, label));
      row.append(button);
    }
    box.append(row);
  }
  const time = document.createElement("time");
  time.dateTime = message.at;
  time.textContent = clockOf(message.at);
  box.append(time);
  return box;
}

function drawChat() {
  const chat = chats.get(chosen), log = el("chat");
  log.replaceChildren();
  chat.lastDay = "";
  chat.messages.forEach((message) => append(message, chat));
  drawTries();
  if (isNew(chat)) log.scrollTop = 0; // a greeting is read from its first line
}

// What to type first is offered until something was typed.
const isNew = (chat) => isFresh(chat) && chat.messages.every((message) => message.at === chat.messages[0].at);
const isFresh = (chat) => !chat.messages.some((message) => message.type === "mine");

function drawTries() {
  const chat = chats.get(chosen), strip = el("tries");
  strip.hidden = !isFresh(chat);
  strip.querySelectorAll("button").forEach((old) => old.remove());
  if (strip.hidden) return;
  strip.append(...chat.tries.map((text) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.addEventListener("click", () => { say({ text }, text); el("text").focus({ preventScroll: true }); });
    return button;
  }));
}

function append(message, chat) {
  const log = el("chat"), day = dayOf(message.at);
  if (day !== chat.lastDay) {
    const mark = document.createElement("div");
    mark.className = "day";
    mark.textContent = day;
    log.append(mark);
    chat.lastDay = day;
  }
  const box = bubble(message, chat);
  log.append(box);
  // What is higher than the phone is read from its first line; what is not, is seen to its end.
  const higher = message.type !== "mine" && box.offsetHeight > log.clientHeight;
  log.scrollTop = higher ? box.offsetTop - log.offsetTop - 8 : log.scrollHeight;
}

function receive(message) {
  const chat = chats.get(message.address);
  if (!chat || (message.id && chat.shown.has(message.id))) return;
  if (message.id) chat.shown.add(message.id);
  chat.messages.push(message);
  if (message.news) tellSent(message, chat);
  if (message.address === chosen) {
    append(message, chat);
    drawTries();
  } else if (message.type === "message") {
    chat.unread += 1;
    drawPersons();
  }
}

function close(event) {
  const chat = chats.get(event.address);
  if (!chat) return;
  chat.closed.add(event.id);
  if (event.address === chosen) el("chat").querySelector(`[data-id="${event.id}"] .choices`)?.remove();
}

// ---------------------------------------------------------------- saying

async function post(path, body, isForm) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const options = isForm ? { method: "POST", body } : { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
      const answer = await fetch(path, options);
      if (!answer.ok) throw new Error(answer.status);
      return await answer.json();
    } catch (error) {
      if (attempt >= 3) { notice(texts.offline); throw error; }
      await new Promise((next) => setTimeout(next, 400 * 2 ** attempt));
    }
  }
}

let waiting = Promise.resolve();
function say(what, shown) {
  const address = chosen, update_id = `${session}-${counter += 1}`;
  receive({ type: "mine", address, at: simulatedNow().toISOString(), text: shown });
  waiting = waiting.then(() => post("/rehearsal/say", { address, update_id, ...what })).catch(() => {});
}

el("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = el("text").value.trim();
  if (!text) return;
  el("text").value = "";
  say({ text }, text);
});

el("file").addEventListener("change", () => {
  const file = el("file").files[0];
  if (!file) return;
  const form = new FormData(), address = chosen;
  form.append("address", address);
  form.append("update_id", `${session}-${counter += 1}`);
  form.append("upload", file);
  receive({ type: "mine", address, at: simulatedNow().toISOString(), text: `📎 ${file.name}` });
  waiting = waiting.then(() => post("/rehearsal/file", form, true)).catch(() => {});
  el("file").value = "";
});

// ---------------------------------------------------------------- clock

let base = new Date(state.now), since = performance.now();
const simulatedNow = () => new Date(base.getTime() + (performance.now() - since) * state.speed);
function setClock(now) { base = new Date(now); since = performance.now(); drawClock(); }
function drawClock() { el("now").textContent = `${clockOf(simulatedNow())}, ${dayOf(simulatedNow())}`; }
setInterval(drawClock, 1000);

document.querySelector(".clock").addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.id === "anew") {
    if (confirm(texts.sure)) await post("/rehearsal/anew", {});
    return;
  }
  const buttons = [...document.querySelectorAll(".clock button")];
  buttons.forEach((one) => { one.disabled = true; });
  try {
    const moved = await post("/rehearsal/clock", button.dataset.next ? { next: true } : { hours: Number(button.dataset.hours) });
    setClock(moved.now);
    notice(moved.moved ? "" : texts.no_more);
  } finally {
    buttons.forEach((one) => { one.disabled = false; });
    button.focus();
  }
});

// ---------------------------------------------------------------- board

function drawHeads() {
  for (const obligation of state.obligations) {
    const head = document.createElement("th"), title = document.createElement("b");
    head.scope = "col";
    title.textContent = obligation.title;
    head.append(title, obligation.day);
    el("heads").append(head);
  }
}

function dot(bucket) {
  const sign = document.createElement("span");
  sign.className = `dot ${bucket}`;
  return sign;
}

function drawName(row) {
  const name = document.createElement("th");
  name.scope = "row";
  name.append(row.name);
  if (!row.enrolled) {
    const small = document.createElement("small");
    small.textContent = texts.nobody;
    name.append(small);
  }
  return name;
}

function drawCell(cell) {
  const box = document.createElement("td");
  if (!cell) {
    box.className = "none";
    box.title = texts.not_owed;
    box.append("–");
    return box;
  }
  box.className = cell.bucket;
  box.title = cell.label;
  box.append(dot(cell.bucket), cell.text);
  return box;
}

const cellOf = (row, slug) => row.cells.find((cell) => cell.obligation === slug);

function drawBoard(rows) {
  el("rows").replaceChildren(...rows.map((row) => {
    const line = document.createElement("tr");
    line.dataset.unit = row.unit;
    line.append(drawName(row), ...state.obligations.map(({ slug }) => drawCell(cellOf(row, slug))));
    return line;
  }));
}

function changedIn(rows) {
  const before = new Map(state.board.map((row) => [row.unit, row]));
  const changes = [];
  for (const row of rows) {
    for (const { slug, title } of state.obligations) {
      const now = cellOf(row, slug), old = before.has(row.unit) && cellOf(before.get(row.unit), slug);
      if (!now || !old || (now.text === old.text && now.bucket === old.bucket)) continue;
      changes.push(`${row.name}, ${title}: ${now.text === old.text ? now.label : now.text}`);
    }
  }
  return changes;
}

function redrawBoard(rows, at) {
  const changes = changedIn(rows);
  state.board = rows;
  drawBoard(rows);
  if (changes.length) tellBoard(at, changes);
}

// ---------------------------------------------------------------- the newest change

const MINUTE = 60_000;
const newest = { minute: 0, sent: new Map(), board: "" };

// Whether that is no older than what is shown: messages of one move may arrive in another order.
function newestAt(at) {
  const minute = Math.floor(Date.parse(at) / MINUTE);
  if (minute > newest.minute) {
    newest.sent.clear();
    newest.board = "";
    newest.minute = minute;
  }
  return minute === newest.minute;
}

function drawNewest() {
  const at = newest.minute * MINUTE;
  const everybody = [...chats.values()];
  const sent = state.news.map((kind) => texts.news[kind]).filter((kind) => newest.sent.has(kind)).map((kind) => {
    const names = everybody.filter((chat) => newest.sent.get(kind).has(chat.address)).map((chat) => chat.name);
    return `${kind}: ${names.join(", ")}`;
  });
  el("newest").textContent = `${clockOf(at)} ${shortDayOf(at)} · ${[...sent, newest.board].filter(Boolean).join(" · ")}`;
}

function tellSent(message, chat) {
  if (!newestAt(message.at)) return;
  const kind = newsName(message);
  newest.sent.set(kind, (newest.sent.get(kind) || new Set()).add(chat.address));
  drawNewest();
}

function tellBoard(at, changes) {
  if (!newestAt(at)) return;
  newest.board = changes[0] + (changes.length > 1 ? ` (${texts.newest_more.replace("{count}", changes.length - 1)})` : "");
  drawNewest();
}

function newestOfBefore() {
  const told = [...chats.values()].flatMap((chat) => chat.messages.filter((m) => m.news && m.news !== "notice").map((m) => [m, chat]));
  const last = told.reduce((latest, [message]) => (message.at > latest ? message.at : latest), "");
  told.filter(([message]) => message.at === last).forEach(([message, chat]) => tellSent(message, chat));
  if (!last) el("newest").textContent = texts.newest_none;
}

// ---------------------------------------------------------------- events

function notice(text) {
  el("notice").textContent = text;
  el("notice").hidden = !text;
}

// What was sent after the page was drawn and before it listened.
async function catchUp() {
  const answer = await fetch(`/rehearsal/state?lang=${state.language}`);
  if (!answer.ok) return;
  const { persons } = await answer.json();
  persons.forEach((person) => person.messages.filter((message) => message.id).forEach(receive));
}

let broken = false;
function listen() {
  const events = new EventSource("/rehearsal/events");
  events.onopen = async () => {
    if (broken) { location.reload(); return; }
    notice("");
    await catchUp();
    document.body.dataset.ready = "yes";
  };
  events.onerror = () => { broken = true; notice(texts.offline); };
  events.onmessage = ({ data }) => {
    const event = JSON.parse(data);
    if (event.type === "message") receive(event);
    else if (event.type === "close") close(event);
    else if (event.type === "board") { redrawBoard(event.rows[state.language] || event.rows.vi, event.now); setClock(event.now); }
    else if (event.type === "reload") location.reload();
  };
}

for (const chat of chats.values()) chat.messages.forEach((message) => message.id && chat.shown.add(message.id));
drawPersons();
drawChat();
drawHeads();
drawBoard(state.board);
drawClock();
newestOfBefore();
listen();
el("text").focus({ preventScroll: true });
