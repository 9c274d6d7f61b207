import { ask } from "../components/background.ts";

/** As many contacts as a popup shows and a bit: these are there at once, the others follow. */
export const FIRST = 20;

let ahead =
  location.hash === "" ? ask("contacts.page", { identity: null, after: null, count: FIRST }) : null;

/**
 * The first answer, asked for before anything is drawn, so that it is on its way meanwhile. Once:
 * whoever comes later wants to know what is so by then. null also in a window that shows one
 * contact alone.
 */
export function takeFirstPage(): typeof ahead {
  const taken = ahead;
  ahead = null;
  return taken;
}
