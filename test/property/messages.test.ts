import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import fc from "fast-check";
import { openMessage } from "../../src/core/smime/open.ts";
import { bob, contextOf, dana } from "../support/identities.ts";
import { derMutations, mutatedDer, mutatedText, textMutations } from "../support/mutation.ts";
import { endsTyped, holds, peakMemory } from "../support/property.ts";
import { cmsOf, messages, withCms } from "./samples.ts";

/** Whatever a message is, opening it gives a verdict, and nothing is thrown at all. */

const RUNS = 2_500;
const MAX_MEMORY = 1 << 30;
const context = contextOf(bob, dana);
const sample = fc.constantFrom(...messages.keys());
const encoded = messages.filter((message) => Buffer.from(message).includes("base64"));

async function givesVerdict(message: Uint8Array): Promise<void> {
  await endsTyped(async () => {
    const { protection, signature, encryption, content } = await openMessage(message, context);
    assert.equal(protection.startsWith("signed"), signature.verdict === "valid");
    assert.equal(protection.endsWith("encrypted"), encryption.verdict === "decrypted");
    if (encryption.verdict === "none") assert.notEqual(content, null);
  }).catch((error: unknown) => {
    throw new Error("opening a message threw", { cause: error });
  });
}

describe("openMessage", () => {
  it("of any bytes", () => holds(fc.uint8Array({ maxLength: 600 }), givesVerdict, { runs: RUNS }));

  it("of a message that was changed as text", () =>
    holds(
      fc.tuple(sample, textMutations),
      ([index, mutations]) => givesVerdict(mutatedText(at(messages, index), mutations)),
      { runs: RUNS },
    ));

  it("of a message whose CMS object was changed", () =>
    holds(
      fc.tuple(fc.constantFrom(...encoded.keys()), derMutations),
      ([index, mutations]) => {
        const message = at(encoded, index);
        return givesVerdict(withCms(message, mutatedDer(cmsOf(message), mutations)));
      },
      { runs: RUNS },
    ));

  it("of one message's header before another one's body", () =>
    holds(
      fc.tuple(sample, sample, textMutations),
      ([head, tail, mutations]) => {
        const header = Buffer.from(at(messages, head)).toString("latin1").split("\r\n\r\n")[0];
        const joined = Buffer.concat([Buffer.from(`${header}\r\n`, "latin1"), at(messages, tail)]);
        return givesVerdict(mutatedText(new Uint8Array(joined), mutations));
      },
      { runs: RUNS },
    ));
});

function at<T>(list: readonly T[], index: number): T {
  const value = list[index];
  if (value === undefined) throw new RangeError(String(index));
  return value;
}

after(() => {
  assert.ok(peakMemory() < MAX_MEMORY, `${peakMemory()} octets`);
});
