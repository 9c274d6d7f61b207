interface Contact {
  readonly id: string;
  readonly parentId?: string;
  readonly vCard?: string;
}

/** What the published types of Thunderbird's API do not know yet. */
interface Untyped {
  readonly addressBooks: {
    list(): Promise<readonly { readonly id: string }[]>;
    readonly onDeleted: WebExtEvent<(id: string) => void>;
    /** A namespace of its own in manifest version 2. */
    readonly contacts: {
      list(bookId: string): Promise<readonly Contact[]>;
      readonly onCreated: WebExtEvent<(contact: Contact) => void>;
      readonly onUpdated: WebExtEvent<(contact: Contact) => void>;
      readonly onDeleted: WebExtEvent<(bookId: string, id: string) => void>;
      /** Not in version 140. */
      readonly onManyCreated?: WebExtEvent<() => void>;
    };
    readonly mailingLists: {
      list(
        addressBookId: string,
      ): Promise<readonly { readonly id: string; readonly name: string }[]>;
      listMembers(id: string): Promise<readonly { readonly vCard: string }[]>;
    };
  };
  readonly compose: {
    readonly onBeforeSend: {
      addListener(
        listener: (
          tab: messenger.tabs.Tab,
          details: messenger.compose.ComposeDetails,
        ) => Promise<{ readonly cancel?: boolean }>,
      ): void;
    };
  };
  readonly messages: {
    import(
      file: File,
      folderId: string,
      properties: { readonly read: boolean },
    ): Promise<messenger.messages.MessageHeader>;
  };
  readonly alarms: {
    create(name: string, when: { delayInMinutes: number }): void;
    clear(name: string): Promise<boolean>;
    readonly onAlarm: WebExtEvent<(alarm: { readonly name: string }) => void>;
  };
  readonly scripting: {
    readonly compose: {
      getRegisteredScripts(filter: { readonly ids: readonly string[] }): Promise<unknown[]>;
      registerScripts(
        scripts: readonly { readonly id: string; readonly js: readonly string[] }[],
      ): Promise<void>;
    };
    readonly messageDisplay: {
      getRegisteredScripts(filter: { readonly ids: readonly string[] }): Promise<unknown[]>;
      registerScripts(
        scripts: readonly {
          readonly id: string;
          readonly js: readonly string[];
          readonly runAt: "document_start" | "document_end" | "document_idle";
        }[],
      ): Promise<void>;
    };
  };
  readonly messengerUtilities: {
    convertToPlainText(html: string): Promise<string>;
    /** Groups are expanded. */
    parseMailboxString(
      value: string,
    ): Promise<readonly { readonly name?: string; readonly email?: string }[]>;
  };
}

declare const browser: typeof messenger & Untyped;

/** Thunderbird's WebExtension API, under the name that scripts in messages know as well. */
export const api = browser;
