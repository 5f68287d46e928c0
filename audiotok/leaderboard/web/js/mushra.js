// A MUSHRA listening test (ITU-R BS.1534) of what is shown, for webMUSHRA: its configuration, and the sounds beside it.

import { announce, download } from "./dom.js";
import { clipName, entryKey } from "./data.js";
import { amplitude, loadSample } from "./player.js";
import { spread } from "./spread.js";
import { tar } from "./tar.js";

/** BS.1534 allows twelve sounds; one is the hidden reference, which webMUSHRA adds, and one the anchor at 3.5 kHz. */
export const MOST_STIMULI = 10;
const LONGEST = 12; // seconds, of BS.1534

/** Save configs/audiotok-<suite>-<domain>.yaml and configs/resources/audiotok/, to unpack over webMUSHRA. */
export async function saveMushra(at, clips, rows) {
  const reference = rows.find((entry) => entry.id === "reference");
  if (!reference || !clips.length) return announce("MUSHRA needs the clean reference and a clip that all rows have");
  const systems = spread(rows.filter((entry) => entry.kind === "tokenizer"), MOST_STIMULI);
  const name = `audiotok-${at.suite}-${at.domain}`;
  const files = [];
  const pages = [];
  announce("Writing the listening test …");
  for (const clip of clips) {
    const folder = `configs/resources/audiotok/${fileName(clip.id)}`;
    const { length, sampleRate } = await loadSample(reference.samples[clip.id]);
    const samples = Math.min(length, LONGEST * sampleRate);
    const stimuli = [];
    for (const [key, entry] of [["reference", reference], ...systems.map((entry) => [fileName(entryKey(entry)), entry])]) {
      const path = `${folder}/${key}.wav`;
      const sound = (await loadSample(entry.samples[clip.id])).getChannelData(0);
      files.push([path, wav(ofLength(sound, samples), sampleRate, amplitude(entry.samples[clip.id]))]);
      if (entry !== reference) stimuli.push([key, path]);
    }
    pages.push({ id: fileName(clip.id), name: clipName(clip), reference: `${folder}/reference.wav`, stimuli });
  }
  files.unshift([`configs/${name}.yaml`, new TextEncoder().encode(configuration(name, pages))]);
  download(`${name}-mushra.tar`, "application/x-tar", tar(files));
  return announce(`Saved a listening test of ${systems.length} systems and ${clips.length} clips`);
}

/** webMUSHRA refuses sounds of other lengths than the reference's: they are cut at its end, or filled with silence. */
export function ofLength(values, samples) {
  const same = new Float32Array(samples);
  same.set(values.subarray(0, samples));
  return same;
}

/** The YAML that webMUSHRA reads, its pages in random order; a JSON string is a YAML string. Names are shown as HTML. */
export function configuration(name, pages) {
  const text = JSON.stringify;
  const page = ({ id, name: title, reference, stimuli }) => [
    "          - type: mushra",
    `            id: ${text(id)}`,
    `            name: ${text(asHtml(title))}`,
    '            content: "Rate the quality of each sound against the reference."',
    "            showWaveform: false",
    "            enableLooping: true",
    `            reference: ${text(reference)}`,
    "            createAnchor35: true",
    "            createAnchor70: false",
    "            stimuli:",
    ...stimuli.map(([key, path]) => `                ${text(key)}: ${text(path)}`),
  ];
  const lines = [
    `testname: ${text(name)}`,
    `testId: ${text(name)}`,
    "bufferSize: 2048",
    "stopOnErrors: true",
    "showButtonPreviousPage: true",
    "remoteService: service/write.php",
    "pages:",
    "    -",
    "          - random",
    ...pages.flatMap(page),
    "    - type: finish",
    '      name: "Thank you"',
    '      content: "Thank you for listening."',
    "      showResults: true",
    "      writeResults: true",
  ];
  return `${lines.join("\n")}\n`;
}

function fileName(text) {
  return text.replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^-|-$/g, "");
}

function asHtml(text) {
  const line = text.replace(/\s+/g, " ");
  return line.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

/** Samples of one channel as 16-bit PCM in a RIFF file, times `gain`. */
function wav(samples, sampleRate, gain) {
  const view = new DataView(new ArrayBuffer(44 + 2 * samples.length));
  const ascii = (at, text) => [...text].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  ascii(0, "RIFF");
  view.setUint32(4, 36 + 2 * samples.length, true);
  ascii(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // mono
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, 2 * sampleRate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  ascii(36, "data");
  view.setUint32(40, 2 * samples.length, true);
  samples.forEach((value, i) => view.setInt16(44 + 2 * i, Math.round(32767 * Math.max(-1, Math.min(1, gain * value))), true));
  return new Uint8Array(view.buffer);
}
