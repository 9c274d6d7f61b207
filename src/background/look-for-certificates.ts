import { readCertificateFile } from "../core/asn1/certificate-file.ts";
import { whyNotReady } from "../core/exchange/candidate.ts";
import { selectCertificate } from "../core/exchange/select-certificate.ts";
import { octetsOf } from "../core/octets.ts";
import type { CertificateStore, Clock, ContactCertificate } from "../core/ports.ts";
import { canonicalAddress } from "../core/trust/addresses.ts";
import { shownAddress } from "../core/trust/shown-address.ts";
import { addressBookCards } from "../thunderbird/address-book-cards.ts";
import { messagesFrom } from "../thunderbird/mail-search.ts";
import type { Directory } from "./directory.ts";
import type { Failures } from "./failures.ts";
import type { Reader } from "./reading.ts";
import type { Watch } from "./work.ts";

/** Signed mail is rarely alone: who signs, signs most of the time. */
const NEWEST = 20;
const MILLISECONDS = 20_000;

/**
 * Looks in the address books, then reads the newest mail of these people, which puts their
 * certificates away as on the screen, until each has one that can be used. What cannot be read, such
 * as encrypted mail under a locked vault, is passed over.
 * @returns those who now have one
 */
export async function lookForCertificates(
  addresses: readonly string[],
  services: {
    readonly reader: Reader;
    readonly directory: Directory;
    readonly clock: Clock;
    readonly failures: Failures;
    readonly storage: { readonly certificates: Pick<CertificateStore, "putAll"> };
  },
  watch: Watch,
): Promise<string[]> {
  const { reader, directory, clock, failures, storage } = services;
  const end = clock.now().getTime() + MILLISECONDS;
  const isOver = () => clock.now().getTime() > end;
  const isReady = async (address: string) =>
    selectCertificate(await directory.candidates(address), clock.now()).kind === "selected";

  /** A card is its owner's word only: what nobody trusted vouches for stays there. */
  const takeFromCards = async () => {
    const cards = await cardsAbout(addresses);
    if (cards.length === 0) return;
    const { certificates } = await readCertificateFile(octetsOf(cards.join("\r\n")));
    const now = clock.now();
    const entries = certificates.flatMap((certificate) =>
      addresses
        .filter((address) => certificate.addresses.map(canonicalAddress).includes(address))
        .map((address): ContactCertificate => ({
          ...{ address, certificate, source: "file" },
          ...{ firstSeen: now, lastSeen: null, capabilities: null },
        })),
    );
    const [candidates = []] = await directory.judge([entries]);
    const usable = candidates.filter((candidate) => whyNotReady(candidate, now) === null);
    await storage.certificates.putAll(usable.map(({ entry }) => entry));
  };

  const look = async (address: string, done: number) => {
    for (const [index, message] of (await messagesFrom(address, NEWEST)).entries()) {
      if (isOver()) break;
      await watch((done + index / NEWEST) / addresses.length);
      await reader.read(message).catch((error: unknown) => {
        failures.report("looking for certificates", error);
      });
      if (await isReady(address)) return true;
    }
    return false;
  };

  await watch(0);
  await takeFromCards().catch((error: unknown) => {
    failures.report("looking for certificates in address books", error);
  });
  const found: string[] = [];
  for (const [index, address] of addresses.entries()) {
    await watch(index / addresses.length);
    if ((await isReady(address)) || (!isOver() && (await look(address, index)))) {
      found.push(address);
    }
  }
  return found;
}

/** Those that name one of these addresses. */
async function cardsAbout(addresses: readonly string[]): Promise<string[]> {
  return (await addressBookCards()).filter((card) => {
    const text = card.toLowerCase();
    return addresses.some(
      (address) => text.includes(address) || text.includes(shownAddress(address)),
    );
  });
}
