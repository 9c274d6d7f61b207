/* Chrome scope: windows, dialogs, and input as the mouse and the keyboard give it. */

const { setTimeout } = ChromeUtils.importESModule("resource://gre/modules/Timer.sys.mjs");

function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Asks again until there is an answer; a dialog that nobody expects ends the waiting. */
async function until(what, ask, milliseconds = 20_000) {
  const limit = Date.now() + milliseconds;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    const dialogs = openDialogs();
    if (dialogs.length > 0) throw new Error(`while waiting for ${what}: ${describe(dialogs)}`);
    if (Date.now() > limit) throw new Error(`waited ${milliseconds / 1000} s in vain for ${what}`);
    await sleep(50);
  }
}

function allWindows(type = null) {
  return [...Services.wm.getEnumerator(type)];
}

function mainWindow() {
  return Services.wm.getMostRecentWindow("mail:3pane");
}

function countMainWindows() {
  return allWindows("mail:3pane").length;
}

/** The tab in front; the first one is for the mail and stays. */
function closeTab() {
  const { tabmail } = mainWindow();
  if (tabmail.selectedTab !== tabmail.tabInfo[0]) tabmail.closeTab(tabmail.selectedTab);
}

/** Every document a window shows, frames and about: pages included, as far as this process sees. */
function documentsOf(win) {
  return win.browsingContext
    .getAllBrowsingContextsInSubtree()
    .map((context) => context.window?.document)
    .filter(Boolean);
}

/** The modal dialogs that are open: windows, and those drawn over a window or a tab. */
function dialogDocuments() {
  const found = [];
  for (const win of allWindows()) {
    const flags = win.docShell.treeOwner
      .QueryInterface(Ci.nsIInterfaceRequestor)
      .getInterface(Ci.nsIAppWindow).chromeFlags;
    if (flags & Ci.nsIWebBrowserChrome.CHROME_MODAL) found.push(win.document);
    for (const document of documentsOf(win)) {
      if (document.documentURI === "chrome://global/content/commonDialog.xhtml") {
        if (!found.includes(document)) found.push(document);
      }
    }
  }
  // A frame that is on its way in or out has no dialog yet, or no longer.
  return found.filter(
    (document) => document.readyState === "complete" && document.querySelector("dialog"),
  );
}

function dialogButtons(document) {
  const dialog = document.querySelector("dialog");
  return ["accept", "cancel", "extra1", "extra2"]
    .map((name) => dialog.getButton(name))
    .filter((button) => button && !button.hidden);
}

function openDialogs() {
  return dialogDocuments().map((document) => {
    const common = document.defaultView.Dialog?.args;
    return {
      title: common?.title ?? document.title,
      text: common
        ? [common.text, common.checkLabel].filter(Boolean).join("\n")
        : document.documentElement.textContent.trim(),
      buttons: dialogButtons(document).map((button) => button.label),
    };
  });
}

function describe(dialogs) {
  return dialogs
    .map(({ title, text, buttons }) => `dialog "${title}": ${text} [${buttons.join("] [")}]`)
    .join("; ");
}

/** Presses a button of the open dialog by its label. */
async function answerDialog(label) {
  const document = dialogDocuments().at(-1);
  if (!document) throw new Error("no dialog is open");
  const button = dialogButtons(document).find((each) => each.label === label);
  if (!button) throw new Error(`no button "${label}": ${describe(openDialogs())}`);
  // Buttons of common dialogs are disabled for a moment, against accidental clicks.
  const limit = Date.now() + 5_000;
  while (button.disabled && Date.now() < limit) await sleep(50);
  later(() => button.click());
  while (dialogDocuments().includes(document)) await sleep(20);
}

/** Presses a button of the dialog with that title, wherever it lies, and waits for nothing. */
function pressInDialog(title, label) {
  const document = dialogDocuments().find(
    (each) => (each.defaultView.Dialog?.args?.title ?? each.title) === title,
  );
  const button = document && dialogButtons(document).find((each) => each.label === label);
  if (!button) throw new Error(`no button "${label}": ${describe(openDialogs())}`);
  later(() => button.click());
}

/** After this script has returned: what opens a modal dialog would otherwise never return. */
function later(action) {
  setTimeout(action, 0);
}

function eventUtils(win) {
  const utils = { window: win, parent: win, _EU_Ci: Ci, _EU_Cc: Cc };
  Services.scriptloader.loadSubScript("chrome://remote/content/external/EventUtils.js", utils);
  return utils;
}

/** A click in the middle of an element of Thunderbird's own windows. */
function clickElement(element) {
  const win = element.ownerDocument.defaultView;
  element.scrollIntoView({ block: "nearest" });
  later(() => eventUtils(win).synthesizeMouseAtCenter(element, {}, win));
}

/**
 * Puts the real pointer into the corner of the display, where no window is. Without a window manager
 * the keyboard belongs to the window below the pointer: a new window that is not below it gets no
 * focus, and a popup that grows below it takes the focus from its own window, which closes it.
 */
function parkPointer() {
  const { windowUtils, screen, devicePixelRatio, document } = mainWindow();
  windowUtils.sendNativeMouseEvent(
    screen.width * devicePixelRatio - 1,
    screen.height * devicePixelRatio - 1,
    windowUtils.NATIVE_MOUSE_MESSAGE_MOVE,
    0,
    0,
    document.documentElement,
  );
}

/** Key by key into what has the focus. */
function typeText(win, text) {
  const utils = eventUtils(win);
  for (const character of text) {
    utils.synthesizeKey(character === "\n" ? "KEY_Enter" : character, {}, win);
  }
}

function isVisible(element) {
  const box = element.getBoundingClientRect();
  return box.width > 0 && box.height > 0 && element.checkVisibility({ visibilityProperty: true });
}

/** In milliseconds, of a clock that never goes back. Version 140 has no ChromeUtils.now. */
function timeNow() {
  return mainWindow().performance.now();
}

/** The longest time within the given one in which Thunderbird's own windows could not react, in ms. */
async function longestStop(milliseconds) {
  const start = timeNow();
  let longest = 0;
  for (let last = start; last - start < milliseconds;) {
    await sleep(10);
    const now = timeNow();
    longest = Math.max(longest, now - last - 10);
    last = now;
  }
  return longest;
}
