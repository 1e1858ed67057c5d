import { el } from "./dom.js";
import { icon } from "./icons.js";

/** A round button with a picture; the name is for those who hear the page, and for the tooltip. */
export function iconButton(iconName, label, click, { pressed, className = "" } = {}) {
  return el("button", { class: `icon-button ${className}`.trim(), type: "button", "aria-label": label, title: label, "aria-pressed": pressed === undefined ? null : String(pressed), click }, icon(iconName));
}

export function textButton(text, click, { pressed, iconName, className = "text-button", label } = {}) {
  return el("button", { class: className, type: "button", "aria-pressed": pressed === undefined ? null : String(pressed), "aria-label": label, click },
    iconName && icon(iconName), el("span", { text }));
}

export function setPressed(button, pressed) {
  const value = String(Boolean(pressed));
  if (button.getAttribute("aria-pressed") !== value) button.setAttribute("aria-pressed", value);
}
