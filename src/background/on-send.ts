import { SmimeError, errorCode } from "../core/errors.ts";
import type { Draft, Plan } from "../core/exchange/plan.ts";
import { planDraft } from "../core/exchange/plan.ts";
import { signedForm } from "../core/exchange/signed-form.ts";
import type { Signal } from "../core/exchange/signals.ts";
import { fromAddress } from "../core/mime/from-address.ts";
import { referencesOf } from "../core/mime/references.ts";
import type { KeyStore, SignalStore } from "../core/ports.ts";
import { senderCapabilities } from "../core/smime/capabilities.ts";
import { encryptMessage } from "../core/smime/encrypt.ts";
import { signMessage } from "../core/smime/sign.ts";
import { canonicalAddress } from "../core/trust/addresses.ts";
import { holdsQuote } from "../thunderbird/compose-editor.ts";
import { mailboxAddresses } from "../thunderbird/mailboxes.ts";
import { isInSent } from "../thunderbird/messages.ts";
import { queuedMail } from "../thunderbird/queued-mail.ts";
import { sessionFlag, tabMemory } from "../thunderbird/tab-memory.ts";
import type {
  BuildAnswer,
  BuiltAnswer,
  Outgoing,
  Sending,
  Sent,
} from "../thunderbird/transport.ts";
import type { Answers } from "./answers.ts";
import { askAboutBcc } from "./bcc-question.ts";
import { describeDraft, isUnexpectedlyWeak, type DraftServices } from "./drafts.ts";
import type { Failures } from "./failures.ts";
import { askBeforeSend, isToBeAsked } from "./send-question.ts";
import { errorText, exactBuffer, whyBlocked } from "./send-answers.ts";
import type { Unlocking } from "./unlocking.ts";

interface SendServices extends DraftServices {
  readonly keys: KeyStore;
  readonly signals: SignalStore;
  readonly answered: Answers;
  readonly unlocking: Unlocking;
  readonly failures: Failures;
}

/** What was decided when the message was about to be built, so that nothing less goes out. */
const decided = tabMemory<"signed" | "encrypted">("decided");

interface ProtectedMail {
  readonly identity: string;
  readonly contacts: readonly string[];
  readonly messageId: string;
  readonly certificate: string;
  readonly encrypted: boolean;
}

/**
 * What was protected, until Thunderbird says that it was sent or has left the Outbox. It is written
 * down before the message goes out, so that the fact is not lost if Thunderbird ends in between.
 */
const onTheWay = queuedMail<ProtectedMail>();
/** Once in a session it is looked at what became of messages that an earlier one has left. */
const lookedAfter = sessionFlag("lookedAfterMail");

/**
 * Decides and protects between Send and the wire. Both steps look at the recipients that Thunderbird
 * is really going to send to. Every doubt ends in a refusal: then nothing is sent.
 */
export function sending(services: SendServices): Sending & {
  lookAfter(): Promise<void>;
  answered(message: Uint8Array): Promise<void>;
} {
  return {
    decide,
    onBuild,
    onBuilt,
    onSent(_tabId, sent) {
      reported(wasSent(sent));
    },
    onLeft(messageId) {
      reported(leftOutbox(messageId));
    },
    lookAfter,
    answered,
    explain,
  };

  function reported(work: Promise<void>): void {
    work.catch((error: unknown) => {
      services.failures.report("recording what was sent", error);
    });
  }

  async function decide(outgoing: Outgoing): Promise<BuildAnswer> {
    try {
      const { draft, plan } = await look(outgoing);
      // That is asked about in a moment.
      if (isAboutBcc(plan) || (await whatToAsk(outgoing, draft, plan)) !== null) {
        return { action: "protect" };
      }
      await refuseSurprise(outgoing, draft, plan);
      return answerTo(plan);
    } catch (error) {
      return { action: "refuse", reason: explain(error) };
    }
  }

  async function onBuild(outgoing: Outgoing): Promise<BuildAnswer> {
    try {
      const { draft, plan } = await look(outgoing);
      if (isAboutBcc(plan)) return await askAboutBcc(outgoing.tabId, draft);
      const asked = await whatToAsk(outgoing, draft, plan);
      if (asked !== null) return await askBeforeSend(outgoing.tabId, draft, asked);
      const answer = answerTo(plan);
      await refuseSurprise(outgoing, draft, plan);
      if (plan.kind === "signed" || plan.kind === "encrypted") {
        if (!(await services.unlocking.ensure("send"))) {
          throw new SmimeError("send-unlock-dismissed");
        }
        await decided.set(outgoing.tabId, plan.kind);
      }
      return answer;
    } catch (error) {
      return { action: "refuse", reason: explain(error) };
    }
  }

  /** null where the user has nothing to decide. */
  async function whatToAsk(
    { tabId }: Outgoing,
    { choice }: Draft,
    plan: Plan,
  ): Promise<"blocked" | "weaker" | null> {
    if (plan.kind === "blocked") return isToBeAsked(plan) ? "blocked" : null;
    const weak = await isUnexpectedlyWeak(tabId, { choice, plan }, services.clock.now());
    return weak ? "weaker" : null;
  }

  /** @throws SmimeError send-reveals-subject, send-quote-remains */
  async function refuseSurprise({ tabId }: Outgoing, draft: Draft, plan: Plan): Promise<void> {
    // What is blocked is not sent at all, and has its own reason.
    if (plan.kind === "encrypted" || plan.kind === "blocked") return;
    if (await services.answered.isRevealed(tabId)) throw new SmimeError("send-reveals-subject");
    if (draft.answersEncrypted && draft.builtIn !== "encrypted" && (await holdsQuote(tabId))) {
      throw new SmimeError("send-quote-remains");
    }
  }

  async function onBuilt(outgoing: Outgoing, message: ArrayBuffer): Promise<BuiltAnswer> {
    try {
      const { draft, plan } = await look(outgoing);
      if (plan.kind !== (await decided.take(outgoing.tabId))) {
        throw new SmimeError("send-plan-changed");
      }
      const bytes = new Uint8Array(message);
      const result = await protect(bytes, draft, plan.kind === "encrypted");
      await remember(outgoing, draft, bytes, plan.kind === "encrypted");
      return { message: exactBuffer(result) };
    } catch (error) {
      return { reason: explain(error) };
    }
  }

  async function wasSent({ mode, messageId }: Sent): Promise<void> {
    if (mode === "now" && messageId !== null) await leftOutbox(messageId);
  }

  async function leftOutbox(messageId: string): Promise<void> {
    const mail = await onTheWay.get(messageId);
    if (mail === null) return;
    await recordSent(mail);
    await onTheWay.remove(messageId);
  }

  /** Records what an earlier session has sent and could not say any more. */
  async function lookAfter(): Promise<void> {
    if (await lookedAfter.get()) return;
    await lookedAfter.set(true);
    for (const messageId of await onTheWay.ids()) {
      if (await isInSent(messageId)) await leftOutbox(messageId);
    }
  }

  /**
   * An answer of a recipient's proves that what it answers has left, also where Thunderbird ended
   * between the server's yes and the copy in Sent.
   */
  async function answered(message: Uint8Array): Promise<void> {
    const waiting = new Set(await onTheWay.ids());
    // So it is for nearly every message that is read.
    if (waiting.size === 0) return;
    const from = fromAddress(message);
    if (from === null) return;
    const { inReplyTo, references } = referencesOf(message);
    for (const messageId of new Set([...inReplyTo, ...references])) {
      if (!waiting.has(messageId)) continue;
      const mail = await onTheWay.get(messageId);
      if (mail?.contacts.includes(canonicalAddress(from)) === true) await leftOutbox(messageId);
    }
  }

  /** Now it is a fact that they can have the certificate. */
  async function recordSent(mail: ProtectedMail): Promise<void> {
    const at = services.clock.now();
    await services.signals.record(
      mail.contacts.map((contact): Signal => ({
        kind: "sent-signed",
        identity: mail.identity,
        contact,
        messageId: mail.messageId,
        at,
        certificate: mail.certificate,
        encrypted: mail.encrypted,
      })),
    );
  }

  async function look(outgoing: Outgoing): Promise<{ draft: Draft; plan: Plan }> {
    const draft = await describeDraft(outgoing.tabId, outgoing, services);
    return { draft, plan: planDraft(draft) };
  }

  async function protect(message: Uint8Array, draft: Draft, encrypt: boolean) {
    const { signing, encryption } = draft;
    if (signing === null) throw new SmimeError("send-no-certificate");
    const own = (await services.keys.list()).find(
      ({ certificate }) => certificate.fingerprint === signing.fingerprint,
    );
    if (own === undefined) throw new SmimeError("send-no-certificate");

    const form = signedForm(
      draft.recipients.map(({ address }) => address),
      await services.settings.get(),
    );
    const signed = await signMessage(
      message,
      {
        certificate: signing,
        privateKey: await services.keys.privateKey(signing.fingerprint),
        chain: own.chain,
        encryptionCertificate: encryption,
      },
      {
        signingTime: services.clock.now(),
        toBeEncrypted: encrypt,
        opaque: form.opaque && !encrypt,
        eightBit: form.eightBit,
      },
    );
    if (!encrypt) return signed;

    if (encryption === null) throw new SmimeError("send-no-certificate");
    const others = draft.recipients.filter(
      ({ certificate }) => certificate?.fingerprint !== encryption.fingerprint,
    );
    const recipients = await Promise.all(
      others.map(async ({ address, certificate }) => {
        if (certificate === null) throw new SmimeError("send-recipients-missing");
        const candidates = await services.directory.candidates(address);
        const known = candidates.find(
          ({ entry }) => entry.certificate.fingerprint === certificate.fingerprint,
        );
        return { certificate, capabilities: known?.entry.capabilities ?? null };
      }),
    );
    const self = { certificate: encryption, capabilities: senderCapabilities };
    return encryptMessage(signed, [...recipients, self]);
  }

  async function remember(
    outgoing: Outgoing,
    draft: Draft,
    message: Uint8Array,
    encrypted: boolean,
  ): Promise<void> {
    const [from] = await mailboxAddresses(outgoing.from);
    const { messageId } = referencesOf(message);
    if (from === undefined || messageId === null || draft.encryption === null) return;
    const identity = canonicalAddress(from);
    const people = draft.recipients.filter(({ notReady }) => notReady !== "newsgroup");
    const contacts = new Set(people.map(({ address }) => address));
    contacts.delete(identity);
    await onTheWay.put(messageId, {
      identity,
      contacts: [...contacts],
      messageId,
      certificate: draft.encryption.fingerprint,
      encrypted,
    });
  }

  function explain(error: unknown): string {
    services.failures.report("sending", error);
    const code = errorCode(error);
    return errorText(code === "internal" ? "send-failed" : code);
  }
}

function isAboutBcc(plan: Plan): boolean {
  return plan.kind === "blocked" && plan.why === "bcc";
}

function answerTo(plan: Plan): BuildAnswer {
  switch (plan.kind) {
    case "unprotected":
    case "left":
      return { action: "leave" };
    case "blocked":
      return { action: "refuse", reason: whyBlocked(plan) };
    case "signed":
    case "encrypted":
      return { action: "protect" };
  }
}
