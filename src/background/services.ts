import type { Clock } from "../core/ports.ts";
import type { Storage } from "../storage/storage.ts";
import type { Contacts } from "./contacts.ts";
import type { Directory } from "./directory.ts";
import type { Display } from "./display.ts";
import type { DraftOrigins } from "./draft-origin.ts";
import type { Failures } from "./failures.ts";
import type { LoadedMessages } from "./loaded-messages.ts";
import type { Overview } from "./overview.ts";
import type { Quoting } from "./quoting.ts";
import type { Reader } from "./reading.ts";
import type { Scan } from "./scan.ts";
import type { Unlocking } from "./unlocking.ts";
import type { Work } from "./work.ts";

/** What the background is made of; `main.ts` puts it together. */
export interface Services {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly directory: Directory;
  readonly contacts: Contacts;
  readonly overview: Overview;
  readonly display: Display;
  readonly documents: LoadedMessages;
  readonly reader: Reader;
  readonly origins: DraftOrigins;
  readonly quotes: Quoting;
  readonly scan: Scan;
  readonly work: Work;
  readonly unlocking: Unlocking;
  readonly failures: Failures;
  /** Some messages can only be shown elsewhere than in their place. */
  readonly opensElsewhere: boolean;
  /** What is saved as a draft passes through the add-on. */
  readonly sealsDrafts: boolean;
}
