import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { answeredPeople, isIntruder } from "../../src/core/exchange/answered-recipients.ts";
import type { MessageHeader } from "../../src/core/smime/verdict.ts";

const header = (
  name: string,
  value: string,
  outer: string | null = value,
  protection: MessageHeader["protection"] = "signed",
): MessageHeader => ({ name, value, outer, protection });

const from = header("From", "Alice <alice@smime.example>");
const to = header("To", "Bob <bob@smime.example>");
const intruding = header("Reply-To", "mallory@evil.example", "mallory@evil.example", "none");

describe("whom an answer goes to", () => {
  it("is as Thunderbird has it where nothing is protected or nothing differs", () => {
    assert.equal(answeredPeople([from, to, header("Subject", "a", "b")]), null);
    assert.equal(answeredPeople([{ ...from, protection: "none" }, intruding]), null);
    assert.equal(answeredPeople([]), null);
  });

  it("is nobody who is named outside only", () => {
    const known = new Set(["alice@smime.example", "bob@smime.example"]);
    for (const headers of [
      [from, to, intruding],
      [
        from,
        header("To", "Bob <bob@smime.example>", "Bob <bob@smime.example>, MALLORY@evil.example"),
      ],
    ]) {
      const people = answeredPeople(headers);
      assert.ok(people !== null);
      assert.equal(people.author, "Alice <alice@smime.example>");
      assert.equal(isIntruder("Mallory@evil.example", known, people), true);
      assert.equal(isIntruder("Bob@smime.example", known, people), false);
      // Whom the user's own settings add to every message.
      assert.equal(isIntruder("archive@smime.example", known, people), false);
    }
  });

  it("is whom the protected Reply-To names", () => {
    const people = answeredPeople([from, to, header("reply-to", "office@smime.example", null)]);
    assert.equal(people?.author, "office@smime.example");
  });
});
