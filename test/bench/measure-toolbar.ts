import { startMailServer } from "../support/mail-server.ts";
import type { Page } from "../support/page.ts";
import { ADDON, alice, setUp } from "../support/people.ts";
import { waitFor } from "../support/resources.ts";
import { startThunderbird, type Thunderbird } from "../support/thunderbird.ts";

export interface ToolbarResult {
  readonly contacts: number;
  /** Milliseconds from the popup's first request for its page to the first contact in the layout. */
  readonly opening: readonly number[];
  /** From the click on the button, which Thunderbird has its own share in. */
  readonly sinceClick: readonly number[];
  /** The same as `opening` with the background suspended before. */
  readonly openingAsleep: readonly number[];
  /** From a keystroke in the filter to the new list in the layout. */
  readonly filtering: readonly number[];
}

/**
 * Opens the popup and types into its filter with ever more contacts in the address book of one and
 * the same Thunderbird, so that what else the machine does slows down all sizes alike.
 */
export async function toolbarTimes(
  sizes: readonly number[],
  rounds: number,
): Promise<ToolbarResult[]> {
  const thunderbird = await startThunderbird({
    profileName: "bench-toolbar",
    mailServer: await startMailServer(),
    addon: ADDON,
    accounts: [alice],
  });
  await setUp(thunderbird, alice);
  const results: ToolbarResult[] = [];
  let there = 0;
  for (const contacts of sizes) {
    await thunderbird.call("addContacts", [made(there, contacts)], { milliseconds: 120_000 });
    there = contacts;
    await untilListed(thunderbird, contacts);
    results.push({ contacts, ...(await measured(thunderbird, contacts, rounds)) });
  }
  return results;
}

const names = ["Ada", "Bob", "Carla", "Dörte", "Émile", "Фёдор", "עדה", "Grace", "Hedy", "Ivan"];

function made(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, offset) => {
    const index = from + offset;
    const name = `${names[index % names.length] ?? ""} Number ${index}`;
    return `FN:${name}\nEMAIL:person${index}@company${index % 97}.example\n`;
  });
}

/** Asks seldom: to be asked slows down what is waited for. */
async function untilListed(thunderbird: Thunderbird, contacts: number): Promise<void> {
  const popup = await thunderbird.openToolbarPopup();
  const limit = Date.now() + 240_000;
  for (let there = 0; there !== contacts + 1; there = await lineCount(popup)) {
    if (Date.now() > limit) throw new Error(`${there} lines instead of ${contacts} contacts`);
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
  await thunderbird.closePopup();
  await waitFor("the popup to close", async () => !(await popup.isOpen()));
}

function lineCount(popup: Page): Promise<number> {
  return popup.evaluate(() =>
    document.querySelector("[data-complete=true]") === null
      ? 0
      : Number(document.querySelector('[role="grid"]')?.ariaRowCount ?? 0),
  );
}

async function measured(thunderbird: Thunderbird, contacts: number, rounds: number) {
  const opening: number[] = [];
  const sinceClick: number[] = [];
  const openingAsleep: number[] = [];
  const filtering: number[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const asleep of [false, true]) {
      if (asleep) await thunderbird.terminateBackground();
      const clicked = Date.now();
      const popup = await thunderbird.openToolbarPopup();
      const drawn = await waitFor("the first contact", () => popup.evaluate(firstDrawn));
      (asleep ? openingAsleep : opening).push(drawn.sinceStart);
      if (!asleep) sinceClick.push(drawn.at - clicked);
      await waitFor("the others", async () => (await lineCount(popup)) === contacts + 1);
      if (!asleep) filtering.push(...(await popup.evaluate(typeIntoFilter)));
      await thunderbird.closePopup();
      await waitFor("the popup to close", async () => !(await popup.isOpen()));
    }
  }
  return { opening, sinceClick, openingAsleep, filtering };
}

function firstDrawn(): { sinceStart: number; at: number } | false {
  const [mark] = performance.getEntriesByName("contacts-drawn");
  return (
    mark !== undefined && {
      sinceStart: mark.startTime,
      at: performance.timeOrigin + mark.startTime,
    }
  );
}

/** A query letter by letter; each time until what it finds has a place in the layout. */
async function typeIntoFilter(): Promise<number[]> {
  const field = document.querySelector<HTMLInputElement>("#filter");
  if (field === null) throw new Error("no filter");
  const typed = field as HTMLInputElement & { setUserInput(text: string): void };
  const times: number[] = [];
  let query = "";
  for (const letter of "number 1") {
    await new Promise((resolve) => setTimeout(resolve, 100));
    query += letter;
    const start = performance.now();
    typed.setUserInput(query);
    // The page draws in a microtask of its own.
    for (let turn = 0; turn < 3; turn++) await Promise.resolve();
    await new Promise((resolve) => setTimeout(resolve, 0));
    document.querySelector('[role="row"]')?.getBoundingClientRect();
    times.push(performance.now() - start);
  }
  return times;
}
