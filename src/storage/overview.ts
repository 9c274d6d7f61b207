import { groups, type Group } from "../core/exchange/group.ts";
import type { PageEnd } from "../core/exchange/page.ts";
import type { OverviewRow, OverviewStore, StaleContact } from "../core/overview.ts";
import type { Database } from "./open.ts";
import { EVERYBODY, type StoredRow } from "./schema.ts";
import type { StaleMarks } from "./stale.ts";
import { fromStored } from "./certificates.ts";
import type { CertificateReader } from "./stored-certificates.ts";

export function overviewStore(
  database: Database,
  reader: CertificateReader,
  marks: StaleMarks,
): OverviewStore {
  /** A mark for everybody becomes one for each who is anywhere. */
  async function spreadMark(): Promise<void> {
    await database.transactAll(
      ["stale", "rows", "contactCertificates", "signals", "cards"],
      "readwrite",
      async (transaction) => {
        const stale = transaction.objectStore("stale");
        if ((await stale.getKey(EVERYBODY)) === undefined) return;
        const [rows, certificates, signals, cards] = await Promise.all([
          transaction.objectStore("rows").getAllKeys(),
          transaction.objectStore("contactCertificates").getAllKeys(),
          transaction.objectStore("signals").getAllKeys(),
          transaction.objectStore("cards").getAll(),
        ]);
        const everybody = new Set([
          ...rows.map(([, contact]) => contact),
          ...certificates.map(([address]) => address),
          ...signals.map(([, , contact]) => contact),
          ...cards.flatMap(({ addresses }) => addresses),
        ]);
        await marks.mark(stale, everybody);
        await stale.delete(EVERYBODY);
      },
    );
  }

  return {
    async setBasis(basis) {
      const known = await database.transact("rowsBasis", "readonly", (store) => store.get("basis"));
      if (known === basis) return;
      await database.transactAll(["rowsBasis", "stale"], "readwrite", async (transaction) => {
        await transaction.objectStore("rowsBasis").put(basis, "basis");
        await marks.everybody(transaction.objectStore("stale"));
      });
    },

    async touch(contact) {
      await database.transact("stale", "readwrite", (store) => marks.mark(store, [contact]));
      marks.written();
    },

    async stale(now, limit) {
      const read = () =>
        database.transactAll(["stale", "rows"], "readonly", async (transaction) => {
          const marked = await transaction.objectStore("stale").getAll(undefined, limit);
          const aged = await transaction
            .objectStore("rows")
            .index("until")
            .getAll(IDBKeyRange.upperBound(now.getTime()), limit);
          const known = new Set(marked.map(({ contact }) => contact));
          const timedOut = new Set(
            aged.map(({ contact }) => contact).filter((contact) => !known.has(contact)),
          );
          return [...marked, ...[...timedOut].map((contact) => ({ contact, mark: null }))].slice(
            0,
            limit,
          );
        });
      const found: StaleContact[] = await read();
      if (!found.some(({ contact }) => contact === EVERYBODY)) return found;
      await spreadMark();
      return read();
    },

    async facts(contacts, identities) {
      const found = await database.transactAll(
        ["contactCertificates", "signals", "cards"],
        "readonly",
        (transaction) => {
          const certificates = transaction.objectStore("contactCertificates").index("address");
          const signals = transaction.objectStore("signals").index("pair");
          const cards = transaction.objectStore("cards").index("address");
          return Promise.all(
            contacts.map(async (contact) => ({
              contact,
              certificates: await certificates.getAll(contact),
              signals: (
                await Promise.all(
                  identities.map(async (identity) => signals.getAll([identity, contact])),
                )
              ).flat(),
              cards: await cards.getAll(contact),
            })),
          );
        },
      );
      return Promise.all(
        found.map(async (facts) => ({
          ...facts,
          certificates: await reader.readAll(facts.certificates, fromStored(reader)),
        })),
      );
    },

    async put(derived) {
      await database.transactAll(["rows", "stale"], "readwrite", async (transaction) => {
        const rows = transaction.objectStore("rows");
        const stale = transaction.objectStore("stale");
        await Promise.all(
          derived.map(async ({ stale: { contact, mark }, rows: next }) => {
            const [known, marked] = await Promise.all([
              rows.index("contact").getAllKeys(contact),
              stale.get(contact),
            ]);
            const staying = new Set(next.map(({ identity }) => identity));
            await Promise.all([
              ...known
                .filter(([identity]) => !staying.has(identity))
                .map(async (key) => rows.delete(key)),
              ...next.map(async (row) => rows.put(toStored(row))),
              ...(marked !== undefined && marked.mark === mark ? [stale.delete(contact)] : []),
            ]);
          }),
        );
      });
    },

    async page(identity, { after, count, now }) {
      const range = IDBKeyRange.bound(
        after === null ? [identity] : [identity, ...after],
        [identity, []],
        after !== null,
      );
      const { stored, stale } = await database.transactAll(
        ["rows", "stale"],
        "readonly",
        async (transaction) => {
          const [stored, stale] = await Promise.all([
            transaction.objectStore("rows").index("order").getAll(range, count),
            transaction.objectStore("stale").getAllKeys(),
          ]);
          return { stored, stale: new Set(stale) };
        },
      );
      const holds = ({ contact, until = Infinity }: StoredRow) =>
        !stale.has(contact) && !stale.has(EVERYBODY) && until > now.getTime();
      const last = stored.length < count ? undefined : stored.at(-1);
      const end: PageEnd | null = last === undefined ? null : [last.rank, last.sort, last.contact];
      const holding = stored.filter(holds);
      return {
        rows: holding.map(({ view }) => view),
        end,
        // A new contact is marked before it has a row.
        complete: stale.size === 0 && holding.length === stored.length,
      };
    },

    async counts(identity) {
      const counted = await database.transact("rows", "readonly", (store) =>
        Promise.all(
          groups.map(async (_, rank) =>
            store.index("order").count(IDBKeyRange.bound([identity, rank], [identity, rank, []])),
          ),
        ),
      );
      return Object.fromEntries(groups.map((group, rank) => [group, counted[rank] ?? 0])) as Record<
        Group,
        number
      >;
    },

    onStale(listener) {
      marks.listen(listener);
    },
  };
}

function toStored({ group, until, untrusted, ...row }: OverviewRow): StoredRow {
  return {
    ...row,
    rank: groups.indexOf(group),
    ...(until === null ? {} : { until: until.getTime() }),
    ...(untrusted ? { untrusted: row.contact } : {}),
  };
}
