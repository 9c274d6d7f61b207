export type Strength = "too-short" | "weak" | "fair" | "strong";

export const SHORTEST_PASSPHRASE = 8;

/**
 * A hint while somebody types, not a measure: how long a guesser who knows nothing about them
 * would need, by length and kinds of characters. Repeated characters count twice at most.
 */
export function passphraseStrength(passphrase: string): Strength {
  const characters = Array.from(passphrase);
  if (characters.length < SHORTEST_PASSPHRASE) return "too-short";
  const kinds = [
    [/\p{Ll}/u, 26],
    [/\p{Lu}/u, 26],
    [/\p{N}/u, 10],
    [/[^\p{L}\p{N}\s]/u, 33],
    [/\p{Lo}/u, 100],
  ] as const;
  const alphabet = kinds.reduce(
    (size, [kind, members]) => size + (kind.test(passphrase) ? members : 0),
    0,
  );
  const counted = Math.min(characters.length, 2 * new Set(characters).size);
  const bits = counted * Math.log2(alphabet);
  if (bits < 50) return "weak";
  return bits < 75 ? "fair" : "strong";
}
