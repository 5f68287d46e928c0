// The page's data as its modules read it: what audiotok/leaderboard/page/data.py writes, unpacked by packed.js.
// Names are the fields' own; their meanings stand in page/data.py (Board), page/cell.py (Cell) and page/order.py (Order).

type Direction = "higher" | "lower" | "none";
type Rates = { band?: number; bitrate?: number; token_rate?: number; empirical_bitrate?: number; lm_bits?: number };

interface Table {
  key: string;
  suite: string;
  data: string;
  domain: string;
}

interface Suite {
  name: string;
  version: number | null;
  official: boolean;
  tables: Table[];
}

/** One metric on one data set and domain. */
interface Column {
  index: number;
  key: string;
  table: string;
  metric: string;
  title: string;
  short: string;
  question: string;
  unit: string;
  direction: Direction;
  text: string;
  signature: string;
  family: string;
  timed: boolean;
  digits: number;
  n: number;
  basis?: string;
  tested?: { who: number[]; scale: number; units: number } | null;
  bd?: { of: string[]; cells: (null | string | number[])[][]; short: Record<string, number>; needs: number } | null;
}

/** One entry's result in a column. */
interface Cell {
  n: number;
  v?: number;
  ci?: [number, number];
  rank?: [number, number, number];
  lead?: 1;
  bound?: number;
  twin?: number;
  why?: string;
  how?: string;
  sig?: string;
  judge?: string;
  state?: "undefined" | "failed";
  reason?: string;
  failed?: Record<string, string>;
  undefined?: Record<string, string>;
  clips?: [number, number][];
  all?: 1;
  groups?: Record<string, [number | null, number | null, number | null]>;
}

/** Totals and weights of clips in the order of their units: see page/paired_scores.py. One weight where all are equal. */
type Scores = [totals: number[], weights: number | number[]];

/** What is taken to be independent: where each unit starts among the clips, and how many units each stratum has. */
interface Units {
  starts: number[];
  strata: number[];
  quantile: number | null;
}

/** A tokenizer or an anchor: a submission, or what was scored here. */
interface Entry {
  index: number;
  id: string;
  title: string;
  name: string;
  family: string;
  kind: "tokenizer" | "anchor";
  origin: string;
  verified: any;
  card: Record<string, any> | null;
  commercial: string;
  conformance: Record<string, any> | null;
  environment: Record<string, any>;
  macs: { encode: number; decode: number | null } | null;
  provenance: Record<string, any>;
  rates: Record<string, Rates>;
  cells: Record<number, Cell>;
  absent: Record<string, number[]>;
  samples: Record<string, string>;
  gains?: Record<string, number>;
  history?: { date: string; commit: string; title: string; files: string[] }[];
  details: string;
  loaded?: boolean;
  missing?: string;
  scores?: Record<number, Scores>;
}

interface Clip {
  id: string;
  text?: string;
  language?: string;
  domain?: string;
  recipe?: string;
  of?: string;
  prompt?: number;
}

/** The Borda count of a band, by pairs. */
interface Order {
  who: number[];
  questions: Record<string, (number | null)[]>;
  alike: number[];
  total: (number | null)[];
  behind: Record<number, string>;
}

interface Published {
  title: string;
  group: string;
  header: string[];
  rows: string[][];
  marks: Record<string, { should_be: string; why: string }>;
}

interface Board {
  version: string;
  built: { date: string; commit: string };
  suites: Suite[];
  questions: Record<string, string>;
  groups: Record<string, string[]>;
  bands: string[];
  headline: string[];
  columns: Column[];
  units: Units[];
  order: Record<string, Record<string, Order>>;
  without: Record<string, Record<number, string>>;
  wins: Record<string, Record<string, number>>;
  clips: Clip[];
  entries: Entry[];
  refused: Record<string, string>;
  unscored: { id: string; title: string; card: Record<string, any>; commercial: string; bitrates: number[] }[];
  dates: { source: Record<string, string>; tables: Published[] };
}

/** What an address says: see state.js. */
type Params = Record<string, string>;

/** The suite, domain and parameters that a view shows. */
interface Place {
  suite: string;
  domain: string;
  params: Params;
}

// Libraries that page.html loads before the page's own script.
declare const Plot: any;
declare const d3: any;
declare const TableCore: any;

interface Window {
  audiotokScores: (name: string, details: any) => void;
  audiotokSample: (name: string, base64: string) => void;
}
