// The page: the editor on the left, what comes of the program on the right, and the worker in which it runs.
import { closeBrackets } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { HighlightStyle, bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { Prec, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, WidgetType, drawSelection, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import menu from "menu";

const byId = (id) => document.getElementById(id);
const results = byId("results");

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

// ---- The editor, in a shadow root, where it may bring its own style under the page's policy

const setProblem = StateEffect.define();

class Problem extends WidgetType {
  constructor(text) { super(); this.text = text; }
  eq(other) { return other.text === this.text; }
  toDOM() { return element("div", { className: "cm-problem", textContent: this.text }); }
}

const problem = StateField.define({
  create: () => Decoration.none,
  update(marks, transaction) {
    if (transaction.docChanged) marks = Decoration.none;
    for (const effect of transaction.effects) {
      if (!effect.is(setProblem)) continue;
      marks = Decoration.none;
      if (!effect.value) continue;
      const { line, text } = effect.value;
      const { from, to } = transaction.state.doc.line(Math.min(line, transaction.state.doc.lines));
      marks = Decoration.set([Decoration.line({ class: "cm-wrong" }).range(from),
        Decoration.widget({ widget: new Problem(text), block: true, side: 1 }).range(to)]);
    }
    return marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});

const style = (tag, light, dark, more = {}) => ({ tag, color: `light-dark(${light}, ${dark})`, ...more });
const colors = HighlightStyle.define([
  style(tags.keyword, "#7a2a86", "#dca0e6"),
  style([tags.string, tags.special(tags.string)], "#8a3b12", "#f2b084"),
  style([tags.number, tags.bool, tags.null], "#125c4b", "#8fd6c3"),
  style([tags.function(tags.variableName), tags.definition(tags.variableName)], "#14568f", "#8cc4f5"),
  style(tags.comment, "#4d5761", "#b5c0cc", { fontStyle: "italic" }),
]);
const look = EditorView.theme({
  "&": { height: "100%", color: "var(--ink)", backgroundColor: "var(--ground)", fontSize: "14.5px" },
  "&.cm-focused": { outline: "3px solid var(--accent)", outlineOffset: "-3px" },
  ".cm-scroller": { fontFamily: "ui-monospace, monospace", lineHeight: "1.5" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--panel)", color: "var(--quiet)", border: "none" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
    backgroundColor: "light-dark(#cfe3f6, #2c4a66)" },
  ".cm-wrong": { backgroundColor: "var(--wrong-ground)" },
  ".cm-problem": { color: "var(--wrong)", backgroundColor: "var(--wrong-ground)", padding: "2px 8px 4px",
    whiteSpace: "pre-wrap", borderLeft: "4px solid var(--wrong)", fontFamily: "system-ui, sans-serif" },
});

const shadow = byId("editor").attachShadow({ mode: "open" });
const keys = [{ key: "Mod-Enter", run: () => { run(); return true; } }];
const view = new EditorView({
  parent: shadow, root: shadow,
  extensions: [
    Prec.highest(keymap.of(keys)), lineNumbers(), history(), drawSelection(), indentOnInput(), bracketMatching(),
    closeBrackets(), indentUnit.of("    "), python(), syntaxHighlighting(colors), look, problem,
    keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ "aria-label": "The program, in Python", tabindex: "0" }),
    EditorView.domEventHandlers({ beforeinput: replaceSelection }),
    EditorView.updateListener.of((update) => { if (update.docChanged) edited(); }),
  ],
});
// The browser, left to replace a selection by what is typed, would bring the selection's style along, which the page's
// policy refuses, and says so.
function replaceSelection(event, view) {
  if (event.inputType !== "insertText" || !event.data || view.composing || view.state.selection.main.empty) return false;
  const { from, to } = view.state.selection.main;
  const insert = () => view.state.update(view.state.replaceSelection(event.data), { userEvent: "input.type" });
  const handlers = view.state.facet(EditorView.inputHandler);  // those that close brackets
  if (!handlers.some((handle) => handle(view, from, to, event.data, insert))) view.dispatch(insert());
  event.preventDefault();
  return true;
}

const program = () => view.state.doc.toString();

function showProgram(text) {
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, selection: { anchor: 0 },
    scrollIntoView: true });
}

// ---- The worker

// Begun from a blob, a worker is under this page's own content policy, wherever the site is served from.
const start = URL.createObjectURL(new Blob([`import ${JSON.stringify(new URL("worker.js", import.meta.url).href)};`],
  { type: "text/javascript" }));
let worker = null;
let ready = false;
let running = false;

function beginWorker() {
  ready = false;
  worker = new Worker(start, { type: "module" });
  worker.onmessage = ({ data }) => receive(data);
  worker.onerror = (event) => receive({ type: "dead", text: event.message || "its files cannot be read" });
}

function endWorker() {
  worker.onmessage = worker.onerror = null;
  worker.terminate();
  running = false;
  frames.clear();
}

const say = (text) => { byId("status").textContent = text; };

function update() {
  byId("run").disabled = running;
  byId("stop").disabled = !running;
  document.documentElement.dataset.state = running ? "running" : ready ? "ready" : "loading";
}

function run() {
  if (running) return;
  results.replaceChildren();
  text = null;
  titled.clear();
  view.dispatch({ effects: setProblem.of(null) });
  running = true;
  say(ready ? "Running …" : "Python is on its way; the program runs when it is there …");
  worker.postMessage({ type: "run", source: program() });
  update();
}

function stop() {
  if (!running) return;
  render();
  endWorker();
  note("Stopped. The program's variables are gone; Run begins anew.");
  say("Stopped. Python is on its way again …");
  beginWorker();
  update();
}

function receive(message) {
  switch (message.type) {
    case "ready":
      ready = true;
      say(running ? "Running …" : "Ready.");
      break;
    case "text": addText(message); break;
    case "show": render(); addShown(message); break;
    case "error":
      render();
      results.append(element("pre", { className: "problem", textContent: message.text }));
      if (message.line) view.dispatch({ effects: setProblem.of({ line: message.line, text: message.message }) });
      failed = message.line ? `An error in line ${message.line}.` : "An error.";
      break;
    case "done":
      render();
      running = false;
      say(failed || `Done, in ${message.seconds < 0.1 ? "less than 0.1" : message.seconds.toFixed(1)} s.`);
      failed = "";
      if (!results.childNodes.length) note("The program ran, and shows nothing. A line with a name on it shows its value.");
      break;
    case "dead":
      render();
      if (running || ready) {
        endWorker();
        note(`Python itself has ended (${message.text}). The program's variables are gone; Run begins anew.`, "problem");
        say("Python is on its way again …");
        beginWorker();
      } else {
        say(`Python cannot be started here: ${message.text}`);
      }
      break;
  }
  update();
}
let failed = "";

// ---- What comes of the program

const MOST = 5000;  // lines of text, of which the last are kept
const titled = new Map();
const frames = new Set();
let text = null;  // the block of text that grows now: its element, lines, and what is yet to be shown

function addText({ stream, text: words, left_out: leftOut }) {
  if (text?.stream !== stream || text.element.nextSibling) {
    render();
    const block = element("pre", { className: stream });
    results.append(block);
    text = { stream, element: block, lines: [""], leftOut: 0, shown: true };
  }
  const [first, ...rest] = words.split("\n");
  if (leftOut) {  // between what is here and what comes: only what comes is kept
    text.leftOut += text.lines.length - 1 + leftOut;
    text.lines = [""];
  }
  text.lines[text.lines.length - 1] += first;
  for (const line of rest) text.lines.push(line);
  if (text.lines.length > 2 * MOST) text.leftOut += text.lines.splice(0, text.lines.length - MOST).length;
  if (text.shown) requestAnimationFrame(render);
  text.shown = false;
}

function render() {
  if (!text || text.shown) return;
  if (text.lines.length > MOST) text.leftOut += text.lines.splice(0, text.lines.length - MOST).length;
  const before = text.leftOut ? `… ${text.leftOut.toLocaleString("en")} lines before these are not shown\n` : "";
  const pinned = follows();
  text.element.textContent = before + text.lines.join("\n").replace(/\n$/, "");
  text.shown = true;
  if (pinned) follow();
}

const right = byId("right");
const follows = () => right.scrollHeight - right.scrollTop - right.clientHeight < 40;
const follow = () => { if (titled.size === 0) right.scrollTop = right.scrollHeight; };

function note(words, className = "note") {
  results.append(element("p", { className, textContent: words }));
}

function addShown(message) {
  const earlier = message.title && titled.get(message.title);
  if (earlier?.plane && message.plane && message.kind === "image/svg+xml") return earlier.update(message);
  const shown = draw(message);
  if (earlier) earlier.replaceWith(shown);
  else results.append(shown);
  if (message.title) titled.set(message.title, shown);
}

function picture(svg) {
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
}

function draw(message) {
  const figure = element("figure");
  if (message.title) figure.append(element("figcaption", { textContent: message.title }));
  if (message.kind === "image/svg+xml") {
    const image = element("img", { src: picture(message.content), alt: message.alt });
    if (message.plane) {
      const plane = makePlane(image, message);
      figure.append(plane.box, plane.hint);
      figure.plane = true;
      figure.update = (next) => { image.src = picture(next.content); image.alt = next.alt; plane.move(next.plane); };
    } else {
      figure.append(image);
      figure.tabIndex = 0;  // a wide picture scrolls, by keys too
      figure.setAttribute("role", "group");
      figure.setAttribute("aria-label", message.title || "Picture");
      const width = Number(/viewBox="\S+ \S+ (\S+) /.exec(message.content)?.[1]) * 4 / 3;  // from points
      if (width) image.style.width = `${width}px`;
      if (width) image.style.minWidth = `${0.55 * width}px`;  // smaller nobody could read it
    }
  }
  if (message.kind === "text/html") {
    const frame = element("iframe", { src: "frame.html", title: message.alt });
    frame.setAttribute("sandbox", "allow-scripts");
    frame.addEventListener("load", () => frame.contentWindow.postMessage(message.content, "*"), { once: true });
    figure.append(frame);
  }
  if (message.kind === "table") {
    const [head, ...rows] = message.content;
    const body = element("tbody", {}, ...rows.map((row) => element("tr", {},
      ...row.map((cell) => element("td", { textContent: cell })))));
    const heading = element("thead", {}, element("tr", {}, ...head.map((cell) => element("th", { textContent: cell }))));
    figure.append(element("table", {}, ...(head.length ? [heading] : []), body));
  }
  if (message.file) {
    const address = URL.createObjectURL(new Blob([message.content], { type: "application/octet-stream" }));
    figure.append(element("a", { href: address, download: message.file, textContent: `Save ${message.file}` }));
  }
  return figure;
}

// A plane of points that takes more of them: by click and Shift+click, or by arrows, Enter and Shift+Enter.
function makePlane(image, { plane }) {
  const cross = element("span", { className: "cross", hidden: true });
  const box = element("div", { className: "plane", tabIndex: 0 }, image, cross);
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", "A plane of points. Arrow keys move, Enter adds an orange point, Shift and Enter a blue one");
  let [x, y] = [0.5, 0.5];  // where the cross is, as parts of the picture
  const add = (side) => {
    const [left, top, right, bottom] = plane.box;
    const u = (x * image.naturalWidth - left) / (right - left);
    const v = (bottom - y * image.naturalHeight) / (bottom - top);
    if (u < 0 || u > 1 || v < 0 || v > 1) return;
    if (!running) return say("Points are added while the program runs: press Run first.");
    worker.postMessage({ type: "click", side, x: plane.left + u * (plane.right - plane.left),
      y: plane.low + v * (plane.high - plane.low) });
  };
  box.addEventListener("pointerdown", (event) => {
    const place = image.getBoundingClientRect();
    [x, y] = [(event.clientX - place.left) / place.width, (event.clientY - place.top) / place.height];
    cross.hidden = true;
    add(event.shiftKey ? -1 : 1);
  });
  box.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (move) {
      [x, y] = [Math.min(1, Math.max(0, x + move[0] / 40)), Math.min(1, Math.max(0, y + move[1] / 40))];
      cross.style.left = `${100 * x}%`;
      cross.style.top = `${100 * y}%`;
      cross.hidden = false;
    } else if (event.key === "Enter") {
      add(event.shiftKey ? -1 : 1);
    } else {
      return;
    }
    event.preventDefault();
  });
  const hint = element("p", { className: "hint", textContent:
    "A click adds an orange point, Shift+click a blue one; with keys: arrows, Enter, Shift+Enter." });
  return { box, hint, move: (next) => { plane = next; } };
}

// ---- Programs: the menu, the address, files

async function pack(text) {
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
  let letters = "";
  for (const byte of bytes) letters += String.fromCharCode(byte);
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

async function unpack(code) {
  const bytes = Uint8Array.from(atob(code.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"))).text();
}

let opening = false;  // an address is being read: what is shown then is no change of the reader's
let timer = null;

function edited() {
  if (opening) return;
  byId("examples").value = "";
  clearTimeout(timer);
  timer = setTimeout(putIntoAddress, 300);
}

async function putIntoAddress() {
  clearTimeout(timer);
  if (byId("examples").value) return;
  history_replace(`#code=${await pack(program())}`);
}

function history_replace(hash) { window.history.replaceState(null, "", hash); }

function open(text, example = "") {
  opening = true;
  showProgram(text);
  opening = false;
  byId("examples").value = example;
}

async function openAddress() {
  const words = new URLSearchParams(location.hash.slice(1));
  const example = menu.find(({ name }) => name === words.get("example"));
  if (words.has("code")) {
    try {
      open(await unpack(location.hash.slice("#code=".length)));
      say("This program came with the address. Read it, then press Run.");
      return;
    } catch {
      note("The program in the address cannot be read: a part of the address is missing.", "problem");
    }
  }
  const { name, program: text } = example ?? menu[0];
  open(text, name);
}

function openExample() {
  const example = menu.find(({ name }) => name === byId("examples").value);
  if (!example) return;
  open(example.program, example.name);
  history_replace(`#example=${example.name}`);
}

async function share() {
  await putIntoAddress();
  try {
    await navigator.clipboard.writeText(location.href);
    say("The address, with the program in it, is copied. Whoever opens it sees the program, and may run it.");
  } catch {
    say("The program is in this page's address: copy it from the top of the browser.");
  }
}

function save() {
  const address = URL.createObjectURL(new Blob([program()], { type: "text/x-python" }));
  element("a", { href: address, download: "program.py" }).click();
  URL.revokeObjectURL(address);
}

byId("examples").append(element("option", { value: "", textContent: "(your own)" }),
  ...menu.map(({ name, title }) => element("option", { value: name, textContent: title })));
byId("examples").addEventListener("change", openExample);
byId("run").addEventListener("click", run);
byId("stop").addEventListener("click", stop);
byId("share").addEventListener("click", share);
byId("save").addEventListener("click", save);
byId("open").addEventListener("click", () => byId("file").click());
byId("file").addEventListener("change", async ({ target }) => {
  const [file] = target.files;
  if (file) {
    open(await file.text());
    putIntoAddress();
    say(`${file.name} is open. Press Run to run it.`);
  }
  target.value = "";
});
addEventListener("hashchange", openAddress);
beginWorker();
update();
await openAddress();
