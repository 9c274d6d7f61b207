import polyfill from "webextension-polyfill";

/**
 * Thunderbird's WebExtension API. The polyfill's own types know only what browsers have; the global
 * namespace `messenger` describes Thunderbird's.
 */
export const api = polyfill as unknown as typeof messenger;
