// Libraries that only figures and spectrograms need: half a megabyte that the board's first view does without.

const FILES = ["d3.min.js", "plot.umd.min.js"]; // the second uses the first

/** @type {Promise<void> | undefined} */
let loaded;

/** Resolves once d3 and Plot are there. The first call loads them; a failure is forgotten, so that the next tries again. */
export function drawingLibraries() {
  loaded ??= FILES.reduce((before, name) => before.then(() => load(name)), Promise.resolve()).catch((error) => {
    loaded = undefined;
    throw error;
  });
  return loaded;
}

/** @param {string} name @returns {Promise<void>} */
function load(name) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = `vendor/${name}`;
    script.onload = () => resolve();
    script.onerror = () => reject(new Error(`${name} is missing: keep the folder “vendor” beside the page.`));
    document.head.append(script);
  });
}
