import { dateValue } from "./date-value.ts";

/**
 * Whether two readable values of a header field say the same to a person. Relays write mailboxes
 * with other quotes and spaces, and dates in another form or zone; that is no other content.
 */
export function isSameValue(name: string, one: string, other: string): boolean {
  if (name.toLowerCase() === "date") {
    const [date, otherDate] = [dateValue(one), dateValue(other)];
    if (date !== null && otherDate !== null) return date.getTime() === otherDate.getTime();
  }
  return plain(one) === plain(other);
}

function plain(value: string): string {
  return value
    .replace(/["\\]/g, "")
    .replace(/\s*([,;<>])\s*/g, "$1")
    .replace(/\s+/g, " ")
    .toLowerCase();
}
