// What one can do beside stepping: nudge a number, predict a step, descend along the gradient.
import { firstLeaf, format, graph, isGiven, isWeight, now, parse, progressAt, recompute, stepAt, valuesWith } from "./state.js";
import { byId, drawPlot, element, follow, setAttribute, setText, signed } from "./picture.js";
import { count, gradient, inside, item, names, titleOf } from "./words.js";

/** @type {(text: string) => void} */
export function announce(text) {
  setText(byId("live"), text);
}

/**
 * Take numbers from a field. Where there is none, say so, for the eye and for the ear, when typing comes to a rest.
 * @param {HTMLInputElement} field
 * @param {string} place  the id of the paragraph in which it is said
 * @param {string} name  what the number is
 * @param {boolean} finite  whether it has to be
 * @param {() => number} get
 * @param {(number: number) => void} set
 */
export function listen(field, place, name, finite, get, set) {
  let resting = 0;
  setAttribute(field, "aria-describedby", place);
  const read = () => {
    const number = parse(field.value);
    return number !== undefined && finite && !Number.isFinite(number) ? undefined : number;
  };
  const told = () => {
    clearTimeout(resting);
    if (read() !== undefined) return;
    const typed = field.value.trim();
    const text = `${typed ? `“${typed}” is no ${finite && parse(typed) !== undefined ? "finite " : ""}number` : "The field is empty"}: ` +
      `${name} is still ${format(get())}. Type a number, such as 0.5, −2 or 1/3.`;
    setText(byId(place), text);
    announce(text);
  };
  field.addEventListener("input", () => {
    clearTimeout(resting);
    const number = read();
    setAttribute(field, "aria-invalid", String(number === undefined));
    if (number === undefined) resting = setTimeout(told, 800);
    else {
      setText(byId(place), "");
      set(number);
    }
  });
  field.addEventListener("change", told);
  field.addEventListener("blur", () => setAttribute(field, "aria-invalid", "false"));  // it has the number again that counts
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
  /** @type {(from: number, to: number, by: number) => string} */
  const way = (from, to, by) => `from ${format(from)} to ${format(from) === format(to) && by
    ? `${format(from)} ${by < 0 ? "−" : "+"} ${format(Math.abs(by), 4)}` : format(to)}`;
  const told = delta === 0 ? ["Δ is 0: nothing moves, and there is nothing to compare. Type another Δ, such as 0.1."] : [
    `${leaf.name} goes ${way(leaf.data, leaf.data + delta, delta)}.`,
    `Really, ${root.name} moves by ${signed(moved)}, ${way(before, after, moved)}.`,
    `The gradient predicts ${gradient(leaf)} · Δ = ${format(leaf.grad)} · ${inside(delta)} = ${signed(predicted)}.`,
    leaf.data + delta === leaf.data ? `Δ is too small: of ${format(leaf.data)} a computer keeps some 16 digits, and Δ changes none of them.`
      : !Number.isFinite(off) ? "There is no finite difference to compare."
        : off <= 1e-9 * Math.max(Math.abs(moved), Math.abs(predicted)) ? "The two are the same: here the curve is straight."
          : off <= 1e-14 * Math.max(Math.abs(before), Math.abs(after))
            ? `They differ by ${format(off, 2)}: that is rounding, since of ${root.name} a computer keeps some 16 digits.`
            : !leaf.grad ? "The gradient is 0, so no move is predicted. Make Δ smaller: the move shrinks faster than Δ."
            : `They differ by ${format(off, 2)}${shareOf(off / Math.abs(moved))}. Make Δ smaller: the two meet, because the gradient ` +
              "is the slope right here.",
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
    across: leaf.caption, up: root.caption, origin: [leaf.data, before],
    curves: [{ name: "real", points: curve }, { name: "tangent", points: tangent }],
    marks: [{ name: "here", at: [leaf.data, before] },
      { name: "tangent", at: [leaf.data + delta, before + predicted] },
      { name: "real", at: [leaf.data + delta, after] }],
  });
}

/** @type {(ratio: number) => string} */
const shareOf = (ratio) => !Number.isFinite(ratio) ? "" : ratio < 0.0001 ? ", less than 0.01 % of the move"
  : ratio <= 1 ? `, ${ratio > 0.095 ? Math.round(100 * ratio) : format(100 * ratio, 2)} % of the move`
    : `, ${ratio > 9.5 ? format(Math.round(ratio)) : format(ratio, 2)} times the move`;

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
    setText(byId("delta-problem"), "");
    refresh();
    const { leaf, values, predicted } = nudge();
    announce(`Δ is ${format(delta)}: ${graph.root.name} moves by ${signed(values[graph.root.i] - graph.root.data)}, ` +
      `${gradient(leaf)} times Δ is ${signed(predicted)}.`);
  };
  /** @type {HTMLInputElement} */
  const field = byId("delta");
  listen(field, "delta-problem", "Δ", true, () => now.delta, set);
  field.addEventListener("blur", () => { field.value = format(now.delta); });
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
  now.again.clear();
  setAttribute(byId("answer"), "aria-invalid", "false");
  setText(byId("verdict"), "");
  if (now.mode === "predict") now.position = graph.turn + 1;
}

function score() {
  const right = [...now.answers].filter(([, right]) => right);
  const second = right.filter(([key]) => now.again.has(key)).length;
  return `Score: ${right.length} of ${now.answers.size} right${second ? `, ${second} of them at the second try` : ""}`;
}

/**
 * What may have gone wrong with an answer.
 * @type {(typed: number, answer: number, position: number, sum: boolean) => string}
 */
function hintAt(typed, answer, position, sum) {
  const step = stepAt(now.order, position);
  if (!step) return "";
  const { edge: { node, partial, local }, upstream, contribution } = step;
  return isRight(-typed, answer) ? "Look at the sign." : sum
    ? isRight(typed, contribution) ? "That is the last contribution alone: add what was there before it." : "Add it to what was there before it."
    : isRight(typed, local) ? `That is ${partial} alone.` : isRight(typed, upstream) ? `That is ${gradient(node)} alone.`
      : `It is ${gradient(node)} · ${partial}.`;
}

export function showPredict() {
  const question = openQuestion();
  byId("ask").hidden = !question;
  const step = stepAt(now.order, now.position);
  if (question && step) {
    setText(byId("ask-title"), titleOf(step.edge));
    setText(byId("question"), question.ask);
    const { node, parent, partial } = step.edge;
    setText(byId("hint"), question.sum ? `What it was before stands in the box of ${parent.name}. Within 1 % is right.`
      : `${gradient(node)} stands in its box, ${partial} on the edge. A product will do as an answer. Within 1 % is right.`);
  }
  setText(byId("score"), now.answers.size ? score() : "");
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
  /** @type {(verdict: string, look: string, further?: string) => void} */
  const tell = (verdict, look, further = "") => {
    setText(byId("verdict"), verdict);
    byId("verdict").className = look;
    announce(`${verdict} ${further}`);
  };
  /** @param {number | undefined} typed */
  const answer = (typed) => {
    const question = openQuestion();
    if (!question) return;
    const right = typed !== undefined && isRight(typed, question.answer);
    if (typed !== undefined && !right && !now.again.has(question.key)) {
      now.again.add(question.key);
      tell(`✗ Not ${format(typed)}. ${hintAt(typed, question.answer, now.position, question.sum)} Try once more.`, "warning");
      field.select();
      return;
    }
    now.answers.set(question.key, right);
    field.value = "";
    refresh();
    tell(right ? `✓ Right: ${question.told}.` : `${typed === undefined ? "" : `✗ Not ${format(typed)}. `}It is ${question.told}.`,
      right ? "good" : "warning", openQuestion()?.ask ?? "Press Next for the next step.");
    if (openQuestion()) field.focus();
    else byId("next").focus();
  };
  field.addEventListener("input", () => setAttribute(field, "aria-invalid", "false"));
  byId("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    const typed = parse(field.value);
    field.setAttribute("aria-invalid", String(typed === undefined));
    if (typed === undefined) {
      tell(`${field.value.trim() ? `“${field.value.trim()}” is no number.` : "The field is empty."} Type a number, or a product or sum ` +
        "of numbers, such as 0.5 · 2.", "");
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
    `${leaf.name}: ${format(leaf.data)} − ${inside(now.eta)} · ${inside(leaf.grad)} = ${format(to[i])}`)));
  const still = moving.every((leaf, i) => leaf.data === to[i]);
  moving.forEach((leaf, i) => { leaf.data = to[i]; });
  recompute();
  now.losses.push(graph.root.data);
  return Number.isFinite(graph.root.data) && now.losses.length < 10_000 && !still;
}

/** @type {(start: number) => string} */
function outcome(start) {
  const { root } = graph;
  if (!Number.isFinite(root.data)) return " No step leads on from there: η is too large. Reset, and take a smaller one.";
  if (now.eta === 0) return " With η = 0 nothing moves.";
  if (graph.leaves.every((leaf) => !leaf.moves || leaf.grad === 0)) return " The gradients are 0: here it is level, and nothing moves.";
  if (root.data <= start) return "";
  return now.eta < 0 ? ` ${root.name} has grown: with η below 0 the steps go uphill.` : ` ${root.name} has grown: η is too large.`;
}

/** Why some leaves are not ticked, where that goes by their names. */
const guessed = () => graph.leaves.some(isWeight) && graph.leaves.some((leaf) => !leaf.moves)
  ? " At first only names that begin with w, θ or b are ticked, as parameters' do." : "";

export function showDescent() {
  /** @type {HTMLInputElement} */
  const field = byId("eta");
  if (document.activeElement !== field) field.value = format(now.eta);
  const { losses } = now;
  const moving = graph.leaves.filter((leaf) => leaf.moves);
  const name = graph.root.name;
  const start = losses[0] ?? graph.root.data;
  setText(byId("descent-words"), !moving.length ? "No value is marked to move: tick one below."
    : losses.length < 2 ? `Each step moves what is ticked below, ${names(moving)}, a little against its gradient: ` +
      `${moving[0].name} −= η · ${gradient(moving[0])}. η, the learning rate, says how far. ${name} is ${format(start)} now.${guessed()}`
      : `After ${count(losses.length - 1, "step")} ${name} is ${format(graph.root.data)}; it was ${format(start)}.${outcome(start)}`);
  byId("moves").hidden = losses.length < 2;
  drawPlot(byId("descent-plot"), {
    label: `${name} after each step: from ${format(start)} to ${format(graph.root.data)} in ${count(Math.max(losses.length - 1, 0), "step")}.`,
    across: "steps", up: graph.root.caption, origin: [0, start], reach: Math.max(losses.length - 1, 10),
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
  listen(field, "eta-problem", "η", true, () => now.eta, (eta) => {
    now.eta = eta;
    refresh();
  });
  field.addEventListener("blur", () => { field.value = format(now.eta); });
}
