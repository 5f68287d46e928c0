// A picture of a sound: short-time spectra in dB over time, computed where it is shown.

const SIZE = 1024; // samples per window
const FLOOR = -85; // dB below the loudest bin, drawn black
const COLUMNS = 640; // at most

/** Draw the samples (Float32Array at `rate` Hz) on a canvas, from 0 to `top` Hz; drawingLibraries() must be there. */
export function drawSpectrogram(canvas, samples, rate, top) {
  const hop = Math.max(128, Math.ceil((samples.length - SIZE) / COLUMNS));
  const columns = Math.max(1, Math.floor((samples.length - SIZE) / hop) + 1);
  const bins = Math.min(SIZE / 2, Math.round((top / rate) * SIZE));
  const power = new Float32Array(columns * bins);
  const re = new Float32Array(SIZE);
  const im = new Float32Array(SIZE);
  let loudest = 1e-12;
  for (let column = 0; column < columns; column++) {
    for (let i = 0; i < SIZE; i++) {
      re[i] = (samples[column * hop + i] ?? 0) * WINDOW[i];
      im[i] = 0;
    }
    fft(re, im);
    for (let bin = 0; bin < bins; bin++) {
      const value = re[bin] ** 2 + im[bin] ** 2;
      power[column * bins + bin] = value;
      if (value > loudest) loudest = value;
    }
  }
  canvas.width = columns;
  canvas.height = bins;
  const context = canvas.getContext("2d");
  const palette = magma();
  const image = context.createImageData(columns, bins);
  for (let column = 0; column < columns; column++) {
    for (let bin = 0; bin < bins; bin++) {
      const db = 10 * Math.log10(power[column * bins + bin] / loudest + 1e-12);
      const shade = Math.round(255 * Math.min(1, Math.max(0, 1 - db / FLOOR)));
      image.data.set(palette[shade], 4 * ((bins - 1 - bin) * columns + column));
    }
  }
  context.putImageData(image, 0, 0);
}

const WINDOW = Float32Array.from({ length: SIZE }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / SIZE));
/** @type {number[][] | undefined} */
let colours;

function magma() {
  colours ??= Array.from({ length: 256 }, (_, i) => {
    const { r, g, b } = d3.rgb(d3.interpolateMagma(i / 255));
    return [r, g, b, 255];
  });
  return colours;
}
const REVERSED = Uint16Array.from({ length: SIZE }, (_, i) => {
  let reversed = 0;
  for (let bit = 1, j = i; bit < SIZE; bit <<= 1, j >>= 1) reversed = (reversed << 1) | (j & 1);
  return reversed;
});
const COS = Float32Array.from({ length: SIZE / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / SIZE));
const SIN = Float32Array.from({ length: SIZE / 2 }, (_, i) => Math.sin((2 * Math.PI * i) / SIZE));

/** In place, radix 2, SIZE points. */
export function fft(re, im) {
  for (let i = 0; i < SIZE; i++) {
    const j = REVERSED[i];
    if (j > i) {
      [re[i], re[j]] = [re[j], re[i]];
      [im[i], im[j]] = [im[j], im[i]];
    }
  }
  for (let half = 1; half < SIZE; half *= 2) {
    const step = SIZE / (2 * half);
    for (let start = 0; start < SIZE; start += 2 * half) {
      for (let k = 0; k < half; k++) {
        const [even, odd] = [start + k, start + k + half];
        const [c, s] = [COS[k * step], SIN[k * step]];
        const real = re[odd] * c + im[odd] * s;
        const imaginary = im[odd] * c - re[odd] * s;
        re[odd] = re[even] - real;
        im[odd] = im[even] - imaginary;
        re[even] += real;
        im[even] += imaginary;
      }
    }
  }
}
