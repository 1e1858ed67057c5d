import { setHidden, setText } from "../dom.js";

/** Asks before anything is changed. Resolves to the request's body, or to null. */
export function createConfirm(dialog) {
  const find = (name) => dialog.querySelector(`#confirm-${name}`);

  return (action, version) => new Promise((resolve) => {
    setText(find("title"), version ? `${action.verb} version ${version}?` : `${action.verb}?`);
    setText(find("text"), action.text);
    setText(find("yes"), action.verb);
    find("yes").classList.toggle("is-bad", Boolean(action.isBad));
    setHidden(find("percent-field"), !action.asksPercent);
    find("why").value = "";
    dialog.returnValue = "no";
    dialog.addEventListener("close", () => {
      if (dialog.returnValue !== "yes") return resolve(null);
      const wish = { why: find("why").value };
      if (action.asksPercent) wish.percent = Number(find("percent").value);
      return resolve(wish);
    }, { once: true });
    dialog.showModal();
  });
}
