import { _SHA256 } from "@noble/hashes/sha2.js";

const [a0, b0, c0, d0, e0, f0, g0, h0] = new (class extends _SHA256 {
  initial() {
    return this.get();
  }
})().initial();

/**
 * SHA-256 over its own result, again and again, on one block that is padded once: several times
 * faster than a new hash object each time, of which deriving a key takes hundreds of thousands.
 */
export class RepeatedSha256 extends _SHA256 {
  readonly #block = new Uint8Array(64);
  readonly #words = new DataView(this.#block.buffer);

  /** @param digest 32 octets, taken as the result of the round before */
  constructor(digest: Uint8Array) {
    super();
    this.#block.set(digest);
    // FIPS 180-4, section 5.1.1: a one, zeros, and the length in bits.
    this.#block[32] = 0x80;
    this.#words.setUint32(60, 256);
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
    return this.#block.slice(0, 32);
  }
}
