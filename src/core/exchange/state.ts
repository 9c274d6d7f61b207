import type { OwnKey } from "../ports.ts";
import type { Certificate } from "../trust/certificate.ts";
import { validityAt } from "../trust/uses.ts";
import { seenAt, whyNotReady, type CertificateCandidate } from "./candidate.ts";
import {
  announcedAt,
  findEvidence,
  knowOnlyReplaced,
  signalTime,
  type Evidence,
} from "./evidence.ts";
import { unaccountedKeys } from "./key-change.ts";
import { ANSWER_PERIOD, RENEWAL_PERIOD, SILENCE_PERIOD } from "./periods.ts";
import type { NotReady } from "./plan.ts";
import { selectCertificate, type OwnSelection } from "./select-certificate.ts";
import type { Signal } from "./signals.ts";

/** Where one identity and one contact stand (the table of states in docs). */
export type ExchangeState = "setup" | "none" | "sent" | "received" | "complete";

export type Attention =
  "untrusted" | "changed" | "expiring" | "expired" | "revoked" | "renewed" | "silent";

export type NextAction =
  | "import-certificate"
  | "send-hello"
  | "wait"
  | "remind"
  | "answer-signed"
  | "trust-certificate"
  | "confirm-changed-key"
  | "renew-certificate"
  | "ask-for-new-certificate"
  | "write-encrypted";

export interface Exchange {
  readonly state: ExchangeState;
  /** Gravest first. */
  readonly attention: readonly Attention[];
  readonly next: NextAction;
  readonly evidence: Evidence;
  /** What `expiring` or `expired` is about. */
  readonly ends: End | null;
}

/** When whose certificate ends or has ended. */
export interface End {
  readonly whose: "mine" | "theirs";
  readonly at: Date;
}

export interface ExchangeInput {
  readonly mine: OwnSelection;
  readonly theirs: readonly CertificateCandidate[];
  /** Of this identity and this contact. */
  readonly signals: readonly Signal[];
  readonly now: Date;
}

/** What the derivation's later steps look at. */
interface Findings {
  readonly state: ExchangeState;
  readonly input: ExchangeInput;
  /** When they last were known to be able to have my current certificate. */
  readonly announced: number | null;
  readonly renewed: boolean;
  /** The certificate to encrypt to, or why there is none. */
  readonly usable: Certificate | null;
  readonly notReady: NotReady | null;
  readonly unaccounted: readonly CertificateCandidate[];
}

/**
 * A pure function of the facts; nothing of it is stored.
 *
 * They can have my certificate if it went out to them in a signed message, or if they encrypted to
 * it. A certificate of mine that has since been replaced counts for neither. A reply is shown as
 * evidence and moves nothing: what it answers was sent.
 */
export function deriveExchange(input: ExchangeInput): Exchange {
  const { mine, theirs, signals, now } = input;
  const current = isValid(mine.encryption, now) ? mine.encryption.certificate.fingerprint : null;
  const evidence = findEvidence(signals, current, now);
  const announced = announcedAt(evidence, now);
  const selection = selectCertificate(theirs, now);
  const usable = selection.kind === "selected" ? selection.entry.certificate : null;
  const findings: Findings = {
    state: stateOf({
      ready: isValid(mine.signing, now) && current !== null,
      theyCanHaveMine: announced !== null,
      iHaveTheirs: usable !== null,
    }),
    input,
    announced,
    renewed: current !== null && knowOnlyReplaced(signals, current, now),
    usable,
    notReady: selection.kind === "selected" ? null : selection.reason,
    unaccounted: unaccountedKeys(theirs, now),
  };
  return {
    state: findings.state,
    attention: gravestFirst.filter((attention) => attentions[attention](findings)),
    next: nextAction(findings),
    evidence,
    ends: endOf(findings),
  };
}

function stateOf(facts: {
  readonly ready: boolean;
  readonly theyCanHaveMine: boolean;
  readonly iHaveTheirs: boolean;
}): ExchangeState {
  if (!facts.ready) return "setup";
  if (facts.iHaveTheirs) return facts.theyCanHaveMine ? "complete" : "received";
  return facts.theyCanHaveMine ? "sent" : "none";
}

const gravestFirst = [
  "revoked",
  "expired",
  "untrusted",
  "changed",
  "expiring",
  "renewed",
  "silent",
] as const satisfies readonly Attention[];

const attentions: Record<Attention, (findings: Findings) => boolean> = {
  revoked: ({ notReady }) => notReady === "revoked",
  expired: (findings) => findings.notReady === "expired" || isMineExpired(findings),
  untrusted: ({ notReady, unaccounted, input }) =>
    notReady === "untrusted" ||
    unaccounted.some((candidate) => whyNotReady(candidate, input.now) === "untrusted"),
  changed: ({ unaccounted }) => unaccounted.length > 0,
  expiring: (findings) => isMineExpiring(findings) || isTheirsExpiring(findings),
  renewed: ({ renewed }) => renewed,
  silent: isSilent,
};

/**
 * One action: first what has to be mended before anything can be sent, then a key that the user
 * has to look at, then a certificate of theirs that cannot be used, then the exchange's own next
 * step. What is about to end or silent is spoken of only where nothing more urgent is to be done.
 */
function nextAction(findings: Findings): NextAction {
  const { state, input, notReady, unaccounted } = findings;
  if (state === "setup")
    return isMineExpired(findings) ? "renew-certificate" : "import-certificate";
  // One that is not trusted either is not encrypted to, so it stops nothing.
  if (unaccounted.some((candidate) => whyNotReady(candidate, input.now) === null)) {
    return "confirm-changed-key";
  }
  switch (notReady) {
    case "untrusted":
      return "trust-certificate";
    case "revoked":
    case "expired":
    case "weak":
    case "not-for-encryption":
      return "ask-for-new-certificate";
    case "changed":
    case "not-yet-valid":
    case "no-certificate":
    case null:
  }
  switch (state) {
    case "none":
      return "send-hello";
    case "received":
      return "answer-signed";
    case "sent":
      if (isAnswerOverdue(findings)) return "remind";
      return isMineExpiring(findings) ? "renew-certificate" : "wait";
    case "complete":
      if (isMineExpiring(findings)) return "renew-certificate";
      if (isTheirsExpiring(findings)) return "ask-for-new-certificate";
      return isSilent(findings) ? "remind" : "write-encrypted";
  }
}

function isMineExpired({ state, input: { mine, now } }: Findings): boolean {
  return (
    state === "setup" &&
    [mine.lapsed, mine.signing, mine.encryption].some(
      (own) => own !== null && validityAt(own.certificate, now) === "expired",
    )
  );
}

function isMineExpiring({ state, input: { mine, now } }: Findings): boolean {
  return (
    state !== "setup" &&
    [mine.signing, mine.encryption].some((own) => own !== null && endsSoon(own.certificate, now))
  );
}

function isTheirsExpiring({ usable, input: { now } }: Findings): boolean {
  return usable !== null && endsSoon(usable, now);
}

/** Of several ends the one that the next action is about. */
function endOf(findings: Findings): End | null {
  const { input, notReady, usable } = findings;
  const { mine, theirs, now } = input;
  const ended = (validity: "valid" | "expired", certificates: readonly Certificate[]) =>
    certificates
      .filter((certificate) => validityAt(certificate, now) === validity)
      .map(({ notAfter }) => notAfter.getTime());
  const own = [mine.lapsed, mine.signing, mine.encryption].flatMap((key) =>
    key === null ? [] : [key.certificate],
  );
  if (isMineExpired(findings)) {
    return { whose: "mine", at: new Date(Math.max(...ended("expired", own))) };
  }
  if (notReady === "expired") {
    const known = theirs.map(({ entry }) => entry.certificate);
    return { whose: "theirs", at: new Date(Math.max(...ended("expired", known))) };
  }
  if (isMineExpiring(findings)) {
    return { whose: "mine", at: new Date(Math.min(...ended("valid", own))) };
  }
  return usable !== null && isTheirsExpiring(findings)
    ? { whose: "theirs", at: usable.notAfter }
    : null;
}

function endsSoon({ notAfter }: Certificate, now: Date): boolean {
  return notAfter.getTime() - now.getTime() <= RENEWAL_PERIOD;
}

function isAnswerOverdue({ announced, input: { now } }: Findings): boolean {
  return announced !== null && now.getTime() - announced >= ANSWER_PERIOD;
}

/** In the last 35 days mail came, all of it unsigned, and nothing since shows that they still can. */
function isSilent({ state, input: { theirs, signals, now } }: Findings): boolean {
  if (state !== "complete") return false;
  const begin = now.getTime() - SILENCE_PERIOD;
  const proofs = [
    ...theirs.map(({ entry }) => seenAt(entry, now)),
    ...signals
      .filter(({ kind }) => kind.startsWith("received-") && kind !== "received-unsigned")
      .map((signal) => signalTime(signal, now)),
  ];
  return (
    proofs.every((proof) => proof < begin) &&
    signals.some(
      (signal) => signal.kind === "received-unsigned" && signalTime(signal, now) >= begin,
    )
  );
}

function isValid(own: OwnKey | null, now: Date): own is OwnKey {
  return own !== null && validityAt(own.certificate, now) === "valid";
}
