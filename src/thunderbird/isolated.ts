/** Embeddings, overrides and isolates: invisible, and able to turn round what stands beside them. */
const DIRECTION_CONTROLS = /[\u202A-\u202E\u2066-\u2069]/g;
const RIGHT_TO_LEFT =
  /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;

/** A name written from right to left does not take the words and dots around it along (UAX #9). */
export function isolated(value: string): string {
  const plain = value.replace(DIRECTION_CONTROLS, "");
  return RIGHT_TO_LEFT.test(plain) ? `\u2068${plain}\u2069` : plain;
}
