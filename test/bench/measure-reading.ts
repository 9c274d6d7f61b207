import { readFileSync } from "node:fs";
import { startMailServer } from "../support/mail-server.ts";
import { encryptMessage, withHeaders } from "../support/openssl.ts";
import { ADDON, alice, bob, setUp } from "../support/people.ts";
import { stopEverything } from "../support/resources.ts";
import { startThunderbird, type Thunderbird } from "../support/thunderbird.ts";
import { mailOf } from "./messages.ts";
import { median, medianRatio } from "./statistics.ts";

/** Who reads: plain needs nobody, the other two need the key. */
const kinds = ["plain", "own", "addon"] as const;
type Kind = (typeof kinds)[number];

export interface ReadingResult {
  readonly size: string;
  readonly milliseconds: Readonly<Record<Kind, readonly number[]>>;
  readonly medians: Readonly<Record<Kind, number>>;
  /** The add-on's time by that of Thunderbird's own S/MIME, the median over the pairs. */
  readonly ratio: number;
  /** In milliseconds, likewise. */
  readonly difference: number;
}

/** Different messages, so that none is remembered from the time before. */
const SIZES: Readonly<Record<string, { readonly octets: number; readonly copies: number }>> = {
  "10KB": { octets: 10_000, copies: 5 },
  "25MB": { octets: 25_000_000, copies: 3 },
};

const library = readFileSync(new URL("chrome.js", import.meta.url), "utf8");

/** Calls a function of ./chrome.js. */
export function call(
  thunderbird: Thunderbird,
  name: string,
  args: readonly unknown[],
  milliseconds = 60_000,
): Promise<unknown> {
  const body = `${library}\nreturn await ${name}(...arguments);`;
  return thunderbird.execute(body, args, milliseconds, name);
}

/**
 * Alice's key is in the add-on only and Bob's in Thunderbird's own store only, so each reads what
 * the other cannot. The add-on is off while Thunderbird reads by itself.
 */
export async function readingTimes(
  sizes: readonly string[],
  { rounds, copies: fewer = Infinity }: { readonly rounds: number; readonly copies?: number },
): Promise<ReadingResult[]> {
  const mailServer = await startMailServer();
  const thunderbird = await startThunderbird({
    profileName: "bench",
    mailServer,
    accounts: [alice],
    addon: ADDON,
  });
  try {
    await setUp(thunderbird, alice);
    await thunderbird.closeTab();
    const addon = thunderbird.addon;
    await call(thunderbird, "importOwnKey", [bob.keyFile, bob.password]);
    const measured = sizes.map((size) => {
      const kind = SIZES[size];
      if (kind === undefined) throw new Error(`no size ${size}`);
      const times: Record<Kind, number[]> = { plain: [], own: [], addon: [] };
      return { size, octets: kind.octets, copies: Math.min(kind.copies, fewer), times };
    });
    let count = 0;
    for (const { size, octets, copies } of measured) {
      for (let copy = 0; copy < copies; copy++) {
        for (const kind of kinds) {
          await mailServer.deliver(alice.address, message(size, octets, kind, copy));
          count++;
        }
      }
    }
    await call(thunderbird, "keepOffline", [alice.address, count, 300_000], 310_000);

    const time = async (size: string, kind: Kind, copy: number): Promise<number> => {
      const subject = subjectOf(size, kind, copy);
      const args = [alice.address, subject, textOf(subject), 60_000];
      return Number(await call(thunderbird, "timeToText", args, 90_000));
    };
    for (let round = 0; round <= rounds; round++) {
      for (const on of round % 2 === 0 ? [true, false] : [false, true]) {
        // Off in any case: an add-on that has just started remembers no message.
        await call(thunderbird, "switchAddon", [addon, false]);
        if (on) {
          await call(thunderbird, "switchAddon", [addon, true]);
          await unlock(thunderbird);
        }
        for (const { size, copies, times } of measured) {
          for (let copy = 0; copy < copies; copy++) {
            for (const kind of on ? (["addon"] as const) : (["plain", "own"] as const)) {
              const taken = await time(size, kind, copy);
              // The first round warms up.
              if (round > 0) times[kind].push(taken);
            }
          }
        }
      }
    }
    return measured.map(({ size, times }) => ({
      size,
      milliseconds: times,
      medians: {
        plain: median(times.plain),
        own: median(times.own),
        addon: median(times.addon),
      },
      ratio: medianRatio(times.addon, times.own),
      difference: median(times.addon.map((taken, index) => taken - (times.own[index] ?? NaN))),
    }));
  } finally {
    await stopEverything();
  }
}

/** Switching the add-on off has locked its vault. */
async function unlock(thunderbird: Thunderbird): Promise<void> {
  const options = await thunderbird.openOptions();
  await options.click("Unlock");
  await options.type("Passphrase", alice.passphrase);
  await options.click("Unlock");
  await options.waitForText("Private keys unlocked");
  await thunderbird.closeTab();
}

function message(size: string, octets: number, kind: Kind, copy: number): Buffer {
  const subject = subjectOf(size, kind, copy);
  const entity = Buffer.from(
    Buffer.from(mailOf(octets, textOf(subject)))
      .toString("latin1")
      .replace(/^[^]*?(?=Content-Type)/, ""),
    "latin1",
  );
  const recipient = { plain: null, own: bob, addon: alice }[kind];
  const content =
    recipient === null
      ? entity
      : encryptMessage(entity, [recipient.decryption.certificatePem], { cipher: "aes-256-cbc" });
  return withHeaders(
    {
      From: "Carol <carol@example.org>",
      To: alice.address,
      Subject: subject,
      Date: new Date().toUTCString(),
      "Message-ID": `<${crypto.randomUUID()}@example.org>`,
      ...(content.includes("MIME-Version") ? {} : { "MIME-Version": "1.0" }),
    },
    content,
  );
}

function subjectOf(size: string, kind: Kind, copy: number): string {
  return `${size} ${kind} ${copy}`;
}

function textOf(subject: string): string {
  return `Here are the figures for ${subject}.`;
}
