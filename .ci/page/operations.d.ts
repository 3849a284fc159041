// What the page knows of the operations, which Python writes from its table.
export const OPERATIONS: Record<string, {
  value: (...inputs: number[]) => number;
  partials: ((...outputAndInputs: number[]) => number)[];
}>;
