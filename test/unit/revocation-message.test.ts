import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseCertificate } from "../../src/core/asn1/certificate.ts";
import { derSequence } from "../../src/core/asn1/der.ts";
import { openMessage } from "../../src/core/smime/open.ts";
import type { SignatureVerdict } from "../../src/core/smime/verdict.ts";
import type { RevocationInput } from "../../src/core/trust/revocation.ts";
import { readingAs } from "../support/engine.ts";
import { octets } from "../support/messages.ts";
import { createAuthority } from "../support/pki.ts";
import { encodedCrl, makeCrl } from "../support/revocation.ts";
import { craftMessage } from "../support/signed-data.ts";

const authority = createAuthority({ name: "Root", keyType: "p256" });
const impostor = createAuthority({ name: "Root", keyType: "p256" });
const alice = authority.issue({ name: "Alice", address: "alice@smime.example" });
const revoked = [{ certificate: alice, reason: "keyCompromise" as const }];
const signers = [{ certificate: await parseCertificate(alice.certificate), key: alice.privateKey }];
const now = new Date("2026-06-01T12:00:00Z");

async function signature(
  crls: readonly Uint8Array[] | undefined,
  revocation?: RevocationInput,
): Promise<SignatureVerdict> {
  const content = octets("Content-Type: text/plain\r\n\r\nShall we meet at noon?\r\n");
  const message = await craftMessage({
    content,
    signers,
    ...(crls === undefined ? {} : { crls }),
  });
  const context = await readingAs(alice, authority, now);
  return (
    await openMessage(message, { ...context, ...(revocation === undefined ? {} : { revocation }) })
  ).signature;
}

const reasonOf = ({ verdict, path }: SignatureVerdict): string =>
  path?.ok === false ? `${verdict} ${path.reason}` : verdict;

describe("a signature's certificate is asked about", () => {
  it("in the lists that come with it", async () => {
    assert.equal(
      reasonOf(await signature([await encodedCrl(authority, { revoked })])),
      "untrusted revoked",
    );
    const good = await signature([await encodedCrl(authority)]);
    assert.equal(reasonOf(good), "valid");
    assert.equal(good.path?.revocation[0]?.status.kind, "good");
  });

  it("in none that somebody else signed or that are nonsense", async () => {
    const crls = [await encodedCrl(impostor, { revoked }), derSequence(octets("nonsense"))];
    assert.equal(reasonOf(await signature(crls)), "valid");
  });

  it("in the lists that the reader has", async () => {
    const given = async (
      mode: RevocationInput["mode"],
      ...lists: Parameters<typeof makeCrl>[1][]
    ) => ({
      mode,
      crls: await Promise.all(lists.map((options) => makeCrl(authority, options))),
      ocspResponses: [],
    });
    assert.equal(
      reasonOf(await signature(undefined, await given("given", { revoked }))),
      "untrusted revoked",
    );
    assert.equal(reasonOf(await signature(undefined, await given("given"))), "valid");
    assert.equal(
      reasonOf(await signature(undefined, await given("strict"))),
      "untrusted revocation-unknown",
    );
    // What comes along is enough for a strict reader too.
    const list = await encodedCrl(authority);
    assert.equal(reasonOf(await signature([list], await given("strict"))), "valid");
  });
});
