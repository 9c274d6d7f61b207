/* Inside a document of the add-on or of a message, with system rights: it sees closed shadow roots. */

const BLOCKS = /^(?:block|flex|grid|list-item|table|table-row|flow-root)$/;

function isShown(element) {
  return element.checkVisibility({ visibilityProperty: true });
}

/** The page's own shadow roots, not those that the browser makes of elements such as details. */
function shadowOf(element) {
  return element.localName === "details" ? null : (element.openOrClosedShadowRoot ?? null);
}

/** What a reader sees of a node, shadow roots in place of what they hide. */
function renderedText(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.data.replace(/[ \t\r\n]+/g, " ");
  if (node.nodeType === Node.ELEMENT_NODE) {
    if (/^(?:style|script|template|noscript|head)$/.test(node.localName) || !isShown(node))
      return "";
    if (node.localName === "br") return "\n";
    if (node.localName === "pre" && !shadowOf(node)) return `\n${node.textContent}\n`;
  }
  const children =
    node.localName === "slot" && node.assignedNodes().length > 0
      ? node.assignedNodes()
      : (shadowOf(node) ?? node).childNodes;
  const text = [...children].map(renderedText).join("");
  const block = node.nodeType === Node.ELEMENT_NODE && BLOCKS.test(getComputedStyle(node).display);
  return block ? `\n${text}\n` : text;
}

function readText(root) {
  return renderedText(root)
    .split("\n")
    .map((line) => line.trim())
    .filter((line, index, lines) => line !== "" || lines[index - 1] !== "")
    .join("\n")
    .trim();
}

/** All elements, those in shadow roots included, in document order. */
function* allElements(root) {
  for (const element of root.children) {
    yield element;
    const shadow = shadowOf(element);
    if (shadow) yield* allElements(shadow);
    yield* allElements(element);
  }
}

function textOfIds(element, attribute) {
  const ids = element.getAttribute(attribute);
  return ids
    ?.split(/\s+/)
    .map((id) => element.getRootNode().getElementById(id)?.textContent ?? "")
    .join(" ");
}

/** The accessible name, in the order that screen readers follow for native controls. */
function accessibleName(element) {
  const name =
    textOfIds(element, "aria-labelledby") ||
    element.getAttribute("aria-label") ||
    [...(element.labels ?? [])].map((label) => label.textContent).join(" ") ||
    (/^(?:input|select|textarea)$/.test(element.localName) ? "" : element.textContent) ||
    (/^(?:submit|button)$/.test(element.type) ? element.value : "") ||
    element.title ||
    element.getAttribute("placeholder") ||
    "";
  return name.replace(/\s+/g, " ").trim();
}

/** Waits a moment for it: what a page shows comes from the background, which may have to start. */
async function named(selector, wanted) {
  const name = wanted.replace(/\s+/g, " ");
  for (const limit = Date.now() + 10_000; ;) {
    const all = [...allElements(document)].filter((each) => each.matches(selector));
    // A file input may be hidden behind its label.
    const candidates = all.filter((each) => each.type === "file" || isShown(each));
    const found =
      candidates.find((each) => accessibleName(each) === name) ??
      candidates.find((each) => accessibleName(each).includes(name));
    if (found) return found;
    if (Date.now() > limit) {
      const names = candidates.map((each) => JSON.stringify(accessibleName(each))).join(", ");
      throw new Error(
        `nothing named ${JSON.stringify(name)} among ${names}; page:\n${readText(document.body)}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const CLICKABLE =
  "button, a, summary, label, input[type=submit], input[type=button], input[type=checkbox], input[type=radio], [role=button], [role=tab], [role=menuitem], [role=switch], [role=checkbox], [role=radio], [role=link]";
const FIELDS = "input, select, textarea, [contenteditable=true]";

function clickableNames() {
  return [...allElements(document)]
    .filter((each) => each.matches(CLICKABLE) && isShown(each))
    .map(accessibleName);
}

async function clickByName(name, asUser = false) {
  const element = await named(CLICKABLE, name);
  if (element.disabled || element.getAttribute("aria-disabled") === "true") {
    throw new Error(`${JSON.stringify(name)} is disabled`);
  }
  element.scrollIntoView({ block: "nearest" });
  element.focus();
  // A handler that opens a dialog must not keep this script from returning.
  setTimeout(() => {
    const handling = asUser ? window.windowUtils.setHandlingUserInput(true) : null;
    try {
      element.click();
    } finally {
      handling?.destruct();
    }
  }, 0);
}

async function typeInto(label, text) {
  const field = await named(FIELDS, label);
  if (field.disabled || field.readOnly) throw new Error(`${JSON.stringify(label)} takes no text`);
  field.focus();
  field.setUserInput(text);
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

/** The names of what Tab reaches, in its order, from the document's beginning. */
function focusOrder() {
  const { focus } = Services;
  document.activeElement?.blur();
  const reached = [];
  for (;;) {
    const next = focus.moveFocus(
      window,
      reached.at(-1) ?? document.documentElement,
      focus.MOVEFOCUS_FORWARD,
      focus.FLAG_BYKEY,
    );
    if (!next || next.ownerDocument !== document || reached.includes(next)) break;
    reached.push(next);
  }
  return reached.map(accessibleName);
}

/** What is written outside the page's width, or cut off at the edge of its box. */
function cutOff() {
  const { clientWidth } = document.documentElement;
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  const found = [];
  while (texts.nextNode()) {
    const { currentNode: node } = texts;
    const parent = node.parentElement;
    if (node.data.trim() === "" || !isShown(parent) || parent.closest(".visually-hidden")) continue;
    range.selectNodeContents(node);
    const { left, right } = range.getBoundingClientRect();
    const box = parent.closest("button, label, select, h1, h2, h3, p, dd, li");
    const outside = left < -1 || right > clientWidth + 1;
    // What flows in a line has no width of its own.
    if (outside || (box?.clientWidth > 0 && box.scrollWidth > box.clientWidth + 1))
      found.push(node.data.trim());
  }
  return found;
}

async function chooseOption(label, option) {
  const field = await named("select", label);
  const found = [...field.options].find((each) => each.label === option || each.value === option);
  if (!found) throw new Error(`no option ${option} in ${label}`);
  field.focus();
  field.value = found.value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

function fileFrom({ name, type, base64 }) {
  const binary = atob(base64);
  return new File([Uint8Array.from(binary, (character) => character.charCodeAt(0))], name, {
    type,
  });
}

async function chooseFiles(label, files) {
  const field = await named("input[type=file]", label);
  field.mozSetFileArray(files.map(fileFrom));
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

function dropFiles(selector, files) {
  const target = [...allElements(document)].find((each) => each.matches(selector));
  if (!target) throw new Error(`nothing matches ${selector}`);
  // Made by the page's own constructors: a page cannot look into a privileged data transfer.
  const page = window.wrappedJSObject;
  const dataTransfer = new page.DataTransfer();
  for (const file of files) dataTransfer.items.add(fileFrom(file));
  for (const type of ["dragenter", "dragover", "drop"]) {
    const init = Cu.cloneInto({ bubbles: true, cancelable: true, composed: true }, page);
    init.dataTransfer = dataTransfer;
    target.wrappedJSObject.dispatchEvent(new page.DragEvent(type, init));
  }
}

/** What the page's own client of the background does. */
async function askBackground(name, request) {
  const page = window.wrappedJSObject;
  const message = Cu.cloneInto({ protocol: "pages", name, request }, page);
  return JSON.parse(JSON.stringify(await page.browser.runtime.sendMessage(message)));
}

/** Fetches all messages of a folder as an add-on does that does nothing with them. */
async function fetchAll(folderName, ahead) {
  const { messenger } = window.wrappedJSObject;
  const plain = (value) => Cu.cloneInto(value, window.wrappedJSObject);
  const start = performance.now();
  const [folder] = await messenger.folders.query(plain({ name: folderName }));
  const options = { messagesPerPage: 100, autoPaginationTimeout: 0, includeSubFolders: false };
  let page = await messenger.messages.query(plain({ folderId: folder.id, ...options }));
  const ids = [];
  for (;;) {
    ids.push(...Array.from(page.messages, ({ id }) => id));
    if (!page.id) break;
    page = await messenger.messages.continueList(page.id);
  }
  const format = plain({ data_format: "BinaryString", decrypt: false });
  const pending = ids.slice(0, ahead).map((id) => messenger.messages.getRaw(id, format));
  let octets = 0;
  for (let index = 0; index < ids.length; index++) {
    octets += (await pending[index % ahead]).length;
    const next = ids[index + ahead];
    if (next !== undefined) pending[index % ahead] = messenger.messages.getRaw(next, format);
  }
  return { messages: ids.length, octets, milliseconds: performance.now() - start };
}
