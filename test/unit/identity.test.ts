import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { receivingIdentity } from "../../src/background/identity.ts";
import type { MailIdentity } from "../../src/thunderbird/identities.ts";

const identity = (id: string, accountId: string, address: string): MailIdentity => ({
  id,
  accountId,
  address,
  name: id,
  accountName: accountId,
});

const home = identity("home", "a", "carol@home.example");
const alias = identity("alias", "a", "shop@home.example");
const work = identity("work", "b", "carol@work.example");
const all = [home, alias, work];

describe("the identity that a received message belongs to", () => {
  it("is the addressed one of the account that holds it", () => {
    assert.equal(receivingIdentity(all, "a", ["x@y.example", "Shop@HOME.example"]), home);
    assert.equal(receivingIdentity(all, "a", ["x@y.example", "shop@HOME.example"]), alias);
    assert.equal(receivingIdentity(all, "b", ["shop@home.example"]), work);
  });

  it("is the account's first where it is addressed to none of them, as a list's mail is", () => {
    assert.equal(receivingIdentity(all, "a", ["list@lists.example"]), home);
  });

  it("is the addressed one for a message that no account holds", () => {
    assert.equal(receivingIdentity(all, null, ["carol@work.example"]), work);
    assert.equal(receivingIdentity(all, null, ["list@lists.example"]), null);
  });
});
