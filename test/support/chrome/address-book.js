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
  if (cards.length === 1) book.addCard(cards[0]);
  else await book.wrappedJSObject.bulkAddCards(cards);
}

function deleteContact(address) {
  const book = personalAddressBook();
  book.deleteCards([book.cardForEmailAddress(address)]);
}
