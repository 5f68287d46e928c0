// Faults that a reader of the page would meet; layout is nobody's business here.

const browser = Object.fromEntries(
  [
    ...["document", "window", "location", "history", "navigator", "localStorage", "matchMedia", "performance"],
    ...["requestAnimationFrame", "setTimeout", "scrollTo", "scrollY", "CSS", "URL", "URLSearchParams", "Blob", "atob"],
    ...["Element", "Event", "ResizeObserver", "AudioContext", "OfflineAudioContext", "IntersectionObserver", "TextEncoder", "XMLSerializer", "Image", "d3", "Plot", "TableCore"],
  ].map((name) => [name, "readonly"]),
);
const rules = Object.fromEntries(
  [
    ...["no-undef", "no-unused-vars", "no-unreachable", "no-dupe-keys", "no-dupe-else-if", "no-const-assign", "no-redeclare"],
    ...["no-shadow-restricted-names", "no-unsafe-finally", "no-unsafe-negation", "no-self-assign", "no-sparse-arrays"],
    ...["no-fallthrough", "no-loss-of-precision", "no-implied-eval", "no-eval", "no-var", "prefer-const", "use-isnan"],
    ...["valid-typeof", "require-atomic-updates", "array-callback-return", "no-self-compare", "no-use-before-define"],
  ].map((name) => [name, "error"]),
);
rules["no-use-before-define"] = ["error", { functions: false, variables: false }];
rules["no-unused-vars"] = ["error", { argsIgnorePattern: "^_" }];
rules.eqeqeq = "error";

export default [
  { files: ["audiotok/leaderboard/web/js/*.js"], languageOptions: { globals: browser }, rules },
  { files: ["tests/leaderboard/web/*.js"], languageOptions: { globals: { TextEncoder: "readonly", URL: "readonly" } }, rules },
];
