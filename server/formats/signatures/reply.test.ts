import fc from 'fast-check';
import type { Email } from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { corpusFolder } from '../corpus.ts';
import { parseMessage } from '../mail/read.ts';
import { corpusMessages, replyUnderstood } from './corpus.ts';
import { replyText } from './index.ts';

const mail = (text: string, from = { name: 'Marie Dupont', address: 'marie@atelier.example' }): Email =>
  ({ text, from, headers: [], headerLines: [], attachments: [] }) as unknown as Email;

describe('what somebody says in a reply', () => {
  it('is without the quote, the signature and the telephone’s line', () => {
    const text =
      'Bonjour,\n\nLe colis est arrivé abîmé.\n\nCordialement,\n\nMarie Dupont\nAtelier du Pont\n01 99 00 11 22\n\nEnvoyé de mon iPhone\n\nLe 3 mars 2026 à 10:00, Service client <sav@boutique.example> a écrit :\n> Votre colis est livré.\n';
    expect(replyText(mail(text))).toBe('Bonjour,\n\nLe colis est arrivé abîmé.\n\nCordialement,');
  });

  it('loses a name after a dash, but not the last point of a list', () => {
    expect(replyText(mail('It works again.\n\n-Abhishek Kona'))).toBe('It works again.');
    expect(replyText(mail('Needed:\n- Paris\n- Lyon'))).toBe('Needed:\n- Paris\n- Lyon');
  });

  it('loses the footer of a mailing list', () => {
    expect(replyText(mail('Agreed.\n\n__\nusers mailing list\nusers@lists.example\n'))).toBe('Agreed.');
  });

  it('is read from HTML where there is nothing else', async () => {
    const raw = 'From: a@b.example\nContent-Type: text/html\n\n<p>Merci !</p><blockquote>Votre avis ?</blockquote>';
    expect(replyText((await parseMessage(Buffer.from(raw)))!)).toBe('Merci !');
  });

  it('is the whole where nothing but a signature would be left', () => {
    expect(replyText(mail('Marie Dupont'))).toBe('Marie Dupont');
  });

  it('says nothing that does not stand in the message, line by line, twice the same, and never throws', () => {
    const line = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.constantFrom(
        '',
        '> quoted',
        '-- ',
        '____',
        'Cordialement,',
        'Marie Dupont',
        'Sent from my iPhone',
        '-Marie',
        'On 3 May, X wrote:',
      ),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
        const text = lines.join('\n');
        const said = replyText(mail(text));
        expect(replyText(mail(text))).toBe(said);
        const there = new Set(text.split(/\r\n|\r|\n/).map((one) => one.trim()));
        for (const one of said.split('\n')) expect(there.has(one.trim()) || one.trim() === '').toBe(true);
      }),
    );
  });
});

describe.skipIf(!corpusFolder())('replies of the corpus', () => {
  it('are told from quotes and signatures in 19 of 20 at least', async () => {
    const folder = corpusFolder()!;
    const told = (await corpusMessages(folder))
      .map((one) => replyUnderstood(folder, one))
      .filter((one) => one !== undefined);
    expect(told.length).toBeGreaterThanOrEqual(26);
    expect(told.filter(Boolean).length / told.length).toBeGreaterThanOrEqual(0.95);
  });
});
