import type { Block } from '../server/content/blocks-contract.ts';
import { readyContents } from '../server/content/ready.ts';
import { compile } from '../server/content/rendering/compile.ts';
import { renderFor } from '../server/content/rendering/render.ts';
import type { Variables } from '../server/content/variables-contract.ts';
import { median, print } from './figures.ts';

export const about = 'content: mails written a second on one core, and how long a content takes to be compiled';

const material = { language: 'fr' as const, images: new Map(), parts: new Map() };
const count = 20_000;

/** A newsletter of usual length, with a condition and columns. */
const saying = {
  ...readyContents.newsletter.fr!,
  blocks: [
    ...readyContents.newsletter.fr!.blocks,
    {
      ...{ id: 's1', kind: 'section' },
      condition: { match: 'all', clauses: [{ variable: 'organization.name', is: 'present', value: '' }] },
      blocks: [
        { id: 's2', kind: 'text', text: 'Chez {{ organization.name }}, à {{ person.city | default: "vous" }}.' },
        { id: 's3', kind: 'button', label: 'Je réponds', url: '{{ link.rsvp }}' },
      ],
    } as Block,
    {
      ...{ id: 'c1', kind: 'columns' },
      columns: [
        [{ id: 'c2', kind: 'text', text: 'Gauche : {{ person.fullName | default: "vous" }}' }],
        [{ id: 'c3', kind: 'text', text: 'Droite : [lien](https://exemple.fr/?n={{ person.familyName }})' }],
      ],
    } as Block,
  ],
};

const person = (no: number): Variables => ({
  'person.givenName': `Zoé ${no}`,
  'person.familyName': `Martin <${no}>`,
  'person.fullName': `Zoé Martin ${no}`,
  ...(no % 2 ? { 'organization.name': `Hop & Fils ${no}` } : {}),
  'company.name': 'Exemple SA',
  'sender.name': 'Claire Delmas',
  'link.rsvp': `https://crm.exemple.fr/r/${no}`,
  'link.unsubscribe': `https://crm.exemple.fr/u/${no}`,
});

export async function run(): Promise<void> {
  const first = performance.now();
  const compiled = await compile(saying, material);
  print({ name: 'the first content compiled, MJML loaded with it', measured: performance.now() - first, unit: 'ms' });
  const each: number[] = [];
  for (let no = 0; no < 30; no++) {
    const begun = performance.now();
    await compile(saying, material);
    each.push(performance.now() - begun);
  }
  print({ name: 'a content compiled, median of 30', measured: median(each), unit: 'ms' });
  const set = { fr: compiled };
  for (let no = 0; no < 500; no++) renderFor(set, person(no));
  const before = process.cpuUsage();
  let octets = 0;
  for (let no = 0; no < count; no++) {
    const mail = renderFor(set, person(no));
    if ('aside' in mail) throw new Error(JSON.stringify(mail.aside));
    octets += mail.html.length + mail.text.length;
  }
  const { user, system } = process.cpuUsage(before);
  print({
    ...{
      name: `mails of ${Math.round(octets / count / 1000)} kB written, on one core`,
      unit: 'a second of processor time',
    },
    ...{ measured: count / ((user + system) / 1e6), atLeast: 1000 },
  });
}
