import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { nameKey } from "../../src/core/asn1/distinguished-name.ts";
import type { Certificate } from "../../src/core/trust/certificate.ts";
import { findPath } from "../../src/core/trust/find-path.ts";
import { usefulAuthorities } from "../../src/core/trust/issuers.ts";
import type { PathVerdict, TrustAnchor } from "../../src/core/trust/path.ts";
import { authorityCertificate, keyPair } from "../support/certificate-flood.ts";
import type { KeyPair } from "../support/certificate-flood.ts";
import {
  alice,
  anchor,
  assertFails,
  authority,
  names,
  now,
  path,
  read,
  root,
} from "../support/paths.ts";
import { createAuthority } from "../support/pki.ts";

const tomorrow = new Date(Date.now() + 86_400_000);

describe("authorities of version 1", () => {
  const old = createAuthority({ name: "Old", version1: true });
  const middle = createAuthority({ name: "Old Middle", issuer: root, version1: true });

  it("count where the user made them anchors", async () => {
    const verdict = await path(old.issue(alice), [old], [], { at: tomorrow });
    assert.deepEqual(names(verdict), ["Alice", "Old"]);
  });

  it("do not count below an anchor (RFC 5280, 6.1.4, k)", async () => {
    const verdict = await path(middle.issue(alice), [root], [middle], { at: tomorrow });
    assertFails(verdict, "issuer-not-authority", "Old Middle");
  });
});

describe("a certificate that is trusted by itself", () => {
  const alone = (certificate: Certificate): TrustAnchor => ({
    certificate,
    source: "user",
    kind: "certificate",
  });
  const search = (leaf: Certificate, trusted: TrustAnchor, at = now): Promise<PathVerdict> =>
    findPath(leaf, { anchors: [trusted], intermediates: [], at, use: "sign" });

  it("makes a path of one", async () => {
    const leaf = await read(root.issue(alice));
    const verdict = await search(leaf, alone(leaf));
    assert.deepEqual(names(verdict), ["Alice"]);
    assert.ok(verdict.ok && verdict.anchor.certificate === leaf);
  });

  it("self-signed as well", async () => {
    const self = await read(
      authority({ ...alice, basicConstraints: "CA:FALSE", keyUsage: "digitalSignature" }),
    );
    assert.deepEqual(names(await search(self, alone(self))), ["Alice"]);
  });

  it("has to be valid and for the purpose all the same", async () => {
    const leaf = await read(root.issue({ ...alice, notAfter: new Date("2030-01-01") }));
    const later = new Date("2031-01-01");
    assertFails(await search(leaf, alone(leaf), later), "expired", "Alice");
    const server = await read(root.issue({ ...alice, extendedKeyUsage: "serverAuth" }));
    assertFails(await search(server, alone(server)), "extended-key-usage", "Alice");
    const agrees = await read(root.issue({ ...alice, keyUsage: "keyAgreement" }));
    assertFails(await search(agrees, alone(agrees)), "key-usage", "Alice");
    const weak = await read(root.issue({ ...alice, keyType: "rsa1024" }));
    assertFails(await search(weak, alone(weak)), "weak-key", "Alice");
  });

  it("vouches for no other certificate", async () => {
    const middle = authority({ name: "Middle", issuer: root });
    const leaf = await read(middle.issue(alice));
    assertFails(await search(leaf, alone(await read(middle))), "issuer-unknown", "Alice");
    const twin = await read(middle.issue(alice));
    assertFails(await search(twin, alone(leaf)), "issuer-unknown", "Alice");
  });
});

describe("wrong candidates beside the right one", () => {
  const middle = authority({ name: "Middle", issuer: root });
  const leaf = middle.issue(alice);
  const twins = {
    "of the same name with another key": authority({ name: "Middle", issuer: root }),
    "of the same key, expired": authority({
      name: "Middle",
      issuer: root,
      key: middle.privateKeyPem,
      notAfter: new Date("2025-01-01"),
    }),
    "of the same key, no authority": authority({
      name: "Middle",
      issuer: root,
      key: middle.privateKeyPem,
      basicConstraints: "CA:FALSE",
      notAfter: new Date("2055-01-01"),
    }),
    "of the same key, for other purposes": authority({
      name: "Middle",
      issuer: root,
      key: middle.privateKeyPem,
      extendedKeyUsage: "serverAuth",
      notAfter: new Date("2055-01-01"),
    }),
    "of the same key under an unknown issuer": authority({
      name: "Middle",
      issuer: authority({ name: "Nobody" }),
      key: middle.privateKeyPem,
      notAfter: new Date("2055-01-01"),
    }),
    "of the same key with constraints that forbid it": authority({
      name: "Middle",
      issuer: root,
      key: middle.privateKeyPem,
      nameConstraints: "permitted;email:example.com",
      notAfter: new Date("2055-01-01"),
    }),
  };
  for (const [name, twin] of Object.entries(twins))
    it(name, async () => {
      assert.deepEqual(names(await path(leaf, [root], [twin, middle])), [
        "Alice",
        "Middle",
        "Root",
      ]);
      assert.ok(!(await path(leaf, [root], [twin])).ok);
    });

  it("the failure says for each what was wrong with it", async () => {
    const verdict = await path(leaf, [root], Object.values(twins));
    assert.ok(!verdict.ok);
    const reasons = verdict.candidates.map(({ reason }) => reason);
    assert.deepEqual(
      reasons.sort(),
      [
        "expired",
        "extended-key-usage",
        "issuer-not-authority",
        "issuer-unknown",
        "name-constraints",
        "signature-wrong",
      ].sort(),
    );
    for (const { path: tried } of verdict.candidates)
      assert.equal(tried[0]?.subject.commonName, "Alice");
  });

  it("success says what was tried before", async () => {
    const forbidding = twins["of the same key with constraints that forbid it"];
    const verdict = await path(leaf, [root], [forbidding, middle]);
    assert.ok(verdict.ok);
    assert.deepEqual(
      verdict.candidates.map(({ reason }) => reason),
      ["name-constraints"],
    );
  });
});

describe("floods", () => {
  let rootKey: KeyPair;
  let rootCertificate: Certificate;
  let middleKey: KeyPair;
  let middle: Certificate;
  let leaf: Certificate;
  before(async () => {
    [rootKey, middleKey] = [await keyPair(), await keyPair()];
    const own = { subject: "Root", issuer: "Root" };
    rootCertificate = await authorityCertificate({ ...own, key: rootKey, signedBy: rootKey });
    const names = { subject: "Middle", issuer: "Root" };
    middle = await authorityCertificate({ ...names, key: middleKey, signedBy: rootKey });
    const leafNames = { subject: "Alice", issuer: "Middle" };
    leaf = await authorityCertificate({ ...leafNames, key: await keyPair(), signedBy: middleKey });
  });
  const flood = (count: number, make: (at: number) => Promise<Certificate>) =>
    Promise.all(Array.from({ length: count }, (_, at) => make(at)));
  const search = async (intermediates: readonly Certificate[]) => {
    const started = performance.now();
    const input = { anchors: [anchor(rootCertificate)], at: now, use: "mail" } as const;
    const verdict = await findPath(leaf, { ...input, intermediates });
    return { verdict, took: performance.now() - started };
  };

  it("of thousands of other names cost next to nothing", async () => {
    const others = await flood(3000, (at) =>
      authorityCertificate({
        subject: `Other ${at}`,
        issuer: `Other ${at + 1}`,
        key: middleKey,
        signedBy: rootKey,
      }),
    );
    const { verdict, took } = await search([...others, middle]);
    assert.ok(verdict.ok);
    assert.ok(took < 1000, `${took} ms`);
  });

  it("of thousands under the issuer's name with its key cost one signature", async () => {
    const twins = await flood(2000, () =>
      authorityCertificate({
        subject: "Middle",
        issuer: "Nobody",
        key: middleKey,
        signedBy: rootKey,
      }),
    );
    const { verdict, took } = await search(twins);
    assertFails(verdict, "search-limit", "Alice");
    assert.ok(took < 2000, `${took} ms`);
    assert.ok(verdict.candidates.length <= 20);
  });

  it("of thousands under the issuer's name with other keys end within a bound", async () => {
    const keys = await Promise.all(Array.from({ length: 1200 }, keyPair));
    const twins = await flood(keys.length, (at) => {
      const key = keys[at] ?? rootKey;
      return authorityCertificate({ subject: "Middle", issuer: "Root", key, signedBy: key });
    });
    const { verdict, took } = await search(twins);
    assertFails(verdict, "search-limit", "Alice");
    assert.ok(took < 5000, `${took} ms`);
    // Fewer of them do not hide the right one.
    assert.ok((await search(twins.slice(0, 900).concat(middle))).verdict.ok);
  });
});

describe("nameKey", () => {
  it("is the same for names that match (RFC 5280, 7.1), and for no others", async () => {
    const key = async (subject: string) => nameKey((await read(authority({ subject }))).subject);
    assert.equal(await key("/O=Test  Org/CN=A"), await key("/O=test org /CN=a"));
    assert.notEqual(await key("/O=A/CN=B"), await key("/CN=B/O=A"));
    assert.notEqual(await key("/O=A\nB"), await key("/O=A/O=B"));
  });
});

describe("the authorities that a message brings along", () => {
  it("are kept as far as they lead up from its certificate", async () => {
    const keys = await keyPair();
    const named = (subject: string, issuer: string) =>
      authorityCertificate({ subject, issuer, key: keys, signedBy: keys });
    const leaf = await named("Leaf", "One");
    const useful = [
      await named("One", "Two"),
      await named("Two", "Three"),
      await named("Two", "Elsewhere"),
      await named("Three", "Three"),
    ];
    const useless = [await named("Four", "Three"), await read(root.issue(alice)), leaf];
    const found = usefulAuthorities(leaf, [...useless, ...useful, ...useful]);
    assert.deepEqual(new Set(found), new Set(useful));
  });

  it("are sixteen at most, whatever they claim", async () => {
    const keys = await keyPair();
    const flood = await Promise.all(
      Array.from({ length: 100 }, () =>
        authorityCertificate({ subject: "Loop", issuer: "Loop", key: keys, signedBy: keys }),
      ),
    );
    const [leaf] = flood;
    assert.ok(leaf);
    assert.equal(usefulAuthorities(leaf, flood).length, 16);
  });
});
