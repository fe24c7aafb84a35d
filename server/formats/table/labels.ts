import type { PhoneType, Place } from '../contact.ts';
import { foldHeader } from './header.ts';

/** What the label of an e-mail, phone, address or URL says ("* Work Fax", "Domicile"). */
export interface Label {
  place?: Place;
  phone?: PhoneType;
  preferred?: boolean;
  /** The label itself, when it is none of the standard ones. */
  own?: string;
}

const PLACES: Record<string, Place> = {
  work: 'work',
  business: 'work',
  bureau: 'work',
  travail: 'work',
  professionnel: 'work',
  pro: 'work',
  office: 'work',
  arbeit: 'work',
  company: 'work',
  trabajo: 'work',
  lavoro: 'work',
  home: 'home',
  domicile: 'home',
  personal: 'home',
  personnel: 'home',
  perso: 'home',
  maison: 'home',
  privat: 'home',
  private: 'home',
  casa: 'home',
  other: 'other',
  autre: 'other',
  andere: 'other',
};

const PHONES: Record<string, PhoneType> = {
  mobile: 'mobile',
  cell: 'mobile',
  portable: 'mobile',
  iphone: 'mobile',
  'i phone': 'mobile',
  handy: 'mobile',
  gsm: 'mobile',
  movil: 'mobile',
  cellulare: 'mobile',
  fax: 'fax',
  telecopie: 'fax',
  pager: 'pager',
  messager: 'pager',
  main: 'main',
  principal: 'main',
  standard: 'main',
  'google voice': 'voip',
  googlevoice: 'voip',
  voip: 'voip',
  internet: 'voip',
  landline: 'landline',
  fixe: 'landline',
};

const known = new Map<string, Label>();

/** Reads a label of Google, Apple or Outlook, in English, French, German, Spanish or Italian. */
export function readLabel(text: string): Label {
  if (text.length > 100) return { own: text.trim() };
  const cached = known.get(text);
  if (cached) return cached;
  const label = parse(text);
  if (known.size < 1000) known.set(text, label);
  return label;
}

function parse(text: string): Label {
  const starred = /^\s*\*\s*/.test(text);
  const plain = text.replace(/^\s*\*\s*/, '').trim();
  const folded = foldHeader(plain);
  const label: Label = starred ? { preferred: true } : {};
  if (folded === '') return label;
  const words = folded.split(' ');
  const phone = PHONES[folded] ?? words.map((word) => PHONES[word]).find((type) => type !== undefined);
  const place = PLACES[folded] ?? words.map((word) => PLACES[word]).find((type) => type !== undefined);
  if (phone) label.phone = phone;
  if (place) label.place = place;
  if (!phone && !place) label.own = plain;
  return label;
}
