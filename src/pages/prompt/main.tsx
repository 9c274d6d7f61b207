import { useEffect, useState } from "preact/hooks";
import type { PromptAnswer, PromptView } from "../../core/protocol.ts";
import { api } from "../../thunderbird/api.ts";
import { text } from "../../thunderbird/i18n.ts";
import { ask, useAction, useLoaded } from "../components/background.ts";
import { Failure } from "../components/failure.tsx";
import { Icon } from "../components/icon.tsx";
import { mount } from "../components/mount.tsx";
import { UnlockForm } from "../components/vault-forms.tsx";
import { SendQuestion } from "./send-question.tsx";

const id = new URLSearchParams(location.search).get("id") ?? "";

async function answer(how: PromptAnswer): Promise<void> {
  // Whatever became of the question, its window has served.
  await ask("prompt.answer", { id, answer: how }).finally(() => {
    window.close();
  });
}

async function describePrompt(): Promise<PromptView> {
  const { id: windowId = null } = await api.windows.getCurrent();
  return ask("prompt.describe", { id, windowId });
}

/** The window was opened before its content was known: it grows to show all of it. */
async function growToContent(): Promise<void> {
  const hidden = document.body.scrollHeight - window.innerHeight;
  if (hidden <= 0) return;
  const { id: windowId, height } = await api.windows.getCurrent();
  if (windowId === undefined || height === undefined) return;
  const wanted = Math.min(height + hidden, screen.availHeight);
  if (wanted > height) await api.windows.update(windowId, { height: wanted });
}

function Prompt() {
  const { value: prompt, failure } = useLoaded(describePrompt);

  useEffect(() => {
    const observer = new ResizeObserver(() => void growToContent());
    observer.observe(document.body);
    return () => {
      observer.disconnect();
    };
  }, []);

  // Thunderbird suspends a background that nobody has spoken to for half a minute, even while it
  // waits for this answer; looking for a passphrase takes longer.
  useEffect(() => {
    const timer = setInterval(() => {
      // The question is gone with the background that asked it.
      describePrompt().catch(() => {
        window.close();
      });
    }, 10_000);
    return () => {
      clearInterval(timer);
    };
  }, []);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape") void answer("dismissed");
    };
    window.addEventListener("keydown", onKey);
    return () => {
      window.removeEventListener("keydown", onKey);
    };
  }, []);

  if (prompt === null) return <Failure code={failure} />;
  switch (prompt.kind) {
    case "unlock":
      return <Unlock purpose={prompt.purpose} />;
    case "saved":
      return <Saved {...prompt} />;
    case "not-sent":
      return <NotSent reason={prompt.reason} />;
    case "bcc":
      return <Bcc {...prompt} />;
    case "send":
      return <SendQuestion {...prompt} answer={answer} />;
    case "handed-over":
      return <HandedOver where={prompt.where} />;
    case "outbox":
      return <Outbox />;
    case "sealed-draft":
      return <SealedDraft known={prompt.known} />;
  }
}

type Purpose = Extract<PromptView, { kind: "unlock" }>["purpose"];

const purposes: Record<Purpose, string> = {
  send: "prompt_purpose_send",
  read: "prompt_purpose_read",
  manage: "prompt_purpose_manage",
};

function Unlock({ purpose }: { purpose: Purpose }) {
  return (
    <main>
      <h1>
        <Icon name="encrypted" /> {text("prompt_unlock_heading")}
      </h1>
      <p>{text(purposes[purpose])}</p>
      <UnlockForm autoFocus onUnlocked={() => void answer("done")}>
        <button type="button" data-action="cancel" onClick={() => void answer("dismissed")}>
          {text("cancel")}
        </button>
      </UnlockForm>
    </main>
  );
}

function Saved({ name, downloadId }: Extract<PromptView, { kind: "saved" }>) {
  const { busy, failure, run } = useAction();
  return (
    <main>
      <h1>
        <Icon name="file" /> {text("prompt_saved_heading")}
      </h1>
      <p>
        <bdi class="name">{name}</bdi>
      </p>
      <p>{text("prompt_saved_explanation")}</p>
      <Failure code={failure} />
      <div class="buttons">
        <button
          type="button"
          class="primary"
          data-action="open"
          disabled={busy}
          onClick={() =>
            void run(async () => {
              await api.downloads.open(downloadId);
              await answer("done");
            })
          }
        >
          {text("do_open_file")}
        </button>
        <button type="button" data-action="cancel" onClick={() => void answer("dismissed")}>
          {text("close")}
        </button>
      </div>
    </main>
  );
}

function NotSent({ reason }: { reason: string }) {
  return (
    <main>
      <h1>
        <Icon name="blocked" /> {text("prompt_not_sent_heading")}
      </h1>
      {reason.split("\n").map((line) => (
        <p key={line}>{line}</p>
      ))}
      <div class="buttons">
        <button
          type="button"
          class="primary"
          data-action="cancel"
          autoFocus
          onClick={() => void answer("dismissed")}
        >
          {text("close")}
        </button>
      </div>
    </main>
  );
}

function Bcc({ addresses, alone, mayBeSigned }: Extract<PromptView, { kind: "bcc" }>) {
  const ways = [
    { way: "show", label: "prompt_bcc_show", wanted: true },
    { way: "leave-out", label: "prompt_bcc_leave_out", wanted: !alone },
    { way: "signed", label: "prompt_bcc_signed", wanted: mayBeSigned },
  ] as const;
  return (
    <main>
      <h1>
        <Icon name="blocked" /> {text("prompt_bcc_heading")}
      </h1>
      <p>{text("prompt_bcc_explanation")}</p>
      <ul>
        {addresses.map((address) => (
          <li key={address}>
            <bdi class="name">{address}</bdi>
          </li>
        ))}
      </ul>
      <div class="stack buttons">
        {ways.map(
          ({ way, label, wanted }) =>
            wanted && (
              <button key={way} type="button" data-action={way} onClick={() => void answer(way)}>
                {text(label)}
              </button>
            ),
        )}
        <button
          type="button"
          data-action="cancel"
          autoFocus
          onClick={() => void answer("dismissed")}
        >
          {text("prompt_bcc_back")}
        </button>
      </div>
    </main>
  );
}

type Whereabouts = Extract<PromptView, { kind: "handed-over" }>["where"];

const handedOver: Record<Whereabouts, string> = {
  outbox: "prompt_handed_over_outbox",
  left: "prompt_handed_over_left",
};

function HandedOver({ where }: { where: Whereabouts }) {
  return (
    <main>
      <h1>
        <Icon name="encrypted" /> {text("prompt_handed_over_heading")}
      </h1>
      <p>{text(handedOver[where])}</p>
      <div class="stack buttons">
        <button type="button" data-action="again" onClick={() => void answer("again")}>
          {text("do_send_once_more")}
        </button>
        <button type="button" data-action="close" onClick={() => void answer("done")}>
          {text("do_close_handed_over")}
        </button>
        <button
          type="button"
          data-action="cancel"
          autoFocus
          onClick={() => void answer("dismissed")}
        >
          {text("back_to_message")}
        </button>
      </div>
    </main>
  );
}

function Outbox() {
  const [known, setKnown] = useState(false);
  return (
    <main>
      <h1>
        <Icon name="encrypted" /> {text("prompt_outbox_heading")}
      </h1>
      <p>{text("prompt_outbox_explanation")}</p>
      <p>{text("prompt_outbox_once")}</p>
      <p>
        <label>
          <input
            type="checkbox"
            checked={known}
            onChange={(event) => {
              setKnown(event.currentTarget.checked);
            }}
          />{" "}
          {text("prompt_outbox_always")}
        </label>
      </p>
      <div class="buttons">
        <button
          type="button"
          class="primary"
          data-action="go-on"
          autoFocus
          onClick={() => void answer(known ? "always" : "done")}
        >
          {text("do_send_outbox")}
        </button>
        <button type="button" data-action="cancel" onClick={() => void answer("dismissed")}>
          {text("do_leave_in_outbox")}
        </button>
      </div>
    </main>
  );
}

function SealedDraft({ known }: { known: boolean }) {
  return (
    <main>
      <h1>
        <Icon name="encrypted" /> {text("prompt_sealed_draft_heading")}
      </h1>
      <p>{text("prompt_sealed_draft_explanation")}</p>
      <p>{text(known ? "prompt_sealed_draft_remains" : "prompt_sealed_draft_unknown")}</p>
      <div class="buttons">
        {known && (
          <button type="button" data-action="open" onClick={() => void answer("done")}>
            {text("do_open_sealed_draft")}
          </button>
        )}
        <button
          type="button"
          class="primary"
          data-action="cancel"
          autoFocus
          onClick={() => void answer("dismissed")}
        >
          {text(known ? "do_leave_sealed_draft" : "close")}
        </button>
      </div>
    </main>
  );
}

mount(text("extensionName"), <Prompt />);
