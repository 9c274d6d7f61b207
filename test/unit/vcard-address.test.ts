import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { vCardAddress } from "../../src/core/vcard-address.ts";

const vcard = (...lines: readonly string[]) =>
  ["BEGIN:VCARD", "VERSION:4.0", "FN:Somebody", ...lines, "END:VCARD", ""].join("\r\n");

describe("the address of a vCard", () => {
  it("is the preferred one, else the first", () => {
    assert.equal(vCardAddress(vcard("EMAIL:a@x.example", "EMAIL:b@x.example")), "a@x.example");
    assert.equal(
      vCardAddress(vcard("EMAIL:a@x.example", "EMAIL;TYPE=work;PREF=1:b@x.example")),
      "b@x.example",
    );
    assert.equal(
      vCardAddress(vcard("EMAIL;PREF=50:a@x.example", "EMAIL;PREF=2:b@x.example")),
      "b@x.example",
    );
    assert.equal(
      vCardAddress(vcard("EMAIL;TYPE=home:a@x.example", "EMAIL;TYPE=PREF,work:b@x.example")),
      "b@x.example",
    );
  });

  it("may be grouped, folded and escaped, and its parameters quoted", () => {
    assert.equal(vCardAddress(vcard("item1.EMAIL:a@x.example")), "a@x.example");
    assert.equal(vCardAddress(vcard("EMAIL:long.na", " me@x.example")), "long.name@x.example");
    assert.equal(vCardAddress(vcard('EMAIL;X="a:b;c":a\\,b@x.example')), "a,b@x.example");
  });

  it("is null where there is none", () => {
    assert.equal(vCardAddress(vcard("TEL:1", "NOTE:EMAIL\\:a@x.example")), null);
    assert.equal(vCardAddress(vcard("EMAIL:")), null);
    assert.equal(vCardAddress(""), null);
  });
});
