import { groupOf } from "../core/exchange/group.ts";
import { nextChange } from "../core/exchange/next-change.ts";
import { selectOwn } from "../core/exchange/select-certificate.ts";
import { deriveExchange } from "../core/exchange/state.ts";
import type { CertificateCandidate } from "../core/exchange/candidate.ts";
import type { ContactFacts, OverviewRow, OverviewStore } from "../core/overview.ts";
import type { Clock, KeyStore, OwnKey } from "../core/ports.ts";
import type { ContactPage, ContactView, PageEnd } from "../core/protocol.ts";
import { canonicalAddress, sameAddress } from "../core/trust/addresses.ts";
import { accountInFront, knownIdentities, type MailIdentity } from "../thunderbird/identities.ts";
import { contactName } from "./contacts.ts";
import type { Directory } from "./directory.ts";
import type { Failures } from "./failures.ts";
import { inTime } from "./in-time.ts";
import { contactView } from "./views.ts";

/** Changes with what rows are made of, so that those of an earlier version are derived anew. */
const VERSION = 1;
/** Contacts that are derived in one go; in between others have their turn. */
const BATCH = 100;
const MOST = 1_000_000;
/** How long a page waits for rows that are being derived. */
const PATIENCE_MS = 40;
/** After the last of several changes. */
const QUIET_MS = 1000;

/** Every contact with where the exchange stands, kept up to date. */
export interface Overview {
  page(request: {
    readonly identity: string | null;
    readonly after: PageEnd | null;
    readonly count: number;
  }): Promise<ContactPage>;
  /** Of all identities, once all are derived. */
  all(): Promise<readonly ContactView[]>;
}

interface Own {
  readonly identity: MailIdentity;
  readonly address: string;
  readonly keys: readonly OwnKey[];
  readonly ready: boolean;
}

type Update = "unchanged" | "derived" | "unfinished";

export function overview(services: {
  readonly store: OverviewStore;
  readonly directory: Directory;
  readonly keys: KeyStore;
  readonly clock: Clock;
  readonly failures: Failures;
  /** Of the add-on: another one may derive differently. */
  readonly release: string;
}): Overview {
  const { store, directory, keys, clock, failures, release } = services;
  let updating: Promise<Update> | null = null;
  let waiting: ReturnType<typeof setTimeout> | undefined;

  async function owners(): Promise<Own[]> {
    const [identities, ownKeys] = await Promise.all([knownIdentities(), keys.list()]);
    return identities.map((identity) => {
      const address = canonicalAddress(identity.address);
      const { signing, encryption } = selectOwn(ownKeys, address, clock.now());
      return {
        identity,
        address,
        keys: ownKeys.filter(({ certificate }) =>
          certificate.addresses.some((name) => sameAddress(name, address)),
        ),
        ready: signing !== null && encryption !== null,
      };
    });
  }

  /** @returns whether there was anything to derive */
  async function deriveStale(own: readonly Own[]): Promise<boolean> {
    const basis = own.map(({ address, ready }) => [address, ready]);
    await store.setBasis(JSON.stringify([VERSION, release, basis]));
    for (let derived = false; ; derived = true) {
      const stale = await store.stale(clock.now(), BATCH);
      if (stale.length === 0) return derived;
      const facts = await store.facts(
        stale.map(({ contact }) => contact),
        own.map(({ address }) => address),
      );
      const judged = await directory.judge(facts.map(({ certificates }) => certificates));
      await store.put(
        stale.map((contact, index) => {
          const known = facts[index];
          return {
            stale: contact,
            rows: known === undefined ? [] : rowsOf(known, judged[index] ?? [], own),
          };
        }),
      );
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }

  function rowsOf(
    { contact, certificates, signals, cards }: ContactFacts,
    theirs: readonly CertificateCandidate[],
    own: readonly Own[],
  ): OverviewRow[] {
    const now = clock.now();
    const someReady = own.some(({ ready }) => ready);
    const name = contactName(cards[0], certificates[0]);
    return own
      .filter(({ address }) => address !== contact)
      .flatMap(({ address, keys: ownKeys, ready }, index): OverviewRow[] => {
        const between = signals.filter(({ identity }) => identity === address);
        // Who is only in an address book is nobody's contact yet where there is no certificate to
        // send; and of certificates one of the identities speaks, until one has its own.
        const isKnown = certificates.length > 0 && (ready || (!someReady && index === 0));
        if (between.length === 0 && !isKnown && !(cards.length > 0 && ready)) return [];
        const input = {
          mine: selectOwn(ownKeys, address, now),
          theirs,
          signals: between,
          now,
        };
        const exchange = deriveExchange(input);
        const view = contactView(exchange, { identity: address, address: contact, name });
        return [
          {
            identity: address,
            contact,
            group: groupOf(exchange.next),
            sort: sortKey(view.name ?? view.shownAddress),
            until: nextChange(input, ownKeys),
            untrusted: theirs.some(({ path }) => !path.ok),
            view,
          },
        ];
      });
  }

  /** One at a time; whoever comes while it runs shares it. */
  function update(own?: readonly Own[]): Promise<Update> {
    updating ??= (async () => {
      try {
        return (await deriveStale(own ?? (await owners()))) ? "derived" : "unchanged";
      } catch (error) {
        failures.report("deriving the contacts", error);
        return "unfinished";
      } finally {
        updating = null;
      }
    })();
    return updating;
  }

  store.onStale(() => {
    clearTimeout(waiting);
    waiting = setTimeout(() => void update(), QUIET_MS);
  });

  async function chosen(own: readonly Own[], wanted: string | null): Promise<Own | undefined> {
    if (wanted !== null) {
      const found = own.find(({ address }) => address === wanted);
      if (found !== undefined) return found;
    }
    const inFront = own.length > 1 ? await accountInFront() : null;
    return (
      own.find(({ identity, ready }) => ready && identity.accountId === inFront) ??
      own.find(({ ready }) => ready) ??
      own[0]
    );
  }

  return {
    async all() {
      await update();
      const own = await owners();
      const request = { after: null, count: MOST, now: clock.now() };
      const pages = await Promise.all(own.map(({ address }) => store.page(address, request)));
      return pages.flatMap(({ rows }) => rows);
    },

    async page({ identity, after, count }) {
      const own = await owners();
      const whenUpdated = inTime(update(own), PATIENCE_MS, "unfinished");
      const whose = await chosen(own, identity);
      const index = whose === undefined ? -1 : own.indexOf(whose);
      const read = () =>
        Promise.all([
          Promise.all(own.map(({ address }) => store.counts(address))),
          whose === undefined
            ? { rows: [], end: null, complete: true }
            : store.page(whose.address, { after, count, now: clock.now() }),
        ]);
      // Mostly nothing is to be derived, and then this is what counts.
      const [ahead, updated] = await Promise.all([read(), whenUpdated]);
      const [counts, { rows, end, complete }] = updated === "unchanged" ? ahead : await read();
      return {
        identity: whose?.address ?? null,
        identities: own.map(({ identity: { id, name }, address, ready }, each) => ({
          ...{ id, name, address, canonical: canonicalAddress(address), ready },
          todo: (counts[each]?.attend ?? 0) + (counts[each]?.act ?? 0),
        })),
        contacts: rows,
        counts: counts[index] ?? { attend: 0, act: 0, wait: 0, ready: 0, start: 0 },
        end,
        pending: updated === "unfinished" || !complete,
      };
    },
  };
}

/** Names that differ in case and accents only stand together. */
function sortKey(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/[\p{M}\p{P}\s]+/gu, " ")
    .trim()
    .toLowerCase();
}
