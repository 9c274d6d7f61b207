import type { DisplayProtocol } from "../core/protocol.ts";
import { client } from "../thunderbird/rpc.ts";

export const ask = client<DisplayProtocol>("display");

/**
 * What to show, asked for as the first thing this script does: while the question is on its way
 * there is time to read the rest of it, the HTML sanitiser above all.
 */
export const firstView = ask("display.view", { message: null });
