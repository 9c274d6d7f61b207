import type { Signal, SignalKind } from "./signals.ts";

/** The signal that carries each step, for words such as "signed mail of 3 November". */
export interface Evidence {
  /** The newest of mine with my current certificate. */
  readonly sent: Signal | null;
  /** The newest of theirs with a signature. */
  readonly received: Signal | null;
  /** The newest of theirs encrypted to my current certificate. */
  readonly encrypted: Signal | null;
  /** The newest of theirs that answers a signed one of mine: they have read it. */
  readonly replied: Signal | null;
}

/** `current`: the fingerprint of my encryption certificate; null while there is none. */
export function findEvidence(
  signals: readonly Signal[],
  current: string | null,
  now: Date,
): Evidence {
  const newest = (...kinds: readonly SignalKind[]) =>
    signals
      .filter((signal) => kinds.includes(signal.kind))
      .filter((signal) => !namesMine(signal) || signal.certificate === current)
      .reduce<Signal | null>(
        (best, signal) =>
          best === null || signalTime(signal, now) > signalTime(best, now) ? signal : best,
        null,
      );
  return {
    sent: newest("sent-signed"),
    received: newest("received-signed", "received-reply"),
    encrypted: newest("received-encrypted"),
    replied: newest("received-reply"),
  };
}

/** When they last were known to be able to have my current certificate; null if they never were. */
export function announcedAt({ sent, encrypted }: Evidence, now: Date): number | null {
  const times = [sent, encrypted].flatMap((signal) =>
    signal === null ? [] : [signalTime(signal, now)],
  );
  return times.length === 0 ? null : Math.max(...times);
}

/** Whether what they got or use of mine is a certificate that I have since replaced. */
export function knowOnlyReplaced(signals: readonly Signal[], current: string, now: Date): boolean {
  const announced = announcedAt(findEvidence(signals, current, now), now);
  return signals.some((signal) => {
    if (!namesMine(signal) || signal.certificate === current) return false;
    // What was once sent tells nothing beside the current one; what they still use does.
    return (
      announced === null ||
      (signal.kind === "received-encrypted" && signalTime(signal, now) > announced)
    );
  });
}

/** Milliseconds. What is dated in the future is a fact, but proves nothing about when it happened. */
export function signalTime(signal: Signal, now: Date): number {
  return signal.at <= now ? signal.at.getTime() : 0;
}

function namesMine(
  signal: Signal,
): signal is Extract<Signal, { kind: "sent-signed" | "received-encrypted" }> {
  return signal.kind === "sent-signed" || signal.kind === "received-encrypted";
}
