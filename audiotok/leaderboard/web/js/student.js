// Student's t for means whose distribution is skewed: audiotok/results/student.py, held equal by tests/leaderboard/page/paired.json.
// Influences are one number for each independent unit; strata are consecutive runs of units.

/** @typedef {{ deviation: number, skewness: number, error: number, units: number, freedom: number }} Spread */

const SMALL_SAMPLE = 6;
const TERMS = 200; // of the continued fraction: it converges in about the square root of the degrees of freedom

/**
 * How the mean of the influences varies.
 * @param {number[]} influences @param {number[]} strata sizes @returns {Spread}
 */
export function spreadOf(influences, strata) {
  const units = influences.length;
  let [squares, variance, cubes, start] = [0, 0, 0, 0];
  for (const n of strata) {
    const part = influences.slice(start, start + n);
    const mean = part.reduce((sum, value) => sum + value, 0) / n;
    const own = part.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    squares += own;
    variance += own * (n / Math.max(n - 1, 1));
    cubes += part.reduce((sum, value) => sum + (value - mean) ** 3, 0);
    start += n;
  }
  const deviation = Math.sqrt(variance / units);
  const skewness = squares > 0 ? (1 + SMALL_SAMPLE / units) * ((Math.sqrt(units) * cubes) / squares ** 1.5) : 0;
  return { deviation, skewness, error: deviation / Math.sqrt(units), units, freedom: units - strata.length };
}

/**
 * The ends of the 95% interval of a mean.
 * @param {number} value @param {Spread} spread @param {number} quantile of t at its degrees of freedom: 97.5%
 * @returns {[low: number, high: number]}
 */
export function intervalOf(value, spread, quantile) {
  const reach = quantile / Math.sqrt(spread.units);
  const [below, above] = [uncorrected(reach, spread), uncorrected(-reach, spread)];
  return [value - spread.deviation * Math.max(reach, below), value + spread.deviation * Math.max(reach, -above)];
}

/**
 * Two-sided p-value of the hypothesis that a mean is 0. There must be spread.
 * @param {number} value @param {Spread} spread
 */
export function pValue(value, { deviation, skewness: g, units, freedom }) {
  const t = value / deviation;
  const corrected = t + (g * t ** 2) / 3 + (g ** 2 * t ** 3) / 27 + g / (6 * units);
  return bothTails(Math.sqrt(units) * Math.min(Math.abs(t), Math.abs(corrected)), freedom);
}

/** The t whose corrected value is the quantile: the inverse of the cubic in `pValue`. @param {number} quantile @param {Spread} spread */
function uncorrected(quantile, { skewness: g, units }) {
  const shifted = quantile - g / (6 * units);
  return Math.abs(g) < 1e-6 ? shifted : (3 / g) * (Math.cbrt(1 + g * shifted) - 1);
}

/**
 * The probability that Student's t with whole degrees of freedom is at least as far from 0 as t > 0: the regularised
 * incomplete beta function I_x(freedom / 2, 1/2) at x = freedom / (freedom + t²).
 * @param {number} t @param {number} freedom
 */
export function bothTails(t, freedom) {
  const [x, rest] = [freedom / (freedom + t * t), (t * t) / (freedom + t * t)];
  let gammas = freedom % 2 ? 1 / Math.PI : 1 / 2; // Γ((f + 1) / 2) / (Γ(f / 2) √π), by recurrence over f
  for (let f = freedom % 2 ? 1 : 2; f < freedom; f += 2) gammas *= (f + 1) / f;
  const [a, b] = [freedom / 2, 1 / 2];
  const front = gammas * x ** a * Math.sqrt(rest);
  if (x < (a + 1) / (a + b + 2)) return (front / a) * fraction(x, a, b);
  return 1 - (front / b) * fraction(rest, b, a);
}

/** The continued fraction of the incomplete beta function, DLMF 8.17.22. @param {number} x @param {number} a @param {number} b */
function fraction(x, a, b) {
  let value = 1;
  for (let m = TERMS; m >= 1; m--) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m - 1) * (a + b + m - 1) * x) / ((a + 2 * m - 2) * (a + 2 * m - 1));
    value = 1 + odd / (1 + even / value);
  }
  return 1 / value;
}
