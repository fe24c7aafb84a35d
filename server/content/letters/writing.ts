import { fullName } from '../../formats/normalise/name.ts';
import { type Addressee, postalLines } from '../../formats/normalise/postal.ts';
import { type Locale, translator } from '../../kernel/messages.ts';
import type { SheetBlock } from '../../outreach/content-port.ts';
import type { PostalPlace } from '../../outreach/people.ts';
import type { Letter } from './paper.ts';

/** What a letter says to somebody, and by which page they object. */
export interface Said {
  subject: string;
  sheet: readonly SheetBlock[];
  locale: Locale;
  purpose: string;
  url: string;
}

/** Whose letters they are: the company, the country that it writes from, and the day. */
export interface From {
  workspace: string;
  country: string;
  date: Date;
}

/** To whom a card says that it goes: civility and name, and where they work. */
const addresseeOf = ({ name, organization }: Pick<PostalPlace, 'name' | 'organization'>): Addressee => ({
  name: name ? fullName(name) || (name.full ?? '') : '',
  organization: organization ?? '',
});

/** A letter as it is printed. @returns null where its address does not fit an envelope */
export function toLetter(to: PostalPlace, { subject, sheet, locale, purpose, url }: Said, from: From): Letter | null {
  const lines = postalLines(addresseeOf(to), to.address, from.country);
  if (lines === null) return null;
  const t = translator(locale);
  const words = t('letter.foot', { workspace: from.workspace, purpose: t(`grant.purpose.${purpose}`), url });
  return { to: lines, subject, blocks: sheet, language: locale, date: from.date, foot: { words, url } };
}

/** An address made up, for whoever tries a letter. */
export const sampleAddress: Record<Locale, PostalPlace> = {
  fr: {
    pointId: '',
    name: { prefix: 'Mme', given: 'Camille', family: 'Durand' },
    organization: 'Durand & Fils',
    address: { street: '12 rue de la République', postcode: '69002', city: 'Lyon', countryCode: 'FR', type: 'work' },
  },
  en: {
    pointId: '',
    name: { prefix: 'Ms', given: 'Alex', family: 'Taylor' },
    organization: 'Taylor & Sons',
    address: { street: '12 Park Row', postcode: 'LS1 5HD', city: 'Leeds', countryCode: 'GB', type: 'work' },
  },
};
