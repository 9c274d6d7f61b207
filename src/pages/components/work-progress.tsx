import { useEffect, useState } from "preact/hooks";
import type { WorkProgress as Progress } from "../../core/protocol.ts";
import { text } from "../../thunderbird/i18n.ts";
import { ask } from "./background.ts";

const LOOK_EVERY_MS = 200;

/** How far long work of the background is, and the way to end it as long as there is one. */
export function WorkProgress({ work, label }: { work: string; label: string }) {
  const [progress, setProgress] = useState<Progress | null>(null);
  useEffect(() => {
    const timer = setInterval(() => {
      // The work's own request tells what went wrong.
      ask("work.progress", { work }).then(setProgress, () => undefined);
    }, LOOK_EVERY_MS);
    return () => {
      clearInterval(timer);
    };
  }, [work]);
  return (
    <div class="progress">
      <progress
        aria-label={label}
        {...(progress === null ? {} : { value: progress.share, max: 1 })}
      />
      <button
        type="button"
        data-action="cancel-work"
        disabled={progress?.mayEnd === false}
        onClick={() => void ask("work.cancel", { work })}
      >
        {text("cancel")}
      </button>
    </div>
  );
}
