/* Chrome scope: Thunderbird's address books. */

function personalAddressBook() {
  return MailServices.ab.getDirectory("jsaddrbook://abook.sqlite");
}

/** As somebody does who types in a contact, or imports a file with many. @param vCards their lines */
async function addContacts(vCards) {
  const { VCardUtils } = ChromeUtils.importESModule("resource:///modules/VCardUtils.sys.mjs");
  const cards = vCards.map((lines) =>
    VCardUtils.vCardToAbCard(`BEGIN:VCARD\r\nVERSION:4.0\r\n${lines}END:VCARD\r\n`),
  );
  const book = personalAddressBook();
  // Version 140 tells no add-on of many at once.
  const tellsOfMany = Services.vc.compare(Services.appinfo.version, "153") >= 0;
  if (cards.length > 1 && tellsOfMany) await book.wrappedJSObject.bulkAddCards(cards);
  else for (const card of cards) book.addCard(card);
}

function deleteContact(address) {
  const book = personalAddressBook();
  book.deleteCards([book.cardForEmailAddress(address)]);
}
