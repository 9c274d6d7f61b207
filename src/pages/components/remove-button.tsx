import { useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { text } from "../../thunderbird/i18n.ts";
import { useAction } from "./background.ts";
import { ConfirmDialog } from "./confirm-dialog.tsx";
import { Failure } from "./failure.tsx";

/** Removes one of several things, once the user has read what that means. */
export function RemoveButton({
  name,
  title,
  action = text("do_remove"),
  disabled = false,
  remove,
  before,
  children,
}: {
  /** What is removed, as it is read out. */
  name: string;
  title: string;
  /** The word on the button that does it. */
  action?: string;
  disabled?: boolean;
  remove: () => Promise<void>;
  /** Something that is better done first. */
  before?: { readonly label: string; readonly start: () => void };
  /** The consequences. */
  children: ComponentChildren;
}) {
  const [asking, setAsking] = useState(false);
  const { busy, failure, run } = useAction();
  const close = () => {
    setAsking(false);
  };
  return (
    <>
      <button
        type="button"
        data-action="remove"
        disabled={disabled}
        aria-label={text("do_remove_named", name)}
        onClick={() => {
          setAsking(true);
        }}
      >
        {text("do_remove")}
      </button>
      {asking && (
        <ConfirmDialog
          title={title}
          action={action}
          busy={busy}
          onConfirm={() =>
            void run(async () => {
              await remove();
              close();
            })
          }
          onCancel={close}
          {...(before === undefined
            ? {}
            : {
                before: {
                  label: before.label,
                  start: () => {
                    close();
                    before.start();
                  },
                },
              })}
        >
          {children}
          <Failure code={failure} />
        </ConfirmDialog>
      )}
    </>
  );
}
