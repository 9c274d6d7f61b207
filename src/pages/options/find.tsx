import type { PageProtocol } from "../../core/protocol.ts";
import { text } from "../../thunderbird/i18n.ts";
import { ask, useAction, useLoaded } from "../components/background.ts";
import { Failure } from "../components/failure.tsx";
import { VaultControl } from "../components/vault-control.tsx";
import { FindChoice } from "./find-choice.tsx";
import { FindProgress, FindSummary } from "./find-progress.tsx";

type ScanRequest = Extract<keyof PageProtocol, "scan.pause" | "scan.resume" | "scan.cancel">;

/** Certificates in the signed messages that are here already. */
export function Find() {
  const scan = useLoaded(async () => ({ state: await ask("scan.state", null) }), 500);
  const vault = useLoaded(() => ask("vault.state", null));
  const { busy, failure, run } = useAction();
  const tell = (request: ScanRequest | "scan.forget") => {
    void run(async () => {
      await ask(request, null);
      await scan.reload();
    });
  };
  const state = scan.value?.state ?? null;
  const active = state !== null && (state.status === "running" || state.status === "paused");
  return (
    <div class="stack">
      <p>{text("find_explanation")}</p>
      {vault.value === "locked" && (
        <>
          <p class="hint">{text("find_locked")}</p>
          <VaultControl vault={vault} />
        </>
      )}
      <Failure code={failure ?? scan.failure} />
      {active && <FindProgress scan={state} busy={busy} onTell={tell} />}
      {state !== null && !active && (
        <FindSummary
          scan={state}
          busy={busy}
          onAgain={() => {
            tell("scan.forget");
          }}
        />
      )}
      {scan.value?.state === null && <FindChoice onStarted={() => void scan.reload()} />}
    </div>
  );
}
