// Where the reader is: #/part/part?name=value. It is all the state there is, so that every view can be linked to.

export function readState() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  return {
    path: path.split("/").filter(Boolean).map(decode),
    params: Object.fromEntries(new URLSearchParams(query)),
  };
}

function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a lone "%" that somebody typed
  }
}

export function linkTo(path, params = {}) {
  const kept = Object.entries(params).filter(([, value]) => value !== undefined && value !== "" && value !== null);
  const query = new URLSearchParams(kept).toString();
  return `#/${path.map(encodeURIComponent).join("/")}${query ? `?${query}` : ""}`;
}

export function go(path, params) {
  location.hash = linkTo(path, params);
}

/** Change parameters in place: undefined removes one. It makes no step in the browser's history. */
export function setParams(changes) {
  const { path, params } = readState();
  location.replace(linkTo(path, { ...params, ...changes }));
}

/** Change parameters as a step that Back undoes: questions, panels, sorting, filters. */
export function stepParams(changes) {
  const { path, params } = readState();
  go(path, { ...params, ...changes });
}

export function listParam(params, name) {
  return params[name] ? params[name].split(",").filter(Boolean) : [];
}

export function toggleInList(params, name, value) {
  const list = listParam(params, name);
  const next = list.includes(value) ? list.filter((item) => item !== value) : [...list, value];
  stepParams({ [name]: next.join(",") || undefined });
}
