import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseCertificate } from "../../src/core/asn1/certificate.ts";
import { certificateFields } from "../../src/core/asn1/certificate-fields.ts";
import { partsInOrder, wholeTlv } from "../../src/core/asn1/strict-der.ts";
import { tags } from "../../src/core/asn1/tlv.ts";
import { createAuthority } from "../support/pki.ts";

const malformed = { name: "SmimeError", code: "cms-malformed" };
const tooComplex = { name: "SmimeError", code: "message-too-complex" };
const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));

describe("wholeTlv", () => {
  it("gives views into what it was given", () => {
    const encoded = bytes("30 03 02 01 05");
    assert.equal(wholeTlv(encoded).bytes, encoded);
  });

  it("takes forty levels inside the outermost", () => {
    assert.equal(wholeTlv(bytes(nested(41))).tag, tags.sequence);
  });

  const refused: [string, string, object][] = [
    ["nothing", "", malformed],
    ["bytes after the end", "30 03 02 01 05 00", malformed],
    ["bytes missing", "30 03 02 01", malformed],
    ["a part longer than what holds it", "30 03 04 05 01 02 03 04 05", malformed],
    ["an indefinite length", "30 80 02 01 05 00 00", malformed],
    ["an indefinite length further in", "30 07 30 80 02 01 05 00 00", malformed],
    ["a tag number of several octets", "30 04 9f 81 01 00", malformed],
    ["more than a mebibyte", `30 84 00 10 00 01 ${"00".repeat(0x100001)}`, tooComplex],
    ["too many elements", `30 82 4e 22 ${"0500".repeat(10_001)}`, tooComplex],
    ["too many levels", nested(42), tooComplex],
  ];
  for (const [name, hex, error] of refused)
    it(`refuses ${name}`, () => {
      assert.throws(() => wholeTlv(bytes(hex)), error);
    });
});

/** SEQUENCEs in one another. */
function nested(levels: number): string {
  return Array.from({ length: levels }, (_, level) =>
    Buffer.of(tags.sequence, (levels - 1 - level) * 2).toString("hex"),
  ).join("");
}

describe("partsInOrder", () => {
  const order = [tags.boolean, tags.integer, tags.null];
  const found = (hex: string) =>
    partsInOrder(wholeTlv(bytes(hex)), tags.sequence, order).map((part) => part?.tag ?? null);

  it("leaves out what is not there", () => {
    assert.deepEqual(found("30 05 01 01 ff 05 00"), [1, null, 5]);
    assert.deepEqual(found("30 00"), [null, null, null]);
  });

  it("refuses parts in another order, twice, or of another kind", () => {
    for (const hex of ["30 05 05 00 01 01 ff", "30 04 05 00 05 00", "30 02 04 00", "31 00"])
      assert.throws(() => found(hex), malformed);
  });
});

describe("a certificate with parts where they do not belong", () => {
  const authority = createAuthority({ name: "Root", keyType: "p256" });
  const withExtension = (extension: string) =>
    parseCertificate(
      authority.issue({
        name: "Alice",
        address: "alice@example.org",
        keyType: "p256",
        basicConstraints: null,
        extensions: [extension],
      }).certificate,
    );

  it("is malformed where permitted subtrees come after the excluded ones", async () => {
    await assert.rejects(
      withExtension("2.5.29.30=critical,DER:30:0e:a1:05:30:03:81:01:61:a0:05:30:03:81:01:62"),
      { code: "certificate-malformed" },
    );
  });

  it("is malformed where basic constraints end in cA", async () => {
    await assert.rejects(withExtension("2.5.29.19=critical,DER:30:06:02:01:03:01:01:ff"), {
      code: "certificate-malformed",
    });
  });

  it("is malformed where a version before the third has extensions", async () => {
    const { certificate } = authority.issue({ name: "Alice", keyType: "p256" });
    assert.equal(certificateFields(certificate).version, 3);
    const at = Buffer.from(certificate).indexOf(Buffer.from("a003020102", "hex"));
    const altered = certificate.map((octet, index) => (index === at + 4 ? 1 : octet));
    await assert.rejects(parseCertificate(altered), { code: "certificate-malformed" });
  });

  it("is read with names of forms that mail does not use, and empty ones", async () => {
    for (const name of ["a3:04:30:02:31:00", "a5:02:05:00", "81:00", "82:00"]) {
      const length = (name.length + 1) / 3;
      const extension = `2.5.29.17=DER:30:0${length}:${name}`;
      const { addresses } = await parseCertificate(
        authority.issue({ name: "Alice", keyType: "p256", extensions: [extension] }).certificate,
      );
      assert.deepEqual(addresses, []);
    }
  });
});
