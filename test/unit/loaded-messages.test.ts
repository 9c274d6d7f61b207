import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { loadedMessages } from "../../src/background/loaded-messages.ts";

describe("which message a document is of", () => {
  it("is known at once where Thunderbird has said so", async () => {
    const documents = loadedMessages(60_000);
    documents.loaded(1, 10);
    assert.equal(await documents.until(1, 10), true);
  });

  it("is waited for while the message before is still on the screen", async () => {
    const documents = loadedMessages(60_000);
    documents.loaded(1, 10);
    let answered = false;
    const answer = documents.until(1, 11).then((loaded) => {
      answered = true;
      return loaded;
    });
    documents.loaded(2, 11);
    documents.loaded(1, 12);
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(answered, false, "another tab and another message say nothing of it");
    documents.loaded(1, 11);
    assert.equal(await answer, true);
  });

  it("is given up when it does not come", async () => {
    const documents = loadedMessages(5);
    assert.equal(await documents.until(1, 10), false);
    documents.loaded(1, 10);
    assert.equal(await documents.until(1, 10), true);
  });
});
