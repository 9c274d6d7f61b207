import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { alice, assertFails, authority, names, path, root, under } from "../support/paths.ts";
import type { IdentityOptions } from "../support/pki.ts";

describe("name constraints on mailboxes and directory names", () => {
  const subject = "/O=Firm/OU=Sales/CN=Alice";
  const cases: [string, string, Partial<IdentityOptions>, boolean][] = [
    ["one mailbox", "permitted;email:alice@Example.org", {}, true],
    ["another mailbox", "permitted;email:bob@example.org", {}, false],
    ["another local part by case", "permitted;email:Alice@example.org", {}, false],
    ["the host", "permitted;email:EXAMPLE.org", {}, true],
    ["another host", "permitted;email:example.com", {}, false],
    ["a host is not its domain", "permitted;email:org", {}, false],
    ["a domain is not its host", "permitted;email:.example.org", {}, false],
    ["hosts of a domain", "permitted;email:.org", {}, true],
    ["one of two", "permitted;email:example.com,permitted;email:example.org", {}, true],
    ["excluded host", "excluded;email:example.org", {}, false],
    ["excluded beside permitted", "permitted;email:.org,excluded;email:example.org", {}, false],
    ["excluded other host", "excluded;email:example.com", {}, true],
    [
      "one of several addresses outside",
      "permitted;email:example.org",
      { subjectAltName: "email:a@example.org,email:b@example.com" },
      false,
    ],
    [
      "legacy address in the subject",
      "permitted;email:example.com",
      { subject: "/CN=Alice/emailAddress=a@example.org", subjectAltName: "DNS:x.example" },
      false,
    ],
    ["directory", "permitted;dirName:dn", { subject }, true],
    ["another directory", "permitted;dirName:dn", { subject: "/O=Other/CN=Alice" }, false],
    ["excluded directory", "excluded;dirName:dn", { subject }, false],
    ["a constrained form that does not occur", "permitted;DNS:example.org", {}, true],
    [
      "a constrained form that nobody compares",
      "permitted;RID:1.2.3.4",
      { subjectAltName: "email:alice@example.org,RID:1.2.3.4" },
      false,
    ],
  ];
  for (const [name, nameConstraints, leaf, permitted] of cases)
    it(name, async () => {
      // The section is only used by the constraints that name it.
      const extensions = ["[dn]", "O=firm"];
      const verdict = await under({ nameConstraints, extensions }, leaf);
      if (permitted) assert.equal(names(verdict).length, 3);
      else assertFails(verdict, "name-constraints", "Alice");
    });

  it("bind a SmtpUTF8Mailbox like any address (RFC 9598)", async () => {
    const leaf = {
      subjectAltName: "@names",
      extensions: [
        "[names]",
        "otherName.0=1.3.6.1.5.5.7.8.9;FORMAT:UTF8,UTF8:jürgen@müller.example",
      ],
    };
    const host = "permitted;email:xn--mller-kva.example";
    assert.ok((await under({ nameConstraints: host }, leaf)).ok);
    const other = await under({ nameConstraints: "permitted;email:example.org" }, leaf);
    assertFails(other, "name-constraints", "Alice");
  });

  it("of every authority above have to be met, the anchor's too", async () => {
    const top = authority({ name: "Top", nameConstraints: "permitted;email:example.org" });
    const middle = authority({
      name: "Middle",
      issuer: top,
      nameConstraints: "permitted;email:.org",
    });
    assert.ok((await path(middle.issue(alice), [top], [middle])).ok);
    const other = middle.issue({ ...alice, address: "alice@example.net" });
    assertFails(await path(other, [top], [middle]), "name-constraints", "Alice");
    const between = middle.issue({ ...alice, address: "alice@other.org" });
    assertFails(await path(between, [top], [middle]), "name-constraints", "Alice");
  });

  it("bind authorities below as well", async () => {
    const top = authority({
      name: "Top",
      nameConstraints: "permitted;dirName:dn",
      extensions: ["[dn]", "O=Firm"],
    });
    const middle = authority({ name: "Middle", issuer: top, subject: "/O=Other/CN=Middle" });
    const verdict = await path(middle.issue({ ...alice, subject }), [top], [middle]);
    assertFails(verdict, "name-constraints", "Middle");
  });
});

describe("name constraints on other forms", () => {
  const mail = "email:alice@example.org";
  const cases: [string, string, string, boolean][] = [
    ["a domain itself", "permitted;DNS:example.org", "DNS:EXAMPLE.org", true],
    ["a domain below", "permitted;DNS:example.org", "DNS:a.b.example.org", true],
    ["another domain", "permitted;DNS:example.org", "DNS:example.net", false],
    ["a domain that ends alike", "permitted;DNS:example.org", "DNS:badexample.org", false],
    ["a wildcard below", "permitted;DNS:example.org", "DNS:*.example.org", true],
    ["a wildcard above", "permitted;DNS:a.example.org", "DNS:*.example.org", false],
    ["an excluded domain", "excluded;DNS:example.org", "DNS:a.example.org", false],
    ["beside the excluded domain", "excluded;DNS:example.org", "DNS:example.net", true],
    [
      "a wildcard over an excluded domain",
      "excluded;DNS:a.example.org",
      "DNS:*.example.org",
      false,
    ],
    ["a name that is none", "permitted;DNS:example.org", "DNS:a_b.example.org", false],
    ["a base with a leading dot", "permitted;DNS:.example.org", "DNS:a.example.org", false],
    ["a name with a leading dot", "permitted;DNS:example.org", "DNS:.example.org", false],
    ["such a name beside an exclusion", "excluded;DNS:example.net", "DNS:.example.org", false],
    ["the host of a URI", "permitted;URI:example.org", "URI:https://a@Example.org:8/x", true],
    ["a host below one", "permitted;URI:example.org", "URI:https://a.example.org/", false],
    ["hosts of a domain", "permitted;URI:.example.org", "URI:https://a.example.org/", true],
    ["not the domain itself", "permitted;URI:.example.org", "URI:https://example.org/", false],
    ["an excluded host", "excluded;URI:example.org", "URI:ldap://example.org/x", false],
    ["a URI without a host", "excluded;URI:example.org", "URI:urn:example", false],
    ["a URI with an address", "permitted;URI:.org", "URI:http://192.0.2.1/", false],
    ["an address in a network", "permitted;IP:192.0.2.0/255.255.255.0", "IP:192.0.2.7", true],
    ["an address outside", "permitted;IP:192.0.2.0/255.255.255.0", "IP:192.0.3.7", false],
    ["an excluded network", "excluded;IP:192.0.2.0/255.255.255.0", "IP:192.0.2.7", false],
    ["an address of the other kind", "permitted;IP:192.0.2.0/255.255.255.0", "IP:::1", false],
    [
      "a network of longer addresses",
      "permitted;IP:2001:db8::/ffff:ffff::",
      "IP:2001:db8::1",
      true,
    ],
    ["a mask with a hole", "permitted;IP:192.0.2.0/255.0.255.0", "IP:192.0.2.7", false],
    [
      "an otherName of the same type",
      "permitted;otherName:1.2.3;UTF8:a",
      "otherName:1.2.3;UTF8:a",
      false,
    ],
    [
      "an otherName of another type",
      "permitted;otherName:1.2.3;UTF8:a",
      "otherName:1.2.4;UTF8:a",
      true,
    ],
  ];
  for (const [name, nameConstraints, other, permitted] of cases)
    it(`${name}: ${nameConstraints}`, async () => {
      const verdict = await under({ nameConstraints }, { subjectAltName: `${mail},${other}` });
      if (permitted) assert.equal(names(verdict).length, 3);
      else assertFails(verdict, "name-constraints", "Alice");
    });

  it("do not bind certificates without such a name", async () => {
    assert.ok((await under({ nameConstraints: "permitted;DNS:example.net" })).ok);
  });
});

describe("name constraints that nobody can weigh", () => {
  // permitted: rfc822Name "example.org" with minimum 1; the second one with a maximum.
  for (const [name, limit] of [
    ["minimum", "80:01:01"],
    ["maximum", "81:01:05"],
  ])
    it(`with a ${String(name)}`, async () => {
      const der = `30:14:a0:12:30:10:81:0b:65:78:61:6d:70:6c:65:2e:6f:72:67:${String(limit)}`;
      const verdict = await under({ extensions: [`2.5.29.30=critical,DER:${der}`] });
      assertFails(verdict, "name-constraints", "Alice");
    });

  it("with a minimum of zero written out are as without", async () => {
    const der = "30:14:a0:12:30:10:81:0b:65:78:61:6d:70:6c:65:2e:6f:72:67:80:01:00";
    assert.ok((await under({ extensions: [`2.5.29.30=critical,DER:${der}`] })).ok);
  });

  it("in the certificate of a mail user", async () => {
    const leaf = root.issue({
      ...alice,
      extensions: ["nameConstraints=critical,permitted;email:example.org"],
    });
    assertFails(await path(leaf, [root]), "name-constraints", "Alice");
  });

  it("against an address that is none", async () => {
    const subjectAltName = "email:alice@example.org,email:a@b@example.org";
    const verdict = await under(
      { nameConstraints: "permitted;email:example.org" },
      { subjectAltName },
    );
    assertFails(verdict, "name-constraints", "Alice");
  });

  it("in numbers that take too long", async () => {
    const many = (count: number, line: (at: number) => string) =>
      Array.from({ length: count }, (_, at) => line(at));
    const middle = authority({
      name: "Middle",
      issuer: root,
      nameConstraints: "@subtrees",
      extensions: ["[subtrees]", ...many(400, (at) => `excluded;email.${at}=h${at}.example`)],
    });
    const leaf = middle.issue({
      ...alice,
      subjectAltName: "@names",
      extensions: ["[names]", ...many(400, (at) => `email.${at}=a${at}@example.org`)],
    });
    const started = performance.now();
    assertFails(await path(leaf, [root], [middle]), "name-constraints", "Alice");
    assert.ok(performance.now() - started < 2000);
  });
});
