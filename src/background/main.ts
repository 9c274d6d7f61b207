import { messageView } from "#message-view";
import { transport } from "#transport";
import { planDraft } from "../core/exchange/plan.ts";
import type { DisplayProtocol, PageProtocol } from "../core/protocol.ts";
import type { Clock, KeyStore } from "../core/ports.ts";
import { revocationLookup } from "../core/trust/look-up-revocation.ts";
import { openStorage } from "../storage/storage.ts";
import { api } from "../thunderbird/api.ts";
import { alarm } from "../thunderbird/alarm.ts";
import { setComposeButton } from "../thunderbird/buttons.ts";
import { saveAttachment } from "../thunderbird/attachments.ts";
import { draftDetails, watchDrafts } from "../thunderbird/drafts.ts";
import { registerMessageScript } from "../thunderbird/message-script.ts";
import { registerComposeScript } from "../thunderbird/compose-editor.ts";
import { watchIdentities } from "../thunderbird/identities.ts";
import { welcomeOnce } from "../thunderbird/installed.ts";
import { watchPrompts } from "../thunderbird/prompts.ts";
import { isOwnPage, serve } from "../thunderbird/rpc.ts";
import { onStartup } from "../thunderbird/startup.ts";
import { httpTransport } from "../thunderbird/revocation-transport.ts";
import { sessionSecrets } from "../thunderbird/session-secrets.ts";
import { followAddressBooks } from "./address-books.ts";
import { answers } from "./answers.ts";
import { contacts } from "./contacts.ts";
import { directory } from "./directory.ts";
import { display, openAttachment } from "./display.ts";
import { draftOrigins } from "./draft-origin.ts";
import { draftRestoring } from "./draft-restoring.ts";
import { describeDraft, rememberShown } from "./drafts.ts";
import { consoleFailures } from "./failures.ts";
import { pageHandlers } from "./handlers.ts";
import { harvest } from "./harvest.ts";
import { displayHandlers } from "./display-handlers.ts";
import { localCopies } from "./local-copies.ts";
import { loadedMessages } from "./loaded-messages.ts";
import { saving } from "./on-save.ts";
import { sending } from "./on-send.ts";
import { overview } from "./overview.ts";
import { quoting } from "./quoting.ts";
import { reader } from "./reading.ts";
import { scan } from "./scan.ts";
import type { Services } from "./services.ts";
import { draftFace } from "./status.ts";
import { unlocking } from "./unlocking.ts";
import { longWork } from "./work.ts";

// Thunderbird suspends this page and wakes it for events: everything below registers at once.

const clock: Clock = { now: () => new Date() };
const failures = consoleFailures;
const storage = openStorage({ sessionSecrets, clock });
const lockTimer = alarm("lock-vault", () => {
  run("locking", lockNow());
});
const vaultKeeper = unlocking(storage.vault, storage.settings, lockTimer);
/** Whoever uses a key puts off the automatic locking. */
const keys: KeyStore = {
  ...storage.keys,
  privateKey: async (fingerprint) => {
    const key = await storage.keys.privateKey(fingerprint);
    run("putting off the locking", vaultKeeper.used());
    return key;
  },
};
const lookUp = revocationLookup({
  transport: httpTransport(),
  cache: storage.revocation,
  clock,
});
const people = directory({ ...storage, keys }, clock, {
  lookUp,
  known: revocationLookup({
    transport: () => Promise.resolve(null),
    cache: storage.revocation,
    clock,
  }),
  onRevoked({ address }) {
    run("deriving a contact", storage.overview.touch(address));
  },
});
const exchanges = contacts({ ...storage, directory: people, clock });
const everybody = overview({
  store: storage.overview,
  directory: people,
  keys,
  clock,
  failures,
  release: api.runtime.getManifest().version,
});
const copies = localCopies(storage.settings, messageView);
const messages = reader({
  directory: people,
  keys,
  clock,
  // What cannot be remembered can be read all the same.
  onOpened: async (message) => {
    run("keeping a copy", copies(message));
    run("recording what was answered", mail.answered(message.raw));
    await harvest(message, storage).catch((error: unknown) => {
      failures.report("learning from a message", error);
    });
  },
});
const origins = draftOrigins(messages, transport);
const answered = answers(messages);
const quotes = quoting({ origins, reader: messages, transport, unlocking: vaultKeeper, failures });
const documents = loadedMessages();
const shown = display({ reader: messages, directory: people, contacts: exchanges });
const search = scan({
  storage,
  // Not the keys that put off the locking: a search is no use of the user's.
  keys: storage.keys,
  directory: people,
  clock,
  guard: alarm("search-mail", () => {
    run("searching mail", search.wake());
  }),
  failures,
});
const services: Services = {
  storage: { ...storage, keys },
  clock,
  directory: people,
  contacts: exchanges,
  overview: everybody,
  display: shown,
  documents,
  reader: messages,
  origins,
  quotes,
  scan: search,
  work: longWork(),
  unlocking: vaultKeeper,
  failures,
  opensElsewhere: messageView.opensElsewhere,
  sealsDrafts: transport.sealsDrafts,
};

async function lockNow(): Promise<void> {
  await storage.vault.lock();
  await shown.locked();
}

/** Runs what nobody waits for, and says in the console what went wrong. */
function run(activity: string, work: Promise<unknown>): void {
  work.catch((error: unknown) => {
    failures.report(activity, error);
  });
}

serve<PageProtocol>("pages", isOwnPage, pageHandlers(services), (name, error) => {
  failures.report(name, error);
});
serve<DisplayProtocol>(
  "display",
  (sender) => sender.tab?.id !== undefined,
  displayHandlers(services, { saveAttachment, openAttachment }),
  (name, error) => {
    failures.report(name, error);
  },
);

const drafting = { ...storage, keys, directory: people, origins, clock, failures };
const mail = sending({ ...drafting, answered, unlocking: vaultKeeper });
const drafts = saving({ ...drafting, quotes });
const restoreDraft = draftRestoring({
  ...drafting,
  quotes,
  transport,
  unlocking: vaultKeeper,
});
transport.serve({
  ...mail,
  onBuild: (outgoing) => (outgoing.purpose === "save" ? drafts : mail).onBuild(outgoing),
  onBuilt: (outgoing, message) =>
    (outgoing.purpose === "save" ? drafts : mail).onBuilt(outgoing, message),
});

run("looking after what was sent", mail.lookAfter());

messageView.watch({
  coming(message) {
    shown.ahead(message);
  },
  shown(tabId, message) {
    documents.loaded(tabId, message.id);
    run("reading a message", shown.show(tabId, message));
  },
  opensByItself: async () => (await storage.settings.get()).openEncrypted === "automatically",
  failed(error) {
    failures.report("opening a message", error);
  },
});

watchDrafts(async (tabId) => {
  run("opening a draft", restoreDraft(tabId));
  run("quoting", quotes.look(tabId));
  try {
    const services = { directory: people, settings: storage.settings, origins, clock };
    const { messageId, sealed, encrypted } = await origins.of(tabId);
    if (sealed === "no" || sealed === "open") {
      // The subject of a draft that answers nothing encrypted is the author's own to publish.
      await answered.restore(tabId, sealed === "no" || encrypted ? messageId : null);
    }
    const draft = await describeDraft(tabId, await draftDetails(tabId), services);
    const plan = planDraft(draft);
    await setComposeButton(tabId, draftFace(plan, "missing" in plan ? plan.missing.length : 0));
    await rememberShown(tabId, { choice: draft.choice, plan }, clock.now());
  } catch (error) {
    failures.report("looking at a draft", error);
  }
});

// The background is started again for this when Thunderbird starts.
onStartup(() => undefined);
run("searching mail", search.wake());
followAddressBooks(storage.cards, failures);
watchPrompts();
watchIdentities();
welcomeOnce();
run("registering the message script", registerMessageScript());
run("registering the compose script", registerComposeScript());
