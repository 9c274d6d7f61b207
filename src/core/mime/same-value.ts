/**
 * Whether two readable values of a header field say the same to a person. Relays write mailboxes
 * with other quotes and spaces, and dates in another form or zone; that is no other content.
 */
export function isSameValue(name: string, one: string, other: string): boolean {
  if (name.toLowerCase() === "date") {
    const times = [one, other].map((value) => Date.parse(value.replace(/\s*\([^()]*\)\s*$/, "")));
    if (times.every((time) => !Number.isNaN(time))) return times[0] === times[1];
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
