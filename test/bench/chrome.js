/* Chrome scope, beside the functions of test/support/chrome: what the benchmark needs. */

/** Fetches all bodies of the Inbox, as an account does that keeps its mail on the machine. */
async function keepOffline(address, count, milliseconds) {
  const { folder } = await showFolder(address, "Inbox");
  await until(
    `${count} messages`,
    async () => {
      await updateFolder(folder);
      return [...folder.messages].length >= count;
    },
    milliseconds,
  );
  folder.setFlag(Ci.nsMsgFolderFlags.Offline);
  const missing = () =>
    [...folder.messages].filter((each) => !folder.hasMsgOffline(each.messageKey));
  let asked = 0;
  await until(
    "the messages' bodies",
    () => {
      const headers = missing();
      if (headers.length > 0 && Date.now() - asked > 20_000) {
        asked = Date.now();
        folder.downloadMessagesForOffline(headers, mainWindow().msgWindow);
      }
      return headers.length === 0;
    },
    milliseconds,
  );
}

/**
 * Selects the message, whose text begins with `text`, in the list.
 * @returns milliseconds from then until that text has a place in the laid out document
 */
async function timeToText(address, subject, text, milliseconds) {
  const { about3Pane } = await showFolder(address, "Inbox");
  const index = newestWithSubject(about3Pane.gDBView, subject);
  if (index === undefined) throw new Error(`no message "${subject}"`);
  about3Pane.threadTree.scrollToIndex(index, true);
  await sleep(300);
  const start = timeNow();
  about3Pane.threadTree.selectedIndex = index;
  while (!isOnScreen(about3Pane, text)) {
    if (timeNow() - start > milliseconds) throw new Error(`"${subject}" is not shown`);
    await sleep(1);
  }
  return timeNow() - start;
}

/** Looks where people look: at the message's own document, and what the add-on drew into it. */
function isOnScreen(about3Pane, text) {
  const browser = about3Pane.messageBrowser.contentWindow?.getMessagePaneBrowser?.();
  const document = browser?.contentDocument;
  if (!document?.body || !isVisible(browser)) return false;
  const drawn = document.querySelector("smime-exchange")?.openOrClosedShadowRoot;
  for (const root of drawn ? [drawn, document.body] : [document.body]) {
    const nodes = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    // The text's beginning is near the document's; a large one is not searched to its end.
    for (let seen = 0; seen < 200 && nodes.nextNode(); seen++) {
      const node = nodes.currentNode;
      if (node.data.includes(text) && node.parentElement.getBoundingClientRect().height > 0) {
        return true;
      }
    }
  }
  return false;
}

/** Into Thunderbird's own store of keys. */
function importOwnKey(path, password) {
  const database = Cc["@mozilla.org/security/x509certdb;1"].getService(Ci.nsIX509CertDB);
  const file = Cc["@mozilla.org/file/local;1"].createInstance(Ci.nsIFile);
  file.initWithPath(path);
  const result = database.importPKCS12File(file, password);
  if (result !== Ci.nsIX509CertDB.Success) throw new Error(`importing the key file gave ${result}`);
}

async function switchAddon(id, on) {
  const addon = await AddonManager.getAddonByID(id);
  await (on ? addon.enable() : addon.disable());
  await until(`the add-on to be ${on ? "on" : "off"}`, () => addon.isActive === on);
}

/** Milliseconds from the start of the process to the first paint, and to a usable mail tab. */
async function startUpTimes() {
  await mailTab();
  const { process, firstPaint } = Services.startup.getStartupInfo();
  return { firstPaint: firstPaint - process };
}
