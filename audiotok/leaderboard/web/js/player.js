// One player for the page: samples are loaded when they are played, and switching keeps the position to the sample.
//
// A sample is a script that hands over its bytes (audiotokSample): a page opened from disk may load a script beside it
// but not fetch a file. Decoded, all are at the audio context's rate, so two of them are switched by starting the other
// at the same offset under a fade that is too short to hear and long enough not to click. Gains that match loudness are
// applied here; see page/loudness.py.

const FADE = 0.012; // seconds
const RATE = 48000; // Hz, of decoded samples
const pending = new Map(); // sample name -> {resolve}
const decoded = new Map(); // sample name -> Promise<AudioBuffer>
/** @type {Map<() => void, Element | null>} */
const listeners = new Map(); // -> the part of the page that it keeps in step
/** @type {AudioContext | undefined} */
let context;

/**
 * @type {{
 *   name: string | null, wanted: string | null, buffer: AudioBuffer | null, playing: boolean, loop: boolean,
 *   matched: boolean, gains: Map<string, number>,
 *   offset: number, startedAt: number, voice: {source: AudioBufferSourceNode, gain: GainNode} | null,
 * }}
 */
export const player = {
  name: null, // the sample that sounds, or is about to
  wanted: null, // the one that was chosen last
  buffer: null,
  playing: false,
  loop: true,
  matched: true, // loudness
  gains: new Map(), // sample name -> dB
  offset: 0, // seconds, where it stands while it does not play
  startedAt: 0,
  voice: null,
};

window.audiotokSample = (name, base64) => {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  pending.get(name)?.resolve(bytes.buffer);
  pending.delete(name);
};

/** The decoded sample. The first call loads it. */
export function loadSample(name) {
  if (!decoded.has(name))
    decoded.set(
      name,
      // An audio context would have to wait for the reader to press something.
      fetchSample(name).then((bytes) => new OfflineAudioContext(1, 1, RATE).decodeAudioData(bytes)),
    );
  return decoded.get(name);
}

function fetchSample(name) {
  return new Promise((resolve, reject) => {
    pending.set(name, { resolve });
    const script = document.createElement("script");
    script.src = `samples/${name}.js`;
    script.onerror = () => {
      decoded.delete(name);
      reject(new Error("The sample is missing: keep the folder “samples” beside the page."));
    };
    script.onload = () => script.remove();
    document.head.append(script);
  });
}

function audioContext() {
  context ??= new AudioContext();
  return context;
}

export function position() {
  if (!player.playing || !player.buffer) return player.offset;
  const elapsed = audioContext().currentTime - player.startedAt;
  return player.loop ? elapsed % player.buffer.duration : Math.min(elapsed, player.buffer.duration);
}

/** Sound this sample from where the last one of the same clip stands; from the start if `fresh`. */
export async function play(name, fresh = false) {
  audioContext().resume();
  player.wanted = name;
  const buffer = await loadSample(name);
  if (player.wanted !== name) return; // another one was chosen while this one loaded
  const at = fresh ? 0 : position() % buffer.duration;
  silence();
  const output = audioContext();
  const voice = { source: output.createBufferSource(), gain: output.createGain() };
  const now = output.currentTime;
  voice.source.buffer = buffer;
  voice.source.loop = player.loop;
  voice.source.connect(voice.gain).connect(output.destination);
  voice.gain.gain.setValueAtTime(0, now);
  voice.gain.gain.linearRampToValueAtTime(amplitude(name), now + FADE);
  voice.source.start(now, at);
  voice.source.onended = () => {
    if (player.voice === voice) pause(true);
  };
  Object.assign(player, { name, buffer, voice, playing: true, startedAt: now - at });
  notify();
}

/** What a sample is multiplied by as it is played. */
export function amplitude(name) {
  return player.matched ? 10 ** ((player.gains.get(name) ?? 0) / 20) : 1;
}

export function setMatched(on) {
  player.matched = on;
  if (player.voice) player.voice.gain.gain.setTargetAtTime(amplitude(player.name), audioContext().currentTime, FADE);
}

function silence() {
  if (!player.voice) return;
  const { source, gain } = player.voice;
  const now = audioContext().currentTime;
  player.voice = null;
  gain.gain.cancelScheduledValues(now);
  gain.gain.setValueAtTime(gain.gain.value, now);
  gain.gain.linearRampToValueAtTime(0, now + FADE);
  source.stop(now + FADE);
}

export function pause(ended = false) {
  player.offset = ended ? 0 : position();
  silence();
  player.playing = false;
  player.wanted = null;
  notify();
}

export function seek(seconds) {
  player.offset = seconds;
  if (!player.playing) return notify();
  player.playing = false;
  return play(player.name);
}

export function setLoop(on) {
  player.offset = position();
  player.loop = on;
  if (player.playing) {
    player.playing = false;
    play(player.name);
  }
}

/**
 * Call `changed` whenever the player does something else, as long as `node` is on the page; without one, for ever.
 * @param {() => void} changed @param {Element | null} node
 */
export function onChange(changed, node = null) {
  listeners.set(changed, node);
}

/** Let go of the views that have left the page. */
export function forgetViews() {
  for (const [listener, node] of listeners) if (node && !node.isConnected) listeners.delete(listener);
}

function notify() {
  for (const [listener, node] of listeners) if (!node || node.isConnected) listener();
}
