import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import "./board.js";
import { tar } from "../../../audiotok/leaderboard/web/js/tar.js";
import { spread } from "../../../audiotok/leaderboard/web/js/spread.js";

const { configuration, ofLength } = await import("../../../audiotok/leaderboard/web/js/mushra.js");

test("an archive unpacks to what went in", () => {
  const folder = mkdtempSync(join(tmpdir(), "tar-"));
  const long = `configs/resources/audiotok/${"a".repeat(60)}/${"b".repeat(60)}.wav`;
  const files = [["configs/x.yaml", new TextEncoder().encode("pages:\n")], [long, Uint8Array.from({ length: 1500 }, (_, i) => i % 251)]];
  writeFileSync(join(folder, "all.tar"), tar(files));
  execFileSync("tar", ["-xf", "all.tar"], { cwd: folder });
  for (const [path, content] of files) assert.deepEqual(new Uint8Array(readFileSync(join(folder, path))), content);
  assert.throws(() => tar([["a".repeat(300), new Uint8Array()]]), RangeError);
});

test("a choice of many keeps both ends and is even between", () => {
  assert.deepEqual(spread([1, 2, 3], 10), [1, 2, 3]);
  assert.deepEqual(spread([0, 1, 2, 3, 4, 5, 6, 7, 8], 3), [0, 4, 8]);
});

test("sounds have the length of the reference, cut or filled with silence", () => {
  const sound = Float32Array.from([1, 2, 3]);
  assert.deepEqual([...ofLength(sound, 2)], [1, 2]);
  assert.deepEqual([...ofLength(sound, 5)], [1, 2, 3, 0, 0]);
});

test("a clip's words are text in webMUSHRA, which shows names as HTML", () => {
  const yaml = configuration("t", [{ id: "c", name: "“a\u2028<b>” & c", reference: "r.wav", stimuli: [["x", "x.wav"]] }]);
  assert.ok(yaml.includes('name: "“a &lt;b>” &amp; c"'));
});
