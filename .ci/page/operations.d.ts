// What the page knows of the operations, which Python writes from its table: a rule gives the value and then the derivative
// by each input.
export const OPERATIONS: Record<string, { inputs: number; rule: (...inputs: number[]) => number[] }>;
