import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isQuotable } from "../../src/core/exchange/quotable.ts";
import { openMessage } from "../../src/core/smime/open.ts";
import { encryptMessage } from "../../src/core/smime/encrypt.ts";
import { signMessage } from "../../src/core/smime/sign.ts";
import { alice, bob, carlos, contextOf, signerOf, type Identity } from "../support/identities.ts";
import { plainMessage } from "../support/messages.ts";

const signingTime = new Date("2026-06-01T11:58:03Z");

function from(sender: Identity): Uint8Array {
  return plainMessage({ from: sender.address });
}
function signed(message: Uint8Array, signer: Identity): Promise<Uint8Array> {
  return signMessage(message, signerOf(signer), { signingTime, toBeEncrypted: true });
}
function forAlice(message: Uint8Array): Promise<Uint8Array> {
  return encryptMessage(message, [{ certificate: alice.encryption, capabilities: null }]);
}
async function quotable(message: Uint8Array, reader = alice): Promise<boolean> {
  return isQuotable(await openMessage(message, contextOf(reader)));
}

describe("the text of a message may be quoted", () => {
  it("from one envelope, signed by its sender or by nobody", async () => {
    assert.equal(await quotable(await forAlice(await signed(from(bob), bob))), true);
    assert.equal(await quotable(await forAlice(from(bob))), true);
  });

  it("not where it was not decrypted", async () => {
    assert.equal(await quotable(await forAlice(from(bob)), carlos), false);
    assert.equal(await quotable(await signed(from(bob), bob)), false);
    assert.equal(await quotable(from(bob)), false);
  });

  it("not from an envelope in an envelope", async () => {
    assert.equal(await quotable(await forAlice(await forAlice(from(bob)))), false);
  });

  it("not where a signature was put around somebody's ciphertext", async () => {
    const stolen = await forAlice(await signed(from(bob), bob));
    assert.equal(await quotable(await signed(stolen, carlos)), false);
  });

  it("not where another than the sender has signed it", async () => {
    assert.equal(await quotable(await forAlice(await signed(from(carlos), bob))), false);
  });
});
