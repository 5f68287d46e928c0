// Blind tests as data: which sound is behind which letter, what was answered, and how likely that is by guessing.

/** Which of the two comes first (A/B) or is X (ABX) in each trial: 0 or 1, drawn by `random` (a number below 1). */
export function drawTrials(count, random = Math.random) {
  return Array.from({ length: count }, () => ({ first: random() < 0.5 ? 0 : 1, answer: null }));
}

/** Probability that a guesser is right at least `right` times of `count`. */
export function byGuessing(right, count) {
  let [term, sum] = [2 ** -count, 0];
  for (let k = 0; k <= count; k++) {
    if (k >= right) sum += term;
    term *= (count - k) / (k + 1);
  }
  return Math.min(1, sum);
}

/**
 * What came of a test. ABX: {right, of, p}, p one-sided. A/B: {preferred: [of the first, of the second], ties, p}, p of a
 * two-sided sign test over the trials with a preference. Answers: ABX 0 or 1, the one X is said to be; A/B 0 or 1, the
 * letter that is preferred, or "equal".
 */
export function outcome(kind, trials) {
  const answered = trials.filter(({ answer }) => answer !== null);
  if (kind === "abx") {
    const right = answered.filter(({ first, answer }) => first === answer).length;
    return { right, of: answered.length, p: byGuessing(right, answered.length) };
  }
  const chosen = answered.filter(({ answer }) => answer !== "equal").map(({ first, answer }) => (answer === 0 ? first : 1 - first));
  const preferred = [0, 1].map((system) => chosen.filter((one) => one === system).length);
  const p = Math.min(1, 2 * byGuessing(Math.max(...preferred), chosen.length));
  return { preferred, ties: answered.length - chosen.length, p };
}
