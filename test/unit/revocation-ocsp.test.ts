import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { ocspRequest, parseOcspResponse } from "../../src/core/asn1/ocsp.ts";
import type { OcspResponse } from "../../src/core/asn1/ocsp.ts";
import { SmimeError } from "../../src/core/errors.ts";
import { certificateId } from "../../src/core/trust/ocsp-status.ts";
import type { PathVerdict } from "../../src/core/trust/path.ts";
import { alice, assertFails, authority, path, read, root } from "../support/paths.ts";
import { openssl, withFiles } from "../support/pki.ts";
import type { Authority, Issued } from "../support/pki.ts";
import { answerOcsp, makeCrl } from "../support/revocation.ts";

const leaf = root.issue(alice);
const nonce = Uint8Array.from({ length: 16 }, (_, at) => at);

// openssl's responder answers as of now.
const now = new Date();

async function request(
  certificate: Issued = leaf,
  issuer: Issued = root,
  digest: "SHA-1" | "SHA-256" = "SHA-1",
): Promise<Uint8Array> {
  const id = await certificateId(await read(certificate), await read(issuer), digest);
  return ocspRequest(id, nonce);
}

function parsed(encoded: Uint8Array): OcspResponse {
  const response = parseOcspResponse(encoded);
  assert.ok(response !== null);
  return response;
}

const check = (
  ocspResponses: readonly OcspResponse[],
  options: { readonly certificate?: Issued; readonly at?: Date; readonly issuer?: Authority } = {},
): Promise<PathVerdict> =>
  path(options.certificate ?? leaf, [options.issuer ?? root], [], {
    at: options.at ?? now,
    revocation: { crls: [], ocspResponses, mode: "strict" },
  });

const delegate = (options: Parameters<Authority["issue"]>[0] | object = {}, issuer = root) =>
  issuer.issue({
    name: "Responder",
    keyType: "p256",
    keyUsage: "digitalSignature",
    extendedKeyUsage: "OCSPSigning",
    extensions: ["noCheck=ignored"],
    ...options,
  });

describe("an OCSP request", () => {
  it("is what openssl reads", async () => {
    for (const digest of ["SHA-1", "SHA-256"] as const) {
      const encoded = await request(leaf, root, digest);
      const text = withFiles({ encoded }, (file) =>
        openssl(["ocsp", "-reqin", file("encoded"), "-req_text"]).toString(),
      );
      const serial = (await read(leaf)).serialNumber.replace(/^00/, "").toUpperCase();
      assert.match(text, new RegExp(`Hash Algorithm: ${digest.replace("-", "").toLowerCase()}`));
      assert.match(text, new RegExp(`Serial Number: 0*${serial}`));
      assert.match(text, /Nonce:\s+0410000102/);
    }
  });
});

describe("an OCSP response", () => {
  for (const digest of ["SHA-1", "SHA-256"] as const)
    it(`of the issuer says good, the certificate named with ${digest}`, async () => {
      const encoded = answerOcsp(await request(leaf, root, digest), {
        authority: root,
        known: [leaf],
      });
      const response = parsed(encoded);
      assert.deepEqual(response.nonce, nonce);
      const verdict = await check([response]);
      assert.ok(verdict.ok);
      const [first] = verdict.revocation;
      assert.ok(first?.status.kind === "good" && first.status.source === "ocsp");
    });

  it("says revoked, since when and why", async () => {
    const response = parsed(answerOcsp(await request(), { authority: root, revoked: [leaf] }));
    const verdict = await check([response]);
    assertFails(verdict, "revoked", "Alice");
    assert.deepEqual(verdict.revocation[0]?.status, {
      kind: "revoked",
      source: "ocsp",
      since: new Date("2026-05-15T00:00:00Z"),
      reason: "keyCompromise",
    });
  });

  it("unknown says nothing", async () => {
    const response = parsed(answerOcsp(await request(), { authority: root }));
    assertFails(await check([response]), "revocation-unknown", "Alice");
  });

  it("about another certificate says nothing", async () => {
    const other = root.issue(alice);
    const response = parsed(answerOcsp(await request(other), { authority: root, known: [other] }));
    assertFails(await check([response]), "revocation-unknown", "Alice");
  });

  it("about the same serial number of another issuer says nothing", async () => {
    const twin = authority({ name: "Root" });
    const encoded = answerOcsp(await request(leaf, twin), { authority: twin, known: [leaf] });
    assertFails(await check([parsed(encoded)]), "revocation-unknown", "Alice");
  });

  it("counts while it is current", async () => {
    const response = parsed(answerOcsp(await request(), { authority: root, known: [leaf] }));
    const day = 86_400_000;
    const at = (offset: number) => check([response], { at: new Date(now.getTime() + offset) });
    assertFails(await at(2 * day), "revocation-unknown", "Alice");
    assertFails(await at(-day), "revocation-unknown", "Alice");
    assert.ok((await at(day / 2)).ok);
  });

  it("altered says nothing", async () => {
    const encoded = answerOcsp(await request(), {
      authority: root,
      known: [leaf],
      args: ["-resp_no_certs"],
    });
    encoded[encoded.length - 3] = (encoded[encoded.length - 3] ?? 0) ^ 1;
    assertFails(await check([parsed(encoded)]), "revocation-unknown", "Alice");
  });

  it("ends in a response or in an error of ours, whichever byte is changed", async () => {
    const encoded = answerOcsp(await request(), { authority: root, revoked: [leaf] });
    const change = fc.tuple(fc.nat({ max: encoded.length - 1 }), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(change, ([at, flip]) => {
        const changed = encoded.map((octet, index) => (index === at ? octet ^ flip : octet));
        try {
          parseOcspResponse(changed);
        } catch (error) {
          assert.ok(error instanceof SmimeError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("that nobody answers is none", () => {
    assert.equal(parseOcspResponse(Uint8Array.from(Buffer.from("30030a0106", "hex"))), null);
    assert.throws(() => parseOcspResponse(Uint8Array.of(0x30, 0)), { code: "cms-malformed" });
  });
});

describe("a responder that the issuer has certified", () => {
  const answer = async (responder: Issued, args: readonly string[] = []) =>
    parsed(answerOcsp(await request(), { authority: root, responder, known: [leaf], args }));

  it("counts by its name and by its key", async () => {
    assert.ok((await check([await answer(delegate())])).ok);
    assert.ok((await check([await answer(delegate(), ["-resp_key_id"])])).ok);
  });

  it("needs the purpose, and may not be expired", async () => {
    for (const options of [
      { extendedKeyUsage: "emailProtection" },
      { extendedKeyUsage: "anyExtendedKeyUsage" },
      { extendedKeyUsage: null },
      { keyUsage: "keyAgreement" },
      { notAfter: new Date("2025-01-01") },
    ]) {
      const verdict = await check([await answer(delegate(options))]);
      assertFails(verdict, "revocation-unknown", "Alice");
    }
  });

  it("of another issuer says nothing, not even one of the same name", async () => {
    for (const issuer of [authority({ name: "Other" }), authority({ name: "Root" })]) {
      const verdict = await check([await answer(delegate({}, issuer))]);
      assertFails(verdict, "revocation-unknown", "Alice");
    }
  });

  it("of an issuer further up says nothing", async () => {
    const middle = authority({ name: "Middle", issuer: root });
    const below = middle.issue(alice);
    const encoded = answerOcsp(await request(below, middle), {
      authority: middle,
      responder: delegate(),
      known: [below],
    });
    const verdict = await path(below, [root], [middle], {
      at: now,
      revocation: { crls: [], ocspResponses: [parsed(encoded)], mode: "strict" },
    });
    assert.ok(!verdict.ok);
    assert.deepEqual(
      verdict.revocation.map(({ status }) => status.kind),
      ["unknown", "unknown"],
    );
  });

  it("that is revoked itself counts only where nobody is to check", async () => {
    for (const [extensions, ok] of [
      [["noCheck=ignored"], true],
      [[], false],
    ] as const) {
      const responder = delegate({ extensions });
      const crl = await makeCrl(root, {
        revoked: [{ certificate: responder }],
        thisUpdate: new Date("2020-01-01"),
        nextUpdate: new Date("2020-02-01"),
      });
      const verdict = await path(leaf, [root], [], {
        at: now,
        revocation: { crls: [crl], ocspResponses: [await answer(responder)], mode: "strict" },
      });
      assert.equal(verdict.ok, ok);
    }
  });

  it("does not outvote a list that revokes", async () => {
    const crl = await makeCrl(root, { revoked: [{ certificate: leaf }] });
    const verdict = await path(leaf, [root], [], {
      at: now,
      revocation: { crls: [crl], ocspResponses: [await answer(delegate())], mode: "given" },
    });
    assertFails(verdict, "revoked", "Alice");
  });
});
