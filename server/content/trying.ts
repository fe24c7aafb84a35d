import { findPersonCards, findUsedCards } from '../cards/persons.ts';
import { recordUses } from '../delegation/ledger.ts';
import { getMember } from '../identity/queries.ts';
import { AppError } from '../kernel/errors.ts';
import type { Context, OutsideContext } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { type Locale, translator } from '../kernel/messages.ts';
import { findReachable } from '../outreach/choosing.ts';
import { deliver } from '../outreach/deliver.ts';
import { toHtml } from '../outreach/letters.ts';
import { findPostalPlaces, type PostalPlace } from '../outreach/people.ts';
import { noteHealth } from '../outreach/queries.ts';
import { openMailServer } from '../outreach/sending.ts';
import type { Language, Saying } from './blocks-contract.ts';
import { checkAs, compileAs } from './compiling.ts';
import type { Finding } from './contract.ts';
import { getContent, readHouseStyle, readLetterhead } from './describing.ts';
import { type Gathered, gather, materialIn } from './gathering.ts';
import { findOctetsOf } from './images.ts';
import { fits, type Kind } from './kinds-contract.ts';
import type { Letterhead } from './letterhead-contract.ts';
import { Paper, UnwritableSign } from './letters/paper.ts';
import { sampleAddress, toLetter } from './letters/writing.ts';
import { darkQuery } from './rendering/html.ts';
import { bothSchemes, pageDocument } from './rendering/page-document.ts';
import { type Aside, type Mail, renderFor } from './rendering/render.ts';
import { countSms } from './rendering/segments.ts';
import type { HouseRules } from './style-contract.ts';
import { personVariables, senderVariables } from './variables.ts';
import type { Variables } from './variables-contract.ts';

interface Asked {
  kind: Kind;
  language: Language;
  saying: Saying;
  personId?: string | undefined;
}

/** Somebody made up, for whoever writes without anybody in mind. */
export const samples: Record<Language, Variables> = {
  fr: {
    'person.givenName': 'Camille',
    'person.familyName': 'Durand',
    'person.fullName': 'Camille Durand',
    'person.civility': 'Mme',
    'person.jobTitle': 'Directrice des achats',
    'person.city': 'Lyon',
    'person.language': 'fr',
    'organization.name': 'Durand & Fils',
    'event.name': 'Petit-déjeuner des clients',
    'event.day': 'jeudi 12 mars à 8 h 30',
    'event.place': 'nos bureaux de Lyon',
  },
  en: {
    'person.givenName': 'Alex',
    'person.familyName': 'Taylor',
    'person.fullName': 'Alex Taylor',
    'person.civility': 'Ms',
    'person.jobTitle': 'Head of Purchasing',
    'person.city': 'Leeds',
    'person.language': 'en',
    'organization.name': 'Taylor & Sons',
    'event.name': 'Customers’ breakfast',
    'event.day': 'Thursday 12 March at 8:30 am',
    'event.place': 'our office in Leeds',
  },
};

/** What a campaign would give, where there is none: its event is the made-up one, its pages are ours. */
function givenVariables(publicUrl: string, language: Language): Variables {
  const { 'event.name': name, 'event.day': day, 'event.place': place } = samples[language];
  const links = { 'link.rsvp': publicUrl, 'link.survey': publicUrl, 'link.update': publicUrl } as const;
  return {
    ...{ 'event.name': name, 'event.day': day, 'event.place': place },
    ...links,
    'link.preferences': publicUrl,
    'link.unsubscribe': publicUrl,
  };
}

/** The person as the caller sees them; who lends them hears that they were looked at. @throws AppError not_found */
async function variablesOf({ tx, actor, app }: Context, { language, personId }: Asked): Promise<Variables> {
  const given = givenVariables(app.config.publicUrl, language);
  if (personId === undefined) return { ...samples[language], ...given, ...(await senderVariables(tx, actor)) };
  const person = await findPersonCards(tx, actor, personId);
  const variables = (await personVariables(tx, actor, [personId])).get(personId);
  if (!person || !variables) throw new AppError('not_found');
  await recordUses(tx, actor, 'opened', await findUsedCards(tx, actor, person.cardIds));
  return { ...given, ...variables };
}

interface Tried {
  written: Mail | { aside: Aside };
  findings: Finding[];
  size: number;
}

interface Ready {
  /** Of a letter: to whom it goes; null: a person to whom none can. */
  paper: { to: PostalPlace | null; head: Letterhead; country: string } | null;
  gathered: Gathered;
  variables: Variables;
  rules: HouseRules;
}

const prepare = async (context: Context, asked: Asked): Promise<Ready> => ({
  paper: asked.kind === 'letter' ? await paperOf(context, asked) : null,
  gathered: await gather(context, [asked.saying]),
  variables: await variablesOf(context, asked),
  rules: (await readHouseStyle(context.tx, context.actor.workspaceId))[asked.language].rules,
});

/** Compiled without a connection in hand: it takes some hundredths of a second. */
async function write({ kind, language, saying }: Asked, { gathered, variables, rules }: Ready): Promise<Tried> {
  const material = materialIn(gathered, language);
  const compiled = await compileAs(kind, saying, material);
  const written = renderFor({ [language]: compiled }, variables, language);
  const size = Buffer.byteLength('html' in written ? written.html : compiled.html);
  return { written, size, findings: checkAs(kind, saying, material, rules, compiled.html, size) };
}

/** What somebody would read. In a preview the reader's setting for the dark is the caller's to choose. */
export async function tryOut(
  context: OutsideContext,
  { dark, commercial, ...asked }: Asked & { dark: boolean; commercial: boolean },
) {
  if (!fits(asked.kind, asked.saying)) throw new AppError('invalid_input', { fields: { saying: 'kind' } });
  const ready = await context.asCaller((caller) => prepare(caller, asked));
  const { written, size, findings } = await write(asked, ready);
  if ('aside' in written) return { mail: null, pdf: null, sms: null, aside: written.aside, size, findings };
  if (asked.kind === 'letter') return { ...(await printed(context, asked, ready, written)), sms: null, size, findings };
  const html = shownHtml(asked, written, dark);
  const text = wholeText(written, commercial);
  const sms = asked.kind === 'sms' ? countSms(text) : null;
  return { mail: { subject: written.subject, html, text }, pdf: null, sms, aside: null, size, findings };
}

/** To whom a letter that is tried goes, and what stands at its head. */
async function paperOf({ tx, actor }: Context, { personId, language }: Asked): Promise<Ready['paper']> {
  const head = await readLetterhead(tx, actor.workspaceId);
  const country = (await getMember(tx, actor))!.country;
  if (personId === undefined) return { to: sampleAddress[language], head, country };
  const [pointId] = (await findReachable(tx, actor, [personId], 'letter')).get(personId)?.points ?? [];
  const places = pointId ? await findPostalPlaces(tx, actor, [pointId]) : undefined;
  return { to: places?.get(pointId!) ?? null, head, country };
}

/** A letter on its pages; its way to object leads nowhere. */
async function printed(
  { app, actor, asSystem }: OutsideContext,
  { language }: Asked,
  { paper, variables, gathered }: Ready,
  { subject, text, sheet = [] }: Mail,
) {
  const { to, head, country } = paper!;
  const company = variables['company.name'] ?? '';
  const said = {
    subject,
    sheet,
    locale: language,
    purpose: 'service',
    url: `${app.config.publicUrl}/u/0000-0000-0000`,
  };
  const letter = to && toLetter(to, said, { workspace: company, country, date: new Date() });
  if (!letter) return { mail: null, pdf: null, aside: { reason: 'no_address' as const, variable: null } };
  const images = await asSystem('keeper', (keeper) =>
    findOctetsOf(keeper, actor.workspaceId, [...gathered.images.keys()]),
  );
  const file = new Paper(subject || company, language, { company, ...head }, images);
  try {
    await file.add(letter);
  } catch (error) {
    if (!(error instanceof UnwritableSign)) throw error;
    return { mail: null, pdf: null, aside: { reason: 'failed' as const, variable: null } };
  }
  return { mail: { subject, html: '', text }, pdf: (await file.end()).toString('base64'), aside: null };
}

/** As it is shown in a frame, light or dark. */
function shownHtml({ kind, language }: Asked, { subject, html, text }: Mail, dark: boolean): string {
  if (kind !== 'page') return html.replaceAll(darkQuery, dark ? '@media all' : '@media not all');
  const document = pageDocument({ language, title: subject, description: text, body: html });
  return document.replace(bothSchemes, dark ? 'color-scheme:dark' : 'color-scheme:light');
}

/** What is read: of what advertises by SMS, with how to stop it. */
const wholeText = ({ text, mention }: Mail, commercial: boolean): string =>
  commercial && mention ? `${text}\n${mention}` : text;

/** A content of another kind is tried by mail, too, as the words it says. */
function inMail(written: Mail): { text: string; html: string } {
  if (written.html !== '') return { text: written.text, html: written.html };
  const text = wholeText(written, true);
  const letter = { subject: written.subject, paragraphs: text.split('\n'), footer: '' };
  return { text, html: toHtml(letter, written.language) };
}

type Outcome = 'sent' | 'failed' | 'later' | 'in_doubt' | 'aside' | 'no_mail_server';

/** Sends what was last saved to the caller at once, past the queue: it is about nobody but them. @throws AppError not_found */
export async function sendTrial(
  context: OutsideContext,
  { contentId, language, personId }: { contentId: string; language: Language; personId?: string | undefined },
): Promise<{ to: string; state: Outcome; answer: string | null }> {
  const { app, actor } = context;
  const { asked, ready, me, name } = await context.asCaller(async (caller) => {
    const { kind, name, said } = await getContent(caller, contentId);
    const saying = said[language];
    // A page goes to nobody.
    if (!saying || kind === 'page') throw new AppError('not_found');
    const asked = { kind, language, saying, personId };
    return { asked, name, ready: await prepare(caller, asked), me: (await getMember(caller.tx, actor))! };
  });
  const { written } = await write(asked, ready);
  if ('aside' in written) return { to: me.email, state: 'aside', answer: written.aside.variable };
  const server = await context.asSystem('keeper', (keeper) => openMailServer(app, keeper, actor.workspaceId));
  if (!server) return { to: me.email, state: 'no_mail_server', answer: null };
  const t = translator(me.locale as Locale);
  const outcome = await deliver(server, {
    messageId: `<${newId()}@${server.sender.address.split('@')[1]}>`,
    to: { name: me.name, address: me.email },
    subject: t('content.trial.subject', { subject: written.subject || name }),
    ...inMail(written),
    // RFC 3834, 5: whoever answers by itself does not answer this.
    headers: { 'Auto-Submitted': 'auto-generated' },
  });
  const answer = outcome.state === 'sent' ? null : outcome.answer;
  await context.asSystem('keeper', (keeper) => noteHealth(keeper, actor.workspaceId, answer));
  return { to: me.email, state: outcome.state, answer };
}
