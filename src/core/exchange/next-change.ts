import type { OwnKey } from "../ports.ts";
import type { Certificate } from "../trust/certificate.ts";
import { ANSWER_PERIOD, RENEWAL_PERIOD, SILENCE_PERIOD } from "./periods.ts";
import type { ExchangeInput } from "./state.ts";

/** What a failed path lacks may come into force at a time that nothing here knows of. */
const FAILED_PATH_PERIOD = 24 * 60 * 60 * 1000;

/**
 * Until when (exclusive) what is derived from the same facts stays the same; null for ever. May be
 * earlier than anything really changes, never later.
 * @param ownKeys all of the identity's: one that is not selected yet may be when its time comes
 */
export function nextChange(
  { theirs, signals, now }: ExchangeInput,
  ownKeys: readonly OwnKey[],
): Date | null {
  const moments: number[] = [];
  const add = (date: Date, ...periods: readonly number[]) => {
    for (const period of [0, ...periods]) {
      const moment = date.getTime() + period;
      // "Until" may be meant with or without that very millisecond.
      moments.push(moment, moment + 1);
    }
  };
  const addValidity = ({ notBefore, notAfter }: Certificate) => {
    add(notBefore);
    add(notAfter, -RENEWAL_PERIOD);
  };

  for (const { certificate } of ownKeys) addValidity(certificate);
  for (const { entry, path } of theirs) {
    addValidity(entry.certificate);
    add(entry.firstSeen, SILENCE_PERIOD);
    if (entry.lastSeen !== null) add(entry.lastSeen, SILENCE_PERIOD);
    if (path.ok) path.path.forEach(addValidity);
    else moments.push(now.getTime() + FAILED_PATH_PERIOD);
  }
  for (const { at } of signals) add(at, ANSWER_PERIOD, SILENCE_PERIOD);

  const next = moments
    .filter((moment) => moment > now.getTime())
    .reduce((earliest, moment) => Math.min(earliest, moment), Infinity);
  return next === Infinity ? null : new Date(next);
}
