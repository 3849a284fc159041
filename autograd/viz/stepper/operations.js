/** @type {Record<string, {value: (...inputs: number[]) => number, partials: ((...numbers: number[]) => number)[]}>} */
export const OPERATIONS = (() => {
  const power = (x, y) => y === 2 ? x * x : y === 0 || x === 1 ? 1 : x ** y;
  const sigmoid = (x) => { const e = Math.exp(-Math.abs(x)); return (x >= 0 ? 1 : e) / (1 + e); };
  const unary = (value, partial) => ({ value, partials: [partial] });
  return {
    add: { value: (x, y) => x + y, partials: [() => 1, () => 1] },
    subtract: { value: (x, y) => x - y, partials: [() => 1, () => -1] },
    multiply: { value: (x, y) => x * y, partials: [(out, x, y) => y, (out, x, y) => x] },
    divide: { value: (x, y) => x / y, partials: [(out, x, y) => 1 / y, (out, x, y) => -(out / y)] },
    power: {
      value: power,
      partials: [(out, x, y) => y === 0 ? 0 : y * power(x, y - 1),
        (out, x, y) => x === 0 ? y >= 0 ? 0 : out * Math.log(x) : out * Math.log(x)],
    },
    negative: unary((x) => -x, () => -1),
    absolute: unary(Math.abs, (out, x) => Number(x > 0) - Number(x < 0)),
    exp: unary(Math.exp, (out) => out),
    log: unary(Math.log, (out, x) => 1 / x),
    sqrt: unary(Math.sqrt, (out) => 0.5 / out),
    sin: unary(Math.sin, (out, x) => Math.cos(x)),
    cos: unary(Math.cos, (out, x) => -Math.sin(x)),
    tan: unary(Math.tan, (out) => 1 + out * out),
    tanh: unary(Math.tanh, (out) => 1 - out * out),
    sigmoid: unary(sigmoid, (out) => out * (1 - out)),
    relu: unary((x) => x < 0 ? 0 : x, (out) => out <= 0 ? 0 : 1),
    softplus: unary((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), (out, x) => sigmoid(x)),
    heaviside: unary((x) => x <= 0 ? 0 : 1, () => 0),
    sign: unary((x) => Number(x > 0) - Number(x < 0), () => 0),
  };
})();
