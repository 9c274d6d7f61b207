/* Chrome scope: the add-on's pages, popups and background. */

const { AddonManager } = ChromeUtils.importESModule("resource://gre/modules/AddonManager.sys.mjs");

function extensionOf(id) {
  const policy = WebExtensionPolicy.getByID(id);
  if (!policy) throw new Error(`the add-on ${id} is not installed`);
  return policy.extension;
}

function widgetId(id) {
  return id.toLowerCase().replace(/[^a-z0-9_-]/g, "_");
}

/**
 * The browser element that `target` names:
 * {page}: shows the add-on's page whose path starts so; {message: true}: the message in the tab in
 * front; {tab: true}: the page in the tab in front; {compose: id}: the editor of that compose window.
 */
function findBrowser(target) {
  if (target.message) return messageWindow().getMessagePaneBrowser();
  if (target.tab) return mainWindow().tabmail.selectedTab.browser;
  if (target.compose) return composeWindow(target.compose).document.getElementById("messageEditor");
  const prefix = extensionOf(target.addon).baseURL + target.page;
  const found = [];
  for (const win of allWindows()) {
    for (const document of documentsOf(win)) {
      for (const browser of document.querySelectorAll("browser")) {
        if (browser.currentURI?.spec.startsWith(prefix) && isVisible(browser)) found.push(browser);
      }
    }
  }
  return found.at(-1);
}

/** Runs the body of an async function with system rights in the document that `target` names. */
async function runInBrowser(target, body, args, milliseconds) {
  const browser = await until(`a browser with ${JSON.stringify(target)}`, () =>
    findBrowser(target),
  );
  const actor = await until("its document", () => {
    const global = browser.browsingContext?.currentWindowGlobal;
    return global && !global.isInitialDocument ? global.getActor("MarionetteCommands") : undefined;
  });
  return actor.executeScript(body, args, { sandboxName: "system", timeout: milliseconds });
}

function browserIsOpen(target) {
  return Boolean(findBrowser(target));
}

/** Opens the options page as the add-on manager does, or goes to its tab. @returns its path */
async function openOptions(addon) {
  const { optionsURL } = await AddonManager.getAddonByID(addon);
  const page = new URL(optionsURL).pathname.slice(1);
  const { tabmail } = mainWindow();
  const open = tabmail.tabInfo.find(
    ({ browser }) => browser?.currentURI?.specIgnoringRef === optionsURL,
  );
  if (open) tabmail.switchToTab(open);
  else mainWindow().switchToTabHavingURI(optionsURL, true);
  await until("the options page", () => findBrowser({ addon, page }));
  return page;
}

/** The whole document as base64 of a PNG. */
async function drawBrowser(target) {
  const context = findBrowser(target).browsingContext;
  const global = context.currentWindowGlobal;
  const actor = global.getActor("MarionetteCommands");
  const [width, height] = await actor.executeScript(
    "const root = document.documentElement; return [root.scrollWidth, root.scrollHeight];",
    [],
    { sandboxName: "system" },
  );
  const bitmap = await global.drawSnapshot(new DOMRect(0, 0, width, height), 1, "white");
  const win = mainWindow();
  const canvas = win.document.createElementNS("http://www.w3.org/1999/xhtml", "canvas");
  [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
  canvas.getContext("2d").drawImage(bitmap, 0, 0);
  return canvas.toDataURL("image/png").replace(/^.*,/, "");
}

/** Shows a document as in the "light", the "dark" or the high "contrast" theme, or in none of them. */
function overrideTheme(target, theme) {
  const context = findBrowser(target).browsingContext.top;
  context.prefersColorSchemeOverride = /^(?:light|dark)$/.test(theme) ? theme : "none";
  context.forcedColorsOverride = theme === "contrast" ? "active" : "none";
}

/** A narrow window, and a page that the user has enlarged. @param width in CSS pixels, or null */
async function resizeBrowser(target, width, zoom) {
  const browser = findBrowser(target);
  browser.style.maxWidth = width === null ? "" : `${width * zoom}px`;
  browser.browsingContext.fullZoom = zoom;
  if (width === null) return;
  await until(`a page ${width} pixels wide`, async () => {
    const inner = await runInBrowser(target, "return window.innerWidth;", [], 5_000);
    return Math.abs(inner - width) <= 1;
  });
}

/** The add-on's button in the main window ("toolbar"), the header pane or a compose window. */
async function actionButton(addon, place, composeId) {
  const find = {
    toolbar: () =>
      mainWindow().document.querySelector(`#unifiedToolbarContent [extension="${addon}"]`),
    message: () =>
      messageWindow().document.getElementById(
        `${widgetId(addon)}-messageDisplayAction-toolbarbutton`,
      ),
    compose: () =>
      composeWindow(composeId).document.getElementById(
        `${widgetId(addon)}-composeAction-toolbarbutton`,
      ),
  }[place];
  return until(`the add-on's ${place} button`, () => {
    const button = find();
    return button && isVisible(button) ? button : undefined;
  });
}

async function messageActionButton(addon) {
  return describeButton(await actionButton(addon, "message"));
}

async function composeActionButton(id, addon) {
  return describeButton(await actionButton(addon, "compose", id));
}

async function clickAction(addon, place, composeId) {
  // The options page and other tabs have another set of buttons in the main window's toolbar.
  const { mode } = mainWindow().tabmail.selectedTab;
  if (place === "toolbar" && mode.name !== "mailMessageTab") await mailTab();
  const button = await actionButton(addon, place, composeId);
  await until(
    `the add-on's ${place} button to be enabled`,
    () => !button.disabled && !button.hasAttribute("disabled"),
  );
  clickElement(button);
}

function openPopup(win) {
  const panels = win.document.querySelectorAll("panel.webextension-popup-panel");
  return [...panels].find(({ state }) => state === "open");
}

/** Closes the popup that hangs on a button, as Escape does. */
function closePopup() {
  for (const win of allWindows()) {
    for (const panel of win.document.querySelectorAll("panel.webextension-popup-panel"))
      panel.hidePopup();
  }
}

/** A key, such as "KEY_Escape", into the popup that hangs on a button. */
function pressKeyInPopup(key) {
  for (const win of allWindows()) {
    const panel = openPopup(win);
    if (panel === undefined) continue;
    win.focus();
    panel.querySelector("browser").focus();
    eventUtils(win).synthesizeKey(key, {}, win);
    return;
  }
  throw new Error("no popup is open");
}

/** Ends the background at once, even while it is still answering. */
async function terminateBackground(addon) {
  await extensionOf(addon).terminateBackground({
    ignoreDevToolsAttached: true,
    disableResetIdleForTest: true,
  });
}

function backgroundState(addon) {
  return extensionOf(addon).backgroundState;
}
