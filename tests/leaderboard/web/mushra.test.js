import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { tar } from "../../../audiotok/leaderboard/web/js/tar.js";
import { spread } from "../../../audiotok/leaderboard/web/js/spread.js";

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
