import type { ComponentChildren } from "preact";
import { text } from "../../thunderbird/i18n.ts";
import { NewVaultForm, UnlockForm } from "./vault-forms.tsx";

/** Has the vault made, or opened, so that what is under way can store or use a private key. */
export function VaultQuestion({
  vault,
  onOpen,
  children,
}: {
  vault: "absent" | "locked";
  onOpen: () => void;
  /** Further buttons. */
  children: ComponentChildren;
}) {
  return vault === "absent" ? (
    <>
      <h3>{text("vault_create_heading")}</h3>
      <p>{text("vault_create_explanation")}</p>
      <NewVaultForm onCreated={onOpen}>{children}</NewVaultForm>
    </>
  ) : (
    <>
      <h3>{text("vault_unlock_heading")}</h3>
      <p>{text("prompt_purpose_manage")}</p>
      <UnlockForm autoFocus onUnlocked={onOpen}>
        {children}
      </UnlockForm>
    </>
  );
}
