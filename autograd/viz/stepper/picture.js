// The picture of the graph: boxes and edges, what is lit, zoom and pan; and the small plots.
import { format, graph, isComplete, now } from "./state.js";

/** @type {<T extends HTMLElement>(id: string) => T} */
export const byId = (id) => /** @type {any} */ (document.getElementById(id));

/** @typedef {Record<string, string | number>} Attributes */

/** @type {<T extends Element>(made: T, attributes: Attributes, children: (string | Node)[]) => T} */
function furnish(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

// Text goes into the page as text only, so that no label can be markup.

/** @type {(tag: string, attributes?: Attributes, ...children: (string | Node)[]) => HTMLElement} */
export const element = (tag, attributes = {}, ...children) => furnish(document.createElement(tag), attributes, children);

/** @type {(tag: string, attributes?: Attributes, ...children: (string | Node)[]) => SVGGraphicsElement} */
export const drawing = (tag, attributes = {}, ...children) => furnish(
  /** @type {SVGGraphicsElement} */ (document.createElementNS("http://www.w3.org/2000/svg", tag)), attributes, children);

/** @type {(place: Element, text: string) => void} */
export function setText(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

/** @type {(place: Element, name: string, on: unknown) => void} */
export function setClass(place, name, on) {
  if (place.classList.contains(name) !== Boolean(on)) place.classList.toggle(name, Boolean(on));
}

/** @type {(place: Element, name: string, value: string) => void} */
export function setAttribute(place, name, value) {
  if (place.getAttribute(name) !== value) place.setAttribute(name, value);
}

/** @type {SVGGraphicsElement} */
export let svg;
/** @type {{shape: Element, shade: Element, labels: Element[], amounts: Element[]}[]} */
let boxes;
/** @type {{shape: Element, label: Element}[]} */
let lines;
const MARGIN = 10;
const LEGIBLE = { plain: 0.7, presenter: 1.6 };  // at a smaller scale the numbers on the edges cannot be read
const WHOLE = { plain: 0.6, presenter: 1.6 };  // at a little smaller one they can, if that shows the whole graph
let scale = 1;
let wanted = 0;  // the scale that the reader chose; 0 is whatever fits
const canvas = byId("canvas");

/** @type {(id: string, name: string) => SVGGraphicsElement} */
const arrow = (id, name) => drawing("marker", {
  id, class: `arrow ${name}`, viewBox: "0 0 10 10", refX: 9, refY: 5, markerUnits: "userSpaceOnUse",
  markerWidth: name ? 14 : 9, markerHeight: name ? 14 : 9, orient: "auto-start-reverse",
}, drawing("path", { d: "M0 0L10 5L0 10z" }));

/** @param {(node: import("./state.js").GraphNode) => void} select */
export function drawGraph(select) {
  svg = drawing("svg", {
    role: "group", "aria-label": "The graph. Up and Down go from value to value, Enter shows where a gradient comes from.",
    viewBox: `${-MARGIN} ${-MARGIN} ${graph.width + 2 * MARGIN} ${graph.height + 2 * MARGIN}`,
  }, drawing("defs", {}, arrow("forward", ""), arrow("forward-now", "accent"), arrow("backward-now", "back")));
  lines = graph.edges.map((edge) => {
    const label = drawing("text", { x: edge.x + 5, y: edge.y + 4 });
    const shape = drawing("g", { class: "edge", "aria-hidden": "true" }, drawing("path", { d: edge.path }), label);
    svg.append(shape);
    return { shape, label };
  });
  boxes = graph.nodes.map((node) => {
    const { width, height } = node;
    const [left, top] = [-width / 2, -height / 2];
    /** @type {(grow: number, name: string) => Element} */
    const box = (grow, name) => drawing("rect", {
      x: left - grow, y: top - grow, width: width + 2 * grow, height: height + 2 * grow,
      rx: node.inputs ? 12 : 0, class: name,
    });
    const [ground, shade] = ["ground", "shade"].map((name) => drawing("rect", {
      class: name, x: left + 4, y: 10, width: width - 8, height: 15.5, rx: node.inputs ? 6 : 0,
    }));
    const rows = [7, 22];
    const labels = rows.map((y) => drawing("text", { class: "what", x: left + 5, y }));
    const amounts = rows.map((y, i) => drawing("text", { class: `amount${i ? " grad" : ""}`, x: -left - 5, y }));
    const shape = drawing("g", {
      class: `node ${node.inputs ? "computed" : "leaf"}`, transform: `translate(${node.x} ${node.y})`,
      role: "button", tabindex: node === graph.root ? 0 : -1, "aria-pressed": "false",
    }, drawing("title", {}, node.inputs ? `${node.name} = ${node.formula.map((part) =>
      typeof part === "number" ? graph.nodes[part].name : part).join("")}` : `${node.name}, given`),
    box(7, "focus"), box(0, "box"), ground, shade, ...(node === graph.root ? [box(4, "ring")] : []),
    drawing("text", { class: "title", x: 0, y: -9, "text-anchor": "middle" }, node.caption,
      drawing("tspan", { class: "made" }, node.short ? ` = ${node.short}` : "")), ...labels, ...amounts);
    shape.addEventListener("click", () => select(node));
    shape.addEventListener("keydown", (event) => {
      const to = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (event.shiftKey) return;
      if (event.key === "Enter") select(node);
      else if (to) /** @type {SVGElement} */ (boxes[(graph.nodes[node.i + to] ?? node).i].shape).focus();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    shape.addEventListener("focus", () => {
      for (const { shape: other } of boxes) setAttribute(other, "tabindex", other === shape ? "0" : "-1");
      follow(node, node);
    });
    svg.append(shape);
    return { shape, shade, labels, amounts };
  });
  canvas.replaceChildren(svg);
  wanted = 0;
  fit();
}

/** @param {import("./state.js").GraphNode} node */
export const focusBox = (node) => /** @type {SVGElement} */ (boxes[node.i].shape).focus();

/**
 * @typedef {object} View  what of the graph is shown, and how
 * @property {import("./state.js").Progress} progress
 * @property {Set<import("./state.js").GraphNode | undefined>} inPlay
 * @property {import("./state.js").Edge | undefined} edge  the edge that a step back goes along
 * @property {import("./state.js").GraphNode | undefined} made  the value that a step forward computes
 * @property {boolean} backward
 * @property {{values: number[], predicted: number} | null} nudged
 * @property {string} [blank]  what stands for a number that is not known yet
 */

/** @param {View} view */
export function paintGraph({ progress, inPlay, edge: lit, made, backward, nudged, blank = "—" }) {
  const largest = Math.max(...progress.grads.map((grad) => Math.abs(grad ?? 0)).filter(Number.isFinite));  // so far
  for (const node of graph.nodes) {
    const { shape, shade, labels, amounts } = boxes[node.i];
    const grad = progress.grads[node.i];
    const value = progress.known.has(node) ? format(node.data) : blank;
    const mark = markOf(progress, node);
    let texts = [["data", value], ["grad", (grad === null ? blank : format(grad)) + MARKS[mark]]];
    let spoken = `${node.name}, value ${value}, gradient ${grad === null ? "not known yet" : format(grad)}` +
      (mark ? `, ${mark}` : grad === null || isComplete(progress, node) ? "" : " so far");
    if (nudged) {
      const moved = nudged.values[node.i] === node.data ? 0 : nudged.values[node.i] - node.data;
      const worth = node === graph.root ? nudged.predicted : moved === 0 ? 0 : node.grad * moved;
      const what = node === graph.root ? "predicted" : "grad · Δ";
      texts = [["Δ", briefly(moved)], [what, briefly(worth)]];
      spoken = `${node.name}, moved ${signed(moved)}, ${what} ${signed(worth)}`;
      setClass(shape, "moved", moved);
    } else setClass(shape, "moved", false);
    texts.forEach(([label, amount], i) => {
      setText(labels[i], label);
      setText(amounts[i], amount);
    });
    setClass(shape, "now", inPlay.has(node));
    setClass(shape, "wrong", mark);
    setClass(shape, "complete", isComplete(progress, node));
    setClass(shape, "plus", (grad ?? 0) > 0);
    setClass(shape, "minus", (grad ?? 0) < 0);
    // As in `draw_dot`: the larger the deeper, over four powers of ten.
    const depth = Math.min(1, Math.max(0.15, 1 + Math.log10(Math.abs(grad ?? 0) / largest) / 4)) || 1;
    setAttribute(shade, "fill-opacity", grad ? depth.toFixed(2) : "1");
    setClass(shape, "backward", backward);
    setClass(shape, "selected", now.selected === node);
    setAttribute(shape, "aria-pressed", String(now.selected === node));
    setAttribute(shape, "aria-label", spoken);
  }
  graph.edges.forEach((edge, i) => {
    setText(lines[i].label, progress.known.has(edge.node) ? format(edge.local) : "");
    setClass(lines[i].shape, "now", edge === lit || edge.node === made);
    setClass(lines[i].shape, "backward", edge === lit);
  });
}

/** @type {(number: number, digits?: number) => string} */
export const signed = (number, digits = 4) => (number > 0 ? "+" : "") + format(number, digits);
/** @type {(number: number) => string} */
const briefly = (number) => signed(number, signed(number).length > 8 ? 3 : 4);  // there is a word beside it in the box

export const MARKS = { "": "", wrong: " ✗", "propagated too soon": " ⚠" };

/** @type {(progress: import("./state.js").Progress, node: import("./state.js").GraphNode) => keyof typeof MARKS} */
export function markOf(progress, node) {
  const grad = progress.grads[node.i];
  if (grad !== null && isComplete(progress, node) && format(grad) !== format(node.grad)) return "wrong";
  return progress.early.has(node) ? "propagated too soon" : "";
}

// ---- Zoom and pan

export function fit() {
  setClass(document.documentElement, "presenter", now.presenter);
  setAttribute(byId("presenter"), "aria-pressed", String(now.presenter));
  const [width, height] = [graph.width + 2 * MARGIN, graph.height + 2 * MARGIN];
  const whole = Math.min(canvas.clientWidth / width, canvas.clientHeight / height);
  const size = now.presenter ? "presenter" : "plain";
  scale = wanted || (whole < WHOLE[size] ? LEGIBLE[size] : Math.min(whole, now.presenter ? 2.5 : 1.4));
  svg.setAttribute("width", String(width * scale));
  svg.setAttribute("height", String(height * scale));
}

/** @type {(factor: number, at?: {clientX: number, clientY: number}) => void} */
export function zoom(factor, at) {
  const view = canvas.getBoundingClientRect();
  const { clientX, clientY } = at ?? { clientX: view.left + view.width / 2, clientY: view.top + view.height / 2 };
  const before = svg.getBoundingClientRect();
  const old = scale;
  wanted = Math.min(Math.max(scale * factor, 0.1), 5);
  fit();
  const after = svg.getBoundingClientRect();
  canvas.scrollBy(after.left + (clientX - before.left) * scale / old - clientX,
    after.top + (clientY - before.top) * scale / old - clientY);
}

export function fitWhole() {
  wanted = Math.min(canvas.clientWidth / (graph.width + 2 * MARGIN), canvas.clientHeight / (graph.height + 2 * MARGIN), 2.5);
  fit();
}

export function fitLegibly() {
  wanted = 0;
  fit();
}

/** @type {(right: number, down: number) => void} */
export const pan = (right, down) => canvas.scrollBy(right * 60, down * 60);

/** @typedef {{x: number, y: number}} Place */

/** @type {Place[]} */
let followed = [{ x: 0, y: 0 }, { x: 0, y: 0 }];

/**
 * Bring what lies between two boxes into the middle of the picture, unless it is well in view.
 * Without boxes, the last ones once more: the picture has another size now.
 * @type {(from?: Place, to?: Place) => void}
 */
export function follow(from = followed[0], to = followed[1]) {
  followed = [from, to];
  const [x, y] = [(from.x + to.x) / 2, (from.y + to.y) / 2];
  const box = canvas.getBoundingClientRect();
  const drawn = svg.getBoundingClientRect();
  const [dx, dy] = [drawn.left - box.left + (x + MARGIN) * scale, drawn.top - box.top + (y + MARGIN) * scale];
  /** @type {(at: number, size: number) => number} */
  const away = (at, size) => at < size * 0.3 || at > size * 0.7 ? at - size / 2 : 0;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  canvas.scrollBy({
    left: away(dx, canvas.clientWidth), top: away(dy, canvas.clientHeight), behavior: calm ? "auto" : "smooth",
  });
}

canvas.addEventListener("wheel", (event) => {
  if (event.shiftKey) return;  // which the browser scrolls sideways by
  if (window !== window.parent && !document.hasFocus()) return;  // in another page, whose reader only passes by
  event.preventDefault();
  zoom(Math.exp(-event.deltaY * (event.deltaMode ? 16 : 1) * 0.0015), event);
}, { passive: false });

let dragged = false;
canvas.addEventListener("pointerdown", (event) => {
  dragged = false;
  if (event.pointerType !== "mouse" || event.button) return;  // a finger scrolls by itself
  let [x, y] = [event.clientX, event.clientY];
  /** @param {PointerEvent} move */
  const drag = (move) => {
    if (!dragged && Math.hypot(move.clientX - x, move.clientY - y) < 5) return;
    dragged = true;
    canvas.scrollBy(x - move.clientX, y - move.clientY);
    [x, y] = [move.clientX, move.clientY];
  };
  document.addEventListener("pointermove", drag);
  document.addEventListener("pointerup", () => document.removeEventListener("pointermove", drag), { once: true });
});
canvas.addEventListener("click", (event) => { if (dragged) event.stopPropagation(); }, true);

let spread = 0;
/** @param {TouchEvent} event */
const pinch = ({ touches: [one, two] }) => Math.hypot(one.clientX - two.clientX, one.clientY - two.clientY);
canvas.addEventListener("touchstart", (event) => { if (event.touches.length === 2) spread = pinch(event); }, { passive: true });
canvas.addEventListener("touchmove", (event) => {
  if (event.touches.length !== 2) return;
  event.preventDefault();
  const [one, two] = event.touches;
  const apart = pinch(event);
  zoom(apart / spread, { clientX: (one.clientX + two.clientX) / 2, clientY: (one.clientY + two.clientY) / 2 });
  spread = apart;
}, { passive: false });

// ---- Plots

/**
 * @typedef {object} Plot
 * @property {string} label  what it shows, for those who do not see it
 * @property {string} across
 * @property {string} up
 * @property {[number, number]} origin  what numbers on an axis are told from, where they are too close to tell apart
 * @property {number} [reach]  how far the axis goes across, from 0, if not as far as the curves
 * @property {{name: string, points: [number, number][]}[]} curves
 * @property {{name: string, at: [number, number]}[]} marks
 */

/** @type {(place: Element, plot: Plot) => void} */
export function drawPlot(place, { label, across, up, origin, reach, curves, marks }) {
  const [width, height, left, top, right, bottom] = [420, 250, 92, 24, 404, 218];
  /** @type {(point: [number, number]) => boolean} */
  const finite = ([x, y]) => Number.isFinite(x) && Number.isFinite(y);
  const points = [...curves.flatMap((curve) => curve.points), ...marks.map((mark) => mark.at)].filter(finite);
  const ends = [0, 1].map((axis) => {
    let [low, high] = [Math.min(...points.map((point) => point[axis])), Math.max(...points.map((point) => point[axis]))];
    if (!(high > low)) [low, high] = [low - (Math.abs(low) / 2 || 1), high + (Math.abs(high) / 2 || 1)];
    return !axis && reach ? [0, reach] : [low, high];
  });
  /** The two ends of an axis in digits, and its name: as differences from the origin, where the digits would be many. */
  const [[x0, x1, xName], [y0, y1, yName]] = ends.map((end, axis) => {
    const name = [across, up][axis];
    const close = end[1] - end[0] < 1e-4 * Math.max(Math.abs(end[0]), Math.abs(end[1]));
    const tight = end[1] - end[0] < 0.02 * Math.max(Math.abs(end[0]), Math.abs(end[1]));
    if (!close) return [...end.map((x) => format(x, tight ? 6 : 4)), name];
    return [...end.map((x) => signed(x - origin[axis], 3)), `${name} − ${format(origin[axis]).replace(/^−(.*)/, "(−$1)")}`];
  });
  /** @type {(point: [number, number]) => [number, number]} */
  const at = ([x, y]) => [left + (right - left) * (x - ends[0][0]) / (ends[0][1] - ends[0][0]),
    bottom - (bottom - top) * (y - ends[1][0]) / (ends[1][1] - ends[1][0])];
  const parts = [drawing("path", { class: "axis", d: `M${left} ${top}V${bottom}H${right}` })];
  if (points.length) {
    for (const { name, points } of curves) {
      const d = points.map((point, i) => finite(point)
        ? `${i && finite(points[i - 1]) ? "L" : "M"}${at(point).map((x) => x.toFixed(1)).join(" ")}` : "").join("");
      parts.push(drawing("path", { class: `curve ${name}`, d }));
    }
    for (const { name, at: point } of marks.filter((mark) => finite(mark.at))) {
      const [cx, cy] = at(point);
      parts.push(drawing("circle", { class: `mark ${name}`, cx, cy, r: 5 }));
    }
    parts.push(
      drawing("text", { x: left, y: bottom + 16, "text-anchor": "middle" }, x0),
      drawing("text", { x: right, y: bottom + 16, "text-anchor": "end" }, x1),
      drawing("text", { x: left - 6, y: bottom, "text-anchor": "end" }, y0),
      drawing("text", { x: left - 6, y: top + 10, "text-anchor": "end" }, y1));
  } else parts.push(drawing("text", { x: left + 10, y: 100 }, "No finite number to draw."));
  parts.push(drawing("text", { class: "title", x: (left + right) / 2, y: bottom + 28, "text-anchor": "middle" }, xName),
    drawing("text", { class: "title", x: 4, y: top - 10 }, yName));
  place.replaceChildren(drawing("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label }, ...parts));
}
