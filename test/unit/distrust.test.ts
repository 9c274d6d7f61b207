import assert from "node:assert/strict";
import { it } from "node:test";
import { directory } from "../../src/background/directory.ts";
import { builtInAnchors } from "../../src/core/trust/built-in.ts";
import { storageNow, testStorage } from "../support/storage.ts";

it("an authority of Thunderbird's that the user distrusts is no anchor, until it is trusted again", async () => {
  const storage = testStorage();
  const nobody = () => Promise.resolve({ crls: [], ocspResponses: [] });
  const people = directory(
    storage,
    { now: () => storageNow },
    { lookUp: nobody, known: nobody, onRevoked: () => undefined },
  );
  const all = await builtInAnchors();
  const first = all[0]?.certificate.fingerprint ?? "";
  const fingerprints = async () =>
    (await people.anchors()).map(({ certificate }) => certificate.fingerprint);
  assert.equal((await fingerprints()).length, all.length);
  await storage.trust.setDistrusted(first, true);
  assert.equal((await fingerprints()).length, all.length - 1);
  assert.ok(!(await fingerprints()).includes(first));
  await storage.trust.setDistrusted(first, false);
  assert.ok((await fingerprints()).includes(first));
});
