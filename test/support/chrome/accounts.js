/* Chrome scope: makes mail accounts with stored passwords, so that nothing ever prompts. */

const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");

const PASSWORD = "any password";

/**
 * One IMAP account with its identity and outgoing server for each entry.
 * @param {{imapPort: number, smtpPort: number}} server on 127.0.0.1, without TLS
 * @param {{name: string, address: string}[]} accounts
 * @param {boolean} checkMail at start and every few minutes, without being asked
 */
async function createAccounts(server, accounts, checkMail) {
  MailServices.accounts.createLocalMailAccount();
  for (const { name, address } of accounts) {
    const incoming = MailServices.accounts.createIncomingServer(address, "127.0.0.1", "imap");
    incoming.port = server.imapPort;
    incoming.socketType = Ci.nsMsgSocketType.plain;
    incoming.authMethod = Ci.nsMsgAuthMethod.passwordCleartext;
    incoming.prettyName = address;
    incoming.loginAtStartUp = checkMail;
    incoming.setBoolValue("check_new_mail", checkMail);
    // Message bodies are fetched when they are shown, as with a fresh account.
    incoming.setBoolValue("offline_download", false);
    incoming.valid = true;
    await storeLogin(`imap://127.0.0.1`, address);

    const outgoing = MailServices.outgoingServer.createServer("smtp");
    const smtp = outgoing.QueryInterface(Ci.nsISmtpServer);
    smtp.hostname = "127.0.0.1";
    smtp.port = server.smtpPort;
    outgoing.username = address;
    outgoing.authMethod = Ci.nsMsgAuthMethod.passwordCleartext;
    outgoing.socketType = Ci.nsMsgSocketType.plain;
    await storeLogin(`smtp://127.0.0.1`, address);

    const identity = MailServices.accounts.createIdentity();
    identity.email = address;
    identity.fullName = name;
    identity.valid = true;
    identity.smtpServerKey = outgoing.key;
    identity.fccFolderURI = `${incoming.serverURI}/Sent`;
    identity.fccFolderPickerMode = "0";
    identity.draftsFolderURI = `${incoming.serverURI}/Drafts`;
    identity.draftsFolderPickerMode = "0";
    identity.templatesFolderURI = `${incoming.serverURI}/Templates`;
    identity.templatesFolderPickerMode = "0";

    const account = MailServices.accounts.createAccount();
    account.addIdentity(identity);
    account.incomingServer = incoming;
    if (!MailServices.accounts.defaultAccount) MailServices.accounts.defaultAccount = account;
    if (!MailServices.outgoingServer.defaultServer) {
      MailServices.outgoingServer.defaultServer = outgoing;
    }
  }
  MailServices.accounts.saveAccountInfo();
  Services.prefs.savePrefFile(null);
  for (const { address } of accounts) await discoverFolders(address);
}

/**
 * An account that has never been online knows no folders but the inbox, and version 140 then saves
 * drafts and copies in Local Folders. Asking for them needs a password that has been entered once.
 */
async function discoverFolders(address) {
  const account = MailServices.accounts.accounts.find(
    ({ defaultIdentity }) => defaultIdentity?.email === address,
  );
  account.incomingServer.password = PASSWORD;
  await findFolder(address, "Drafts");
}

/** As if the user had typed them: one that was killed may not have written its logins. */
async function enterPasswords() {
  for (const { incomingServer } of MailServices.accounts.accounts) {
    if (incomingServer.type !== "imap") continue;
    incomingServer.password = PASSWORD;
    for (const kind of ["imap", "smtp"]) {
      await storeLogin(`${kind}://127.0.0.1`, incomingServer.username);
    }
  }
  for (const server of MailServices.outgoingServer.servers) server.password = PASSWORD;
}

async function storeLogin(origin, username) {
  const login = Cc["@mozilla.org/login-manager/loginInfo;1"].createInstance(Ci.nsILoginInfo);
  login.init(origin, null, origin, username, PASSWORD, "", "");
  const known = await Services.logins.searchLoginsAsync({ origin, httpRealm: origin });
  if (!known.some((each) => each.username === username)) await Services.logins.addLoginAsync(login);
}
