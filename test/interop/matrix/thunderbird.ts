import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startMailServer } from "../../support/mail-server.ts";
import { openssl, type Issued } from "../../support/pki.ts";
import { Resources, stopEverything } from "../../support/resources.ts";
import { startThunderbird } from "../../support/thunderbird.ts";
import { addressOf, authority } from "./people.ts";
import { PeerError, type Peer } from "./peer.ts";
import { encryptionRows, signatureRows } from "./rows.ts";

const PASSWORD = "thunderbird";

/** Chrome scope: puts a key file into Thunderbird's own store and makes the account's identity use it. */
const USE_KEY_FILE = `
  const [path, password, address] = arguments;
  const database = Cc["@mozilla.org/security/x509certdb;1"].getService(Ci.nsIX509CertDB);
  const file = Cc["@mozilla.org/file/local;1"].createInstance(Ci.nsIFile);
  file.initWithPath(path);
  const before = new Set(database.getCerts().map((certificate) => certificate.sha256Fingerprint));
  const error = database.importPKCS12File(file, password);
  if (error !== Ci.nsIX509CertDB.Success) {
    const name = Object.keys(Ci.nsIX509CertDB).find(
      (key) => key.startsWith("ERROR_") && Ci.nsIX509CertDB[key] === error,
    );
    return "importPKCS12File: " + (name ?? error);
  }
  const certificate = database
    .getCerts()
    .find(({ sha256Fingerprint }) => !before.has(sha256Fingerprint));
  const { defaultIdentity: identity } = MailServices.accounts.accounts.find(
    (account) => account.defaultIdentity?.email === address,
  );
  for (const use of ["signing", "encryption"]) {
    identity.setUnicharAttribute(use + "_cert_name", certificate.displayName);
    identity.setCharAttribute(use + "_cert_dbkey", certificate.dbKey);
  }
  return "";
`;

const TRUST = `
  const database = Cc["@mozilla.org/security/x509certdb;1"].getService(Ci.nsIX509CertDB);
  database.addCertFromBase64(arguments[0], "C,C,C");
`;

const PROTECT = `
  const [address, sign, encrypt] = arguments;
  const { defaultIdentity } = MailServices.accounts.accounts.find(
    (account) => account.defaultIdentity?.email === address,
  );
  defaultIdentity.signMail = sign;
  defaultIdentity.encryptionPolicy = encrypt ? 2 : 0;
`;

/** Selects a message without waiting for it to be shown, which it is not where decryption fails. */
const STATUS = `
  const [address, subject, milliseconds] = arguments;
  const { about3Pane, folder } = await showFolder(address, "Inbox");
  let asked = 0;
  const index = await until("the message", () => {
    if (Date.now() - asked > 1000) {
      asked = Date.now();
      folder.updateFolder(mainWindow().msgWindow);
    }
    const found = newestWithSubject(about3Pane.gDBView, subject);
    return found === undefined ? undefined : { found };
  });
  const { messageKey } = about3Pane.gDBView.getMsgHdrAt(index.found);
  const { contentWindow: last } = about3Pane.messageBrowser;
  if (last) last.gSignatureStatus = last.gEncryptionStatus = -1;
  about3Pane.threadTree.selectedIndex = index.found;
  const view = await until("the message view", () => {
    const win = about3Pane.messageBrowser.contentWindow;
    return win?.gMessage?.messageKey === messageKey ? win : undefined;
  });
  const pending = new Set([-1, Ci.nsICMSMessageErrors.VERIFY_NOT_YET_ATTEMPTED]);
  const end = Date.now() + milliseconds;
  while (
    Date.now() < end &&
    pending.has(view.gSignatureStatus) &&
    view.gEncryptionStatus === -1
  ) await sleep(50);
  await sleep(300);
  const name = (status) =>
    Object.keys(Ci.nsICMSMessageErrors).find((key) => Ci.nsICMSMessageErrors[key] === status) ??
    (status === -1 ? "no status" : "status " + status);
  const { contentDocument } = view.getMessagePaneBrowser();
  return {
    signature: name(view.gSignatureStatus),
    encryption: name(view.gEncryptionStatus),
    text: contentDocument?.body?.textContent ?? "",
  };
`;

interface Shown {
  readonly signature: string;
  readonly encryption: string;
  readonly text: string;
}

/** Thunderbird's own S/MIME, without the add-on: what it sends, and what it says about a message. */
export async function startThunderbirdPeer(): Promise<Peer> {
  const folder = new Resources().folder("thunderbird-peer");
  const mailServer = await startMailServer();
  const keys = [...new Set([...signatureRows, ...encryptionRows].map(({ key }) => key))];
  const thunderbird = await startThunderbird({
    profileName: "own-smime",
    mailServer,
    accounts: keys.map((key) => ({ name: key, address: addressOf(key) })),
    preferences: { "mail.identity.default.compose_html": false },
  });
  await thunderbird.execute(TRUST, [Buffer.from(authority.certificate).toString("base64")]);

  const imported = new Map<Issued, string>();
  async function useIdentity(identity: Issued, address: string): Promise<void> {
    let refusal = imported.get(identity);
    if (refusal === undefined) {
      const input = identity.privateKeyPem + identity.certificatePem;
      const file = join(folder, `${address}.p12`);
      const args = ["pkcs12", "-export", "-name", address, "-passout", `pass:${PASSWORD}`];
      writeFileSync(file, openssl(args, input));
      refusal = String(await thunderbird.execute(USE_KEY_FILE, [file, PASSWORD, address]));
      imported.set(identity, refusal);
    }
    if (refusal !== "") throw new PeerError(refusal);
  }

  /** The message as it went over the wire. */
  async function sent(address: string, sign: boolean, encrypt: boolean, body: string) {
    await thunderbird.execute(PROTECT, [address, sign, encrypt]);
    const composition = await thunderbird.newMessage({ from: address });
    const subject = `Sent ${mailServer.wire.length}`;
    await composition.fill({ to: [address], subject, body });
    const before = mailServer.wire.length;
    const result = await composition.send();
    if (result.outcome !== "sent") {
      const text = result.outcome === "dialog" ? JSON.stringify(result.dialogs) : "not sent";
      if (result.outcome === "dialog") await thunderbird.answerDialog("OK");
      await composition.discard();
      throw new PeerError(text);
    }
    const message = mailServer.wire[before]?.data;
    if (message === undefined) throw new Error("nothing went over the wire");
    return message.toString("latin1");
  }

  let count = 0;
  async function shown(address: string, message: string): Promise<Shown> {
    const subject = `Read ${++count}`;
    const renamed = message.replace(/^Subject: .*$/m, `Subject: ${subject}`);
    await mailServer.deliver(address, Buffer.from(renamed, "latin1"));
    return (await thunderbird.execute(STATUS, [address, subject, 2500])) as Shown;
  }

  const addressIn = (message: string): string =>
    /^From: .*?([^\s<]+@[^\s>]+)/m.exec(message)?.[1] ?? "";
  return {
    signsOpaque: false,
    options: (await thunderbird.execute(
      `return Services.prefs.getChildList("mail").join(" ")`,
    )) as string,
    async sign(row, signer, entity) {
      const address = addressOf(row.key);
      await useIdentity(signer, address);
      return sent(address, true, false, entity.slice(entity.indexOf("\r\n\r\n") + 4).trim());
    },
    async verify(message) {
      const { signature } = await shown(addressIn(message), message);
      if (signature !== "SUCCESS") throw new PeerError(signature);
    },
    async encrypt(row, recipient, entity) {
      const address = addressOf(row.key);
      await useIdentity(recipient, address);
      return sent(address, false, true, entity.slice(entity.indexOf("\r\n\r\n") + 4).trim());
    },
    async decrypt(message, recipient) {
      const address = addressIn(message);
      await useIdentity(recipient, address);
      const { encryption, text } = await shown(address, message);
      if (encryption !== "SUCCESS") throw new PeerError(`${encryption}: ${text}`);
      return text;
    },
    stop: stopEverything,
  };
}
