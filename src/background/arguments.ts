import { SmimeError } from "../core/errors.ts";

/** Arguments of requests come from the add-on's own pages, and are checked all the same. */

/** @throws SmimeError bad-request */
export function text(value: unknown): string {
  if (typeof value !== "string") throw new SmimeError("bad-request");
  return value;
}

/** @throws SmimeError bad-request */
export function bytes(value: unknown): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new SmimeError("bad-request");
  return value;
}

/** @throws SmimeError bad-request */
export function list<T>(value: unknown, item: (value: unknown) => T): T[] {
  if (!Array.isArray(value)) throw new SmimeError("bad-request");
  return value.map(item);
}
