import { vCardProperties, vCardText, type VCardProperty } from "./vcard.ts";

/**
 * The first choice among the mail addresses of a vCard: the one with the lowest PREF (RFC 6350,
 * sections 5.3 and 6.4.2; "TYPE=PREF" in version 3), else the first. null where there is none.
 */
export function vCardAddress(vCard: string): string | null {
  const addresses = vCardProperties(vCard)
    .filter(({ name }) => name === "EMAIL")
    .map((property) => ({ address: vCardText(property.value), rank: rankOf(property) }))
    .filter(({ address }) => address !== "");
  const best = Math.min(...addresses.map(({ rank }) => rank));
  return addresses.find(({ rank }) => rank === best)?.address ?? null;
}

/** 1 to 100, or more without one. */
function rankOf({ parameters }: VCardProperty): number {
  const pref = Number(parameters.get("PREF") ?? NaN);
  if (pref > 0) return pref;
  return /\bPREF\b/i.test(parameters.get("TYPE") ?? "") ? 1 : Infinity;
}
