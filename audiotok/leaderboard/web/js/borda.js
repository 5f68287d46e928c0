// The Borda count of a band, by pairs, under the reader's weights. With equal weights it is page/order.py's: both are held
// against tests/leaderboard/page/borda.json.

/**
 * An entry's count over the questions that it shares with each rival. Undefined where no rival shares one.
 *
 * value: from 0 to 1; rivals: how many share a question with it; fewest, most: how many are shared with a rival, out of
 * `of` that count; behind: why it may not lead.
 * @param {Order} order @param {number} index of the entry @param {Record<string, number>} weights of questions, else 1
 */
export function bordaIn(order, index, weights) {
  const counted = Object.entries(order.questions)
    .map(([question, points]) => ({ weight: weights[question] ?? 1, points }))
    .filter(({ weight }) => weight > 0);
  const own = order.who.indexOf(index);
  let [won, all] = [0, 0];
  /** @type {number[]} */
  const shared = [];
  order.who.forEach((_, rival) => {
    if (rival === own) return;
    const at = pairIndex(order.who.length, Math.min(own, rival), Math.max(own, rival));
    const known = counted.flatMap(({ weight, points }) => {
      const share = points[at];
      return share === null ? [] : [{ weight, share }];
    });
    if (!known.length) return;
    const total = known.reduce((sum, { weight }) => sum + weight, 0);
    const first = known.reduce((sum, { weight, share }) => sum + weight * share, 0) / total;
    won += (own < rival ? first : 1 - first) / order.alike[rival];
    all += 1 / order.alike[rival];
    shared.push(known.length);
  });
  if (!shared.length) return undefined;
  const [fewest, most] = [Math.min(...shared), Math.max(...shared)];
  return { value: won / all, rivals: shared.length, fewest, most, of: counted.length, behind: order.behind[index] };
}

/**
 * Where the two at i < j stand among the pairs of n, as itertools.combinations lists them.
 * @param {number} n @param {number} i @param {number} j
 */
export function pairIndex(n, i, j) {
  return i * n - (i * (i + 1)) / 2 + j - i - 1;
}
