import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SmimeError } from "../../src/core/errors.ts";
import { encryptMessage } from "../../src/core/smime/encrypt.ts";
import { openMessage } from "../../src/core/smime/open.ts";
import { openSealedDraft, sealDraft, type DraftMemo } from "../../src/core/smime/sealed-draft.ts";
import { octetsOf } from "../../src/core/octets.ts";
import { alice, bob, carlos, contextOf, dana } from "../support/identities.ts";
import { text } from "../support/messages.ts";

const memo: DraftMemo = {
  choice: "signed",
  answersEncrypted: true,
  brought: { places: [0, 2], of: 3 },
};

const draft = octetsOf(
  [
    "Message-ID: <draft@smime.example>",
    "X-Mozilla-Draft-Info: internal/draft; vcard=0; receipt=1; DSN=0; uuencode=0",
    "X-Identity-Key: id1",
    "From: Alice Lovelace <alice@smime.example>",
    "To: Bob <bob@smime.example>",
    "Bcc: carlos@smime.example",
    "Subject: The secret plan",
    "Keywords: mill",
    "Thread-Topic: The secret plan",
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=UTF-8; format=flowed",
    "Content-Transfer-Encoding: 8bit",
    "",
    "At noon, behind the mill.",
    "",
  ].join("\r\n"),
);

/** What comes back differs in the one parameter that says what the header fields inside are. */
const asSaved = text(draft).replace("format=flowed", 'format=flowed;\r\n hp="cipher"');

function replaced(message: Uint8Array, search: RegExp, by: string): Uint8Array {
  const before = text(message);
  assert.match(before, search);
  return octetsOf(before.replace(search, by));
}

function refusal(code: SmimeError["code"]) {
  return (error: unknown) => error instanceof SmimeError && error.code === code;
}

describe("a sealed draft", () => {
  for (const author of [alice, bob, carlos, dana]) {
    it(`opens whole for its author, ${author.address}`, async () => {
      const sealed = await sealDraft(draft, author.encryption, memo);
      const opened = await openSealedDraft(sealed, contextOf(author));
      assert.deepEqual(opened?.memo, memo);
      assert.equal(text(opened.message), asSaved);
    });
  }

  it("keeps outside what Thunderbird needs to open it, and nothing of what was written", async () => {
    const sealed = text(await sealDraft(draft, alice.encryption, memo));
    for (const field of [/^X-Mozilla-Draft-Info: internal\/draft; .*receipt=1/m, /^To: Bob/m]) {
      assert.match(sealed, field);
    }
    assert.match(sealed, /^Subject: \[\.\.\.\]\r$/m);
    assert.match(sealed, /^Content-Type: application\/pkcs7-mime; smime-type=authEnveloped-data/m);
    const [header = "", body = ""] = sealed.split("\r\n\r\n");
    assert.doesNotMatch(header, /secret plan|mill|noon|flowed|Exchange-Draft/i);
    // Short words come about in base64, and in what is encrypted, by chance.
    const content = Buffer.from(body, "base64").toString("latin1");
    assert.doesNotMatch(content, /secret plan|flowed|Exchange-Draft/i);
  });

  it("keeps a saved line end as it was, and mends a bare one", async () => {
    const bare = octetsOf(text(draft).replaceAll("\r\n", "\n"));
    const opened = await openSealedDraft(
      await sealDraft(bare, alice.encryption, memo),
      contextOf(alice),
    );
    assert.equal(text(opened?.message ?? new Uint8Array()), asSaved);
  });

  it("shows its subject to its author where it lies", async () => {
    const sealed = await sealDraft(draft, alice.encryption, memo);
    const opened = await openMessage(sealed, contextOf(alice));
    assert.equal(opened.encryption.verdict, "decrypted");
    assert.equal(opened.encryption.authenticated, true);
    assert.match(text(opened.content), /^Subject: The secret plan\r$/m);
  });

  it("remembers each choice", async () => {
    for (const choice of ["automatic", "none", "signed", "encrypted"] as const) {
      for (const answersEncrypted of [true, false]) {
        const kept = { choice, answersEncrypted, brought: null };
        const sealed = await sealDraft(draft, alice.encryption, kept);
        const opened = await openSealedDraft(sealed, contextOf(alice));
        assert.deepEqual(opened?.memo, kept);
      }
    }
  });

  it("remembers which attachments were not the author's own", async () => {
    for (const brought of [null, { places: [], of: 0 }, { places: [], of: 2 }, memo.brought]) {
      const sealed = await sealDraft(draft, alice.encryption, { ...memo, brought });
      const opened = await openSealedDraft(sealed, contextOf(alice));
      assert.deepEqual(opened?.memo.brought, brought);
    }
  });

  it("is not taken from a message that somebody encrypted to the author", async () => {
    const theirs = await encryptMessage(draft, [
      { certificate: alice.encryption, capabilities: null },
    ]);
    assert.equal(await openSealedDraft(theirs, contextOf(alice)), null);
    assert.equal(await openSealedDraft(draft, contextOf(alice)), null);
  });

  it("is refused when somebody has changed whom it is for", async () => {
    const sealed = await sealDraft(draft, alice.encryption, memo);
    for (const [search, by] of [
      [/^Bcc: .*\r\n/m, ""],
      [/^Bcc: .*/m, "Bcc: carlos@smime.example, mallory@smime.example"],
      [/^To: /m, "Cc: mallory@smime.example\r\nTo: "],
      [/^From: .*/m, "From: bob@smime.example"],
      [/^X-Identity-Key/m, "Reply-To: mallory@smime.example\r\nX-Identity-Key"],
    ] as const) {
      const altered = replaced(sealed, search, by);
      await assert.rejects(openSealedDraft(altered, contextOf(alice)), refusal("draft-altered"));
    }
  });

  it("cannot be opened with another key, nor when it was damaged", async () => {
    const sealed = await sealDraft(draft, alice.encryption, memo);
    await assert.rejects(openSealedDraft(sealed, contextOf(bob)), refusal("decryption-failed"));
    const damaged = replaced(sealed, /(.{8})=*\r\n*$/, "AAAAAAAA");
    await assert.rejects(openSealedDraft(damaged, contextOf(alice)), refusal("decryption-failed"));
  });
});
