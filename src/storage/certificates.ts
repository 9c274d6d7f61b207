import type { IDBPObjectStore } from "idb";
import { SmimeError } from "../core/errors.ts";
import type { CertificateStore, Clock, ContactCertificate } from "../core/ports.ts";
import type { Certificate } from "../core/trust/certificate.ts";
import type { Database } from "./open.ts";
import type { Schema } from "./schema.ts";
import type { StaleMarks } from "./stale.ts";
import { storable, type CertificateReader } from "./stored-certificates.ts";

/** Of one address, kept in case that their issuer is trusted later: anybody can send such. */
const MOST_UNTRUSTED = 16;
/** Far more than the world's mail authorities have. Those that came long ago go first. */
const MOST_INTERMEDIATES = 1000;

type Stored = Schema["contactCertificates"]["value"];

/** Other people's certificates, and authorities' that messages carried. */
export function certificateStore(
  database: Database,
  reader: CertificateReader,
  clock: Clock,
  marks: StaleMarks,
): CertificateStore {
  const parse = async (stored: readonly Stored[]) =>
    (await reader.readAll(stored, fromStored(reader))).sort(newestFirst);

  /** @param work tells whose certificates it changes */
  async function changeCertificates(
    work: (
      store: IDBPObjectStore<
        Schema,
        ["contactCertificates", "stale"],
        "contactCertificates",
        "readwrite"
      >,
    ) => Promise<readonly string[]>,
  ): Promise<void> {
    await database.transactAll(
      ["contactCertificates", "stale"],
      "readwrite",
      async (transaction) => {
        const contacts = await work(transaction.objectStore("contactCertificates"));
        await marks.mark(transaction.objectStore("stale"), new Set(contacts));
      },
    );
    marks.written();
  }

  async function putAll(entries: readonly ContactCertificate[]): Promise<void> {
    const now = clock.now();
    const arriving = new Map<string, Stored>();
    for (const entry of entries) {
      const stored = toStored(entry, now);
      const key = JSON.stringify([stored.address, stored.fingerprint]);
      const before = arriving.get(key);
      arriving.set(key, before === undefined ? stored : broughtForward(before, stored));
    }
    await changeCertificates(async (store) => {
      const crowded = new Set<string>();
      await Promise.all(
        [...arriving.values()].map(async (stored) => {
          const known = await store.get([stored.address, stored.fingerprint]);
          await store.put(known === undefined ? stored : broughtForward(known, stored));
          if (known === undefined && !isVouchedFor(stored)) crowded.add(stored.address);
        }),
      );
      for (const address of crowded) {
        const surplus = (await store.index("address").getAll(address))
          .filter((stored) => !isVouchedFor(stored))
          .sort((a, b) => b.firstSeen.getTime() - a.firstSeen.getTime())
          .slice(MOST_UNTRUSTED);
        for (const { fingerprint } of surplus) await store.delete([address, fingerprint]);
      }
      return entries.map(({ address }) => address);
    });
  }

  return {
    async forAddress(address) {
      return parse(
        await database.transact("contactCertificates", "readonly", (store) =>
          store.index("address").getAll(address),
        ),
      );
    },

    async all() {
      return parse(
        await database.transact("contactCertificates", "readonly", (store) => store.getAll()),
      );
    },

    put: (entry) => putAll([entry]),
    putAll,

    async remove(address, fingerprint) {
      await changeCertificates(async (store) => {
        const key: [string, string] = [address, fingerprint];
        if ((await store.getKey(key)) === undefined) throw new SmimeError("not-found");
        await store.delete(key);
        return [address];
      });
    },

    async putIntermediates(certificates) {
      const added = await database.transactAll(
        ["intermediates", "rows", "stale"],
        "readwrite",
        async (transaction) => {
          const store = transaction.objectStore("intermediates");
          const keys = await Promise.all(
            certificates.map(async (each) => store.getKey(each.fingerprint)),
          );
          const seen = clock.now();
          for (const { fingerprint, der } of certificates) {
            await store.put({ fingerprint, certificate: storable(der), seen });
          }
          if ((await store.count()) > MOST_INTERMEDIATES) {
            const newest = (await store.getAll()).sort((a, b) => timeOf(b.seen) - timeOf(a.seen));
            for (const { fingerprint } of newest.slice(MOST_INTERMEDIATES)) {
              await store.delete(fingerprint);
            }
          }
          // One that is gone is none that was in use lately: its contacts stay until they age.
          if (keys.every((key) => key !== undefined)) return false;
          const untrusted = transaction.objectStore("rows").index("untrusted");
          await marks.untrusted(transaction.objectStore("stale"), untrusted);
          return true;
        },
      );
      if (added) marks.written();
    },

    async intermediates() {
      const stored = await database.transact("intermediates", "readonly", (store) =>
        store.getAll(),
      );
      return reader.readAll(stored, (_stored, certificate) => certificate);
    },
  };
}

/**
 * What a message dated in the future says is not kept: it would outrank all that comes until then
 * (RFC 8551, section 2.5.2, on capabilities of older messages).
 */
function toStored(entry: ContactCertificate, now: Date): Stored {
  const { certificate, issuers, ...rest } = entry;
  const future = entry.lastSeen !== null && entry.lastSeen > now;
  return {
    ...rest,
    ...(future ? { lastSeen: null, capabilities: null } : {}),
    firstSeen: earlier(entry.firstSeen, now),
    fingerprint: certificate.fingerprint,
    certificate: storable(certificate.der),
    ...(issuers === undefined ? {} : { issuers: issuers.map(({ der }) => storable(der)) }),
  };
}

export function fromStored(
  reader: CertificateReader,
): (stored: Stored, certificate: Certificate) => Promise<ContactCertificate> {
  return async (stored, certificate) => {
    const { address, source, firstSeen, lastSeen, capabilities, issuers } = stored;
    return {
      address,
      certificate,
      source,
      firstSeen,
      lastSeen,
      capabilities,
      ...(stored.confirmed === true ? { confirmed: true } : {}),
      ...(issuers === undefined ? {} : { issuers: await reader.readAllUnnamed(issuers) }),
    };
  };
}

function broughtForward(known: Stored, arriving: Stored): Stored {
  const newer =
    arriving.lastSeen !== null && (known.lastSeen === null || arriving.lastSeen > known.lastSeen);
  return {
    ...known,
    firstSeen: earlier(known.firstSeen, arriving.firstSeen),
    ...(newer
      ? {
          source: arriving.source,
          lastSeen: arriving.lastSeen,
          capabilities: arriving.capabilities ?? known.capabilities,
        }
      : {}),
    ...(arriving.confirmed === true ? { confirmed: true } : {}),
    ...(arriving.issuers === undefined ? {} : { issuers: arriving.issuers }),
  };
}

/** A valid signature brought it, or the user did. */
function isVouchedFor({ source, lastSeen, confirmed }: Stored): boolean {
  return source === "file" || lastSeen !== null || confirmed === true;
}

function timeOf(date: Date | undefined): number {
  return date?.getTime() ?? 0;
}

function earlier(a: Date, b: Date): Date {
  return a < b ? a : b;
}

function newestFirst(a: ContactCertificate, b: ContactCertificate): number {
  const seen = (entry: ContactCertificate) => entry.lastSeen?.getTime() ?? -Infinity;
  const [first, second] = [seen(a), seen(b)];
  return first === second ? b.firstSeen.getTime() - a.firstSeen.getTime() : second - first;
}
