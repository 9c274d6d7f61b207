/**
 * A fingerprint for people to compare: groups of four upper-case digits.
 * @param fingerprint hexadecimal, any case, without separators
 */
export function fingerprintGroups(fingerprint: string): string[] {
  return fingerprint.toUpperCase().match(/.{1,4}/g) ?? [];
}
