import fc from "fast-check";
import { octets, text } from "./messages.ts";

/**
 * Structures that are nearly right: valid DER, and valid messages, changed in a few places in a way
 * that respects what they are built of, so that the changes are met deep inside the readers.
 */

/** What to do, where, and with which value; the latter two are taken modulo whatever there is. */
export interface Mutation {
  readonly kind: (typeof derKinds)[number] | (typeof textKinds)[number];
  readonly at: number;
  readonly value: number;
}

export const derKinds = [
  "flip",
  "truncate",
  "tag",
  "length",
  "indefinite",
  "remove",
  "duplicate",
  "replace",
  "swap",
  "empty",
  "grow",
  "cut",
  "octet",
  "nest",
] as const;

export const textKinds = [
  "flip-octet",
  "truncate-text",
  "remove-line",
  "duplicate-line",
  "swap-lines",
  "insert-token",
  "repeat",
] as const;

const mutationsOf = (kinds: readonly Mutation["kind"][]): fc.Arbitrary<Mutation[]> =>
  fc.array(fc.record({ kind: fc.constantFrom(...kinds), at: fc.nat(), value: fc.nat() }), {
    minLength: 1,
    maxLength: 4,
  });

/** For `mutatedDer`. */
export const derMutations = mutationsOf(derKinds);
/** For `mutatedText`. */
export const textMutations = mutationsOf(textKinds);

/** An element as a tree that can be written again; strings that hold DER are descended into. */
interface Node {
  tag: number;
  /** Of a BIT STRING: its count of unused bits. */
  prefix: readonly number[];
  content: Uint8Array | Node[];
  /** Replaces the length octets that are due. */
  length: readonly number[] | null;
  /** Follows the content: the end of an indefinite length. */
  suffix: readonly number[];
}

export function mutatedDer(der: Uint8Array, mutations: readonly Mutation[]): Uint8Array {
  let bytes = der;
  for (const mutation of mutations) bytes = mutateDer(bytes, mutation);
  return bytes;
}

function mutateDer(bytes: Uint8Array, { kind, at, value }: Mutation): Uint8Array {
  if (kind === "flip") return withOctet(bytes, at, value);
  if (kind === "truncate") return bytes.slice(0, at % (bytes.length + 1));
  const roots = readNodes(bytes);
  if (roots === null) return withOctet(bytes, at, value);
  const places: { node: Node; siblings: Node[] }[] = [];
  const collect = (siblings: Node[]): void => {
    for (const node of siblings) {
      places.push({ node, siblings });
      if (Array.isArray(node.content)) collect(node.content);
    }
  };
  collect(roots);
  const place = places[at % places.length];
  const other = places[value % places.length];
  if (place === undefined || other === undefined) return bytes;
  const { node, siblings } = place;
  const index = siblings.indexOf(node);
  switch (kind) {
    case "tag":
      node.tag =
        value % 2 === 0
          ? value & 0xff
          : ([1, 2, 3, 4, 5, 6, 0x30, 0x31, 0x80, 0xa0, 0xa1][value % 11] ?? 0);
      break;
    case "length":
      node.length = lengths[value % lengths.length] ?? [value & 0xff];
      break;
    case "indefinite":
      node.length = [0x80];
      node.tag |= 0x20;
      node.suffix = [0, 0];
      break;
    case "remove":
      siblings.splice(index, 1);
      break;
    case "duplicate":
      siblings.splice(index, 0, ...Array<Node>(1 + (value % 5)).fill(node));
      break;
    case "replace":
      return written(withReplaced(roots, node, writtenNode(other.node)));
    case "swap": {
      const next = siblings[(index + 1) % siblings.length];
      if (next === undefined) break;
      siblings[(index + 1) % siblings.length] = node;
      siblings[index] = next;
      break;
    }
    case "empty":
      node.content = new Uint8Array(0);
      break;
    case "grow":
      node.content = joined([flat(node.content), new Uint8Array(value % 4000).fill(value >> 12)]);
      break;
    case "cut": {
      const content = flat(node.content);
      node.content = content.slice(0, value % (content.length + 1));
      break;
    }
    case "octet":
      node.content = withOctet(flat(node.content), value >> 8, value);
      break;
    default:
      for (let depth = value % 60; depth > 0; depth--) node.content = [{ ...node }];
  }
  return written(roots);
}

/** Too short, too long, not the shortest, indefinite, enormous. */
const lengths: readonly (readonly number[])[] = [
  ...[[0], [1], [0x7f], [0x80], [0x81, 0], [0x81, 0xff], [0x82, 0xff, 0xff]],
  ...[
    [0x83, 1, 0, 0],
    [0x84, 0x7f, 0xff, 0xff, 0xff],
    [0x84, 0xff, 0xff, 0xff, 0xff],
  ],
  ...[[0x86, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], [0x88, 0, 0, 0, 0, 0, 0, 0, 1], [0xff]],
];

/** null unless these octets are whole elements of definite lengths. */
function readNodes(bytes: Uint8Array): Node[] | null {
  const nodes: Node[] = [];
  for (let at = 0; at < bytes.length;) {
    const tag = bytes[at] ?? 0;
    let length = bytes[at + 1] ?? 0x80;
    let start = at + 2;
    if (length > 0x84 || length === 0x80) return null;
    if (length > 0x80) {
      const size = length & 0x7f;
      length = 0;
      for (let index = 0; index < size; index++) length = length * 256 + (bytes[start++] ?? 0);
    }
    if (start + length > bytes.length) return null;
    const content = bytes.subarray(start, start + length);
    nodes.push(nodeOf(tag, content));
    at = start + length;
  }
  return nodes;
}

function nodeOf(tag: number, content: Uint8Array): Node {
  const node: Node = { tag, prefix: [], content, length: null, suffix: [] };
  const bits = tag === 0x03 && content[0] === 0;
  if ((tag & 0x20) === 0 && tag !== 0x04 && !bits) return node;
  const inner = bits ? content.subarray(1) : content;
  const children = inner.length === 0 ? null : readNodes(inner);
  if (children === null) return node;
  return { ...node, prefix: bits ? [0] : [], content: children };
}

function written(nodes: readonly Node[]): Uint8Array {
  return joined(nodes.map(writtenNode));
}

function writtenNode({ tag, prefix, content, length, suffix }: Node): Uint8Array {
  const inner = flat(content);
  const size = prefix.length + inner.length;
  const due = size < 0x80 ? [size] : [0x83, size >> 16, (size >> 8) & 0xff, size & 0xff];
  return joined([
    Uint8Array.of(tag, ...(length ?? due), ...prefix),
    inner,
    Uint8Array.from(suffix),
  ]);
}

function flat(content: Node["content"]): Uint8Array {
  return Array.isArray(content) ? written(content) : content;
}

/** The same tree with one node's octets taken literally. */
function withReplaced(nodes: readonly Node[], node: Node, octets: Uint8Array): Node[] {
  const [first] = readNodes(octets) ?? [];
  return nodes.map((one) => {
    if (one === node && first !== undefined) return first;
    if (!Array.isArray(one.content)) return one;
    return { ...one, content: withReplaced(one.content, node, octets) };
  });
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function withOctet(bytes: Uint8Array, at: number, value: number): Uint8Array {
  if (bytes.length === 0) return bytes;
  const copy = bytes.slice();
  const index = at % copy.length;
  copy[index] = (copy[index] ?? 0) ^ (1 + (value % 255));
  return copy;
}

/** What readers of messages take notice of. */
const tokens = [
  ...[
    "\r\n",
    "\n",
    "\r",
    "\0",
    "\r\n\r\n",
    ":",
    ";",
    "--",
    "=",
    "(",
    ")",
    '"',
    "\\",
    "<",
    ">",
    "@",
  ],
  ...["Content-Type: multipart/mixed; boundary=b\r\n", "Content-Type: text/html\r\n"],
  ...["Content-Type: multipart/signed; boundary=\r\n", "Content-Transfer-Encoding: base64\r\n"],
  ...[
    "Content-Type: application/pkcs7-mime; smime-type=compressed-data\r\n",
    "From: a@b.example\r\n",
  ],
  ...[
    "--b\r\n",
    "--b--\r\n",
    "name*0*=''%",
    "=?utf-8?B?",
    "=?utf-8?Q?=",
    "?=",
    "\t",
    " ",
    "\f",
    "\u00a0",
  ],
  ...["MIAGCSqGSIb3DQEHAqCAMIA=", "begin 644 x\r\n", "Content-Type: message/rfc822\r\n\r\n"],
];

export function mutatedText(message: Uint8Array, mutations: readonly Mutation[]): Uint8Array {
  let bytes = message;
  for (const mutation of mutations) bytes = mutateText(bytes, mutation);
  return bytes;
}

function mutateText(bytes: Uint8Array, { kind, at, value }: Mutation): Uint8Array {
  const whole = text(bytes);
  const lines = whole.split(/(?<=\n)/);
  const line = at % lines.length;
  const place = at % (whole.length + 1);
  switch (kind) {
    case "flip-octet":
      return withOctet(bytes, at, value);
    case "truncate-text":
      return bytes.slice(0, place);
    case "remove-line":
      return octets(lines.toSpliced(line, 1).join(""));
    case "duplicate-line":
      return octets(lines.toSpliced(line, 0, (lines[line] ?? "").repeat(1 + (value % 9))).join(""));
    case "swap-lines": {
      const taken = lines[line] ?? "";
      const rest = lines.toSpliced(line, 1);
      return octets(rest.toSpliced(value % lines.length, 0, taken).join(""));
    }
    case "insert-token": {
      const token = tokens[value % tokens.length] ?? "";
      return octets(whole.slice(0, place) + token + whole.slice(place));
    }
    default: {
      const piece = whole.slice(place, place + 1 + (value % 40));
      return octets(whole.slice(0, place) + piece.repeat(value % 200) + whole.slice(place));
    }
  }
}
