import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { certificateQuestion } from "../../src/core/exchange/certificate-question.ts";
import type { NotReady } from "../../src/core/exchange/plan.ts";
import {
  selectCertificate,
  selectForDrafts,
  selectOwn,
} from "../../src/core/exchange/select-certificate.ts";
import { candidate, daysAgo, now, ownKey, type CandidateFacts } from "../support/exchange-facts.ts";

function selected(...candidates: Parameters<typeof selectCertificate>[0]): string {
  const selection = selectCertificate(candidates, now);
  const reversed = selectCertificate(candidates.toReversed(), now);
  assert.deepEqual(selection, reversed, "the order does not matter");
  return selection.kind === "selected" ? selection.entry.certificate.fingerprint : selection.reason;
}

describe("the certificate to encrypt to", () => {
  it("is the one that was seen last", () => {
    const older = candidate("older", { lastSeen: daysAgo(20), notBefore: daysAgo(20) });
    const newer = candidate("newer", { lastSeen: daysAgo(10), notBefore: daysAgo(300) });
    assert.equal(selected(older, newer), "newer");
  });

  it("is the one issued last, of those seen at the same time", () => {
    const seen = { firstSeen: daysAgo(5), lastSeen: daysAgo(5) };
    const older = candidate("older", { ...seen, notBefore: daysAgo(60) });
    const newer = candidate("newer", { ...seen, notBefore: daysAgo(50) });
    assert.equal(selected(older, newer), "newer");
  });

  it("is not decided by a message from the future", () => {
    const key = "renewed";
    const honest = candidate("honest", { key, firstSeen: daysAgo(50), lastSeen: daysAgo(1) });
    const future = candidate("future", { key, firstSeen: daysAgo(60), lastSeen: daysAgo(-1) });
    const wholly = candidate("wholly", { key, firstSeen: daysAgo(-2), lastSeen: daysAgo(-1) });
    assert.equal(selected(honest, future, wholly), "honest");
  });

  it("from a file counts as seen when it was added", () => {
    const key = "renewed";
    const file = candidate("file", { key, source: "file", firstSeen: daysAgo(2), lastSeen: null });
    const mail = candidate("mail", { key, firstSeen: daysAgo(60), lastSeen: daysAgo(3) });
    assert.equal(selected(file, mail), "file");
  });

  it("from a file never takes a known key's place by itself", () => {
    const file = candidate("file", { source: "file", firstSeen: daysAgo(2), lastSeen: null });
    const mail = candidate("mail", { firstSeen: daysAgo(60), lastSeen: daysAgo(3) });
    assert.equal(selected(file, mail), "mail");
    assert.equal(selected(file), "file");
    assert.equal(selected({ ...file, entry: { ...file.entry, confirmed: true } }, mail), "file");
  });

  it("stays the known one beside a changed key, until the user has confirmed that", () => {
    const known = candidate("known", { firstSeen: daysAgo(60), lastSeen: daysAgo(30) });
    const changed = candidate("changed", { firstSeen: daysAgo(2) });
    assert.equal(selected(known, changed), "known");
    assert.equal(
      selected(known, candidate("changed", { firstSeen: daysAgo(2), confirmed: true })),
      "changed",
    );
  });

  it("is none where only a changed key could be used", () => {
    const known = candidate("known", { firstSeen: daysAgo(90), notAfter: daysAgo(1) });
    const another = { firstSeen: daysAgo(60) };
    assert.equal(selected(known, candidate("another", another)), "changed");
    assert.equal(selected(known, candidate("another", { ...another, confirmed: true })), "another");
  });

  const unusable: readonly (readonly [NotReady, CandidateFacts])[] = [
    ["untrusted", { failing: "issuer-unknown" }],
    ["untrusted", { failing: "signature-wrong" }],
    ["untrusted", { failing: "expired" }], // further up the path: its own time is not over
    ["weak", { failing: "weak-key" }],
    ["weak", { failing: "weak-digest" }],
    ["not-yet-valid", { failing: "not-yet-valid", notBefore: daysAgo(-1) }],
    ["revoked", { failing: "revoked" }],
    ["revoked", { failing: "revoked", notAfter: daysAgo(1) }],
    ["expired", { failing: "expired", notAfter: daysAgo(1) }],
    ["expired", { notAfter: daysAgo(1) }],
    ["not-for-encryption", { use: "sign" }],
    ["not-for-encryption", { use: "none", failing: "key-usage" }],
  ];

  for (const [reason, facts] of unusable) {
    it(`is not one that is ${reason} (${facts.failing ?? "trusted"})`, () => {
      const newest = candidate("newest", { ...facts, firstSeen: daysAgo(0) });
      assert.equal(selected(newest), reason);
      assert.equal(selected(newest, candidate("older", { firstSeen: daysAgo(9) })), "older");
    });
  }

  it("is missing for the reason that is nearest to being mended", () => {
    const order: readonly NotReady[] = [
      "untrusted",
      "weak",
      "not-yet-valid",
      "revoked",
      "expired",
      "not-for-encryption",
    ];
    for (const [index, reason] of order.entries()) {
      const rest = unusable.filter(([other]) => order.indexOf(other) >= index);
      const candidates = rest.map(([, facts], number) => candidate(`c${number}`, facts));
      assert.equal(selected(...candidates), reason);
    }
    assert.equal(selected(), "no-certificate");
  });
});

describe("the keys of one's own address", () => {
  const select = (...keys: Parameters<typeof selectOwn>[0]) => {
    const { signing, encryption, lapsed } = selectOwn(keys, "alice@example.org", now);
    assert.deepEqual(
      selectOwn(keys.toReversed(), "alice@example.org", now),
      { signing, encryption, lapsed },
      "the order does not matter",
    );
    return [signing, encryption, lapsed].map((key) => key?.certificate.fingerprint ?? null);
  };

  it("are the newest of those that name the address", () => {
    const older = ownKey("older", { notBefore: daysAgo(30) });
    const newer = ownKey("newer", { notBefore: daysAgo(20) });
    const other = ownKey("other", { notBefore: daysAgo(10), address: "work@example.org" });
    assert.deepEqual(select(older, newer, other), ["newer", "newer", null]);
  });

  it("compare the domain without regard to case, the local part as written", () => {
    const key = ownKey("key", { address: "alice@EXAMPLE.org" });
    assert.deepEqual(select(key), ["key", "key", null]);
    assert.deepEqual(select(ownKey("key", { address: "Alice@example.org" })), [null, null, null]);
  });

  it("are two where each is fit for one use", () => {
    const signing = ownKey("signing", { use: "sign" });
    const encryption = ownKey("encryption", { use: "encrypt" });
    assert.deepEqual(select(signing, encryption), ["signing", "encryption", null]);
    assert.deepEqual(select(signing), ["signing", null, null]);
    assert.deepEqual(select(encryption), [null, "encryption", null]);
  });

  it("are the same one where the signing one can do both", () => {
    const both = ownKey("both", { notBefore: daysAgo(30) });
    const newer = ownKey("newer", { use: "encrypt", notBefore: daysAgo(10) });
    assert.deepEqual(select(both, newer), ["both", "both", null]);
  });

  it("are valid now", () => {
    const future = ownKey("future", { notBefore: daysAgo(-1) });
    const ended = ownKey("ended", { notBefore: daysAgo(400), notAfter: daysAgo(1) });
    const valid = ownKey("valid", { notBefore: daysAgo(500) });
    assert.deepEqual(select(future, ended, valid), ["valid", "valid", null]);
    assert.deepEqual(select(future, ended), [null, null, "ended"]);
    assert.deepEqual(select(future), [null, null, null]);
  });

  it("tell which use has ended", () => {
    const signing = ownKey("signing", { use: "sign" });
    const ended = ownKey("ended", { use: "encrypt", notAfter: daysAgo(1) });
    assert.deepEqual(select(signing, ended), ["signing", null, "ended"]);
    const endedSigning = ownKey("ended signing", { use: "sign", notAfter: daysAgo(1) });
    assert.deepEqual(select(signing, endedSigning), ["signing", null, null]);
  });
});

describe("the key that a draft is encrypted to", () => {
  const chosen = (...keys: Parameters<typeof selectForDrafts>[0]) => {
    const selection = selectForDrafts(keys, "alice@example.org", now);
    return selection === null ? null : [selection.own.certificate.fingerprint, selection.named];
  };

  it("is the sender's newest valid one", () => {
    const older = ownKey("older", { notBefore: daysAgo(60) });
    const newer = ownKey("newer", { notBefore: daysAgo(50) });
    assert.deepEqual(chosen(older, newer), ["newer", true]);
  });

  it("may have expired: the draft is for the user alone", () => {
    const lapsed = ownKey("lapsed", { notAfter: daysAgo(1) });
    assert.deepEqual(chosen(lapsed), ["lapsed", true]);
    assert.deepEqual(chosen(ownKey("valid", { notBefore: daysAgo(300) }), lapsed), ["valid", true]);
  });

  it("is another address's only where the sender has none, and says so", () => {
    const other = ownKey("other", { address: "alice@work.example" });
    assert.deepEqual(chosen(other), ["other", false]);
    assert.deepEqual(chosen(other, ownKey("own")), ["own", true]);
  });

  it("takes a plus-address for another address", () => {
    assert.deepEqual(chosen(ownKey("plus", { address: "alice+news@example.org" })), [
      "plus",
      false,
    ]);
  });

  it("is none that can only sign", () => {
    assert.equal(chosen(ownKey("signing", { use: "sign" })), null);
    assert.equal(chosen(), null);
  });
});

describe("what the user has to decide about certificates", () => {
  const question = (...candidates: Parameters<typeof certificateQuestion>[0]) => {
    const { known, changed, untrusted } = certificateQuestion(candidates, now);
    const name = ({ entry }: (typeof changed)[number]) => entry.certificate.fingerprint;
    return [known === null ? null : name(known), changed.map(name), untrusted.map(name)];
  };
  const known = candidate("known", { firstSeen: daysAgo(60) });

  it("is nothing of what is known", () => {
    assert.deepEqual(question(), [null, [], []]);
    assert.deepEqual(question(known, candidate("signing", { use: "sign" })), ["known", [], []]);
  });

  it("is whether a changed key is theirs, newest first, beside the known one", () => {
    const changed = candidate("changed", { firstSeen: daysAgo(5) });
    const newer = candidate("newer", { firstSeen: daysAgo(2) });
    assert.deepEqual(question(known, changed, newer), ["known", ["newer", "changed"], []]);
    const confirmed = candidate("newer", { firstSeen: daysAgo(2), confirmed: true });
    assert.deepEqual(question(known, changed, confirmed), ["newer", ["changed"], []]);
  });

  it("compares with the known one that has ended where there is no other", () => {
    const ended = candidate("ended", { firstSeen: daysAgo(90), notAfter: daysAgo(1) });
    const changed = candidate("changed", { firstSeen: daysAgo(60) });
    assert.deepEqual(question(ended, changed), ["ended", ["changed"], []]);
  });

  it("is whom to trust where nobody vouches, changed or not", () => {
    const untrusted = candidate("untrusted", { failing: "issuer-unknown" });
    assert.deepEqual(question(untrusted), [null, [], ["untrusted"]]);
    assert.deepEqual(question(known, untrusted), ["known", [], ["untrusted"]]);
  });
});
