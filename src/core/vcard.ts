/** One line of a vCard, continuation lines joined (RFC 6350, section 3.3). */
export interface VCardProperty {
  /** In upper case, without its group. */
  readonly name: string;
  /** Names in upper case; values as written, without quotes. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Escapes are still in it: what they mean depends on the property. */
  readonly value: string;
}

/**
 * The properties of a vCard of any version, in their order. What is no property is left out: other
 * people's programs write vCards.
 */
export function vCardProperties(vCard: string): VCardProperty[] {
  return vCard
    .replace(/\r?\n[ \t]/g, "")
    .split(/\r?\n/)
    .flatMap((line) => {
      const property = readProperty(line);
      return property === null ? [] : [property];
    });
}

/** The text of a value of one part, such as a name or an address. */
export function vCardText(value: string): string {
  return value
    .replace(/\\([nN,;:\\])/g, (_, escaped: string) => (/n/i.test(escaped) ? "\n" : escaped))
    .replace(/\s+/g, " ")
    .trim();
}

/** Name and addresses of the person that a vCard describes. */
export function vCardPerson(vCard: string): {
  readonly name: string | null;
  readonly addresses: readonly string[];
} {
  const properties = vCardProperties(vCard);
  const texts = (wanted: string) =>
    properties
      .filter(({ name }) => name === wanted)
      .map(({ value }) => vCardText(value))
      .filter((text) => text !== "");
  return { name: texts("FN")[0] ?? null, addresses: texts("EMAIL") };
}

/** `[group.]NAME[;PARAM=value]*:value`; a quoted parameter may hold semicolons and colons. */
function readProperty(line: string): VCardProperty | null {
  const head = /^(?:[\w-]+\.)?([\w-]+)((?:;(?:"[^"]*"|[^":])*)?):/.exec(line);
  if (head === null) return null;
  const [whole, name = "", parameters = ""] = head;
  return {
    name: name.toUpperCase(),
    parameters: new Map(
      [...parameters.matchAll(/;([\w-]+)(?:=((?:"[^"]*"|[^";])*))?/g)].map(
        ([, parameter = "", value = ""]) => [parameter.toUpperCase(), value.replaceAll('"', "")],
      ),
    ),
    value: line.slice(whole.length),
  };
}
