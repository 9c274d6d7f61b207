/**
 * An address in the form in which addresses are compared and stored: the domain in lower case and
 * as A-labels, the local part exactly as written, since only its own host may say which local parts
 * are the same (RFC 5321, 2.4; RFC 8550, section 3; RFC 9598, section 5).
 */
export function canonicalAddress(address: string): string {
  const at = address.lastIndexOf("@");
  if (at === -1) return address;
  return `${address.slice(0, at)}@${canonicalDomain(address.slice(at + 1))}`;
}

/** Both as anyone may have written them. */
export function sameAddress(one: string, other: string): boolean {
  return canonicalAddress(one) === canonicalAddress(other);
}

/** What is no domain name (an address literal, say) is only put in lower case. */
export function canonicalDomain(domain: string): string {
  const lower = domain.toLowerCase();
  // The parser of URLs would read more into a domain: ports, paths, user names, percent signs.
  if (!/[^\p{ASCII}]/u.test(lower) || /[\s\p{Cc}/\\?#@:%[\]<>^|]/u.test(lower)) return lower;
  try {
    return new URL(`http://${lower}/`).hostname;
  } catch {
    return lower;
  }
}
