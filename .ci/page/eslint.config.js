import js from "@eslint/js";

const browser = [
  "cancelAnimationFrame", "clearInterval", "clearTimeout", "document", "getComputedStyle", "history", "location", "matchMedia",
  "navigator", "requestAnimationFrame", "setInterval", "setTimeout", "window", "Blob", "Image", "ResizeObserver", "URL",
  "URLSearchParams", "XMLSerializer",
];

export default [
  js.configs.recommended,
  {
    languageOptions: { globals: Object.fromEntries(browser.map((name) => [name, "readonly"])) },
    rules: { "no-control-regex": "off", "eqeqeq": "error", "prefer-const": ["error", { destructuring: "all" }], "no-eval": "error",
      "no-implied-eval": "error", "no-new-func": "error", "no-shadow-restricted-names": "error", "no-unused-vars": "error",
      "max-len": ["error", { code: 150 }] },
  },
];
