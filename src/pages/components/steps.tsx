import type { ContactView } from "../../core/protocol.ts";
import { text } from "../../thunderbird/i18n.ts";
import { stepsOf, type StepMark } from "./exchange.ts";

const marks: Record<StepMark, string> = {
  done: "step_done",
  current: "step_current",
  later: "step_later",
};
const names = ["step_setup", "step_exchange", "step_encryption"] as const;

/** Three marks on a line. Form tells them apart, not only colour: check, ring, dotted ring. */
export function Steps({
  state,
  labels = false,
}: {
  state: ContactView["state"];
  labels?: boolean;
}) {
  const picture = stepsOf(state);
  const description = names
    .map((name, index) =>
      text("step_description", text(name), text(marks[picture.marks[index] ?? "later"])),
    )
    .join("; ");
  return (
    <div class={labels ? "steps labelled" : "steps"} role="img" aria-label={description}>
      {picture.marks.map((mark, index) => (
        <span key={index} class={`step ${mark}`}>
          <svg viewBox="0 0 20 20" aria-hidden="true">
            <circle cx="10" cy="10" r="8" />
            {mark === "done" && <path d="m6.2 10.3 2.6 2.7 5-5.6" />}
            {mark === "current" && index === 1 && picture.half === "sent" && (
              <path d="M5.8 10h8.2M10.8 6.6 14.2 10l-3.4 3.4" />
            )}
            {mark === "current" && index === 1 && picture.half === "received" && (
              <path d="M14.2 10H6M9.2 6.6 5.8 10l3.4 3.4" />
            )}
            {mark === "current" && (index !== 1 || picture.half === null) && (
              <circle class="dot" cx="10" cy="10" r="2.6" />
            )}
          </svg>
          {labels && <span class="label">{text(names[index] ?? "")}</span>}
        </span>
      ))}
    </div>
  );
}
