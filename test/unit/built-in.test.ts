import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { builtInAnchors } from "../../src/core/trust/built-in.ts";

describe("Thunderbird's list of mail issuers", () => {
  it("consists of self-signed authorities, each there once", async () => {
    const anchors = await builtInAnchors();
    assert.ok(anchors.length > 50);
    for (const { certificate, source } of anchors) {
      assert.equal(source, "built-in");
      assert.equal(certificate.issuer.text, certificate.subject.text);
      assert.notEqual(certificate.basicConstraints?.authority, false, certificate.subject.text);
    }
    const fingerprints = anchors.map(({ certificate }) => certificate.fingerprint);
    assert.equal(new Set(fingerprints).size, anchors.length);
  });

  it("is read once", () => {
    assert.equal(builtInAnchors(), builtInAnchors());
  });
});
