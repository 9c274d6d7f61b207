import type { PageProtocol } from "../../core/protocol.ts";
import { counted, number, text } from "../../thunderbird/i18n.ts";
import { Icon } from "../components/icon.tsx";

type ScanView = NonNullable<PageProtocol["scan.state"]["response"]>;

/** A search that is under way or paused, and what can be done about it. */
export function FindProgress({
  scan,
  busy,
  onTell,
}: {
  scan: ScanView;
  busy: boolean;
  onTell: (request: "scan.pause" | "scan.resume" | "scan.cancel") => void;
}) {
  const { counts, folders, folder, status } = scan;
  const total = folders.reduce((sum, { messages }) => sum + (messages ?? 0), 0);
  const at = folders[folder];
  const paused = status === "paused";
  return (
    <div class="card stack" id="find-progress" data-status={status}>
      <p role="status">{text(paused ? "find_paused" : "find_running")}</p>
      <progress
        aria-label={text("find_progress")}
        max={Math.max(total, counts.seen, 1)}
        value={counts.seen}
      />
      <p>
        {text("find_progress_of", number(counts.seen), number(Math.max(total, counts.seen)))}
        {at !== undefined && (
          <>
            {" "}
            <span class="hint">
              <bdi>{at.account}</bdi>: <bdi>{at.name}</bdi>
            </span>
          </>
        )}
      </p>
      <p>{found(scan)}</p>
      {paused && <p class="hint">{text("find_paused_hint")}</p>}
      <div class="buttons">
        <button
          type="button"
          class={paused ? "primary" : ""}
          data-action={paused ? "resume" : "pause"}
          disabled={busy}
          onClick={() => {
            onTell(paused ? "scan.resume" : "scan.pause");
          }}
        >
          {text(paused ? "find_resume" : "find_pause")}
        </button>
        <button
          type="button"
          data-action="cancel"
          disabled={busy}
          onClick={() => {
            onTell("scan.cancel");
          }}
        >
          {text("find_cancel")}
        </button>
      </div>
    </div>
  );
}

/** What a search that has ended found, and what it could not look into. */
export function FindSummary({
  scan,
  busy,
  onAgain,
}: {
  scan: ScanView;
  busy: boolean;
  onAgain: () => void;
}) {
  const { counts, status } = scan;
  return (
    <div class="stack" id="find-summary" data-status={status}>
      <div class="notice good" role="status">
        <Icon name="check" />
        <div>
          <p>{text(status === "done" ? "find_done" : "find_cancelled")}</p>
          <p>{counted("find_seen", counts.seen)}</p>
          <p>{found(scan)}</p>
        </div>
      </div>
      {counts.locked > 0 && (
        <p class="notice info">
          <Icon name="encrypted" />
          <span>{counted("find_left_locked", counts.locked)}</span>
        </p>
      )}
      {counts.failed > 0 && (
        <p class="notice info">
          <Icon name="info" />
          <span>{counted("find_failed", counts.failed)}</span>
        </p>
      )}
      <div class="buttons">
        <button
          type="button"
          class="primary"
          data-action="people"
          onClick={() => {
            location.hash = "people";
          }}
        >
          {text("find_show_people")}
        </button>
        <button type="button" data-action="again" disabled={busy} onClick={onAgain}>
          {text("find_again")}
        </button>
      </div>
    </div>
  );
}

function found({ counts: { signed, encrypted, certificates, contacts } }: ScanView): string {
  return [
    counted("find_signed", signed),
    ...(encrypted > 0 ? [counted("find_encrypted", encrypted)] : []),
    certificates === 0
      ? text("find_nothing_new")
      : `${counted("find_certificates", certificates)} ${counted("find_contacts", contacts)}`,
  ].join(" ");
}
