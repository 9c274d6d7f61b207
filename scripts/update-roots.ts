/**
 * `npm run update-roots`: writes the certification authorities that Thunderbird trusts for e-mail.
 * An add-on cannot read them from the Thunderbird it runs in, so they are taken along.
 */
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { startThunderbird } from "../test/support/thunderbird.ts";

interface Root {
  readonly name: string;
  /** The certificate in base64. */
  readonly der: string;
}

interface BuiltinRoots {
  readonly thunderbird: string;
  readonly roots: readonly Root[];
}

/** The profile is new: whatever it trusts came with Thunderbird. */
const READ_ROOTS = `
  const database = Cc["@mozilla.org/security/x509certdb;1"].getService(Ci.nsIX509CertDB);
  const trusted = () =>
    database
      .getCerts()
      .filter((each) =>
        database.isCertTrusted(each, Ci.nsIX509Cert.CA_CERT, Ci.nsIX509CertDB.TRUSTED_EMAIL));
  // They are loaded in the background after the start.
  await until("the built-in roots", () => trusted().length > 0);
  const roots = trusted().map((each) => ({
    name: each.displayName,
    der: each.getBase64DERString(),
  }));
  return { thunderbird: Services.appinfo.version, roots };
`;

const target = join(
  dirname(fileURLToPath(import.meta.url)),
  "../src/core/trust/builtin-roots.json",
);

const thunderbird = await startThunderbird({
  profileName: "roots",
  mailServer: { imapPort: 9, smtpPort: 9 },
  accounts: [],
});
try {
  const { thunderbird: version, roots } = (await thunderbird.execute(READ_ROOTS)) as BuiltinRoots;
  if (roots.length === 0) throw new Error("Thunderbird trusts no certification authority");
  // One line each, so that a later difference can be read.
  const lines = [...roots]
    .sort((a, b) => compare(a.name, b.name) || compare(a.der, b.der))
    .map((root) => `    ${JSON.stringify(root)}`);
  writeFileSync(
    target,
    `{\n  "thunderbird": ${JSON.stringify(version)},\n  "roots": [\n${lines.join(",\n")}\n  ]\n}\n`,
  );
  console.log(`${roots.length} roots of Thunderbird ${version}`);
} finally {
  await thunderbird.stop();
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
