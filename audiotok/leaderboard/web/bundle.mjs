// Writes page.js: the modules in js/ as one script, under the hash of their sources. Run it by `npm run bundle`.

import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const web = dirname(fileURLToPath(import.meta.url));
const modules = readdirSync(join(web, "js"))
  .filter((name) => name.endsWith(".js"))
  .sort();
const hash = createHash("sha256");
for (const name of modules) hash.update(readFileSync(join(web, "js", name)));

await build({
  entryPoints: [join(web, "js/main.js")],
  outfile: process.argv[2] ?? join(web, "page.js"),
  bundle: true,
  minify: true,
  format: "iife",
  charset: "utf8",
  target: "es2022",
  legalComments: "none",
  absWorkingDir: web,
  banner: { js: `// Made by npm run bundle from js/, sha256 ${hash.digest("hex")}` },
});
