import { _SHA1 } from "@noble/hashes/legacy.js";
import { _SHA256 } from "@noble/hashes/sha2.js";

/**
 * A digest over its own result, again and again, on one block that is padded once: several times
 * faster than a new hash object each time, of which deriving a key takes hundreds of thousands.
 */
export interface RepeatedDigest {
  run(rounds: number): void;
  result(): Uint8Array;
}

/** FIPS 180-4, section 5.1.1: the message, a one, zeros, and the length in bits. */
function padded(digest: Uint8Array): DataView {
  const block = new Uint8Array(64);
  block.set(digest);
  block[digest.length] = 0x80;
  const words = new DataView(block.buffer);
  words.setUint32(60, 8 * digest.length);
  return words;
}

const [a1, b1, c1, d1, e1] = new (class extends _SHA1 {
  initial() {
    return this.get();
  }
})().initial();

export class RepeatedSha1 extends _SHA1 implements RepeatedDigest {
  readonly #words: DataView;

  /** @param digest 20 octets, taken as the result of the round before */
  constructor(digest: Uint8Array) {
    super();
    this.#words = padded(digest);
  }

  run(rounds: number): void {
    const words = this.#words;
    for (let round = 0; round < rounds; round++) {
      this.set(a1, b1, c1, d1, e1);
      this.process(words, 0);
      const [a, b, c, d, e] = this.get();
      words.setInt32(0, a);
      words.setInt32(4, b);
      words.setInt32(8, c);
      words.setInt32(12, d);
      words.setInt32(16, e);
    }
  }

  result(): Uint8Array {
    return new Uint8Array(this.#words.buffer.slice(0, 20));
  }
}

const [a0, b0, c0, d0, e0, f0, g0, h0] = new (class extends _SHA256 {
  initial() {
    return this.get();
  }
})().initial();

export class RepeatedSha256 extends _SHA256 implements RepeatedDigest {
  readonly #words: DataView;

  /** @param digest 32 octets, taken as the result of the round before */
  constructor(digest: Uint8Array) {
    super();
    this.#words = padded(digest);
  }

  run(rounds: number): void {
    const words = this.#words;
    for (let round = 0; round < rounds; round++) {
      this.set(a0, b0, c0, d0, e0, f0, g0, h0);
      this.process(words, 0);
      words.setInt32(0, this.A);
      words.setInt32(4, this.B);
      words.setInt32(8, this.C);
      words.setInt32(12, this.D);
      words.setInt32(16, this.E);
      words.setInt32(20, this.F);
      words.setInt32(24, this.G);
      words.setInt32(28, this.H);
    }
  }

  result(): Uint8Array {
    return new Uint8Array(this.#words.buffer.slice(0, 32));
  }
}
