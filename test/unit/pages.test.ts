import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import type {
  ContactView,
  DraftView,
  MessagePanel,
  MessageStatus,
  OwnKeyView,
} from "../../src/core/protocol.ts";
import {
  attentionWordings,
  evidenceWordings,
  nextStep,
  nextWording,
  stateWording,
  stepsOf,
  storyWordings,
} from "../../src/pages/components/exchange.ts";
import { fingerprintGroups } from "../../src/pages/components/fingerprint.ts";
import { notReadyWording, type NotReady } from "../../src/pages/components/not-ready.ts";
import { passphraseStrength } from "../../src/pages/components/passphrase.ts";
import type { Wording } from "../../src/pages/components/wording.ts";
import {
  choices,
  fateOf,
  awaitsCertificates,
  hintWording,
  missingOf,
  outcomeOf,
  readersWording,
  recipientWording,
  waysOut,
  whyWording,
} from "../../src/pages/components/draft-wording.ts";
import {
  encryptionReason,
  headerCaveat,
  headerName,
  outsideWording,
  pathNotes,
  signatureReason,
  summaryOf,
  thunderbirdWording,
  timeNote,
  timesApart,
} from "../../src/pages/message/wording.ts";
import { canTrustIssuer, remedyOf } from "../../src/pages/message/remedy.ts";
import { importFlow, start, type ImportFlow } from "../../src/pages/options/import-flow.ts";
import { lockChoices } from "../../src/pages/options/lock-choices.ts";
import { trustQuestions } from "../../src/pages/options/trust-questions.ts";

const root = join(import.meta.dirname, "../..");
const strings = JSON.parse(readFileSync(join(root, "_locales/en/messages.json"), "utf8")) as Record<
  string,
  { placeholders?: Record<string, unknown> }
>;

/** A wording is right if its string exists and takes as many substitutions as it brings. */
function assertWording([key, ...substitutions]: Wording): void {
  const entry = strings[key];
  assert.ok(entry !== undefined, key);
  assert.equal(Object.keys(entry.placeholders ?? {}).length, substitutions.length, key);
}

/** Every member of a union, held complete by the compiler. */
function every<T extends string>(members: Record<T, true>): T[] {
  return Object.keys(members) as T[];
}

const states = every<ContactView["state"]>({
  setup: true,
  none: true,
  sent: true,
  received: true,
  complete: true,
});
const nextActions = every<ContactView["next"]>({
  "import-certificate": true,
  "send-hello": true,
  wait: true,
  remind: true,
  "answer-signed": true,
  "trust-certificate": true,
  "confirm-changed-key": true,
  "renew-certificate": true,
  "ask-for-new-certificate": true,
  "write-encrypted": true,
});

const nothing = { sent: null, received: null, encrypted: null, replied: null };

function contact(change: Partial<ContactView> = {}): ContactView {
  return {
    address: "bob@smime.example",
    shownAddress: "bob@smime.example",
    name: null,
    identity: "alice@smime.example",
    state: "none",
    attention: [],
    next: "send-hello",
    group: "start",
    evidence: nothing,
    ends: null,
    ...change,
  };
}

describe("the exchange in words", () => {
  it("has a sentence for each state, next action and attention", () => {
    for (const state of states) {
      assertWording(stateWording(contact({ state })));
    }
    for (const next of nextActions) {
      const wording = nextWording(next);
      if (wording !== null) assertWording(wording);
    }
    const attention = every<ContactView["attention"][number]>({
      untrusted: true,
      changed: true,
      expiring: true,
      expired: true,
      revoked: true,
      renewed: true,
      silent: true,
    });
    for (const ends of [null, ...(["mine", "theirs"] as const)]) {
      const wordings = attentionWordings(
        { attention, ends: ends === null ? null : { whose: ends, at: "2026-12-01T00:00:00Z" } },
        (iso) => iso,
      );
      assert.equal(new Set(wordings.map(([key]) => key)).size, attention.length);
      wordings.forEach(assertWording);
    }
  });

  it("does not call nothing what came and cannot be used", () => {
    const came = { ...nothing, received: "2026-11-04T00:00:00Z" };
    assert.deepEqual(stateWording(contact()), ["state_none"]);
    assert.deepEqual(stateWording(contact({ evidence: came })), ["state_none_unusable"]);
    assert.deepEqual(stateWording(contact({ state: "sent", evidence: came })), [
      "state_sent_unusable",
    ]);
  });

  it("tells what has happened, with dates, and nothing that has not", () => {
    const day = (iso: string) => iso.slice(0, 10);
    assert.deepEqual(evidenceWordings(nothing, day), []);
    const wordings = evidenceWordings(
      {
        sent: "2026-11-03T08:00:00Z",
        received: "2026-11-04T08:00:00Z",
        encrypted: "2026-11-05T08:00:00Z",
        replied: null,
      },
      day,
    );
    assert.deepEqual(wordings, [
      ["evidence_sent", "2026-11-03"],
      ["evidence_received", "2026-11-04"],
      ["evidence_encrypted", "2026-11-05"],
    ]);
    wordings.forEach(assertWording);
  });

  it("draws each state as its own picture, never a later step before an earlier one", () => {
    const pictures = states.map((state) => JSON.stringify(stepsOf(state)));
    assert.equal(new Set(pictures).size, states.length);
    for (const state of states) {
      const order = stepsOf(state).marks.map((mark) => ["done", "current", "later"].indexOf(mark));
      assert.deepEqual([...order].sort(), order, state);
    }
  });

  it("gives each next action a button, and drafts their text", () => {
    for (const next of nextActions) {
      const step = nextStep({ next, attention: [] });
      assertWording([step.label]);
      if (step.kind !== "compose") continue;
      if (step.subject !== null) assertWording([step.subject]);
      if (step.body !== null) assertWording([step.body]);
      assert.equal(step.subject === null, next === "write-encrypted", next);
    }
  });

  it("announces a new certificate of mine instead of greeting as for the first time", () => {
    for (const next of ["send-hello", "answer-signed"] as const) {
      const step = nextStep({ next, attention: ["renewed"] });
      assert.ok(step.kind === "compose");
      assert.equal(step.label, "do_announce");
      for (const key of [step.label, step.subject ?? "", step.body ?? ""]) assertWording([key]);
    }
  });

  it("protects every draft of a step, and one to somebody who is ready by encryption", () => {
    const protections = nextActions.flatMap((next) => {
      const step = nextStep({ next, attention: [] });
      return step.kind === "compose" ? [[next, step.protection]] : [];
    });
    assert.deepEqual(
      protections.filter(([, protection]) => protection === "encrypted"),
      [["write-encrypted", "encrypted"]],
    );
  });

  it("tells the story in the order in which it happened", () => {
    const story = (change: Partial<ContactView>) => {
      const wordings = storyWordings(contact(change), (iso) => iso);
      wordings.forEach(assertWording);
      return wordings.map(([key]) => key);
    };
    const [first, second, third] = ["2026-11-03", "2026-11-04", "2026-11-05"] as const;
    assert.deepEqual(story({}), ["state_none"]);
    assert.deepEqual(story({ attention: ["untrusted"] }), ["state_none_unusable"]);
    assert.deepEqual(story({ state: "sent", evidence: { ...nothing, sent: first } }), [
      "story_sent",
      "story_waiting",
    ]);
    assert.deepEqual(
      story({ state: "sent", evidence: { ...nothing, sent: second, received: first } }),
      ["story_received", "story_sent", "state_none_unusable"],
    );
    assert.deepEqual(story({ state: "received", evidence: { ...nothing, received: first } }), [
      "story_received",
      "state_received",
    ]);
    const answered = { sent: first, received: second, replied: second, encrypted: third };
    assert.deepEqual(story({ state: "complete", evidence: answered }), [
      "story_sent",
      "story_replied",
      "story_encrypted",
      "state_complete",
    ]);
  });

  it("does not press where there is nothing to do", () => {
    const quiet = nextActions.filter((next) => {
      const step = nextStep({ next, attention: [] });
      return step.kind === "compose" && step.quiet;
    });
    assert.deepEqual(quiet, ["wait", "write-encrypted"]);
  });
});

describe("a draft in words", () => {
  const plans: DraftView["plan"][] = [
    ...(["no-certificate", "chosen", "setting"] as const).map((why) => ({
      kind: "unprotected" as const,
      why,
    })),
    ...(["chosen", "setting", "missing", "bcc", "no-encryption-certificate"] as const).map(
      (why) => ({ kind: "signed" as const, why }),
    ),
    ...(["chosen", "ready", "answers-encrypted"] as const).map((why) => ({
      kind: "encrypted" as const,
      why,
    })),
    ...(["missing", "bcc", "no-certificate", "no-recipients"] as const).map((why) => ({
      kind: "blocked" as const,
      why,
    })),
  ];
  const draft = (plan: DraftView["plan"], choice: DraftView["choice"]): DraftView => ({
    identity: null,
    choice,
    plan,
    answersEncrypted: false,
    sealsDrafts: true,
    recipients: [],
    vault: "unlocked",
  });

  it("says what happens and why for each plan", () => {
    for (const plan of plans) {
      assertWording(fateOf(plan).sentence);
      assertWording(whyWording(plan));
      const hint = hintWording(draft(plan, "automatic"));
      if (hint !== null) assertWording(hint);
    }
  });

  it("says something else when the same reason stops the message", () => {
    for (const why of ["missing", "own-expired"] as const) {
      const goes = whyWording({ kind: "signed", why });
      assert.notDeepEqual(whyWording({ kind: "blocked", why }), goes);
    }
  });

  it("offers a way out only where the message is stopped, and never the choice already made", () => {
    for (const plan of plans) {
      for (const { value: choice } of choices) {
        const ways = waysOut(draft(plan, choice));
        if (plan.kind !== "blocked") assert.deepEqual(ways, []);
        else assert.ok(ways.length > 0);
        if (choice === "encrypted") assert.ok(!ways.includes(choice));
      }
    }
  });

  it("marks what the draft is headed for where nothing was chosen", () => {
    const headed = plans.map((plan) => outcomeOf(draft(plan, "automatic")));
    for (const [index, { kind }] of plans.entries()) {
      const expected = { unprotected: "none", left: null, blocked: null };
      assert.equal(headed[index], Object.hasOwn(expected, kind) ? expected[kind as "left"] : kind);
    }
    const answer = { ...draft({ kind: "blocked", why: "missing" }, "automatic") };
    assert.equal(outcomeOf({ ...answer, answersEncrypted: true }), "encrypted");
  });

  it("says who can read it wherever it is sent, each time something else", () => {
    const sentences = new Map(plans.map((plan) => [plan.kind, readersWording(plan)]));
    assert.equal(sentences.get("blocked"), null);
    const said = [...sentences.values()].flatMap((wording) => (wording === null ? [] : [wording]));
    said.forEach(assertWording);
    assert.equal(new Set(said.map(([key]) => key)).size, 3);
  });

  it("counts as missing only those who stand between a draft and encryption", () => {
    const recipients = [
      { address: "a@x", state: "none", ready: false, notReady: "no-certificate" } as const,
      { address: "b@x", state: "complete", ready: true, notReady: null } as const,
    ].map((each) => ({ ...each, shownAddress: each.address, field: "to" }) as const);
    const missing = (plan: DraftView["plan"]) =>
      missingOf({ ...draft(plan, "automatic"), recipients }).map(({ address }) => address);
    assert.deepEqual(missing({ kind: "signed", why: "missing" }), ["a@x"]);
    assert.deepEqual(missing({ kind: "blocked", why: "missing" }), ["a@x"]);
    assert.deepEqual(missing({ kind: "signed", why: "chosen" }), []);
  });

  it("does not have anybody wait for a newsgroup's certificate", () => {
    const group = {
      ...({ address: "a.b", shownAddress: "a.b" } as const),
      ...({ field: "to", state: "none", ready: false } as const),
    };
    const recipients = [{ ...group, notReady: "newsgroup" }] as const;
    const person = { ...group, address: "a@x", notReady: "no-certificate" } as const;
    for (const kind of ["signed", "blocked"] as const) {
      const view = { ...draft({ kind, why: "missing" }, "automatic"), recipients };
      assert.equal(awaitsCertificates(view), false);
      assert.equal(hintWording(view), null);
      assert.equal(awaitsCertificates({ ...view, recipients: [...recipients, person] }), true);
      assertWording(hintWording({ ...view, recipients: [...recipients, person] }) ?? [""]);
    }
  });

  it("never offers to encrypt for someone missing", () => {
    assert.deepEqual(waysOut(draft({ kind: "blocked", why: "missing" }, "encrypted")), ["signed"]);
  });

  it("has one choice per outcome", () => {
    assert.deepEqual(
      choices.map(({ value }) => value),
      ["encrypted", "signed", "none"],
    );
    for (const { label, explanation } of choices) {
      assertWording([label]);
      assertWording([explanation]);
    }
  });

  it("says of each recipient whether and why not", () => {
    const recipient = (change: Partial<DraftView["recipients"][number]>) =>
      recipientWording({
        address: "bob@smime.example",
        shownAddress: "bob@smime.example",
        field: "to",
        state: "complete",
        ready: true,
        notReady: null,
        ...change,
      });
    assert.deepEqual(recipient({}), ["recipient_complete"]);
    assert.deepEqual(recipient({ state: "received" }), ["recipient_ready"]);
    const reasons = every<NotReady>({
      "no-certificate": true,
      untrusted: true,
      expired: true,
      "not-yet-valid": true,
      revoked: true,
      "not-for-encryption": true,
      weak: true,
      changed: true,
      newsgroup: true,
    });
    for (const notReady of reasons) {
      const wording = recipient({ ready: false, notReady, state: "none" });
      assert.deepEqual(wording, notReadyWording(notReady));
      assertWording(wording);
    }
  });
});

type PathReason = NonNullable<MessageStatus["signature"]["pathReason"]>;

describe("a message in words", () => {
  const signer: MessageStatus["signature"]["signer"] = {
    fingerprint: "00",
    name: "Mallory",
    addresses: ["mallory@smime.example"],
    issuer: "Sample",
    notBefore: "2026-01-01T00:00:00Z",
    notAfter: "2027-01-01T00:00:00Z",
    uses: ["sign"],
    key: "RSA 2048",
  };
  const plain: MessageStatus = {
    protection: "none",
    signature: {
      verdict: "none",
      reason: null,
      pathReason: null,
      signer: null,
      algorithm: null,
      signedAt: null,
      authority: null,
    },
    encryption: { verdict: "none", reason: null, cipher: null, authenticated: false },
    from: "bob@smime.example",
    headers: [],
    subject: "none",
    innerFrom: null,
    exchange: null,
  };
  const signature = (change: Partial<MessageStatus["signature"]>): MessageStatus => ({
    ...plain,
    signature: { ...plain.signature, ...change },
  });
  const encryption = (change: Partial<MessageStatus["encryption"]>): MessageStatus => ({
    ...plain,
    encryption: { ...plain.encryption, ...change },
  });

  it("sums each protection up in one line", () => {
    const protections = every<MessageStatus["protection"]>({
      none: true,
      signed: true,
      encrypted: true,
      "signed-and-encrypted": true,
    });
    const lines = protections.map((protection) => summaryOf({ ...plain, protection }).sentence);
    lines.forEach(assertWording);
    assert.equal(new Set(lines.map(([key]) => key)).size, protections.length);
    assert.deepEqual(summaryOf({ ...plain, protection: "signed" }).sentence, [
      "summary_signed",
      "bob@smime.example",
    ]);
  });

  it("sums a failed signature up like none (RFC 9787, section 6.4), and tells the reason below", () => {
    for (const verdict of ["untrusted", "mismatch", "invalid", "weak", "unsupported"] as const) {
      const failed = signature({ verdict, reason: "content-altered", signer });
      assert.deepEqual(summaryOf(failed), summaryOf(plain));
      assert.deepEqual(signatureReason(failed), ["reason_content_altered"]);
    }
    assert.equal(signatureReason(plain), null);
    assert.equal(signatureReason(signature({ verdict: "valid", signer })), null);
  });

  it("names both addresses where they differ", () => {
    const wording = signatureReason(
      signature({ verdict: "mismatch", reason: "address-mismatch", signer }),
    );
    assert.deepEqual(wording, [
      "reason_address_mismatch",
      "mallory@smime.example",
      "bob@smime.example",
    ]);
    assertWording(wording);
  });

  it("tells what was hidden from what was changed on the way", () => {
    for (const [confidential, outer, wording] of [
      [true, "[...]", ["header_outside_hidden", "[...]"]],
      [true, null, ["header_outside_none"]],
      [false, "Pay now", ["header_outside_changed", "Pay now"]],
      [false, null, ["header_outside_missing"]],
    ] as const) {
      const header = { name: "Reply-To", value: "Lunch", outer, confidential };
      assert.deepEqual(outsideWording(header), wording);
      assertWording(outsideWording(header));
      assertWording(headerName(header));
    }
    const contradicted = { ...plain, innerFrom: "mallory@smime.example" };
    const reason = {
      ...plain.signature,
      verdict: "mismatch",
      reason: "from-contradicted",
    } as const;
    assert.deepEqual(signatureReason({ ...contradicted, signature: reason }), [
      "banner_from_contradicted",
      "mallory@smime.example",
    ]);
  });

  it("says where the protection does not reach the subject", () => {
    for (const [protection, subject, wording] of [
      ["signed-and-encrypted", "confidential", null],
      ["signed-and-encrypted", "signed", ["subject_not_encrypted"]],
      ["encrypted", "none", ["subject_not_encrypted"]],
      ["encrypted", null, null],
      ["signed", "signed", null],
      ["signed", "none", ["subject_not_signed"]],
      ["none", "none", null],
    ] as const) {
      const caveat = headerCaveat({ ...plain, protection, subject });
      assert.deepEqual(caveat, wording);
      if (caveat !== null) assertWording(caveat);
    }
  });

  it("has a sentence for each reason of a signature and of a path", () => {
    const reasons = every<NonNullable<MessageStatus["signature"]["reason"]>>({
      "content-altered": true,
      "signature-wrong": true,
      "signed-attributes-wrong": true,
      malformed: true,
      "no-signer": true,
      "signer-certificate-missing": true,
      "several-signers": true,
      "weak-digest": true,
      "weak-key": true,
      "algorithm-unsupported": true,
      "algorithms-disagree": true,
      "content-unsupported": true,
      "address-mismatch": true,
      "from-contradicted": true,
      "not-whole-message": true,
      "outside-encryption": true,
      "signing-time-in-future": true,
      "certificate-path": true,
    });
    for (const reason of reasons) {
      const wording = signatureReason(signature({ verdict: "invalid", reason }));
      assert.ok(wording !== null, reason);
      assertWording(wording);
    }
    const pathReasons = every<NonNullable<MessageStatus["signature"]["pathReason"]>>({
      "issuer-unknown": true,
      policy: true,
      "revocation-unknown": true,
      expired: true,
      "not-yet-valid": true,
      "signature-wrong": true,
      "weak-digest": true,
      "weak-key": true,
      "issuer-not-authority": true,
      "path-too-long": true,
      "key-usage": true,
      "extended-key-usage": true,
      "name-constraints": true,
      "unknown-critical-extension": true,
      revoked: true,
      "algorithm-unsupported": true,
      "search-limit": true,
    });
    const told = pathReasons.map((pathReason) =>
      signatureReason(signature({ verdict: "untrusted", reason: "certificate-path", pathReason })),
    );
    assert.equal(new Set(told.map((wording) => wording?.[0])).size, pathReasons.length);
    for (const wording of told) assertWording(wording ?? [""]);
  });

  it("tells why content is hidden, and what decrypted content lacks", () => {
    const reasons = every<NonNullable<MessageStatus["encryption"]["reason"]>>({
      "no-matching-key": true,
      "decryption-failed": true,
      malformed: true,
      "algorithm-unsupported": true,
      "too-deep": true,
    });
    for (const reason of reasons) {
      const status = encryption({ verdict: "failed", reason });
      assert.deepEqual(summaryOf(status).sentence, ["summary_cannot_decrypt"]);
      assertWording(encryptionReason(status) ?? [""]);
    }
    assert.equal(encryptionReason(plain), null);
    assert.equal(encryptionReason(encryption({ verdict: "decrypted", authenticated: true })), null);
    assert.deepEqual(encryptionReason(encryption({ verdict: "decrypted" })), [
      "encryption_not_authenticated",
    ]);
    const locked = encryption({ verdict: "locked" });
    assert.deepEqual(summaryOf(locked).sentence, ["summary_locked"]);
    assert.deepEqual(encryptionReason(locked), ["encryption_locked"]);
  });

  const details: NonNullable<MessagePanel["details"]> = {
    path: [],
    trustedBy: null,
    coversWholeMessage: true,
    checkedAt: null,
    signerAtSigning: null,
    writtenAt: null,
    keyManagement: [],
    weakCipher: false,
    decryptedWith: null,
    protectedHeaders: [],
    kept: true,
  };

  it("offers the one thing that would help, and nothing where nothing would", () => {
    const exchange = contact();
    const remedy = (change: Partial<MessageStatus["signature"]>, kept: boolean | null = true) =>
      remedyOf({
        status: { ...plain, exchange, signature: { ...plain.signature, ...change } },
        details: { ...details, kept },
      });
    assert.equal(remedy({}), null);
    assert.equal(remedy({ verdict: "valid" }), null);
    assert.equal(remedy({ verdict: "valid" }, null), null);
    assert.equal(remedy({ verdict: "valid" }, false), "keep-certificate");
    const untrusted = (pathReason: PathReason, authority = false) =>
      remedy({
        verdict: "untrusted",
        reason: "certificate-path",
        pathReason,
        signer,
        authority: authority ? signer : null,
      });
    assert.equal(untrusted("issuer-unknown", true), "trust-authority");
    assert.equal(untrusted("issuer-unknown"), "trust-certificate");
    assert.equal(untrusted("name-constraints"), "trust-certificate");
    assert.equal(untrusted("expired", true), "ask-new-certificate");
    assert.equal(untrusted("revoked"), "ask-new-certificate");
    assert.equal(untrusted("revocation-unknown"), "preferences");
    assert.equal(untrusted("not-yet-valid"), null);
    const mismatch = { verdict: "mismatch", signer } as const;
    assert.equal(remedy({ ...mismatch, reason: "address-mismatch" }), "ask-new-certificate");
    assert.equal(remedy({ ...mismatch, reason: "from-contradicted" }), null);
    assert.equal(remedy({ verdict: "invalid", reason: "content-altered" }), "ask-again");
    const lapsed = signature({
      verdict: "untrusted",
      pathReason: "issuer-unknown",
      signer,
      authority: signer,
    });
    const at = (checkedAt: string) =>
      remedyOf({ status: lapsed, details: { ...details, checkedAt } });
    assert.equal(at("2026-06-01T00:00:00Z"), "trust-authority");
    assert.equal(at("2028-06-01T00:00:00Z"), "ask-new-certificate", "no trust mends that");
    const own = { ...plain, signature: { ...plain.signature, verdict: "invalid" as const } };
    assert.equal(remedyOf({ status: own, details }), null, "one's own copy is asked of nobody");
  });

  it("notes of each certificate of a path what is wrong with it and why it counts", () => {
    const certificate = { ...signer, failed: false, revocation: null };
    const notes = (change: object, trustedBy: (typeof details)["trustedBy"] = null) =>
      pathNotes({ ...certificate, ...change }, trustedBy, new Date("2026-06-01")).map(
        ({ wording, good }) => {
          assertWording(wording);
          return `${good ? "+" : "-"}${wording[0].replace("path_note_", "")}`;
        },
      );
    assert.deepEqual(notes({}), []);
    assert.deepEqual(notes({ notAfter: "2026-05-01T00:00:00Z", failed: true }), [
      "-expired",
      "-failed",
    ]);
    assert.deepEqual(notes({ notBefore: "2026-07-01T00:00:00Z" }), ["-not_yet_valid"]);
    assert.deepEqual(notes({ revocation: "revoked" }), ["-revoked"]);
    assert.deepEqual(notes({ revocation: "good" }), ["+not_revoked"]);
    assert.deepEqual(notes({ revocation: "unknown" }), []);
    for (const trusted of ["built-in", "user", "certificate"] as const) {
      assert.deepEqual(notes({}, trusted), [`+${trusted.replace("-", "_")}`]);
    }
  });

  it("tells where Thunderbird may say something else", () => {
    const trusted = every<NonNullable<(typeof details)["trustedBy"]>>({
      "built-in": true,
      user: true,
      certificate: true,
    });
    for (const trustedBy of trusted) {
      const wordings = thunderbirdWording({
        status: signature({ verdict: "valid" }),
        details: { ...details, trustedBy },
      });
      assert.equal(wordings.length, 2);
      wordings.forEach(assertWording);
    }
    const secret = { status: encryption({ verdict: "decrypted" }), details };
    assert.deepEqual(thunderbirdWording(secret), [
      ["thunderbird_own_store"],
      ["thunderbird_no_key"],
    ]);
    for (const signerAtSigning of ["expired", "not-yet-valid"] as const) {
      assertWording(timeNote({ ...details, signerAtSigning }) ?? [""]);
    }
  });

  it("tells where a message says to be written at another time than it was signed", () => {
    const signedAt = "2026-06-01T12:00:00.000Z";
    const apart = (writtenAt: string | null) => timesApart({ signedAt }, { writtenAt });
    assert.equal(apart(null), null);
    assert.equal(apart(signedAt), null);
    assert.equal(apart("2026-06-01T11:00:01.000Z"), null);
    assert.equal(timesApart({ signedAt: null }, { writtenAt: signedAt }), null);
    for (const writtenAt of ["2026-06-01T11:00:00.000Z", "2026-06-08T12:00:00.000Z"]) {
      assert.deepEqual(apart(writtenAt), { signedAt, writtenAt });
    }
    assertWording(["signed_apart", signedAt, signedAt]);
  });

  it("asks to trust an issuer only where that would help", () => {
    const unknown = { reason: "certificate-path", pathReason: "issuer-unknown" } as const;
    assert.ok(canTrustIssuer(signature({ ...unknown, authority: signer })));
    assert.ok(!canTrustIssuer(signature(unknown)));
    assert.ok(!canTrustIssuer(signature({ pathReason: "expired", authority: signer })));
  });
});

describe("importing a key file", () => {
  const file = { name: "alice.p12", bytes: new Uint8Array([1, 2, 3]) };
  const run = (...events: Parameters<typeof importFlow>[1][]): ImportFlow =>
    events.reduce(importFlow, start);
  const summary = { added: [] };
  const preview = { keys: [] };
  const chosen = { type: "chosen", file } as const;
  const wrong = { type: "failed", code: "pkcs12-wrong-password" } as const;
  const opened = { type: "opened", preview } as const;
  const previewed = [chosen, wrong, { type: "submitted", password: "alice" }, opened] as const;

  it("shows what is in the file first, and then goes straight in where the vault is open", () => {
    assert.deepEqual(run(...previewed), {
      step: "preview",
      file,
      password: "alice",
      preview,
      failure: null,
    });
    assert.deepEqual(run(...previewed, { type: "confirmed" }, { type: "imported", summary }), {
      step: "done",
      added: [],
    });
  });

  it("asks for a password only where the file needs one", () => {
    assert.deepEqual(run(chosen), { step: "opening", file, password: "", asked: false });
    assert.equal(run(chosen, opened).step, "preview");
    assert.deepEqual(run(chosen, wrong), { step: "password", file, failure: null });
  });

  for (const vault of ["absent", "locked"] as const) {
    it(`keeps file and password while the vault is ${vault}`, () => {
      const asked = run(
        ...previewed,
        { type: "confirmed" },
        { type: "failed", code: `vault-${vault}` },
      );
      assert.deepEqual(asked, { step: "vault", file, password: "alice", preview, vault });
      assert.deepEqual(importFlow(asked, { type: "vault-opened" }), {
        step: "importing",
        file,
        password: "alice",
        preview,
      });
    });
  }

  it("keeps the file after a wrong password, the empty one too", () => {
    for (const password of ["bob", ""]) {
      assert.deepEqual(run(chosen, wrong, { type: "submitted", password }, wrong), {
        step: "password",
        file,
        failure: "pkcs12-wrong-password",
      });
    }
  });

  it("keeps the preview where storing fails", () => {
    const failed = run(
      ...previewed,
      { type: "confirmed" },
      { type: "failed", code: "storage-failed" },
    );
    assert.deepEqual(failed, {
      step: "preview",
      file,
      password: "alice",
      preview,
      failure: "storage-failed",
    });
  });

  it("asks for another file where no password would help", () => {
    assert.deepEqual(run(chosen, { type: "failed", code: "pkcs12-malformed" }), {
      step: "choose",
      failure: "pkcs12-malformed",
    });
  });

  it("refuses a file too large to be one, unread", () => {
    assert.deepEqual(run({ type: "chosen", file: null }), {
      step: "choose",
      failure: "pkcs12-malformed",
    });
  });

  it("ignores what comes after the file was put aside", () => {
    const aside = run(chosen, { type: "put-aside" });
    assert.equal(aside, start);
    assert.equal(importFlow(aside, opened), start);
    assert.equal(importFlow(aside, { type: "imported", summary }), start);
    assert.equal(importFlow(aside, { type: "failed", code: "internal" }), start);
    assert.equal(importFlow(aside, { type: "vault-opened" }), start);
  });

  it("does not swap the file under an import that is under way", () => {
    const importing = run(...previewed, { type: "confirmed" });
    assert.equal(importFlow(importing, { type: "chosen", file: null }), importing);
  });
});

it("the question of trust comes once for each issuer that is not trusted", () => {
  const key = (fingerprint: string, trust: OwnKeyView["trust"], issuer = "Sample"): OwnKeyView => ({
    fingerprint,
    name: "Alice",
    addresses: [],
    issuer,
    notBefore: "2026-01-01T00:00:00Z",
    notAfter: "2027-01-01T00:00:00Z",
    uses: [],
    key: "RSA 2048",
    accounts: [],
    identities: [],
    endsInDays: null,
    validity: "valid",
    trust,
  });
  const authority = key("ca", { ok: true });
  const unknown = { ok: false, issuer: null } as const;
  assert.deepEqual(
    [
      ...trustQuestions([
        key("1", { ok: true }),
        key("2", { ok: false, issuer: authority }),
        key("3", { ok: false, issuer: authority }),
        key("4", unknown, "Another"),
        key("5", unknown, "Another"),
        key("6", unknown, "Third"),
      ]),
    ],
    ["2", "4", "6"],
  );
});

it("fingerprints are shown in groups of four", () => {
  assert.deepEqual(fingerprintGroups("0a1b2c3d"), ["0A1B", "2C3D"]);
  assert.equal(fingerprintGroups("ab".repeat(32)).length, 16);
  assert.deepEqual(fingerprintGroups(""), []);
});

it("passphrases are judged by length first, repetition does not help", () => {
  const judged = {
    "": "too-short",
    "1234567": "too-short",
    "😀😀😀😀": "too-short",
    aaaaaaaaaaaaaaaaaaaaaaaa: "weak",
    "12345678": "weak",
    password: "weak",
    "Tr0ub4dor&3": "fair",
    "correct horse": "fair",
    "correct horse battery staple": "strong",
    "прекрасный-день-для-письма": "strong",
  } as const;
  for (const [passphrase, strength] of Object.entries(judged)) {
    assert.equal(passphraseStrength(passphrase), strength, passphrase);
  }
});

it("the choice of lock times always has the present one", () => {
  assert.deepEqual(lockChoices(0), [5, 15, 30, 60, 240, 0]);
  assert.deepEqual(lockChoices(30), [5, 15, 30, 60, 240, 0]);
  assert.deepEqual(lockChoices(45), [5, 15, 30, 45, 60, 240, 0]);
});

describe("the pages' documents", () => {
  const pages = readdirSync(join(root, "src/pages"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "components")
    .map(({ name }) => name);

  it("are six", () => {
    assert.deepEqual(pages.sort(), [
      "compose",
      "message",
      "options",
      "prompt",
      "toolbar",
      "welcome",
    ]);
  });

  for (const page of pages) {
    it(`${page} keeps to the content security policy`, () => {
      const html = readFileSync(join(root, "src/pages", page, "index.html"), "utf8");
      assert.match(html, /<html lang="en">/);
      assert.match(html, /<script type="module" src="main.js"><\/script>/);
      assert.match(html, /<link rel="stylesheet" href="..\/styles.css" \/>/);
      assert.doesNotMatch(html, /<style|<script(?![^>]* src=)|\sstyle=|\son\w+=|https?:/);
    });
  }
});
