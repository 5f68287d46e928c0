// Light or dark: the system's choice until the reader makes one.

import { byId, isDark } from "./dom.js";

/** Have the button change it; `render` draws the view anew, since figures have colours of their own. */
export function startTheme(render) {
  const root = document.documentElement;
  const button = byId("theme");
  const label = () => {
    button.textContent = isDark() ? "Light" : "Dark";
    button.setAttribute("aria-label", `Use the ${isDark() ? "light" : "dark"} colour theme`);
  };
  root.dataset.theme = stored("theme") ?? "";
  if (!root.dataset.theme) delete root.dataset.theme;
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    try {
      localStorage.setItem("audiotok-theme", root.dataset.theme);
    } catch {
      // no storage on this page: the choice lasts until it is closed
    }
    label();
    render();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    label();
    render();
  });
  label();
}

function stored(name) {
  try {
    return localStorage.getItem(`audiotok-${name}`);
  } catch {
    return null;
  }
}
