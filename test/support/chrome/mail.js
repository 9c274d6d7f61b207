/* Chrome scope: folders and messages in the main window. */

const FOLDER_FLAGS = {
  Inbox: Ci.nsMsgFolderFlags.Inbox,
  Sent: Ci.nsMsgFolderFlags.SentMail,
  Drafts: Ci.nsMsgFolderFlags.Drafts,
  Trash: Ci.nsMsgFolderFlags.Trash,
  Outbox: Ci.nsMsgFolderFlags.Queue,
};

/** The folder of the account of that address; without an address, of Local Folders. */
async function findFolder(address, name) {
  const server = address
    ? MailServices.accounts.accounts.find((account) => account.defaultIdentity?.email === address)
        ?.incomingServer
    : MailServices.accounts.localFoldersServer;
  if (!server) throw new Error(`no account for ${address}`);
  const flag = FOLDER_FLAGS[name];
  const find = () =>
    server.rootFolder.descendants.find((folder) =>
      flag === undefined ? folder.name === name : folder.getFlag(flag),
    );
  let asked = false;
  return until(`folder ${name} of ${address}`, () => {
    const folder = find();
    if (!folder && !asked) {
      asked = true;
      server.performExpand(mainWindow().msgWindow);
    }
    return folder;
  });
}

/** A main window whose mail tab has loaded. */
async function untilReady() {
  await until("the main window", () => mainWindow()?.tabmail?.tabInfo[0]?.chromeBrowser);
  await mailTab();
}

async function mailTab() {
  const { tabmail } = mainWindow();
  tabmail.switchToTab(0);
  const browser = tabmail.tabInfo[0].chromeBrowser;
  return until("the mail tab", () => {
    const { contentWindow } = browser;
    return contentWindow?.folderTree && contentWindow.document.readyState === "complete"
      ? contentWindow
      : undefined;
  });
}

async function showFolder(address, name) {
  const about3Pane = await mailTab();
  const folder = await findFolder(address, name);
  if (about3Pane.gFolder !== folder) about3Pane.displayFolder(folder);
  await until(`folder ${name}`, () => about3Pane.gFolder === folder && about3Pane.gDBView);
  return { about3Pane, folder };
}

/**
 * Selects the newest message with that subject, as a click in the list does, after asking the
 * server for new mail until it is there, and waits until it is shown, or until the add-on offers to
 * open it elsewhere.
 * @returns {"shown" | "offered"}
 */
async function selectMessage(address, name, subject, milliseconds, addon) {
  const { about3Pane, folder } = await showFolder(address, name);
  let asked = 0;
  const index = await until(
    `a message "${subject}" in ${name} of ${address}`,
    () => {
      const found = newestWithSubject(about3Pane.gDBView, subject);
      if (found === undefined && address && Date.now() - asked > 1_500) {
        asked = Date.now();
        folder.updateFolder(mainWindow().msgWindow);
      }
      return found === undefined ? undefined : { found };
    },
    milliseconds,
  );
  const header = about3Pane.gDBView.getMsgHdrAt(index.found);
  let selected = 0;
  let offered = 0;
  return until(`the message "${subject}"`, () => {
    // A folder that is still being opened forgets a selection, so it is made again. Where it is not
    // forgotten it may take that long: version 140 looks for a key first.
    const forgotten = about3Pane.threadTree.selectedIndex !== index.found;
    if (Date.now() - selected > (forgotten ? 1_000 : 8_000)) {
      selected = Date.now();
      about3Pane.threadTree.selectedIndex = -1;
      about3Pane.threadTree.scrollToIndex(index.found, true);
      about3Pane.threadTree.selectedIndex = index.found;
    }
    const shown = about3Pane.messageBrowser.contentWindow;
    if (shown?.gMessage?.messageKey !== header.messageKey) return undefined;
    if (shown.msgLoaded) return "shown";
    // What was offered for the message before may still stand for a moment.
    offered = addon && opensEncrypted(addon) ? offered || Date.now() : 0;
    return offered > 0 && Date.now() - offered > 500 ? "offered" : undefined;
  });
}

/** Whether the add-on's toolbar button stands for opening the selected message. */
function opensEncrypted(addon) {
  const button = mainWindow().document.querySelector(
    `#unifiedToolbarContent [extension="${addon}"]`,
  );
  return button !== null && describeButton(button).image.includes("/encrypted.svg");
}

function showsMessageTab() {
  const { mode, chromeBrowser } = mainWindow().tabmail.selectedTab;
  return mode.name === "mailMessageTab" && chromeBrowser.contentWindow?.msgLoaded;
}

/** Waits until the tab in front shows a message, as it does when the add-on opens one. */
async function untilMessageTab() {
  await until("a message tab", showsMessageTab);
}

/**
 * Has the add-on open the message that is selected in the list, in a tab. A click may come when what
 * was offered for the message before is about to be taken back: it meets the popup, or that message.
 */
async function openOffered(addon) {
  const { gMessage } = (await mailTab()).messageBrowser.contentWindow;
  await clickAction(addon, "toolbar", null);
  await until("a tab of the selected message", async () => {
    const opened = showsMessageTab()
      ? mainWindow().tabmail.selectedTab.chromeBrowser.contentWindow.gMessage
      : null;
    // Thunderbird makes up an id of the header where there is none.
    if (opened?.messageId === gMessage.messageId || opened?.subject === gMessage.subject)
      return true;
    if (opened !== null) closeTab();
    else if (openPopup(mainWindow()) !== undefined) closePopup();
    else return false;
    await mailTab();
    await until("the selected message to be offered", () => opensEncrypted(addon));
    await clickAction(addon, "toolbar", null);
    return false;
  });
}

function unsentFolder() {
  const { rootFolder } = MailServices.accounts.localFoldersServer;
  return rootFolder.getFolderWithFlags(Ci.nsMsgFolderFlags.Queue);
}

function unsentMessages() {
  return unsentFolder()?.getTotalMessages(false) ?? 0;
}

/** Ends the add-on's background as soon as the next message lies in the Outbox. */
function terminateBackgroundOnceQueued(addon) {
  const listener = {
    msgAdded({ folder }) {
      if (!folder.getFlag(Ci.nsMsgFolderFlags.Queue)) return;
      MailServices.mfn.removeListener(listener);
      terminateBackground(addon);
    },
  };
  MailServices.mfn.addListener(listener, MailServices.mfn.msgAdded);
}

function newestWithSubject(view, subject) {
  let found;
  for (let index = 0; index < view.rowCount; index++) {
    const header = view.getMsgHdrAt(index);
    if (header.mime2DecodedSubject !== subject) continue;
    if (found === undefined || header.date > view.getMsgHdrAt(found).date) found = index;
  }
  return found;
}

async function listSubjects(address, name) {
  const { about3Pane, folder } = await showFolder(address, name);
  if (address) await updateFolder(folder);
  const view = about3Pane.gDBView;
  return Array.from(
    { length: view.rowCount },
    (_, row) => view.getMsgHdrAt(row).mime2DecodedSubject,
  );
}

/** Fetches what is new in a folder on the server, and returns when it is there. */
async function updateFolder(folder) {
  const update = () =>
    new Promise((resolve) => {
      folder
        .QueryInterface(Ci.nsIMsgImapMailFolder)
        .updateFolderWithListener(mainWindow().msgWindow, {
          QueryInterface: ChromeUtils.generateQI(["nsIUrlListener"]),
          OnStartRunningUrl() {},
          OnStopRunningUrl: () => resolve(true),
        });
    });
  // An update that meets another one of the same folder may never tell its end.
  for (let attempt = 0; attempt < 5; attempt++) {
    if (await Promise.race([update(), sleep(4_000)])) return;
  }
  throw new Error(`${folder.name} could not be updated`);
}

/** The about:message window of the tab in front. */
function messageWindow() {
  const tab = mainWindow().tabmail.selectedTab;
  const win =
    tab.mode.name === "mail3PaneTab"
      ? tab.chromeBrowser.contentWindow.messageBrowser.contentWindow
      : tab.chromeBrowser.contentWindow;
  if (!win?.gMessage) throw new Error("no message is shown");
  return win;
}

/** What can be read above the message: header pane, and its buttons with what they say. */
function messageHeader() {
  const { document } = messageWindow();
  const pane = document.getElementById("messageHeader");
  return {
    visible: isVisible(pane),
    text: pane.innerText,
    buttons: [...pane.querySelectorAll("toolbarbutton, button")]
      .filter(isVisible)
      .map(describeButton),
    notifications: notificationTexts(document),
  };
}

function describeButton(button) {
  const style = button.ownerDocument.defaultView.getComputedStyle(button);
  return {
    id: button.id,
    label: button.getAttribute("label") ?? button.textContent.trim(),
    tooltip: button.getAttribute("tooltiptext") ?? button.title ?? "",
    badge: button.getAttribute("badge") ?? "",
    image: style.getPropertyValue("--webextension-toolbar-image"),
    disabled: button.hasAttribute("disabled"),
  };
}

/** The texts of the notification bars of a document. */
function notificationTexts(document) {
  return [...document.querySelectorAll("notification-message")]
    .filter(isVisible)
    .map((bar) => (bar.shadowRoot ?? bar).textContent.replace(/\s+/g, " ").trim());
}

async function clickHeaderButton(id) {
  const button = messageWindow().document.getElementById(id);
  if (!button) throw new Error(`no button ${id} in the header pane`);
  await until(`the header button ${id}`, () => isVisible(button) && !button.disabled);
  clickElement(button);
}

/** Waits for what a click or a command opens, and gives it to `fill`. */
async function composeWindowAfter(action) {
  const before = new Set(Services.wm.getEnumerator("msgcompose"));
  await action();
  const win = await until("a compose window", () =>
    [...Services.wm.getEnumerator("msgcompose")].find((each) => !before.has(each)),
  );
  await composeReady(win);
  return win;
}

async function newMessage() {
  const about3Pane = await mailTab();
  const button = about3Pane.document.getElementById("folderPaneWriteMessage");
  return composeId(await composeWindowAfter(() => clickElement(button)));
}

async function reply(all) {
  const { document } = messageWindow();
  const ids = all ? ["hdrReplyAllButton"] : ["hdrReplyToSenderButton", "hdrReplyButton"];
  const id = ids.find((each) => isVisible(document.getElementById(each)));
  if (!id) throw new Error(`none of ${ids.join(", ")} is in the header pane`);
  return composeId(await composeWindowAfter(() => clickHeaderButton(id)));
}

/** Opens a message of Drafts or Templates for writing; of any other folder as a draft. */
async function editMessage(address, name, subject, milliseconds, addon) {
  await selectMessage(address, name, subject, milliseconds, addon);
  const { gMessage, gMessageURI } = messageWindow();
  const type = name === "Templates" ? Ci.nsIMsgCompType.Template : Ci.nsIMsgCompType.Draft;
  const format = Ci.nsIMsgCompFormat.Default;
  const win = await composeWindowAfter(() =>
    mainWindow().ComposeMessage(type, format, gMessage.folder, [gMessageURI]),
  );
  return composeId(win);
}

/** The newest compose window, whoever opened it. */
async function openedComposeWindow() {
  const win = await until("a compose window", () => Services.wm.getMostRecentWindow("msgcompose"));
  await composeReady(win);
  return composeId(win);
}

async function composeReady(win) {
  await until(
    "the compose window's editor",
    () => win.gLoadingComplete && win.gMsgCompose?.editor && win.composeEditorReady,
  );
}

function composeId(win) {
  return win.browsingContext.id;
}

/** Puts the messages of a JSON file into a local folder. */
async function fillLocalFolder(name, path) {
  const { rootFolder } = MailServices.accounts.localFoldersServer;
  rootFolder.QueryInterface(Ci.nsIMsgLocalMailFolder);
  const folder = rootFolder.containsChildNamed(name)
    ? rootFolder.getChildNamed(name)
    : rootFolder.createLocalSubfolder(name);
  const messages = JSON.parse(await IOUtils.readUTF8(path));
  folder
    .QueryInterface(Ci.nsIMsgLocalMailFolder)
    .addMessageBatch(messages.map((each) => each.replace(/\r\n/g, "\n")));
  return folder.getTotalMessages(false);
}

/** Puts a vCard into the personal address book. */
function addCard(vCard) {
  const book = MailServices.ab.directories.find(
    ({ dirPrefId }) => dirPrefId === "ldap_2.servers.pab",
  );
  const { VCardUtils } = ChromeUtils.importESModule("resource:///modules/VCardUtils.sys.mjs");
  book.addCard(VCardUtils.vCardToAbCard(vCard));
}
