/** Where causes go that must not travel to a page: the background's own console, codes and names only. */
export interface Failures {
  report(activity: string, error: unknown): void;
}

/**
 * Writes the error's name, message and the chain of causes, never a value: keys and plaintext are
 * not put into messages of errors anywhere in the code.
 */
export const consoleFailures: Failures = {
  report(activity, error) {
    const chain: string[] = [];
    for (let cause = error; cause instanceof Error && chain.length < 5; cause = cause.cause) {
      chain.push(`${cause.name}: ${cause.message}`);
    }
    // eslint-disable-next-line no-console -- the one place that logs
    console.warn(`S/MIME Exchange, ${activity}: ${chain.join(" <- ")}`);
  },
};
