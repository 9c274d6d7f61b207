import type { ErrorCode } from "../../core/errors.ts";
import type { ImportSummary, KeyFilePreview, OwnKeyView } from "../../core/protocol.ts";
import type { ChosenFile } from "../components/file-drop.tsx";

/**
 * The way of a key file into the vault: opened, looked at, and only then stored. The file stays
 * chosen until it is imported or put aside: a mistyped password, or a vault that has to be made
 * first, never loses it. Nobody chooses a passphrase for a file that is of no use.
 */
export type ImportFlow =
  | { readonly step: "choose"; readonly failure: ErrorCode | null }
  /** `asked`: the password is the user's, not the empty one that is tried first. */
  | ({ readonly step: "opening"; readonly asked: boolean } & Opened)
  | { readonly step: "password"; readonly file: ChosenFile; readonly failure: ErrorCode | null }
  | ({ readonly step: "preview"; readonly failure: ErrorCode | null } & Previewed)
  | ({ readonly step: "vault"; readonly vault: "absent" | "locked" } & Previewed)
  | ({ readonly step: "importing" } & Previewed)
  | { readonly step: "done"; readonly added: readonly OwnKeyView[] };

interface Opened {
  readonly file: ChosenFile;
  readonly password: string;
}

interface Previewed extends Opened {
  readonly preview: KeyFilePreview;
}

export type ImportEvent =
  | { readonly type: "chosen"; readonly file: ChosenFile | null }
  | { readonly type: "submitted"; readonly password: string }
  | { readonly type: "opened"; readonly preview: KeyFilePreview }
  | { readonly type: "confirmed" }
  | { readonly type: "vault-opened" }
  | { readonly type: "imported"; readonly summary: ImportSummary }
  | { readonly type: "failed"; readonly code: ErrorCode }
  | { readonly type: "put-aside" };

export const start: ImportFlow = { step: "choose", failure: null };

/** An event that does not fit the step, such as an answer to a question put aside, changes nothing. */
export function importFlow(flow: ImportFlow, event: ImportEvent): ImportFlow {
  switch (event.type) {
    case "chosen":
      if (flow.step === "importing" || flow.step === "opening") return flow;
      return event.file === null
        ? { step: "choose", failure: "pkcs12-malformed" }
        : { step: "opening", file: event.file, password: "", asked: false };
    case "submitted":
      if (flow.step !== "password") return flow;
      return { step: "opening", file: flow.file, password: event.password, asked: true };
    case "opened": {
      if (flow.step !== "opening") return flow;
      const { file, password } = flow;
      return { step: "preview", file, password, preview: event.preview, failure: null };
    }
    case "confirmed":
      return flow.step === "preview" ? { step: "importing", ...previewed(flow) } : flow;
    case "vault-opened":
      return flow.step === "vault" ? { step: "importing", ...previewed(flow) } : flow;
    case "imported":
      return flow.step === "importing" ? { step: "done", added: event.summary.added } : flow;
    case "failed":
      return failed(flow, event.code);
    case "put-aside":
      return start;
  }
}

function failed(flow: ImportFlow, code: ErrorCode): ImportFlow {
  switch (flow.step) {
    case "opening":
      // Another file may do; with this one only another password can.
      if (code !== "pkcs12-wrong-password") return { step: "choose", failure: code };
      return { step: "password", file: flow.file, failure: flow.asked ? code : null };
    case "importing":
      if (code === "vault-locked") return { step: "vault", vault: "locked", ...previewed(flow) };
      if (code === "vault-absent") return { step: "vault", vault: "absent", ...previewed(flow) };
      return { step: "preview", failure: code, ...previewed(flow) };
    default:
      return flow;
  }
}

function previewed({ file, password, preview }: Previewed): Previewed {
  return { file, password, preview };
}
