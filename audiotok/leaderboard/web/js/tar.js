// Several files as one: a tar archive (POSIX ustar), which needs no checksums of contents and no compression.

const BLOCK = 512;

/** [[path of at most 100 ASCII letters, or 155 of folders and 100 of a name, Uint8Array], …] -> Uint8Array. */
export function tar(files) {
  const parts = files.flatMap(([path, content]) => [header(path, content.length), content, new Uint8Array(-content.length & (BLOCK - 1))]);
  parts.push(new Uint8Array(2 * BLOCK));
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function header(path, size) {
  const block = new Uint8Array(BLOCK);
  const write = (at, text) => block.set(new TextEncoder().encode(text), at);
  const octal = (value, digits) => `${value.toString(8).padStart(digits, "0")}\0`;
  const [folder, name] = split(path);
  write(0, name);
  write(100, octal(0o644, 7));
  write(108, octal(0, 7)); // user
  write(116, octal(0, 7)); // group
  write(124, octal(size, 11));
  write(136, octal(0, 11)); // time
  write(148, " ".repeat(8)); // the checksum counts itself as blanks
  write(156, "0"); // a file
  write(257, "ustar\x0000");
  write(345, folder);
  write(148, `${octal(block.reduce((sum, byte) => sum + byte, 0), 6)} `);
  return block;
}

function split(path) {
  if (path.length <= 100) return ["", path];
  const at = path.lastIndexOf("/");
  if (at > 155 || path.length - at - 1 > 100) throw new RangeError(`a path of an archive has at most 155 and 100 letters, got ${path}`);
  return [path.slice(0, at), path.slice(at + 1)];
}
