// What one can do beside stepping: nudge a number, predict a step, descend along the gradient.
import { firstLeaf, format, graph, isGiven, now, parse, progressAt, recompute, stepAt, valuesWith } from "./state.js";
import { byId, drawPlot, element, follow, setText, signed } from "./picture.js";
import { count, gradient, inside, item, names, titleOf } from "./words.js";

/** @type {(text: string) => void} */
export function announce(text) {
  setText(byId("live"), text);
}

// ---- Nudge: what the gradient promises, and what happens

/** What every value would be, if the leaf were nudged. */
export function nudge() {
  const leaf = now.leaf ?? firstLeaf();
  const values = valuesWith(leaf, leaf.data + now.delta);
  return { leaf, values, predicted: leaf === graph.root ? now.delta : leaf.grad * now.delta };
}

/** @param {ReturnType<typeof nudge>} nudged */
export function showNudge({ leaf, values, predicted }) {
  const { root } = graph;
  const { delta } = now;
  const [before, after] = [root.data, values[root.i]];
  const moved = after === before ? 0 : after - before;
  const off = Math.abs(moved - predicted);
  /** @type {HTMLSelectElement} */
  const choice = byId("nudge-leaf");
  choice.value = String(leaf.i);
  /** @type {HTMLInputElement} */
  const field = byId("delta");
  if (document.activeElement !== field) field.value = format(delta);
  /** @type {HTMLInputElement} */
  const slider = byId("delta-slider");
  if (document.activeElement !== slider) slider.value = String(Math.cbrt(delta / reach(leaf)));
  slider.setAttribute("aria-valuetext", format(delta));
  const percent = moved === 0 ? "" : `, ${format(100 * off / Math.abs(moved), 2)} % of the move`;
  const told = [
    `${leaf.name} goes from ${format(leaf.data)} to ${format(leaf.data + delta)}.`,
    `Really, ${root.name} moves by ${signed(moved)}, from ${format(before)} to ${format(after)}.`,
    `The gradient predicts ${gradient(leaf)} · Δ = ${format(leaf.grad)} · ${inside(delta)} = ${signed(predicted)}.`,
    !Number.isFinite(off) ? "There is no finite difference to compare."
      : off <= 1e-9 * Math.max(Math.abs(moved), Math.abs(predicted)) ? "The two are the same: here the curve is straight."
        : `They differ by ${format(off, 2)}${percent}. Make Δ smaller: the two meet, because the gradient is the slope right here.`,
  ];
  byId("nudge-words").replaceChildren(...told.map(item));
  const width = Math.abs(delta) * 2.5 || 1;
  /** @type {[number, number][]} */
  const curve = [];
  for (let i = -40; i <= 40; i++) {
    const x = leaf.data + width * i / 40;
    curve.push([x, valuesWith(leaf, x)[root.i]]);
  }
  /** @type {[number, number][]} */
  const tangent = [-1, 1].map((side) => [leaf.data + side * width, before + side * width * leaf.grad]);
  drawPlot(byId("nudge-plot"), {
    label: `${root.name} over ${leaf.name}, with its tangent at ${format(leaf.data)}, whose slope is ${gradient(leaf)}, ${format(leaf.grad)}.`,
    across: leaf.caption, up: root.caption,
    curves: [{ name: "real", points: curve }, { name: "tangent", points: tangent }],
    marks: [{ name: "here", at: [leaf.data, before] },
      { name: "tangent", at: [leaf.data + delta, before + predicted] },
      { name: "real", at: [leaf.data + delta, after] }],
  });
}

/** @type {(leaf: import("./state.js").GraphNode) => number} */
const reach = (leaf) => Math.max(1, Math.abs(leaf.data));  // the largest Δ on the slider

/** @param {() => void} refresh */
export function startNudge(refresh) {
  /** @type {HTMLSelectElement} */
  const choice = byId("nudge-leaf");
  choice.addEventListener("change", () => {
    now.leaf = graph.nodes[Number(choice.value)];
    follow(now.leaf, now.leaf);
    refresh();
  });
  /** @param {number} delta */
  const set = (delta) => {
    now.delta = delta;
    refresh();
    const { leaf, values, predicted } = nudge();
    announce(`Δ is ${format(delta)}: ${graph.root.name} moves by ${signed(values[graph.root.i] - graph.root.data)}, ` +
      `${gradient(leaf)} times Δ is ${signed(predicted)}.`);
  };
  /** @type {HTMLInputElement} */
  const field = byId("delta");
  field.addEventListener("input", () => {
    const delta = parse(field.value);
    field.setAttribute("aria-invalid", String(delta === undefined || !Number.isFinite(delta)));
    if (delta !== undefined && Number.isFinite(delta)) set(delta);
  });
  /** @type {HTMLInputElement} */
  const slider = byId("delta-slider");
  slider.addEventListener("input", () => set(Number((Number(slider.value) ** 3 * reach(now.leaf ?? firstLeaf())).toPrecision(3))));
  byId("delta-half").addEventListener("click", () => set(now.delta / 2));
  byId("delta-double").addEventListener("click", () => set(now.delta * 2));
  byId("delta-sign").addEventListener("click", () => set(-now.delta));
}

export function listLeaves() {
  byId("nudge-leaf").replaceChildren(...graph.leaves.map((leaf) => element("option", { value: leaf.i }, leaf.name)));
}

// ---- Predict: first the learner, then the page

/**
 * What is asked at a step: its contribution, and the sum where several meet.
 * @type {(position: number) => {key: string, ask: string, answer: number, told: string, sum: boolean}[]}
 */
export function questionsAt(position) {
  const step = stepAt(now.order, position);
  if (!step) return [];
  const { edge: { node, parent, partial, local }, upstream, contribution, grad } = step;
  const questions = [{
    key: `${position}`, ask: `How much does ${node.name} contribute to ${gradient(parent)} along this edge?`,
    answer: contribution, sum: false,
    told: `${gradient(node)} · ${partial} = ${format(upstream)} · ${inside(local)} = ${format(contribution)}`,
  }];
  const { arrived, before } = progressAt(now.order, position);
  if (parent.uses.length > 1 && arrived[parent.i] === parent.uses.length) {
    questions.push({
      key: `${position} sum`, ask: `That was the last contribution to ${parent.name}. What is ${gradient(parent)} now?`,
      answer: grad, sum: true, told: `${format(before ?? 0)} + ${inside(contribution)} = ${format(grad)}`,
    });
  }
  return questions;
}

export const openQuestion = () => now.mode === "predict"
  ? questionsAt(now.position).find(({ key }) => !now.answers.has(key)) : undefined;

/** The last position that can be looked at: what comes after it has not been predicted yet. */
export function horizon() {
  if (now.mode !== "predict") return graph.end;
  for (let position = graph.turn + 1; position < graph.end; position++) {
    if (questionsAt(position).some(({ key }) => !now.answers.has(key))) return position;
  }
  return graph.end;
}

/** @type {(typed: number, answer: number) => boolean} */
export const isRight = (typed, answer) => Object.is(typed, answer) || typed === answer ||
  (answer !== 0 && Number.isFinite(answer) && Math.abs(typed - answer) <= 0.01 * Math.abs(answer) * (1 + 1e-9));

export function forgetAnswers() {
  now.answers.clear();
  setText(byId("verdict"), "");
  if (now.mode === "predict") now.position = graph.turn + 1;
}

const score = () => `${[...now.answers.values()].filter(Boolean).length} of ${now.answers.size} right`;

export function showPredict() {
  const question = openQuestion();
  byId("ask").hidden = !question;
  const step = stepAt(now.order, now.position);
  if (question && step) {
    setText(byId("ask-title"), titleOf(step.edge));
    setText(byId("question"), question.ask);
    const { node, parent, partial } = step.edge;
    setText(byId("hint"), question.sum ? `What it was before stands in the box of ${parent.name}.`
      : `${gradient(node)} stands in its box, ${partial} on the edge. A product will do as an answer.`);
  }
  setText(byId("score"), now.answers.size ? `Score: ${score()}` : "");
  byId("again").hidden = now.position !== graph.end;
  if (now.position === graph.end) {
    const missed = new Set([...now.answers].filter(([, right]) => !right).map(([key]) =>
      stepAt(now.order, Number(key.split(" ")[0]))?.edge.parent).filter((node) => node !== undefined));
    setText(byId("verdict"), missed.size ? `Look again at ${names([...missed])}.` : "Every answer was right.");
  }
}

/** @param {() => void} refresh */
export function startPredict(refresh) {
  /** @type {HTMLInputElement} */
  const field = byId("answer");
  /** @param {number | undefined} typed */
  const answer = (typed) => {
    const question = openQuestion();
    if (!question) return;
    const right = typed !== undefined && isRight(typed, question.answer);
    now.answers.set(question.key, right);
    field.value = "";
    refresh();
    setText(byId("verdict"), right ? `✓ Right: ${question.told}.`
      : `${typed === undefined ? "" : `✗ Not ${format(typed)}. `}It is ${question.told}.`);
    byId("verdict").className = right ? "good" : "warning";
    announce(`${byId("verdict").textContent} ${openQuestion()?.ask ?? "Press Next for the next step."}`);
    if (openQuestion()) field.focus();
    else byId("next").focus();
  };
  byId("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    const typed = parse(field.value);
    field.setAttribute("aria-invalid", String(typed === undefined));
    if (typed === undefined) {
      setText(byId("verdict"), "Type a number, or a product or sum of numbers, such as 0.5 · 2.");
      byId("verdict").className = "";
      announce(byId("verdict").textContent ?? "");
    } else answer(typed);
  });
  byId("reveal").addEventListener("click", () => answer(undefined));
  byId("again").addEventListener("click", () => {
    forgetAnswers();
    refresh();
  });
}

// ---- Descend: what the gradients are for

let running = 0;

export function stopDescent() {
  cancelAnimationFrame(running);
  running = 0;
  setText(byId("run"), "Run");
}

export function forgetDescent() {
  now.losses = [];
  stopDescent();
}

/** @type {() => boolean} whether there is anywhere to go from here */
function descend() {
  const moving = graph.leaves.filter((leaf) => leaf.moves);
  if (!now.losses.length) now.losses.push(graph.root.data);
  const to = moving.map((leaf) => leaf.data - now.eta * leaf.grad);
  byId("moves").replaceChildren(...moving.slice(0, 8).map((leaf, i) => item(
    `${leaf.name}: ${format(leaf.data)} − ${format(now.eta)} · ${inside(leaf.grad)} = ${format(to[i])}`)));
  moving.forEach((leaf, i) => { leaf.data = to[i]; });
  recompute();
  now.losses.push(graph.root.data);
  return Number.isFinite(graph.root.data) && now.losses.length < 10_000 && moving.length > 0;
}

export function showDescent() {
  /** @type {HTMLInputElement} */
  const field = byId("eta");
  if (document.activeElement !== field) field.value = format(now.eta);
  const { losses } = now;
  const moving = graph.leaves.filter((leaf) => leaf.moves);
  const name = graph.root.name;
  const start = losses[0] ?? graph.root.data;
  setText(byId("descent-words"), !moving.length ? "No value is marked to move: tick one below."
    : losses.length < 2 ? `Each step moves what is ticked below, ${names(moving)}, against its gradient: w −= η · w.grad. ${name} is ` +
      `${format(start)} now.`
      : `After ${count(losses.length - 1, "step")} ${name} is ${format(graph.root.data)}; it was ${format(start)}.` +
        (graph.root.data > start ? ` ${name} has grown: η is too large for these steps.` : ""));
  byId("moves").hidden = losses.length < 2;
  drawPlot(byId("descent-plot"), {
    label: `${name} after each step: from ${format(start)} to ${format(graph.root.data)} in ${count(Math.max(losses.length - 1, 0), "step")}.`,
    across: "steps", up: graph.root.caption,
    curves: [{ name: "real", points: losses.map((loss, i) => [i, loss]) }],
    marks: [{ name: "real", at: [Math.max(losses.length - 1, 0), graph.root.data] }],
  });
}

/** @param {() => void} refresh */
export function startDescent(refresh) {
  const step = () => {
    const more = descend();
    refresh();
    return more;
  };
  const told = () => announce(byId("descent-words").textContent ?? "");
  byId("one-step").addEventListener("click", () => {
    stopDescent();
    step();
    told();
  });
  byId("run").addEventListener("click", () => {
    if (running) {
      stopDescent();
      told();
      return;
    }
    setText(byId("run"), "Pause");
    let last = 0;
    /** @param {number} time */
    const frame = (time) => {
      if (time - last > 60) {
        last = time;
        if (!step()) {
          stopDescent();
          told();
          return;
        }
      }
      running = requestAnimationFrame(frame);
    };
    running = requestAnimationFrame(frame);
  });
  byId("reset").addEventListener("click", () => {
    forgetDescent();
    for (const leaf of graph.leaves) leaf.data = leaf.given;
    if (!isGiven()) throw new Error("a reset leads back to the numbers that were given");
    recompute();
    refresh();
    told();
  });
  /** @type {HTMLInputElement} */
  const field = byId("eta");
  field.addEventListener("input", () => {
    const eta = parse(field.value);
    field.setAttribute("aria-invalid", String(eta === undefined || !Number.isFinite(eta)));
    if (eta !== undefined && Number.isFinite(eta)) now.eta = eta;
    refresh();
  });
}
