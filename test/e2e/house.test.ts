import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startMailServer, type MailServer } from "../support/mail-server.ts";
import { stopEverything } from "../support/resources.ts";
import { startThunderbird, UnexpectedDialog, type Thunderbird } from "../support/thunderbird.ts";

const alice = { name: "Alice Lovelace", address: "alice@smime.example" };
const bob = { name: "Bob Babbage", address: "bob@smime.example" };

describe("two Thunderbirds on a mail server, without the add-on", () => {
  let mailServer: MailServer;
  let hers: Thunderbird;
  let his: Thunderbird;

  before(async () => {
    mailServer = await startMailServer();
    hers = await startThunderbird({ profileName: "alice", mailServer, accounts: [alice] });
    his = await startThunderbird({ profileName: "bob", mailServer, accounts: [bob] });
  });

  after(stopEverything);

  it("carry an unprotected message from one screen to the other", async () => {
    const composition = await hers.newMessage();
    await composition.fill({
      to: [bob.address],
      subject: "Grüße aus London",
      body: "Dear Bob,\n.a line with a dot",
    });
    assert.deepEqual(await composition.send(), { outcome: "sent" });

    const [sent, ...more] = mailServer.wire;
    assert.deepEqual(more, []);
    assert.equal(sent?.from, alice.address);
    assert.deepEqual(sent.to, [bob.address]);
    assert.match(sent.data.toString("latin1"), /\r\n\r\nDear Bob,\r\n/);
    assert.ok(
      mailServer.mailboxFiles(bob.address).some(({ data }) => data.includes("a line with a dot")),
    );

    await his.selectMessage("Grüße aus London");
    assert.match(await his.message().text(), /Dear Bob,\n+\.a line with a dot/);
    const { text } = await his.messageHeader();
    assert.match(text, /Alice Lovelace/);
    await his.screenshot("house-bob-reads");

    assert.deepEqual(await hers.listSubjects({ folder: "Sent" }), ["Grüße aus London"]);
  });

  it("fail with the text of a dialog that nobody expects", async () => {
    mailServer.refuse("no thanks");
    const composition = await hers.newMessage();
    await composition.fill({ to: [bob.address], subject: "Never sent", body: "x" });
    const result = await composition.send();
    assert.equal(result.outcome, "dialog");
    await assert.rejects(hers.listSubjects(), (error) => {
      assert.ok(error instanceof UnexpectedDialog);
      assert.match(error.message, /The mail server responded: +no thanks/);
      return true;
    });
    await hers.answerDialog("OK");
    await composition.discard();
    mailServer.refuse(undefined);
    assert.equal(mailServer.wire.length, 1);
  });

  it("come back after a restart without asking for a password", async () => {
    await his.restart();
    assert.deepEqual(await his.listSubjects(), ["Grüße aus London"]);
  });
});
