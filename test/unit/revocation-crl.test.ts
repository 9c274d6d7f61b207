import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { parseCrl, parsePemOrDerCrls } from "../../src/core/asn1/crl.ts";
import type { Crl } from "../../src/core/asn1/crl.ts";
import {
  der,
  derOid,
  derSequence,
  derSetOf,
  derSmallInteger,
  derTime,
} from "../../src/core/asn1/der.ts";
import { contextTag, tags } from "../../src/core/asn1/tlv.ts";
import { SmimeError } from "../../src/core/errors.ts";
import type { PathVerdict } from "../../src/core/trust/path.ts";
import { alice, assertFails, authority, path, root } from "../support/paths.ts";
import type { Issued } from "../support/pki.ts";
import { encodedCrl, extension, makeCrl, subjectOf } from "../support/revocation.ts";

const leaf = root.issue(alice);

const check = (
  crls: readonly Crl[],
  certificate: Issued = leaf,
  between: readonly Issued[] = [],
  mode: "given" | "strict" = "strict",
  at?: Date,
): Promise<PathVerdict> =>
  path(certificate, [root], between, {
    revocation: { crls, ocspResponses: [], mode },
    ...(at === undefined ? {} : { at }),
  });

const kinds = (verdict: PathVerdict) => verdict.revocation.map(({ status }) => status.kind);

function assertGood(verdict: PathVerdict): void {
  assert.ok(verdict.ok, verdict.ok ? "" : verdict.reason);
  assert.ok(kinds(verdict).every((kind) => kind === "good"));
}

const flags = (...tagged: [number, number][]) =>
  derSequence(...tagged.map(([tag, value]) => der(contextTag(tag, false), Uint8Array.of(value))));
const scope = (value: Uint8Array) => ({ extensions: [extension("2.5.29.28", value, true)] });
const uriPoint = (uri: string) =>
  der(
    contextTag(0, true),
    der(contextTag(0, true), der(contextTag(6, false), new TextEncoder().encode(uri))),
  );
const reasonFlags = (tag: number, ...bits: number[]) => {
  const octets = Uint8Array.of(7, 0, 0);
  for (const bit of bits)
    octets[1 + (bit >> 3)] = (octets[1 + (bit >> 3)] ?? 0) | (0x80 >> (bit & 7));
  return der(contextTag(tag, false), octets);
};

describe("a revocation list of the issuer", () => {
  it("that does not list the certificate says that it is good", async () => {
    const verdict = await check([
      await makeCrl(root, { revoked: [{ certificate: root.issue(alice) }] }),
    ]);
    assertGood(verdict);
    assert.deepEqual(verdict.revocation[0]?.status, {
      kind: "good",
      source: "crl",
      asOf: new Date("2026-05-01"),
    });
  });

  it("that lists it says since when and why", async () => {
    const crl = await makeCrl(root, { revoked: [{ certificate: leaf, reason: "keyCompromise" }] });
    const verdict = await check([crl], leaf, [], "given");
    assertFails(verdict, "revoked", "Alice");
    assert.deepEqual(verdict.revocation[0]?.status, {
      kind: "revoked",
      source: "crl",
      since: new Date("2026-05-15"),
      reason: "keyCompromise",
    });
  });

  it("is not asked unless somebody asks", async () => {
    const verdict = await path(leaf, [root]);
    assert.ok(verdict.ok);
    assert.deepEqual(kinds(verdict), ["not-asked"]);
  });

  it("missing leaves it unknown, which only a strict reader minds", async () => {
    assertFails(await check([]), "revocation-unknown", "Alice");
    const verdict = await check([], leaf, [], "given");
    assert.ok(verdict.ok);
    assert.deepEqual(kinds(verdict), ["unknown"]);
  });

  it("on hold counts as revoked", async () => {
    const crl = await makeCrl(root, {
      revoked: [{ certificate: leaf, reason: "certificateHold" }],
    });
    assertFails(await check([crl]), "revoked", "Alice");
  });

  it("revoked later than the time asked about was good then, unless the key was lost before", async () => {
    const date = new Date("2026-05-20");
    const at = new Date("2026-05-10");
    const later = await makeCrl(root, { revoked: [{ certificate: leaf, date }] });
    assertGood(await check([later], leaf, [], "strict", at));
    const extensions = [
      extension("2.5.29.24", der(tags.generalizedTime, ascii("20260505000000Z"))),
    ];
    const lost = await makeCrl(root, { revoked: [{ certificate: leaf, date, extensions }] });
    assertFails(await check([lost], leaf, [], "strict", at), "revoked", "Alice");
  });

  it("of old proves nobody good, and who is listed revoked all the same", async () => {
    const old = { thisUpdate: new Date("2026-03-01"), nextUpdate: new Date("2026-04-01") };
    assertFails(await check([await makeCrl(root, old)]), "revocation-unknown", "Alice");
    const listed = { ...old, revoked: [{ certificate: leaf, date: new Date("2026-02-01") }] };
    assertFails(await check([await makeCrl(root, listed)]), "revoked", "Alice");
    assertFails(
      await check([await makeCrl(root, { nextUpdate: null })]),
      "revocation-unknown",
      "Alice",
    );
    const future = { thisUpdate: new Date("2026-06-15") };
    assertFails(await check([await makeCrl(root, future)]), "revocation-unknown", "Alice");
  });

  it("that is newer brings nobody back but who was on hold", async () => {
    const newer = await makeCrl(root, { thisUpdate: new Date("2026-05-20"), number: 6 });
    const older = (reason: "certificateHold" | "keyCompromise") =>
      makeCrl(root, { revoked: [{ certificate: leaf, reason, date: new Date("2026-04-30") }] });
    for (const order of [
      [newer, await older("keyCompromise")],
      [await older("keyCompromise"), newer],
    ])
      assertFails(await check(order), "revoked", "Alice");
    assertGood(await check([await older("certificateHold"), newer]));
  });

  it("signed by another key of that name says nothing", async () => {
    const impostor = authority({ name: "Root" });
    const crl = await makeCrl(impostor, { revoked: [{ certificate: leaf }] });
    assertFails(await check([crl]), "revocation-unknown", "Alice");
    assertFails(await check([crl], leaf, [impostor]), "revocation-unknown", "Alice");
  });

  it("altered says nothing", async () => {
    const encoded = await encodedCrl(root, {});
    encoded[encoded.length - 5] = (encoded[encoded.length - 5] ?? 0) ^ 1;
    assertFails(await check([parseCrl(encoded)]), "revocation-unknown", "Alice");
  });

  it("of an authority that may not sign lists says nothing", async () => {
    const strict = authority({ name: "Strict", keyUsage: "keyCertSign" });
    const crl = await makeCrl(strict);
    const verdict = await path(strict.issue(alice), [strict], [], {
      revocation: { crls: [crl], ocspResponses: [], mode: "strict" },
    });
    assertFails(verdict, "revocation-unknown", "Alice");
  });

  it("with a critical extension unknown here, in it or in any entry, proves nobody good", async () => {
    const unknown = extension("1.2.3.4", der(tags.null), true);
    const inList = await makeCrl(root, { extensions: [unknown] });
    assertFails(await check([inList]), "revocation-unknown", "Alice");
    const inEntry = await makeCrl(root, {
      revoked: [{ certificate: root.issue(alice), extensions: [unknown] }],
    });
    assertFails(await check([inEntry]), "revocation-unknown", "Alice");
    const listed = await makeCrl(root, { revoked: [{ certificate: leaf, extensions: [unknown] }] });
    assertFails(await check([listed]), "revoked", "Alice");
  });
});

describe("every certificate of a path", () => {
  const middle = authority({ name: "Middle", issuer: root });
  const below = middle.issue(alice);

  it("is asked about, the anchor apart", async () => {
    const all = [await makeCrl(root), await makeCrl(middle)];
    const verdict = await check(all, below, [middle]);
    assertGood(verdict);
    assert.deepEqual(
      verdict.revocation.map(({ certificate }) => certificate.subject.commonName),
      ["Alice", "Middle"],
    );
    assertFails(await check(all.slice(0, 1), below, [middle]), "revocation-unknown", "Alice");
    assertFails(await check(all.slice(1), below, [middle]), "revocation-unknown", "Middle");
  });

  it("fails with a revoked authority", async () => {
    const crls = [
      await makeCrl(root, { revoked: [{ certificate: middle }] }),
      await makeCrl(middle),
    ];
    const verdict = await check(crls, below, [middle]);
    assertFails(verdict, "revoked", "Middle");
    assert.deepEqual(kinds(verdict), ["unknown", "revoked"]);
  });

  it("leads around a revoked cross-certificate", async () => {
    const other = authority({ name: "Other Root" });
    const cross = authority({ name: "Middle", issuer: other, key: middle.privateKeyPem });
    const revoking = await makeCrl(root, { revoked: [{ certificate: middle }] });
    const verdict = await path(below, [root, other], [middle, cross], {
      revocation: { crls: [revoking], ocspResponses: [], mode: "given" },
    });
    assert.ok(verdict.ok);
    assert.equal(verdict.path.at(-1)?.subject.commonName, "Other Root");
  });
});

describe("scopes of revocation lists", () => {
  const middle = authority({ name: "Middle", issuer: root });

  it("users only, authorities only, attribute certificates only", async () => {
    const users = await makeCrl(root, scope(flags([1, 0xff])));
    const authorities = await makeCrl(root, scope(flags([2, 0xff])));
    const attributes = await makeCrl(root, scope(flags([5, 0xff])));
    assertGood(await check([users]));
    assertFails(await check([authorities]), "revocation-unknown", "Alice");
    assertFails(await check([attributes]), "revocation-unknown", "Alice");
    const ofMiddle = await makeCrl(middle);
    assertGood(await check([ofMiddle, authorities], middle.issue(alice), [middle]));
    const wrong = await check([ofMiddle, users], middle.issue(alice), [middle]);
    assertFails(wrong, "revocation-unknown", "Middle");
  });

  it("some reasons only, until all are covered", async () => {
    const some = await makeCrl(root, scope(derSequence(reasonFlags(3, 1, 2))));
    const others = await makeCrl(root, scope(derSequence(reasonFlags(3, 3, 4, 5, 6, 7, 8))));
    assertFails(await check([some]), "revocation-unknown", "Alice");
    assertGood(await check([some, others]));
    const listing = await makeCrl(root, {
      ...scope(derSequence(reasonFlags(3, 3, 4, 5, 6, 7, 8))),
      revoked: [{ certificate: leaf, reason: "superseded" }],
    });
    assertFails(await check([some, listing]), "revoked", "Alice");
  });

  const pointed = root.issue({
    ...alice,
    extensions: ["crlDistributionPoints=URI:http://crl.example/a"],
  });

  it("a distribution point that the certificate names, and another one", async () => {
    const right = await makeCrl(root, scope(derSequence(uriPoint("http://crl.example/a"))));
    const wrong = await makeCrl(root, scope(derSequence(uriPoint("http://crl.example/b"))));
    assertGood(await check([right], pointed));
    assertFails(await check([wrong], pointed), "revocation-unknown", "Alice");
    assertFails(await check([right], leaf), "revocation-unknown", "Alice");
    assertGood(await check([await makeCrl(root)], pointed));
  });

  it("a distribution point by a name relative to the issuer's", async () => {
    const relative = root.issue({
      ...alice,
      extensions: [
        "crlDistributionPoints=point",
        "[point]",
        "relativename=rdn",
        "[rdn]",
        "CN=List 1",
      ],
    });
    const relativeName = (text: string) => {
      const [, ...attribute] = derSetOf([
        derSequence(derOid("2.5.4.3"), der(0x0c, new TextEncoder().encode(text))),
      ]);
      return derSequence(der(contextTag(0, true), Uint8Array.of(0xa1, ...attribute)));
    };
    assertGood(await check([await makeCrl(root, scope(relativeName("list 1")))], relative));
    const other = await makeCrl(root, scope(relativeName("List 2")));
    assertFails(await check([other], relative), "revocation-unknown", "Alice");
  });
});

describe("lists of another issuer", () => {
  const issuerOf = authority({
    name: "CRL Issuer",
    issuer: root,
    keyUsage: "cRLSign",
    basicConstraints: "CA:FALSE",
  });
  const certificate = root.issue({
    ...alice,
    extensions: [
      "crlDistributionPoints=point",
      "[point]",
      "fullname=URI:http://crl.example/indirect",
      "CRLissuer=dirName:issuer",
      "[issuer]",
      "O=Test",
      "CN=CRL Issuer",
    ],
  });
  const indirect = scope(
    derSequence(
      uriPoint("http://crl.example/indirect"),
      der(contextTag(4, false), Uint8Array.of(0xff)),
    ),
  );
  const ofRoot = extension(
    "2.5.29.29",
    derSequence(der(contextTag(4, true), subjectOf(root))),
    true,
  );

  it("count where the certificate names them and they are indirect", async () => {
    // Of the issuer itself the root's own list has to tell.
    const own = await makeCrl(root);
    assertGood(await check([own, await makeCrl(issuerOf, indirect)], certificate, [issuerOf]));
    const only = await makeCrl(issuerOf, indirect);
    assertGood(await check([only], certificate, [issuerOf]));
    const direct = await makeCrl(issuerOf);
    assertFails(await check([direct], certificate, [issuerOf]), "revocation-unknown", "Alice");
    assertFails(await check([only], certificate, []), "revocation-unknown", "Alice");
    assertFails(await check([only], leaf, [issuerOf]), "revocation-unknown", "Alice");
  });

  it("list certificates by issuer, and the same serial number of another issuer is not meant", async () => {
    const listing = (extensions: readonly Uint8Array[]) =>
      makeCrl(issuerOf, { ...indirect, revoked: [{ certificate, extensions }] });
    const named = await check([await listing([ofRoot])], certificate, [issuerOf]);
    assertFails(named, "revoked", "Alice");
    assertGood(await check([await listing([])], certificate, [issuerOf]));
  });

  it("go on with the issuer of the entry before", async () => {
    const crl = await makeCrl(issuerOf, {
      ...indirect,
      revoked: [{ certificate: root.issue(alice), extensions: [ofRoot] }, { certificate }],
    });
    assertFails(await check([crl], certificate, [issuerOf]), "revoked", "Alice");
  });

  it("of an issuer who is revoked say nothing", async () => {
    const crls = [
      await makeCrl(issuerOf, indirect),
      await makeCrl(root, { revoked: [{ certificate: issuerOf }], ...scope(flags([1, 0xff])) }),
    ];
    // The root's list is about Alice as well, and about her it says good.
    assertGood(await check(crls, certificate, [issuerOf]));
    const elsewhere = authority({ name: "Elsewhere", issuer: root });
    const revoking = await makeCrl(root, { revoked: [{ certificate: issuerOf }] });
    const below = elsewhere.issue({
      ...alice,
      extensions: [
        "crlDistributionPoints=point",
        "[point]",
        "CRLissuer=dirName:issuer",
        "fullname=URI:http://crl.example/indirect",
        "[issuer]",
        "O=Test",
        "CN=CRL Issuer",
      ],
    });
    const [indirectList] = crls;
    assert.ok(indirectList);
    const between = [elsewhere, issuerOf];
    assertGood(await check([indirectList, await makeCrl(root)], below, between));
    const verdict = await check([indirectList, revoking], below, between);
    assertFails(verdict, "revocation-unknown", "Alice");
  });
});

describe("delta lists", () => {
  const delta = (base: number) => extension("2.5.29.27", derSmallInteger(base), true);
  const newer = { thisUpdate: new Date("2026-05-20"), number: 7 };

  it("add to a complete list", async () => {
    const complete = await makeCrl(root, { number: 5 });
    const adding = await makeCrl(root, {
      ...newer,
      extensions: [delta(5)],
      revoked: [{ certificate: leaf }],
    });
    assertGood(await check([complete]));
    assertFails(await check([complete, adding]), "revoked", "Alice");
    assertFails(await check([adding]), "revocation-unknown", "Alice");
  });

  it("take away from it", async () => {
    const held = await makeCrl(root, {
      revoked: [{ certificate: leaf, reason: "certificateHold" }],
    });
    const released = await makeCrl(root, {
      ...newer,
      extensions: [delta(5)],
      revoked: [{ certificate: leaf, reason: "removeFromCRL" }],
    });
    assertFails(await check([held]), "revoked", "Alice");
    assertGood(await check([held, released]));
  });

  it("bring an old list up to date, if it is not older than their base", async () => {
    const old = { thisUpdate: new Date("2026-03-01"), nextUpdate: new Date("2026-04-01") };
    const current = await makeCrl(root, { ...newer, extensions: [delta(5)] });
    assertGood(await check([await makeCrl(root, { ...old, number: 5 }), current]));
    const older = await makeCrl(root, { ...old, number: 4 });
    assertFails(await check([older, current]), "revocation-unknown", "Alice");
  });

  it("of another scope do not belong to it", async () => {
    const adding = await makeCrl(root, {
      ...newer,
      extensions: [delta(5), extension("2.5.29.28", flags([1, 0xff]), true)],
      revoked: [{ certificate: leaf }],
    });
    assertGood(await check([await makeCrl(root, { number: 5 }), adding]));
  });
});

describe("looking up what is not at hand", () => {
  const middle = authority({ name: "Middle", issuer: root });
  const below = middle.issue(alice);

  it("is for the certificates of which not enough is known, each once", async () => {
    const asked: (string | null)[] = [];
    const [ofRoot, ofMiddle] = [await makeCrl(root), await makeCrl(middle)];
    const verdict = await path(below, [root], [middle], {
      revocation: {
        crls: [ofRoot],
        ocspResponses: [],
        mode: "strict",
        lookUp: (certificate, issuer) => {
          asked.push(certificate.subject.commonName, issuer.subject.commonName);
          return Promise.resolve({ crls: [ofMiddle], ocspResponses: [] });
        },
      },
    });
    assertGood(verdict);
    assert.deepEqual(asked, ["Alice", "Middle"]);
  });
});

describe("parseCrl", () => {
  it("ends in a list or in an error of ours, whichever byte is changed", async () => {
    const encoded = await encodedCrl(root, {
      revoked: [{ certificate: leaf, reason: "superseded" }],
      ...scope(derSequence(uriPoint("http://crl.example/a"), reasonFlags(3, 1))),
    });
    const change = fc.tuple(fc.nat({ max: encoded.length - 1 }), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(change, ([at, flip]) => {
        const changed = encoded.map((octet, index) => (index === at ? octet ^ flip : octet));
        try {
          parseCrl(changed);
        } catch (error) {
          assert.ok(error instanceof SmimeError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("reads DER and PEM", async () => {
    const encoded = await encodedCrl(root);
    const base64 = Buffer.from(encoded).toString("base64");
    const pem = `-----BEGIN X509 CRL-----\n${base64}\n-----END X509 CRL-----\n`;
    assert.equal(parsePemOrDerCrls(encoded).length, 1);
    assert.equal(parsePemOrDerCrls(Buffer.from(`text\n${pem}${pem}`)).length, 2);
  });

  it("refuses what is none, and versions without extensions that have some", () => {
    for (const hex of ["", "3000", "30030201", "300a3003020101300006030100"])
      assert.throws(() => parseCrl(Uint8Array.from(Buffer.from(hex, "hex"))), {
        code: "cms-malformed",
      });
  });

  it("takes a long list within seconds", () => {
    const serial = (at: number) =>
      derSequence(
        der(tags.integer, Uint8Array.of(1, at >> 16, at >> 8, at)),
        derTime(new Date("2026-01-01")),
      );
    const long = derSequence(...Array.from({ length: 50_000 }, (_, at) => serial(at)));
    const algorithm = derSequence(derOid("1.2.840.10045.4.3.2"));
    const tbs = derSequence(
      derSmallInteger(1),
      algorithm,
      subjectOf(root),
      derTime(new Date("2026-05-01")),
      derTime(new Date("2026-07-01")),
      long,
    );
    const started = performance.now();
    const crl = parseCrl(derSequence(tbs, algorithm, der(tags.bitString, Uint8Array.of(0))));
    assert.ok(performance.now() - started < 2000);
    assert.equal(crl.entry(crl.issuer, "0100c34f")?.reason, null);
    assert.equal(crl.entry(crl.issuer, "0100c350"), null);
  });
});

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
