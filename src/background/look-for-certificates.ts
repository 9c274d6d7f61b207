import { selectCertificate } from "../core/exchange/select-certificate.ts";
import type { Clock } from "../core/ports.ts";
import { messagesFrom } from "../thunderbird/mail-search.ts";
import type { Directory } from "./directory.ts";
import type { Failures } from "./failures.ts";
import type { Reader } from "./reading.ts";

/** Signed mail is rarely alone: who signs, signs most of the time. */
const NEWEST = 20;
const MILLISECONDS = 20_000;

/**
 * Reads the newest mail of these people, which puts their certificates away as on the screen, until
 * each has one that can be used. What cannot be read, such as encrypted mail under a locked vault,
 * is passed over.
 * @returns those who now have one
 */
export async function lookForCertificates(
  addresses: readonly string[],
  services: {
    readonly reader: Reader;
    readonly directory: Directory;
    readonly clock: Clock;
    readonly failures: Failures;
  },
): Promise<string[]> {
  const { reader, directory, clock, failures } = services;
  const end = clock.now().getTime() + MILLISECONDS;
  const isOver = () => clock.now().getTime() > end;
  const isReady = async (address: string) =>
    selectCertificate(await directory.candidates(address), clock.now()).kind === "selected";

  const look = async (address: string) => {
    for (const message of await messagesFrom(address, NEWEST)) {
      if (isOver()) break;
      await reader.read(message).catch((error: unknown) => {
        failures.report("looking for certificates", error);
      });
      if (await isReady(address)) return true;
    }
    return false;
  };

  const found: string[] = [];
  for (const address of addresses) {
    if (!isOver() && (await look(address))) found.push(address);
  }
  return found;
}
