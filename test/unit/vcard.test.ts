import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { vCardPerson, vCardProperties, vCardText } from "../../src/core/vcard.ts";

describe("vCards", () => {
  it("name a person and all their addresses", () => {
    const vCard = [
      "BEGIN:VCARD",
      "VERSION:4.0",
      "FN:Bob Babbage",
      "N:Babbage;Bob;;;",
      "EMAIL;PREF=1:bob@smime.example",
      "item1.email;TYPE=work:bob+work@smime.example",
      "END:VCARD",
      "",
    ].join("\r\n");
    assert.deepEqual(vCardPerson(vCard), {
      name: "Bob Babbage",
      addresses: ["bob@smime.example", "bob+work@smime.example"],
    });
  });

  it("are read with folded lines, escapes and line ends of either kind", () => {
    const folded = "FN:Babbage\\, Bo\n b \\\\ Jr.\nEMAIL:bob@sm\r\n\time.example\n";
    assert.deepEqual(vCardPerson(folded), {
      name: "Babbage, Bob \\ Jr.",
      addresses: ["bob@smime.example"],
    });
    assert.equal(vCardText("one\\ntwo"), "one two");
  });

  it("keep a name that is written from right to left", () => {
    assert.equal(vCardPerson("FN:עדה לאבלייס\n").name, "עדה לאבלייס");
  });

  it("have parameters, quoted ones with any character", () => {
    const [key] = vCardProperties(
      'KEY;X-LABEL="a;b:c";MEDIATYPE=application/pkix-cert;PREF:data:application/pkix-cert;base64,AAAA',
    );
    assert.equal(key?.name, "KEY");
    assert.equal(key.value, "data:application/pkix-cert;base64,AAAA");
    assert.deepEqual(
      [...key.parameters],
      [
        ["X-LABEL", "a;b:c"],
        ["MEDIATYPE", "application/pkix-cert"],
        ["PREF", ""],
      ],
    );
  });

  it("may hold anything else, which is left out", () => {
    assert.deepEqual(vCardProperties("no property\n:\n;\nFN\n\n"), []);
    assert.deepEqual(vCardPerson("FN:\nEMAIL:  \n"), { name: null, addresses: [] });
  });
});
