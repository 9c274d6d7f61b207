import { headerField, type HeaderField } from "./header-fields.ts";
import { parseParameterizedValue } from "./content-type.ts";
import { latin1Text, octetsOf } from "../octets.ts";

/**
 * The Content-Type field with one more parameter, otherwise byte for byte. A parameter of that name
 * that was there before is replaced, for which the whole field is written anew.
 * @param value printable ASCII
 */
export function withParameter(field: HeaderField, name: string, value: string): HeaderField {
  const start = latin1Text(field.raw).replace(/[\s;]+$/, "");
  const appended = headerField(octetsOf(`${start};\r\n ${name}="${value}"\r\n`));
  const before = parseParameterizedValue(field.value).parameters;
  const after = parseParameterizedValue(appended.value).parameters;
  // An open quote or comment in the old value would swallow what is appended to it.
  if (!before.has(name) && after.get(name) === value) return appended;
  return rewritten(field, new Map([...before, [name, value]]));
}

/** The Content-Type field without a parameter. */
export function withoutParameter(field: HeaderField, name: string): HeaderField {
  const { parameters } = parseParameterizedValue(field.value);
  return rewritten(field, new Map([...parameters].filter(([other]) => other !== name)));
}

function rewritten(field: HeaderField, parameters: ReadonlyMap<string, string>): HeaderField {
  const { value: type } = parseParameterizedValue(field.value);
  const written = [...parameters].map(([name, value]) =>
    /^[ -~]*$/.test(value)
      ? `${name}="${value.replace(/["\\]/g, "\\$&")}"`
      : `${name}*=utf-8''${percentEncoded(value)}`,
  );
  return headerField(octetsOf(`Content-Type: ${[type, ...written].join(";\r\n ")}\r\n`));
}

/** RFC 2231, section 7: an attribute-char stands for itself. */
function percentEncoded(value: string): string {
  return encodeURIComponent(value).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
