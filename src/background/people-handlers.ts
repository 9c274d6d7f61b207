import { readCertificateFile, writeCertificateFile } from "../core/asn1/certificate-file.ts";
import { SmimeError } from "../core/errors.ts";
import { whyNotReady, type CertificateCandidate } from "../core/exchange/candidate.ts";
import { certificateQuestion } from "../core/exchange/certificate-question.ts";
import { unaccountedKeys } from "../core/exchange/key-change.ts";
import { selectCertificate } from "../core/exchange/select-certificate.ts";
import type { ContactCertificate } from "../core/ports.ts";
import type { PageProtocol } from "../core/protocol.ts";
import type {
  CertificateFormat,
  FoundCertificate,
  FoundCertificates,
  PeopleRequests,
  PersonView,
} from "../core/people-protocol.ts";
import { canonicalAddress } from "../core/trust/addresses.ts";
import type { Certificate } from "../core/trust/certificate.ts";
import { findPath } from "../core/trust/find-path.ts";
import { addressBookCards } from "../thunderbird/address-book-cards.ts";
import { saveAttachment } from "../thunderbird/attachments.ts";
import type { Handlers } from "../thunderbird/rpc.ts";
import { bytes, list, text } from "./arguments.ts";
import type { Services } from "./services.ts";
import { certificateView } from "./views.ts";

/** What pages may ask about other people's certificates. */
export function peopleHandlers({
  storage,
  directory,
  clock,
  display,
}: Services): Pick<Handlers<PageProtocol>, keyof PeopleRequests & keyof PageProtocol> {
  const { certificates: store, keys } = storage;

  return {
    "people.list": async () => personViews(await store.all()),

    "people.verdicts": async ({ address }) => {
      const candidates = await directory.candidates(text(address), { ask: false });
      const now = clock.now();
      const selection = selectCertificate(candidates, now);
      const changed = new Set(unaccountedKeys(candidates, now));
      return {
        used: selection.kind === "selected" ? selection.entry.certificate.fingerprint : null,
        reasons: Object.fromEntries(
          candidates.map((candidate) => [
            candidate.entry.certificate.fingerprint,
            whyNotReady(candidate, now) ?? (changed.has(candidate) ? "changed" : null),
          ]),
        ),
      };
    },

    "people.preview": ({ file }) => preview(bytes(file)),
    "people.addressBooks": async () => {
      const cards = await addressBookCards();
      return preview(new TextEncoder().encode(cards.join("\r\n")));
    },

    "people.add": async ({ file, fingerprints, confirmed }) => {
      const wanted = new Set(list(fingerprints, text));
      const compared = new Set(list(confirmed, text));
      const { certificates } = await readCertificateFile(bytes(file));
      const now = clock.now();
      const chosen = certificates.filter(({ fingerprint }) => wanted.has(fingerprint));
      await store.putIntermediates(certificates.filter(isIssuer));
      await store.putAll(
        chosen.flatMap((certificate) =>
          addressesOf(certificate).map((address): ContactCertificate => ({
            ...entryOf(address, certificate, now),
            ...(compared.has(certificate.fingerprint) ? { confirmed: true } : {}),
          })),
        ),
      );
      await display.refreshAll();
      return { added: chosen.length };
    },

    "people.remove": async ({ address, fingerprint }) => {
      await store.remove(text(address), text(fingerprint));
      await display.refreshAll();
      return null;
    },

    "people.export": async ({ fingerprints, format }) => {
      const wanted = fingerprints === null ? null : new Set(list(fingerprints, text));
      const all = new Map(
        (await store.all()).map(({ certificate }) => [certificate.fingerprint, certificate]),
      );
      const chosen = [...all.values()].filter(
        ({ fingerprint }) => wanted === null || wanted.has(fingerprint),
      );
      if (chosen.length === 0) throw new SmimeError("not-found");
      await saveAttachment({
        name: fileName(chosen, formatOf(format)),
        type: "application/octet-stream",
        content: writeCertificateFile(chosen, formatOf(format)),
      });
      return null;
    },
  };

  async function preview(file: Uint8Array): Promise<FoundCertificates> {
    const { certificates, unreadable } = await readCertificateFile(file);
    const own = new Set((await keys.list()).map(({ certificate }) => certificate.fingerprint));
    const context = {
      intermediates: [...certificates.filter(isIssuer), ...(await directory.intermediates())],
      anchors: await directory.anchors(),
      at: clock.now(),
      use: "encrypt",
    } as const;
    const found: FoundCertificate[] = [];
    for (const certificate of certificates) {
      const [address] = addressesOf(certificate);
      const view = { ...certificateView(certificate), beside: null, problem: null };
      if (own.has(certificate.fingerprint)) found.push({ ...view, fit: "own" });
      else if (isIssuer(certificate)) found.push({ ...view, fit: "issuer" });
      else if (address === undefined) found.push({ ...view, fit: "no-address" });
      else {
        const arriving: CertificateCandidate = {
          entry: entryOf(address, certificate, clock.now()),
          path: await findPath(certificate, context),
        };
        found.push({ ...view, ...(await judged(address, arriving)) });
      }
    }
    return { found, unreadable, file };
  }

  async function judged(
    address: string,
    arriving: CertificateCandidate,
  ): Promise<Pick<FoundCertificate, "fit" | "beside" | "problem">> {
    const now = clock.now();
    const problem = whyNotReady(arriving, now);
    const known = await directory.candidates(address, { ask: false });
    const { fingerprint } = arriving.entry.certificate;
    if (known.some(({ entry }) => entry.certificate.fingerprint === fingerprint)) {
      return { fit: "known", beside: null, problem };
    }
    const changed = unaccountedKeys([...known, arriving], now).includes(arriving);
    const before = certificateQuestion(known, now).known;
    return changed && before !== null
      ? { fit: "other-key", beside: certificateView(before.entry.certificate), problem }
      : { fit: "new", beside: null, problem };
  }
}

function entryOf(address: string, certificate: Certificate, now: Date): ContactCertificate {
  return {
    ...{ address, certificate, source: "file" },
    ...{ firstSeen: now, lastSeen: null, capabilities: null },
  };
}

function isIssuer({ basicConstraints }: Certificate): boolean {
  return basicConstraints?.authority === true;
}

function addressesOf({ addresses }: Certificate): string[] {
  return [...new Set(addresses.map(canonicalAddress))];
}

function personViews(entries: readonly ContactCertificate[]): PersonView[] {
  const people = new Map<string, ContactCertificate[]>();
  for (const entry of entries) {
    const others = people.get(entry.address);
    if (others === undefined) people.set(entry.address, [entry]);
    else others.push(entry);
  }
  return [...people].map(([address, [first, ...others]]) => ({
    address,
    name: first?.certificate.subject.commonName ?? address,
    certificates: [...(first === undefined ? [] : [first]), ...others].map(
      ({ certificate, source, firstSeen, lastSeen }) => ({
        ...certificateView(certificate),
        source,
        firstSeen: firstSeen.toISOString(),
        lastSeen: lastSeen?.toISOString() ?? null,
      }),
    ),
  }));
}

/** @throws SmimeError bad-request */
function formatOf(format: unknown): CertificateFormat {
  if (format !== "der" && format !== "pem" && format !== "p7c") throw new SmimeError("bad-request");
  return format;
}

function fileName(certificates: readonly Certificate[], format: CertificateFormat): string {
  const [only] = certificates;
  const name = certificates.length === 1 ? (only?.addresses[0] ?? only?.subject.commonName) : null;
  const safe = (name ?? "certificates").replace(/[^\p{L}\p{N}@._-]/gu, "_").replace(/^\.+/, "");
  return `${safe || "certificate"}.${format === "der" ? "cer" : format}`;
}
