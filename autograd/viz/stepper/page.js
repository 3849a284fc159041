// The page itself: its table, its fields and buttons, and what is shown at each position and in each mode.
import {
  firstLeaf, format, graph, isGiven, load, MODES, now, ORDERS, progressAt, recompute, stepAt,
} from "./state.js";
import {
  byId, drawGraph, element, fit, fitLegibly, fitWhole, focusBox, follow, markOf, MARKS, paintGraph, pan, setAttribute, setClass,
  setText, zoom,
} from "./picture.js";
import { derive, gradient, placeOf, say, symbols } from "./words.js";
import {
  announce, forgetAnswers, forgetDescent, horizon, listLeaves, nudge, openQuestion, showDescent, showNudge, showPredict,
  listen, startDescent, startNudge, startPredict, stopDescent,
} from "./modes.js";
import { address, framed, startKeeping, takeFrom } from "./keep.js";

/** @typedef {import("./state.js").GraphNode} GraphNode */

const data = JSON.parse(byId("data").textContent ?? "");
const narrow = matchMedia("(max-width: 30rem), (max-width: 62rem) and (max-height: 56rem)");  // where fewer digits must do
let onDiamond = false;
let timer = 0;

// ---- The table

/** @type {{row: HTMLElement, data: HTMLElement, grad: HTMLElement, right: HTMLElement, arrived: HTMLElement}[]} */
let rows = [];
const caption = element("caption");
const rightHead = element("th", { scope: "col", class: "number" }, "Right answer");
const body = element("tbody");
/** @type {(text: string, name?: string) => HTMLElement} */
const head = (text, name = "number") => element("th", { scope: "col", class: name }, text);
const arrivedHead = head("Contri\u00adbutions");
arrivedHead.title = "How many of its uses have added to its gradient";
byId("values").append(element("table", {}, caption, element("thead", {}, element("tr", {}, head("Name", ""),
  head("Made from", "made"), head("Data"), head("Gradient so far"), rightHead, arrivedHead)), body));

function buildTable() {
  rows = graph.nodes.map((node) => {
    const name = element("button", { type: "button", class: "name", title: `Where ${gradient(node)} comes from` }, node.name);
    name.addEventListener("click", () => select(node));
    const [data, grad, right, arrived] = ["number", "number grad", "number", "number"].map((kind) => element("td", { class: kind }));
    const made = element("td", { class: "made" }, node.inputs ? symbols(node.formula) : "given");
    return { row: element("tr", {}, element("th", { scope: "row" }, name), made, data, grad, right, arrived), data, grad, right, arrived };
  });
  body.replaceChildren(...rows.map(({ row }) => row));
}

// ---- The numbers that were given

/** @type {{leaf: GraphNode, field: HTMLInputElement, slider: HTMLInputElement, moves: HTMLInputElement}[]} */
let fields = [];

/** @type {(number: number) => number} the first of 1, 2, 5, 10, 20, … that is at least twice as much */
function rangeOf(number) {
  const twice = 2 * Math.abs(number) || 2;
  if (!Number.isFinite(twice)) return 2;
  const power = 10 ** Math.floor(Math.log10(twice));
  return [1, 2, 5, 10].map((digit) => digit * power).find((range) => range >= twice * 0.999) ?? 10 * power;
}

function buildNumbers() {
  byId("still").hidden = !graph.still;
  setText(byId("still"), graph.still);
  fields = graph.leaves.map((leaf) => {
    const name = `${leaf.name}, value`;
    const field = /** @type {HTMLInputElement} */ (element("input", {
      type: "text", inputmode: "text", autocomplete: "off", spellcheck: "false", "aria-label": name, class: "field",
    }));
    const slider = /** @type {HTMLInputElement} */ (element("input", { type: "range", step: "any", "aria-label": `${leaf.name}, slider` }));
    const moves = /** @type {HTMLInputElement} */ (element("input", { type: "checkbox", "aria-label": `${leaf.name} moves when descending` }));
    for (const input of [field, slider]) /** @type {HTMLInputElement} */ (input).disabled = Boolean(graph.still);
    listen(field, "number-problem", leaf.name, false, () => leaf.data, (number) => change(leaf, number));
    field.addEventListener("focus", () => { field.value = format(leaf.data, 15); });
    field.addEventListener("blur", showNumbers);
    field.addEventListener("keydown", (event) => {
      const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (!by) return;
      event.preventDefault();
      change(leaf, Number((leaf.data + by * Number(slider.max) / 20).toPrecision(12)));
      field.value = format(leaf.data, 15);
    });
    slider.addEventListener("input", () => change(leaf, Number(Number(slider.value).toPrecision(3))));
    moves.addEventListener("change", () => {
      leaf.moves = moves.checked;
      refresh();
    });
    return { leaf, field, slider, moves };
  });
  byId("leaves").replaceChildren(...fields.map(({ leaf, field, slider, moves }) => element("div", { class: "leaf-row", title: leaf.name },
    moves, element("span", { class: "leaf-name" }, leaf.name), slider, field)));
}

function showNumbers() {
  for (const { leaf, field, slider, moves } of fields) {
    const range = rangeOf(leaf.data);
    if (document.activeElement !== slider || Math.abs(leaf.data) > Number(slider.max)) {
      if (Math.abs(leaf.data) > Number(slider.max) || !slider.dataset.set || Number(slider.max) > 20 * range) {
        slider.max = String(range);
        slider.min = String(-range);
        slider.dataset.set = "1";
      }
      if (Number.isFinite(leaf.data)) slider.value = String(leaf.data);
    }
    setAttribute(slider, "aria-valuetext", format(leaf.data));
    if (document.activeElement !== field) {
      field.value = format(leaf.data);
      setAttribute(field, "aria-invalid", "false");
    }
    moves.checked = leaf.moves;
    moves.hidden = now.mode !== "descend";
  }
  byId("restore").hidden = isGiven() || now.mode === "descend";  // which has a reset of its own
}

/** @type {GraphNode | null} */
let changed = null;
let spoken = 0;

/** @type {(leaf: GraphNode, number: number) => void} */
function change(leaf, number) {
  if (Object.is(leaf.data, number)) return;
  leaf.data = number;
  setText(byId("number-problem"), "");
  recompute();
  forgetDescent();
  forgetAnswers();
  changed = leaf;
  clearTimeout(spoken);
  announce("");  // what was said of the numbers before
  spoken = setTimeout(() => announce(`${leaf.name} is ${format(leaf.data)}, ${graph.root.name} is ${format(graph.root.data)}` +
    `${now.mode === "predict" || (now.mode === "step" && now.position < graph.end) ? "" : `, ${gradient(leaf)} is ${format(leaf.grad)}`}.`), 400);
  refresh();
}

// ---- Showing it all

let drawn = 0;

/** Show everything at the next frame: many changes within one are shown once. */
function refresh() {
  if (!drawn) drawn = requestAnimationFrame(render);
}

function render() {
  cancelAnimationFrame(drawn);
  drawn = 0;
  now.position = Math.min(Math.max(now.position, now.mode === "predict" ? graph.turn + 1 : 0), horizon());
  const { mode, position, order } = now;
  const whole = mode === "nudge" || mode === "descend";  // where no step is looked at, but the outcome
  const question = openQuestion();
  const at = whole ? graph.end : question ? position - 1 : position;
  const shownOrder = whole ? "topological" : order;
  const progress = progressAt(shownOrder, at);
  const made = whole || position >= graph.turn ? undefined : graph.computed[position - 1];
  const step = whole ? undefined : stepAt(order, position);
  const nudged = mode === "nudge" ? nudge() : null;
  const start = made ?? (position ? graph.root : graph.nodes[0]);
  /** @type {Set<GraphNode | undefined>} */
  const inPlay = new Set(whole ? nudged ? [nudged.leaf] : []
    : step ? [step.edge.node, step.edge.parent] : [made, position === graph.turn ? graph.root : undefined]);
  paintGraph({ progress, inPlay, edge: step?.edge, made, backward: !whole && position >= graph.turn, nudged });
  if (!changed && !whole) follow(step?.edge.node ?? start, step?.edge.parent ?? start);

  const digits = narrow.matches ? 4 : 6;
  const told = shownOrder !== "topological" && at === graph.end;  // the right answers, not before their time
  const marks = new Set();
  for (const node of graph.nodes) {
    const { row, data, grad, right, arrived } = rows[node.i];
    const sum = progress.grads[node.i];
    const mark = markOf(progress, node);
    marks.add(mark);
    setText(data, progress.known.has(node) ? format(node.data, digits) : "—");
    setText(grad, (sum === null ? "—" : format(sum, digits)) + MARKS[mark]);
    setText(arrived, node === graph.root ? "" : `${progress.arrived[node.i]} of ${node.uses.length}`);
    setText(right, told ? format(node.grad, digits) : "");
    right.hidden = !told;
    arrived.hidden = told;  // all have, by then
    setClass(row, "now", inPlay.has(node));
    setClass(row, "wrong", mark);
  }
  rightHead.hidden = !told;
  arrivedHead.hidden = told;
  setText(caption, Object.entries(MARKS).filter(([name]) => name && marks.has(name)).map(([name, mark]) =>
    mark.trim() + " " + name).join("   "));

  for (const one of MODES) {
    setAttribute(byId(`mode-${one}`), "aria-pressed", String(one === mode));
    setClass(document.body, one, one === mode);
  }
  for (const one of ORDERS) setAttribute(byId(`order-${one}`), "aria-pressed", String(one === order));
  for (const id of ["nudge", "predict", "descend"]) byId(id).hidden = id !== mode;
  byId("step").hidden = whole || Boolean(question);
  byId("controls").hidden = whole;
  byId("orders").hidden = whole;
  const said = say(whole ? graph.end : position, progress);
  setText(byId("step-title"), said.title);
  byId("step-body").replaceChildren(...(question ? [] : said.body));  // not what gives the answer away
  const lesson = !whole && position === graph.end && order !== "topological" && !progress.early.size;
  byId("lesson").hidden = !(lesson && data.diamond && !onDiamond) && !onDiamond;
  setText(byId("lesson"), onDiamond ? `Back to ${graphName()}` : "Try it on a diamond");
  if (nudged) showNudge(nudged);
  if (mode === "predict") showPredict();
  if (mode === "descend") showDescent();
  if (!changed && !whole) announce(question ? question.ask : `${said.title}. ${said.spoken}`);
  showDerivation(at, progress);
  showNumbers();
  const list = byId("values");
  const { row } = rows[(step?.edge.parent ?? start).i];
  if (!changed && !whole && list.scrollHeight > list.clientHeight) list.scrollTop = row.offsetTop - list.clientHeight / 2;

  const where = placeOf(position);
  setText(byId("position"), where);
  /** @type {HTMLInputElement} */
  const slider = byId("slider");
  slider.max = String(graph.end);
  slider.value = String(position);
  setAttribute(slider, "aria-valuetext", where);
  const [first, last] = [mode === "predict" ? graph.turn + 1 : 0, horizon()];
  for (const id of ["start", "back"]) /** @type {HTMLButtonElement} */ (byId(id)).disabled = position === first;
  for (const id of ["next", "end"]) /** @type {HTMLButtonElement} */ (byId(id)).disabled = position === last;
  /** @type {HTMLButtonElement} */ (byId("turn")).disabled = position === graph.turn;
  for (const id of ["play", "turn", "speed-label"]) byId(id).hidden = mode !== "step";
  if (position === graph.end || whole) pause();
  changed = null;
  remember();
}

const graphName = () => data.nodes[data.root].name;

/** @type {(position: number, progress: import("./state.js").Progress) => void} */
function showDerivation(position, progress) {
  const place = byId("derivation");
  const node = now.selected;
  place.hidden = !node;
  if (!node) return;
  const said = derive(node, position, progress);
  setText(byId("derivation-title"), said.title);
  byId("derivation-body").replaceChildren(...said.body);
  const last = graph.turn + 1 + graph.orders[now.order].map((edge) => edge.parent).lastIndexOf(node);
  byId("complete").hidden = now.mode !== "step" || position >= last;
  byId("complete").onclick = () => step(last);
}

/** @type {(node: GraphNode | null) => void} */
function select(node) {
  const before = now.selected;
  now.selected = node === before ? null : node;
  if (now.mode === "nudge" && node && !node.inputs) now.leaf = node;
  changed = node ?? before;  // the picture and the table stay where they are
  render();
  if (now.selected) {
    byId("derivation").scrollTop = 0;
    byId("derivation").scrollIntoView({ block: "nearest" });
    announce(byId("derivation-title").textContent ?? "");
  }
}

// ---- Controls

function pause() {
  clearInterval(timer);
  timer = 0;
  setText(byId("play"), "Play");
}

function play() {
  if (now.position === graph.end) now.position = 0;
  clearInterval(timer);
  timer = setInterval(() => goTo(now.position + 1), Number(/** @type {HTMLSelectElement} */ (byId("speed")).value));
  setText(byId("play"), "Pause");
  render();
}

/** @param {number} position */
function goTo(position) {
  now.position = position;
  if (now.mode === "predict") {
    setText(byId("verdict"), "");
    byId("verdict").className = "";
  }
  render();
  if (openQuestion()) byId("answer").focus();
}

/** @param {number} position */
function step(position) {
  pause();
  goTo(position);
}

/** @param {import("./state.js").Mode} mode */
function enter(mode) {
  pause();
  stopDescent();
  if (mode === now.mode || (graph.still && (mode === "nudge" || mode === "descend"))) return;
  now.mode = mode;
  for (const one of ["number", "delta", "eta"]) setText(byId(`${one}-problem`), "");
  if (mode === "predict") forgetAnswers();
  render();
  if (mode === "nudge" && now.leaf) follow(now.leaf, now.leaf);
  announce(byId(mode).querySelector("h2")?.textContent ?? "");
}

/** @type {(diamond: boolean) => void} */
function open(diamond) {
  onDiamond = diamond;
  setText(byId("number-problem"), "");
  load(diamond ? data.diamond : data);
  now.selected = null;
  now.leaf = firstLeaf();
  forgetDescent();
  forgetAnswers();
  setText(byId("title"), `Backpropagation from ${graph.root.name}`);
  for (const mode of ["nudge", "descend"]) /** @type {HTMLButtonElement} */ (byId(`mode-${mode}`)).disabled = Boolean(graph.still);
  drawGraph(select);
  buildTable();
  buildNumbers();
  listLeaves();
}

let written = location.hash;
let writing = 0;

/** Keep the state in the address, when it has come to rest: browsers allow few changes a second. */
function remember() {
  if (framed) return;
  clearTimeout(writing);
  writing = setTimeout(() => {
    written = address(onDiamond);
    history.replaceState(null, "", written || location.pathname + location.search);
  }, 200);
}

function arrive() {
  const state = new URLSearchParams(location.hash.slice(1));
  now.presenter = state.get("presenter") === "1";
  open(Boolean(data.diamond) && state.get("graph") === "diamond");
  if (!framed && takeFrom(location.hash)) recompute();
  render();
}

for (const mode of MODES) byId(`mode-${mode}`).addEventListener("click", () => enter(mode));
byId("start").addEventListener("click", () => step(0));
byId("back").addEventListener("click", () => step(now.position - 1));
byId("next").addEventListener("click", () => step(now.position + 1));
byId("end").addEventListener("click", () => step(graph.end));
byId("turn").addEventListener("click", () => step(graph.turn));
byId("play").addEventListener("click", () => (timer ? pause() : play()));
byId("slider").addEventListener("input", (event) => step(Number(/** @type {HTMLInputElement} */ (event.target).value)));
byId("speed").addEventListener("change", () => { if (timer) play(); });
for (const order of ORDERS) {
  byId(`order-${order}`).addEventListener("click", () => {
    now.order = order;
    forgetAnswers();
    render();
  });
}
byId("lesson").addEventListener("click", () => {
  const order = now.order;
  open(!onDiamond);
  now.position = onDiamond ? graph.turn : 0;
  now.order = order;
  render();
});
byId("restore").addEventListener("click", () => {
  for (const leaf of graph.leaves) leaf.data = leaf.given;
  setText(byId("number-problem"), "");
  changed = graph.leaves[0];
  recompute();
  forgetDescent();
  forgetAnswers();
  render();
  announce("Reset: the numbers are those that the page came with.");
});
byId("close").addEventListener("click", () => {
  const node = now.selected;
  select(null);
  if (node) focusBox(node);
});
byId("zoom-in").addEventListener("click", () => zoom(1.25));
byId("zoom-out").addEventListener("click", () => zoom(0.8));
byId("zoom-fit").addEventListener("click", fitWhole);
byId("zoom-legible").addEventListener("click", fitLegibly);
byId("presenter").addEventListener("click", () => {
  now.presenter = !now.presenter;
  fitLegibly();
  render();
});
document.addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === "Escape" && now.selected) byId("close").click();
  if (target.closest("input, select")) return;  // which have their own arrow keys
  const across = { ArrowLeft: -1, ArrowRight: 1 }[event.key] ?? 0;
  const down = { ArrowUp: -1, ArrowDown: 1 }[event.key] ?? 0;
  const steps = now.mode === "step" || now.mode === "predict";
  if (event.shiftKey && (across || down)) pan(across, down);
  else if (event.key === "+" || event.key === "=") zoom(1.25);
  else if (event.key === "-") zoom(0.8);
  else if (event.key === "0") fitWhole();
  else if (across && steps) step(now.position + across);
  else if (event.key === "Home" && steps) step(0);
  else if (event.key === "End" && steps) step(graph.end);
  else if (across && now.mode === "nudge") byId(across < 0 ? "delta-half" : "delta-double").click();
  else if (across > 0 && now.mode === "descend") byId("one-step").click();
  else if (event.key === " " && !target.closest("button, summary")) {
    if (now.mode === "step") byId("play").click();
    if (now.mode === "descend") byId("run").click();
  } else return;
  event.preventDefault();
});
window.addEventListener("hashchange", () => { if (location.hash !== written) arrive(); });
new ResizeObserver(fit).observe(byId("canvas"));
new ResizeObserver(() => follow()).observe(byId("picture"));  // which scroll bars leave as large as it was
startNudge(() => { changed = now.leaf; refresh(); });
startPredict(render);
startDescent(() => { changed = graph.root; refresh(); });
startKeeping((text) => { setText(byId("kept"), text); announce(text); }, (whole) => {
  if (!whole) return render();
  const progress = progressAt(now.order, horizon() - 1);
  paintGraph({ progress, inPlay: new Set(), edge: undefined, made: undefined, backward: false, nudged: null, blank: "?" });
}, () => address(onDiamond));
arrive();
