import { useEffect, useId, useRef } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { text } from "../../thunderbird/i18n.ts";

/** Asks before something that cannot be undone. Escape and Cancel both leave everything as it is. */
export function ConfirmDialog({
  title,
  action,
  busy,
  onConfirm,
  onCancel,
  before,
  children,
}: {
  title: string;
  action: string;
  busy: boolean;
  onConfirm: () => void;
  onCancel: () => void;
  /** Something that is better done first. */
  before?: { readonly label: string; readonly start: () => void };
  children: ComponentChildren;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const bodyId = useId();
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      aria-describedby={bodyId}
      onCancel={(event) => {
        event.preventDefault();
        onCancel();
      }}
    >
      <h2 id={titleId}>{title}</h2>
      <div id={bodyId} class="stack">
        {children}
      </div>
      <div class="buttons end">
        <button type="button" autofocus onClick={onCancel}>
          {text("cancel")}
        </button>
        {before !== undefined && (
          <button type="button" data-action="before" onClick={before.start}>
            {before.label}
          </button>
        )}
        <button
          type="button"
          class="danger"
          data-action="confirm"
          disabled={busy}
          onClick={onConfirm}
        >
          {action}
        </button>
      </div>
    </dialog>
  );
}
