import { svg } from "../dom.js";
import { describeCover } from "./cover.js";

/** Draws a cover as inline SVG. It is decoration: the title beside it carries the name. */
export function coverView(subject, className = "cover") {
  const { style, shapes } = describeCover(subject);
  return svg("svg", { class: className, viewBox: "0 0 100 100", preserveAspectRatio: "xMidYMid slice", "aria-hidden": "true", focusable: "false", "data-style": style },
    shapes.map(({ tag, attrs }) => svg(tag, attrs)));
}

export const avatarView = (userId, className = "avatar") => coverView({ id: `listener ${userId}`, small: true }, `${className} round`);
