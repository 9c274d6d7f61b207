/** A Date field (RFC 5322, section 3.3); null for what is none. The zone's name may stand behind it. */
export function dateValue(value: string): Date | null {
  const date = new Date(value.replace(/\s*\([^()]*\)\s*$/, ""));
  return Number.isNaN(date.getTime()) ? null : date;
}
