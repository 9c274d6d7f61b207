import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { canonicalAddress, sameAddress } from "../../src/core/trust/addresses.ts";

describe("canonicalAddress", () => {
  const cases = {
    "alice@example.org": "alice@example.org",
    "Alice@EXAMPLE.Org": "Alice@example.org",
    "alice@Müller.example": "alice@xn--mller-kva.example",
    "alice@MÜLLER.example": "alice@xn--mller-kva.example",
    "alice@xn--MLLER-kva.example": "alice@xn--mller-kva.example",
    "用户@例え.テスト": "用户@xn--r8jz45g.xn--zckzah",
    "Jürgen@example.org": "Jürgen@example.org",
    '"a@b"@Example.ORG': '"a@b"@example.org',
    "alice@[IPv6:2001:DB8::1]": "alice@[ipv6:2001:db8::1]",
    "alice@ü:8080": "alice@ü:8080",
    "alice@ü/Path": "alice@ü/path",
    "alice@%C3%BC.example": "alice@%c3%bc.example",
    "no address": "no address",
    "": "",
  };
  for (const [written, canonical] of Object.entries(cases))
    it(`${JSON.stringify(written)} is ${JSON.stringify(canonical)}`, () => {
      assert.equal(canonicalAddress(written), canonical);
    });

  it("takes what it gave, for any text", () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: "grapheme" }), fc.emailAddress());
    fc.assert(
      fc.property(text, text, (local, domain) => {
        const canonical = canonicalAddress(`${local}@${domain}`);
        assert.equal(canonicalAddress(canonical), canonical);
      }),
    );
  });
});

describe("sameAddress", () => {
  it("is without regard to the case of the domain only", () => {
    assert.ok(sameAddress("alice@EXAMPLE.org", "alice@example.ORG"));
    assert.ok(sameAddress("alice@bücher.example", "alice@xn--bcher-kva.example"));
    assert.ok(!sameAddress("Alice@example.org", "alice@example.org"));
    assert.ok(!sameAddress("alice@example.org", "alice@example.org.evil.example"));
    assert.ok(!sameAddress("alice@example.org", "alice@example.org\0"));
    assert.ok(!sameAddress("alice@example.org", "аlice@example.org"));
  });
});
