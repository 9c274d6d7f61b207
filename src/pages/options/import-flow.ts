import type { ErrorCode } from "../../core/errors.ts";
import type { ImportSummary, OwnKeyView } from "../../core/protocol.ts";
import type { ChosenFile } from "../components/file-drop.tsx";

/**
 * The way of a key file into the vault. The file stays chosen until it is imported or put aside:
 * a mistyped password, or a vault that has to be made first, never loses it. The background reads
 * the file before it needs the vault: nobody chooses a passphrase for a file that is of no use.
 */
export type ImportFlow =
  | { readonly step: "choose"; readonly failure: ErrorCode | null }
  | { readonly step: "password"; readonly file: ChosenFile; readonly failure: ErrorCode | null }
  | {
      readonly step: "vault";
      readonly file: ChosenFile;
      readonly password: string;
      readonly vault: "absent" | "locked";
    }
  | { readonly step: "importing"; readonly file: ChosenFile; readonly password: string }
  | { readonly step: "done"; readonly added: readonly OwnKeyView[] };

export type ImportEvent =
  | { readonly type: "chosen"; readonly file: ChosenFile | null }
  | { readonly type: "submitted"; readonly password: string }
  | { readonly type: "vault-opened" }
  | { readonly type: "imported"; readonly summary: ImportSummary }
  | { readonly type: "failed"; readonly code: ErrorCode }
  | { readonly type: "put-aside" };

export const start: ImportFlow = { step: "choose", failure: null };

/** An event that does not fit the step, such as an answer to a question put aside, changes nothing. */
export function importFlow(flow: ImportFlow, event: ImportEvent): ImportFlow {
  switch (event.type) {
    case "chosen":
      if (flow.step === "importing") return flow;
      return event.file === null
        ? { step: "choose", failure: "pkcs12-malformed" }
        : { step: "password", file: event.file, failure: null };
    case "submitted":
      if (flow.step !== "password") return flow;
      return { step: "importing", file: flow.file, password: event.password };
    case "vault-opened":
      if (flow.step !== "vault") return flow;
      return { step: "importing", file: flow.file, password: flow.password };
    case "imported":
      return flow.step === "importing" ? { step: "done", added: event.summary.added } : flow;
    case "failed":
      return failed(flow, event.code);
    case "put-aside":
      return start;
  }
}

function failed(flow: ImportFlow, code: ErrorCode): ImportFlow {
  if (flow.step !== "importing") return flow;
  const { file, password } = flow;
  if (code === "vault-locked") return { step: "vault", file, password, vault: "locked" };
  if (code === "vault-absent") return { step: "vault", file, password, vault: "absent" };
  return { step: "password", file, failure: code };
}
