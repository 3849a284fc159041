// What can be shared and kept: the state in the page's address, a frame as SVG or PNG, a hand-out on paper.
import { firstLeaf, format, graph, isGiven, MODES, now, ORDERS, parse } from "./state.js";
import { byId, element, svg } from "./picture.js";
import { handOut, placeOf } from "./words.js";
import { horizon } from "./modes.js";

/** A page in a notebook's frame has no address of its own, and may not hand out files. */
export const framed = location.protocol === "about:";

// ---- The address

/** @type {(diamond: boolean) => string} */
export function address(diamond) {
  const state = new URLSearchParams();
  if (diamond) state.set("graph", "diamond");
  if (now.presenter) state.set("presenter", "1");
  if (now.mode !== "step") state.set("mode", now.mode);
  if (now.order !== "topological") state.set("order", now.order);
  if (now.position) state.set("step", String(now.position));
  if (!isGiven()) state.set("values", graph.leaves.map((leaf) => Object.is(leaf.data, -0) ? "-0" : leaf.data).join("_"));
  if (now.mode === "nudge") {
    state.set("leaf", String(graph.leaves.indexOf(now.leaf ?? firstLeaf())));
    state.set("delta", String(now.delta));
  }
  if (now.mode === "descend") {
    state.set("eta", String(now.eta));
    state.set("moves", graph.leaves.map((leaf) => leaf.moves ? 1 : 0).join(""));
  }
  return String(state) ? `#${state}` : "";
}

/**
 * What an address says, as far as it says something that this page has.
 * @type {(hash: string) => boolean} whether the leaves have other numbers now
 */
export function takeFrom(hash) {
  const state = new URLSearchParams(hash.slice(1));
  /** @type {<T extends string>(name: string, choices: T[]) => T} */
  const choice = (name, choices) => choices.find((one) => one === state.get(name)) ?? choices[0];
  /** @type {(name: string, otherwise: number) => number} */
  const number = (name, otherwise) => {
    const value = parse(state.get(name) ?? "");
    return value !== undefined && Number.isFinite(value) ? value : otherwise;
  };
  now.mode = graph.still ? "step" : choice("mode", MODES);
  now.order = choice("order", ORDERS);
  now.position = Math.min(Math.max(Math.round(number("step", 0)), 0), graph.end);
  now.leaf = graph.leaves[number("leaf", -1)] ?? firstLeaf();
  now.delta = number("delta", now.delta);
  now.eta = number("eta", now.eta);
  const moves = state.get("moves") ?? "";
  if (moves.length === graph.leaves.length) graph.leaves.forEach((leaf, i) => { leaf.moves = moves[i] === "1"; });
  const values = (state.get("values") ?? "").split("_").map(parse);
  if (graph.still || values.length !== graph.leaves.length || values.includes(undefined)) return false;
  graph.leaves.forEach((leaf, i) => { leaf.data = /** @type {number} */ (values[i]); });
  return true;
}

// ---- A frame, for a slide

const KEPT = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "font-size", "font-weight", "font-family",
  "text-anchor", "paint-order", "marker-start", "marker-end"];

/** The picture as it is on the page, as a file of its own: what the style sheet says is written into it. */
export function frame() {
  const copy = /** @type {SVGGraphicsElement} */ (svg.cloneNode(true));
  const [from, to] = [svg, copy].map((one) => [one, ...one.querySelectorAll("*")]);
  from.forEach((element, i) => {
    const style = getComputedStyle(element);
    for (const name of KEPT) {
      const value = style.getPropertyValue(name);
      if (value && value !== "none" || name === "fill") to[i].setAttribute(name, value.replace(/url\(["']?.*?#(.*?)["']?\)/, "url(#$1)"));
    }
    for (const name of ["role", "tabindex", "aria-pressed", "aria-label", "aria-hidden", "class"]) to[i].removeAttribute(name);
  });
  const { width, height } = graph;
  const words = now.mode === "nudge" ? [...byId("nudge-words").children].slice(0, 3).map((one) => one.textContent ?? "")
    : now.mode === "descend" ? [byId("descent-words").textContent ?? ""]
      : now.mode === "predict" && !byId("ask").hidden ? [byId("ask-title").textContent ?? "", byId("question").textContent ?? ""]
        : [byId("step-title").textContent ?? "", ...[...byId("step-body").querySelectorAll(".chain, .math b")].slice(0, 1).map((one) =>
          [...one.childNodes].map((part) => part.textContent).filter(Boolean).join(" "))];
  const box = [-20, -30 - 24 * words.length, width + 40, height + 50 + 24 * words.length];
  const ink = getComputedStyle(document.body).color;
  const family = getComputedStyle(document.body).fontFamily;
  words.forEach((line, i) => {
    const text = document.createElementNS("http://www.w3.org/2000/svg", "text");
    for (const [name, value] of Object.entries({
      x: width / 2, y: -24 - 24 * (words.length - 1 - i), "text-anchor": "middle", "font-size": i ? 16 : 18,
      "font-weight": i ? 400 : 700, "font-family": family, fill: ink,
    })) text.setAttribute(name, String(value));
    text.append(line);
    copy.append(text);
  });
  const paper = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [name, value] of Object.entries({
    x: box[0], y: box[1], width: box[2], height: box[3], fill: getComputedStyle(byId("picture")).backgroundColor,
  })) paper.setAttribute(name, String(value));
  copy.prepend(paper);
  copy.setAttribute("viewBox", box.join(" "));
  copy.setAttribute("width", String(box[2]));
  copy.setAttribute("height", String(box[3]));
  // A label may hold what no XML file can.
  const text = new XMLSerializer().serializeToString(copy).replaceAll(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\p{Cs}]/gu, "\ufffd");
  return { text, width: box[2], height: box[3] };
}

/** A name for the frame's file: of what, and where it was. */
function fileName() {
  const { mode, order, position } = now;
  const place = mode === "nudge" ? `nudge ${(now.leaf ?? firstLeaf()).name} by ${format(now.delta, 4).replace("−", "-")}`
    : mode === "descend" ? `descend ${Math.max(now.losses.length - 1, 0)}`
      : `${mode === "predict" ? "predict " : ""}${order === "topological" ? "" : `${order} first `}${placeOf(position).toLowerCase()}`;
  return `${graph.root.name} ${place}`.replace(/[^\p{L}\p{N}.-]+/gu, "-").replace(/^[-.]+/, "").slice(-80);
}

/** @type {(content: Blob, kind: string) => void} */
function save(content, kind) {
  const link = element("a", { download: `${fileName()}.${kind}`, href: URL.createObjectURL(content) });
  link.click();
  setTimeout(() => URL.revokeObjectURL(/** @type {HTMLAnchorElement} */ (link).href), 10_000);
}

function savePicture() {
  save(new Blob([frame().text], { type: "image/svg+xml" }), "svg");
}

function savePixels() {
  const { text, width, height } = frame();
  const image = new Image();
  image.addEventListener("load", () => {
    const canvas = document.createElement("canvas");
    const scale = Math.min(2, 8000 / Math.max(width, height));
    [canvas.width, canvas.height] = [Math.ceil(width * scale), Math.ceil(height * scale)];
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => { if (blob) save(blob, "png"); });
  });
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
}

/**
 * @param {(text: string) => void} tell
 * @param {(whole: boolean) => void} paint  the picture, with all gradients that may be seen or as it was
 * @param {() => string} here  the address of what is shown
 */
export function startKeeping(tell, paint, here) {
  if (framed) {
    byId("keep").hidden = true;
    return;
  }
  byId("save-svg").addEventListener("click", savePicture);
  byId("save-png").addEventListener("click", savePixels);
  byId("print").addEventListener("click", () => window.print());
  window.addEventListener("beforeprint", () => {
    paint(true);
    byId("handout").replaceChildren(...handOut(horizon()));
  });
  window.addEventListener("afterprint", () => {
    byId("handout").replaceChildren();
    paint(false);
  });
  byId("copy").addEventListener("click", async () => {
    const url = location.href.split("#")[0] + here();
    try {
      await navigator.clipboard.writeText(url);
      tell("Copied. The address leads back to these numbers, this order, this step" + (location.protocol === "file:"
        ? ", on this computer. To share it, send this file, and with it what the address has from # on." : "."));
    } catch {
      tell(`The browser would not copy it. It leads back to this step: ${url}`);
    }
  });
}
