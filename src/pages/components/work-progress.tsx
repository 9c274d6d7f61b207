import { useEffect, useState } from "preact/hooks";
import { text } from "../../thunderbird/i18n.ts";
import { ask } from "./background.ts";

const LOOK_EVERY_MS = 200;

/** How far long work of the background is, and the way to end it. */
export function WorkProgress({ work, label }: { work: string; label: string }) {
  const [share, setShare] = useState<number | null>(null);
  useEffect(() => {
    const timer = setInterval(() => {
      // The work's own request tells what went wrong.
      ask("work.share", { work }).then(setShare, () => undefined);
    }, LOOK_EVERY_MS);
    return () => {
      clearInterval(timer);
    };
  }, [work]);
  return (
    <div class="progress">
      <progress aria-label={label} {...(share === null ? {} : { value: share, max: 1 })} />
      <button
        type="button"
        data-action="cancel-work"
        onClick={() => void ask("work.cancel", { work })}
      >
        {text("cancel")}
      </button>
    </div>
  );
}
