import type { Contact, PhoneType, Place } from '../../formats/contact.ts';
import { parseBirthday, parseInstant } from '../../formats/normalise/date.ts';
import { Gathered } from '../gathering.ts';
import { type Thing, textOf, textsOf, thingOf, thingsOf } from '../json.ts';

/** The contact that Outlook's address book holds (Microsoft Graph v1.0, `contact`). */
export function toContact(said: Thing, country: string): Contact {
  const text = (name: string) => textOf(said, name);
  const gathered = new Gathered(text('id'), said, country);
  for (const one of thingsOf(said, 'emailAddresses')) gathered.email(textOf(one, 'address'), {});
  addPhones(gathered, said);
  for (const [name, type] of [
    ['businessAddress', 'work'],
    ['homeAddress', 'home'],
    ['otherAddress', 'other'],
  ] as const)
    addAddress(gathered, thingOf(said, name), type);
  gathered.url(text('businessHomePage'), 'work');
  gathered.organization(text('companyName'), text('department'), text('jobTitle'));
  gathered.note(text('personalNotes'));
  for (const category of textsOf(said, 'categories')) gathered.category(category);
  for (const im of textsOf(said, 'imAddresses')) gathered.extra('im', im);
  for (const child of textsOf(said, 'children')) gathered.extra('relation child', child);
  for (const [name, as] of extras) gathered.extra(as, text(name));
  const { contact } = gathered;
  // Midnight UTC of the day, 1604 where no year was given: the time of day says nothing.
  const birthday = parseBirthday(text('birthday').slice(0, 10));
  if (birthday) contact.birthday = birthday;
  const revision = parseInstant(text('lastModifiedDateTime'));
  if (revision) contact.revision = revision;
  return gathered.named({
    full: text('displayName'),
    given: text('givenName'),
    additional: text('middleName'),
    family: text('surname'),
    prefix: text('title'),
    suffix: text('generation'),
    nickname: text('nickName'),
  });
}

const extras = [
  ['officeLocation', 'office'],
  ['profession', 'profession'],
  ['manager', 'relation manager'],
  ['assistantName', 'relation assistant'],
  ['spouseName', 'relation spouse'],
  ['initials', 'initials'],
  ['yomiGivenName', 'phoneticGivenName'],
  ['yomiSurname', 'phoneticFamilyName'],
  ['yomiCompanyName', 'phoneticCompanyName'],
] as const;

function addPhones(gathered: Gathered, said: Thing): void {
  const add = (values: readonly string[], type?: Place, device?: PhoneType) => {
    for (const value of values) gathered.phone(value, { type, device });
  };
  add([textOf(said, 'mobilePhone')], undefined, 'mobile');
  add(textsOf(said, 'businessPhones'), 'work');
  add(textsOf(said, 'homePhones'), 'home');
}

function addAddress(gathered: Gathered, said: Thing, type: Place): void {
  const parts = {
    street: textOf(said, 'street').replaceAll('\r\n', '\n'),
    postcode: textOf(said, 'postalCode'),
    city: textOf(said, 'city'),
    region: textOf(said, 'state'),
    country: textOf(said, 'countryOrRegion'),
  };
  gathered.address(parts, { type });
}
