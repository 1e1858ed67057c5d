import { api } from "./api.js";
import { el } from "./dom.js";

/**
 * Who is signed in. Asks for a key where the server wants one and nobody is. The key goes to the server once, in a header;
 * what stays is a cookie that no script can read. This page keeps nothing of it.
 * @param {{wants?: string[]}} needs `wants`: the roles that this page is for.
 * @returns {Promise<{keysAskedFor: boolean, role: string, name: string, userId: string|null}>}
 */
export async function signIn({ wants = ["operator", "client", "local"] } = {}) {
  let session = await ask();
  while (!wants.includes(session.role)) session = await letIn(session.role ? `${session.name} may not use this page.` : "");
  if (session.keysAskedFor) offerLeave(session);
  addEventListener("signed-out", () => location.reload(), { once: true });
  return session;
}

/** A server that still starts, or is gone for a moment, is asked again. */
async function ask() {
  for (;;) {
    try {
      return await api.session();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

function letIn(message) {
  const input = el("input", { class: "sign-in-input", id: "sign-in-key", type: "password", autocomplete: "off", spellcheck: "false", required: true, "aria-describedby": "sign-in-error" });
  const error = el("p", { class: "sign-in-error", id: "sign-in-error", role: "alert", text: message });
  const form = el("form", { class: "sign-in-form" },
    el("h2", { class: "panel-title", id: "sign-in-title", text: "Sign in" }),
    el("label", { class: "sign-in-label", for: "sign-in-key", text: "Key or token" }),
    input,
    error,
    el("button", { class: "pill sign-in-button", type: "submit", text: "Sign in" }));
  const dialog = el("dialog", { class: "sign-in", "aria-labelledby": "sign-in-title" }, form);
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const key = input.value.trim();
    input.value = "";
    try {
      const session = await api.signIn(key);
      dialog.close();
      dialog.remove();
      resolve(session);
    } catch (problem) {
      error.textContent = problem.message;
      input.focus();
    }
  }));
}

function offerLeave({ name }) {
  document.getElementById("top").append(el("button", {
    class: "text-button sign-out", type: "button", title: `Signed in with the key of ${name}`, text: "Sign out",
    click: async () => {
      await api.signOut();
      location.reload();
    },
  }));
}
