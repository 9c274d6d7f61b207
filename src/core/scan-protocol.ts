import type { ScanCounts, ScanRecord } from "./ports.ts";

/** A folder that can be searched for certificates. */
export interface ScanFolderView {
  readonly id: string;
  readonly name: string;
  readonly account: string;
  /** Where certificates are to be expected: chosen unless the user decides otherwise. */
  readonly suggested: boolean;
}

/** How far a search has come, and what it found. Dates are ISO 8601. */
export interface ScanView {
  readonly status: ScanRecord["status"];
  readonly folders: readonly {
    readonly name: string;
    readonly account: string;
    /** null until that is known. */
    readonly messages: number | null;
  }[];
  /** Index of the folder that is being searched; their number at the end. */
  readonly folder: number;
  readonly counts: ScanCounts;
  readonly startedAt: string;
  readonly endedAt: string | null;
}

export interface ScanRequests {
  "scan.folders": { request: null; response: readonly ScanFolderView[] };
  /** null where nothing has been searched, or the last summary was put away. */
  "scan.state": { request: null; response: ScanView | null };
  /** `folders`: ids. `since`: ISO 8601; null for everything. */
  "scan.start": {
    request: { folders: readonly string[]; since: string | null };
    response: null;
  };
  "scan.pause": { request: null; response: null };
  "scan.resume": { request: null; response: null };
  "scan.cancel": { request: null; response: null };
  "scan.forget": { request: null; response: null };
}
