/* Chrome scope: the compose window, addressed by the id of its browsing context. */

function composeWindow(id) {
  const win = [...Services.wm.getEnumerator("msgcompose")].find(
    (each) => each.browsingContext.id === id,
  );
  if (!win) throw new Error("the compose window is closed");
  return win;
}

/** Whether the user can go on writing: Thunderbird locks the window while it sends. */
function composeIsUnlocked(id) {
  const { gWindowLocked, gSendOperationInProgress } = composeWindow(id);
  return !gWindowLocked && !gSendOperationInProgress;
}

function composeIsOpen(id) {
  return [...Services.wm.getEnumerator("msgcompose")].some(
    (each) => each.browsingContext.id === id,
  );
}

/** The identity in the From menu, chosen by its address. */
function chooseFrom(id, address) {
  const { document } = composeWindow(id);
  const list = document.getElementById("msgIdentity");
  const item = [...list.menupopup.children].find(
    (each) => each.value === address || each.label?.includes(address),
  );
  if (!item) throw new Error(`no identity ${address} in the From menu`);
  list.selectedItem = item;
  list.dispatchEvent(new document.defaultView.CustomEvent("command", { bubbles: true }));
}

/** Types addresses into a recipient row ("to", "cc", "bcc"), each confirmed with Enter. */
async function typeRecipients(id, row, addresses) {
  const win = composeWindow(id);
  const { document } = win;
  const input = document.getElementById(`${row}AddrInput`);
  if (!isVisible(input)) {
    clickElement(document.getElementById(`addr_${row}ShowAddressRowButton`));
    await until(`the ${row} row`, () => isVisible(input));
  }
  const pills = () => input.closest(".address-row").querySelectorAll("mail-address-pill").length;
  for (const address of addresses) {
    const before = pills();
    win.focus();
    input.focus();
    typeText(win, address);
    await sleep(50);
    typeText(win, "\n");
    await until(`the recipient ${address}`, () => pills() > before);
  }
}

async function removeRecipient(id, address) {
  const win = composeWindow(id);
  const pill = [...win.document.querySelectorAll("mail-address-pill")].find(
    (each) => each.emailAddress === address,
  );
  if (!pill) throw new Error(`no recipient ${address}`);
  win.focus();
  pill.focus();
  eventUtils(win).synthesizeKey("KEY_Delete", {}, win);
  await until("the recipient to go", () => !pill.isConnected);
}

async function typeSubject(id, text) {
  const win = composeWindow(id);
  const input = win.document.getElementById("msgSubject");
  win.focus();
  input.focus();
  input.select();
  typeText(win, text);
  await until("the subject", () => input.value === text);
}

/** Types into the message body, at its start. */
async function typeBody(id, text) {
  const win = composeWindow(id);
  const browser = win.document.getElementById("messageEditor");
  win.focus();
  browser.focus();
  browser.contentWindow.focus();
  win.GetCurrentEditor().beginningOfDocument();
  typeText(win, text);
  const last = text.trimEnd().split("\n").at(-1);
  await until("the typed text", () => browser.contentDocument.body.innerText.includes(last));
}

/** Pastes HTML at the cursor; an image with a data: URL becomes an inline image when it is sent. */
function insertHtml(id, html) {
  composeWindow(id).GetCurrentEditor().insertHTML(html);
}

/** Adds files as dropping them on the window does. */
async function attachFiles(id, paths) {
  const win = composeWindow(id);
  const attachments = paths.map((path) => {
    const file = Cc["@mozilla.org/file/local;1"].createInstance(Ci.nsIFile);
    file.initWithPath(path);
    return win.FileToAttachment(file);
  });
  await win.AddAttachments(attachments);
}

/** What the compose window shows. */
function composeState(id) {
  const win = composeWindow(id);
  const { document } = win;
  const recipients = (row) =>
    [
      ...document
        .getElementById(`${row}AddrInput`)
        .closest(".address-row")
        .querySelectorAll("mail-address-pill"),
    ].map((pill) => pill.fullAddress);
  return {
    from: document.getElementById("msgIdentity").value,
    to: recipients("to"),
    cc: recipients("cc"),
    bcc: recipients("bcc"),
    subject: document.getElementById("msgSubject").value,
    body: document.getElementById("messageEditor").contentDocument.body.innerText,
    attachments: [...document.getElementById("attachmentBucket").itemChildren].map(
      (item) => item.attachment.name,
    ),
    buttons: [...document.querySelectorAll("#composeToolbar2 toolbarbutton")]
      .filter(isVisible)
      .map(describeButton),
    notifications: notificationTexts(document),
  };
}

function clickComposeButton(id, button) {
  const element = composeWindow(id).document.getElementById(button);
  if (!element) throw new Error(`no button ${button} in the compose window`);
  clickElement(element);
}

/** Presses Send; "closed" when the window has gone, "open" with the dialogs when one comes up. */
async function send(id, milliseconds) {
  const win = composeWindow(id);
  const button = win.document.getElementById("button-send");
  if (!isVisible(button) || button.disabled) throw new Error("the Send button cannot be pressed");
  clickElement(button);
  const limit = Date.now() + milliseconds;
  while (Date.now() < limit) {
    if (win.closed) return { outcome: "sent" };
    const dialogs = openDialogs();
    if (dialogs.length > 0) return { outcome: "dialog", dialogs };
    await sleep(50);
  }
  return { outcome: "open", notifications: notificationTexts(win.document) };
}

async function saveDraft(id) {
  const win = composeWindow(id);
  later(() => win.goDoCommand("cmd_saveAsDraft"));
  await until(
    "the draft's saving to begin",
    () => win.gSaveOperationInProgress || win.gWindowLocked,
  );
  await until("the draft to be saved", () => !win.gSaveOperationInProgress && !win.gWindowLocked);
}

/** Closes the window without keeping the message. */
async function discard(id) {
  const win = composeWindow(id);
  win.gMsgCompose.bodyModified = false;
  win.gContentChanged = false;
  win.close();
  await until("the compose window to close", () => win.closed);
}
