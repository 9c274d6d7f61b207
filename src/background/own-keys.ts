import { SmimeError } from "../core/errors.ts";
import { fileName } from "../core/file-name.ts";
import { checkForMail } from "../core/pkcs12/check.ts";
import { readKeyFile } from "../core/pkcs12/read.ts";
import { writeKeyFile } from "../core/pkcs12/write.ts";
import type { PageProtocol } from "../core/protocol.ts";
import { sameAddress } from "../core/trust/addresses.ts";
import { mailIdentities } from "../thunderbird/identities.ts";
import type { Handlers } from "../thunderbird/rpc.ts";
import { saveFile } from "../thunderbird/saved-files.ts";
import { bytes, text } from "./arguments.ts";
import { ownKeyViews } from "./own-key-views.ts";
import type { Services } from "./services.ts";

type OwnKeyHandlers = Pick<
  Handlers<PageProtocol>,
  | "keys.list"
  | "keys.preview"
  | "keys.import"
  | "keys.prefer"
  | "keys.export"
  | "keys.remove"
  | "keys.outdated"
  | "work.progress"
  | "work.cancel"
>;

/** Pages ask for more; this is what the vault asks for as well. */
const SHORTEST_PASSWORD = 8;

/** The user's own certificates, as pages ask about them. */
export function ownKeyHandlers(services: Services): OwnKeyHandlers {
  const { storage, clock, display, unlocking, work } = services;
  const { keys } = storage;
  const look = ownKeyViews(services);

  return {
    "keys.list": async () => {
      return look.views(await keys.list(), await mailIdentities());
    },

    "keys.preview": async ({ file, password }) => {
      const keyFile = await readKeyFile(bytes(file), text(password));
      checkForMail(keyFile);
      const known = await fingerprints();
      const identities = await mailIdentities();
      return {
        keys: await Promise.all(
          keyFile.keys.map(async (key) => ({
            ...(await look.preview(key, identities)),
            known: known.has(key.certificate.fingerprint),
          })),
        ),
      };
    },

    "keys.import": async ({ file, password }) => {
      const keyFile = await readKeyFile(bytes(file), text(password));
      checkForMail(keyFile);
      const addedAt = clock.now();
      const before = await fingerprints();
      await keys.add(keyFile.keys.map((key) => ({ ...key, addedAt })));
      await preferNewer(before);
      await unlocking.used();
      await display.refreshAll();
      const views = await look.views(await keys.list(), await mailIdentities());
      return { added: views.filter(({ fingerprint }) => !before.has(fingerprint)) };
    },

    "keys.prefer": async ({ fingerprint }) => {
      await keys.prefer(text(fingerprint), clock.now());
      await display.refreshAll();
      return null;
    },

    "keys.export": async ({ fingerprints, password, work: name }) => {
      if (Array.from(text(password)).length < SHORTEST_PASSWORD) {
        throw new SmimeError("vault-weak-passphrase");
      }
      const chosen = (await keys.list()).filter(({ certificate }) =>
        fingerprints.includes(certificate.fingerprint),
      );
      if (chosen.length === 0) throw new SmimeError("not-found");
      const entries = await Promise.all(
        chosen.map(async ({ certificate, chain }) => ({
          certificate,
          chain: chain.length > 0 ? chain : await look.above(certificate),
          privateKey: await keys.privateKey(certificate.fingerprint),
        })),
      );
      const content = await work.run(text(name), (watch) =>
        writeKeyFile(entries, password, "modern", watch),
      );
      if (content === null) return { outcome: "cancelled" };
      const [first] = chosen;
      const owner = first?.certificate.addresses[0] ?? first?.certificate.subject.text ?? "";
      const path = await saveFile({
        name: fileName(owner, "p12"),
        type: "application/x-pkcs12",
        content,
      });
      return path === null ? { outcome: "cancelled" } : { outcome: "saved", path };
    },

    "keys.outdated": async () =>
      (await services.overview.all())
        .filter(({ attention }) => attention.includes("renewed"))
        .map(({ identity, address, name }) => ({ identity, address, name })),

    "work.progress": ({ work: name }) => Promise.resolve(work.progress(text(name))),
    "work.cancel": ({ work: name }) => {
      work.cancel(text(name));
      return Promise.resolve(null);
    },

    "keys.remove": async ({ fingerprint }) => {
      await keys.remove(text(fingerprint));
      await display.refreshAll();
      return null;
    },
  };

  /** What came in takes the place of one that the user chose and that is older. */
  async function preferNewer(before: ReadonlySet<string>): Promise<void> {
    const all = await keys.list();
    for (const { certificate } of all) {
      if (before.has(certificate.fingerprint)) continue;
      const replaced = all.some(
        (other) =>
          other.preferredAt !== undefined &&
          other.certificate.notBefore < certificate.notBefore &&
          other.certificate.addresses.some((address) =>
            certificate.addresses.some((own) => sameAddress(own, address)),
          ),
      );
      if (replaced) await keys.prefer(certificate.fingerprint, clock.now());
    }
  }

  async function fingerprints(): Promise<ReadonlySet<string>> {
    return new Set((await keys.list()).map(({ certificate }) => certificate.fingerprint));
  }
}
