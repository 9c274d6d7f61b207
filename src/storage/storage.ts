import type {
  CertificateStore,
  Clock,
  KeyStore,
  RevocationCache,
  ScanStore,
  SessionSecrets,
  SettingsStore,
  SignalStore,
  TrustStore,
  Vault,
  WaitingKeyStore,
} from "../core/ports.ts";
import type { CardStore, OverviewStore } from "../core/overview.ts";
import { cardStore } from "./cards.ts";
import { overviewStore } from "./overview.ts";
import { staleMarks } from "./stale.ts";
import { certificateStore } from "./certificates.ts";
import { keyStore } from "./keys.ts";
import { openDatabase } from "./open.ts";
import { revocationCache } from "./revocation.ts";
import { scanStore } from "./scan.ts";
import { settingsStore } from "./settings.ts";
import { signalStore } from "./signals.ts";
import { slowedVault, waitSeconds } from "./slowed-vault.ts";
import { certificateReader } from "./stored-certificates.ts";
import { trustStore } from "./trust.ts";
import { openVault } from "./vault.ts";
import { waitingKeyStore } from "./waiting-keys.ts";

export interface Storage {
  readonly keys: KeyStore;
  readonly vault: Vault;
  readonly certificates: CertificateStore;
  readonly trust: TrustStore;
  readonly signals: SignalStore;
  readonly settings: SettingsStore;
  readonly revocation: RevocationCache;
  readonly scan: ScanStore;
  readonly cards: CardStore;
  readonly overview: OverviewStore;
  readonly waiting: WaitingKeyStore;
  /** Closes the connection; the next use opens another. */
  close(): Promise<void>;
}

/** Returns at once; the database is opened when something of it is first needed. */
export function openStorage({
  sessionSecrets,
  clock,
  name = "smime-exchange",
}: {
  readonly sessionSecrets: SessionSecrets;
  readonly clock: Clock;
  /** Of the IndexedDB database. */
  readonly name?: string;
}): Storage {
  const database = openDatabase(name);
  const reader = certificateReader();
  const vault = openVault(database, sessionSecrets);
  const marks = staleMarks();
  return {
    keys: keyStore(database, vault, reader, marks),
    vault: slowedVault(vault, waitSeconds),
    certificates: certificateStore(database, reader, clock, marks),
    trust: trustStore(database, reader, marks),
    signals: signalStore(database, marks),
    settings: settingsStore(database),
    revocation: revocationCache(database),
    scan: scanStore(database),
    cards: cardStore(database, marks),
    overview: overviewStore(database, reader, marks),
    waiting: waitingKeyStore(database, vault),
    close: () => database.close(),
  };
}
