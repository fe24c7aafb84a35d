/** What the pictures of cards of the corpus say, as its MANIFEST.tsv states it. The corpus is no part of the project. */
import { readFileSync } from 'node:fs';
import { fold } from '../normalise/fold.ts';
import { readCard } from './index.ts';
import type { CardReader } from './ocr.ts';

interface Stated {
  name: string;
  /** Absent where the card names none. */
  company?: string;
  email?: string;
  phones: string[];
}

export const CARDS: Record<string, Stated> = {
  'bizcardx__1.png': {
    name: 'Selva',
    company: 'selva digitals',
    email: 'hello@xyz1.com',
    phones: ['+123-456-7890', '+123-456-7891'],
  },
  'bizcardx__2.png': {
    name: 'Amit kumar',
    company: 'GLOBAL INSURANCE',
    email: 'hello@global.com',
    phones: ['123-456-7569'],
  },
  'bizcardx__4.png': {
    name: 'REVANTH',
    company: 'Family Restaurant',
    email: 'hello@christmas.com',
    phones: ['+91-456-1234'],
  },
  'imvs8__validimage.jpg': { name: 'Max Müller', phones: [] },
  'nercard__001.jpeg': { name: 'john smith', email: 'email@psdgraphics.com', phones: ['123-456-7890'] },
  'nercard__004.jpeg': {
    name: 'Paul Madison',
    company: 'Madison Yacht Sales',
    phones: ['718-444-8546', '718-444-1206'],
  },
  'nercard__026.jpeg': {
    name: 'Barack Obama',
    phones: ['(312) 886-3506', '(312) 886-3514', '(202) 224-2854', '(202) 228-5417'],
  },
  'nercard__031.jpeg': {
    name: 'Mordan Pisa',
    company: "Domino's",
    email: 'mpisa@dominos.com',
    phones: ['562-543-7689', '562-456-3210'],
  },
  'nercard__049.jpeg': {
    name: 'John Doe',
    company: 'Elon University',
    email: 'name@elon.edu',
    phones: ['123.456.7890'],
  },
  'nercard__050.jpeg': {
    name: 'James Bond',
    company: 'Your Toyota Sales',
    email: 'info@firstprintingca.com',
    phones: ['(818) 547-4220', '(818) 547-4680', '(818) 901-2345', '(818) 678-9012'],
  },
  'nercard__058.jpeg': {
    name: 'James Bond',
    company: 'YOUR NISSAN SALES',
    email: 'info@firstprintingca.com',
    phones: ['818-547-4220', '818-547-4680'],
  },
};

export interface CardCount {
  file: string;
  width: number;
  right: string[];
  missed: string[];
  /** Fields of these kinds that the card does not state. */
  wrong: string[];
}

const key = (text: string): string => fold(text).replace(/[^a-z0-9@.]+/g, '');
const digits = (text: string): string => text.replace(/\D/g, '');

/** Reads one card of the corpus, and counts name, company, e-mail and each number. */
export async function countCard(reader: CardReader, folder: URL, file: string): Promise<CardCount> {
  const { lines, width } = await reader.read(readFileSync(new URL(`business_cards/${file}`, folder)));
  const found = readCard(lines, 'US').flatMap(({ kind, value }) => {
    if (kind === 'phone') return [`phone ${digits(value)}`];
    return ['name', 'organization', 'email'].includes(kind) ? [`${kind} ${key(value)}`] : [];
  });
  const { name, company, email, phones } = CARDS[file]!;
  const stated = [
    `name ${key(name)}`,
    ...(company ? [`organization ${key(company)}`] : []),
    ...(email ? [`email ${key(email)}`] : []),
    ...phones.map((phone) => `phone ${digits(phone)}`),
  ];
  return {
    file,
    width,
    right: stated.filter((one) => found.includes(one)),
    missed: stated.filter((one) => !found.includes(one)),
    wrong: [...new Set(found)].filter((one) => !stated.includes(one)),
  };
}
