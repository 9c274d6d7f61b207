import assert from "node:assert/strict";
import { domainToASCII, domainToUnicode } from "node:url";
import { describe, it } from "node:test";
import fc from "fast-check";
import { decodePunycode } from "../../src/core/trust/punycode.ts";
import { shownAddress } from "../../src/core/trust/shown-address.ts";

describe("an address for people to read", () => {
  for (const address of [
    "bob@smime.example",
    "bob+lists@smime.example",
    "no address",
    "bob@[192.0.2.1]",
    "bob@münchen.example",
    "bob@straße-1.example",
    "боб@почта.рф",
    "ada@例え.テスト",
    "ada@한국.example",
    "ada@ישראל.example",
    "ada@العربية.example",
    "bob@xn--.example",
    "bob@xn--a.example",
  ]) {
    it(`stays as it is: ${address}`, () => {
      const at = address.lastIndexOf("@") + 1;
      assert.equal(shownAddress(address), address);
      const encoded = domainToASCII(address.slice(at));
      if (at > 0 && encoded !== "") {
        assert.equal(shownAddress(address.slice(0, at) + encoded), address);
      }
    });
  }

  const deceptive = [
    ["paypal with Cyrillic letters among Latin ones", "pаypal.example"],
    ["apple in Cyrillic letters that look like Latin ones", "аррӏе.example"],
    ["Greek letters that look like Latin ones", "ορο.example"],
    ["Greek and Latin together", "αbc.example"],
    ["Latin and Hebrew together", "abcא.example"],
    ["two accents on one letter", "a\u0323\u030a\u0301.example"],
    ["a dotless i", "bıg.example"],
    ["a symbol", "i❤.example"],
  ] as const;
  for (const [what, domain] of deceptive) {
    it(`has its domain as A-labels: ${what}`, () => {
      const encoded = domainToASCII(domain);
      assert.match(encoded, /^xn--/);
      assert.equal(shownAddress(`bob@${domain}`), `bob@${encoded}`);
    });
  }

  it("shows look-alike letters below a domain of their own script", () => {
    assert.equal(shownAddress(`bob@${domainToASCII("оса.рф")}`), "bob@оса.рф");
  });

  it("makes visible what would turn the text around it", () => {
    assert.equal(shownAddress("a\u202Eb\u200F@smime.example"), "a�b�@smime.example");
  });

  it("decodes what another encoder made, and survives anything", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }), (text) => {
        const encoded = domainToASCII(text);
        if (!/^xn--[^.]+$/.test(encoded)) return;
        assert.equal(decodePunycode(encoded.slice(4)), domainToUnicode(encoded));
      }),
    );
    fc.assert(
      fc.property(fc.string({ maxLength: 70 }), (text) => {
        const decoded = decodePunycode(text);
        assert.ok(decoded === null || typeof decoded === "string");
        assert.equal(typeof shownAddress(`${text}@xn--${text}`), "string");
      }),
    );
  });
});
