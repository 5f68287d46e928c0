// A comparison of two in a sentence: which questions each answers better, and where they cannot be told apart.

import { QUESTIONS } from "./data.js";

/** What a question keeps, as one would say it. */
const KEPT = {
  intelligibility: "words",
  perceptual: "perceived quality",
  signal: "the waveform",
  speaker: "the voice",
  prosody: "the melody of speech",
  distribution: "the sound as a whole",
  stability: "equal codes for equal sound",
};

/** [{question, winner: "a" | "b" | null}] of every tested metric -> sentences for who reads no table. */
export function inWords(tested, a, b) {
  if (!tested.length) return "No metric of the two can be compared.";
  const wins = (who, question) => tested.filter((one) => one.winner === who && one.question === question).length;
  const questions = [...new Set(tested.map(({ question }) => question))];
  const onlyFor = (who, other) => questions.filter((question) => wins(who, question) > 0 && wins(other, question) === 0);
  const mixed = questions.filter((question) => wins("a", question) > 0 && wins("b", question) > 0);
  const ties = tested.filter(({ winner }) => winner === null).length;
  const parts = [
    clause(a, onlyFor("a", "b")),
    clause(b, onlyFor("b", "a")),
    mixed.length > 0 && `metrics disagree on ${listed(mixed.map(kept))}`,
    ties === tested.length
      ? `${a} and ${b} do not differ significantly on any of ${tested.length} metrics`
      : ties > 0 && `they do not differ significantly on ${ties} of ${tested.length} metrics`,
  ].filter(Boolean);
  return `${parts.join("; ")}.`;
}

function clause(name, questions) {
  return questions.length > 0 && `${name} is better on ${listed(questions.map(kept))}`;
}

export function kept(question) {
  return KEPT[question] ?? (QUESTIONS[question] ?? question).toLowerCase();
}

/** "words", "words and the voice", "words, the voice and the waveform". */
export function listed(words) {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
