import type { CompiledSet } from '../content/index.ts';
import type { Context } from '../kernel/http.ts';
import type { Locale } from '../kernel/messages.ts';
import { type DrawnLink, drawLink, giveLinkBack, keepLink } from '../self-update/giving.ts';
import {
  type AskedBy,
  type DrawnInvitation,
  drawInvitation,
  findAskedBy,
  giveTurnBack,
  keepInvitation,
} from '../surveys/giving.ts';

// Pages of one person alone that a message leads to: their own details, a survey. They are drawn in the transaction that writes the message, sealed with it,
// and put into its words when it leaves.

type Writer = Pick<Context, 'app' | 'tx' | 'actor'>;

/** The pages that a content leads to and a scenario gives. */
export type PageVariable = 'link.update' | 'link.survey';
const pageVariables: readonly PageVariable[] = ['link.update', 'link.survey'];

/** Those that a content names, in any of its languages. */
const pagesOf = (set: CompiledSet): PageVariable[] =>
  pageVariables.filter((one) => Object.values(set).some(({ needs }) => needs.some(({ variable }) => variable === one)));

/** Pages for somebody, drawn for a message. */
export interface Drawn {
  variables: Partial<Record<PageVariable, string>>;
  link: DrawnLink | null;
  invitation: DrawnInvitation | null;
}

/** To whom: their addresses, the one that is written to first. */
export interface Reader {
  personId: string;
  points: readonly [string, ...string[]];
}

/** What a step gives pages of. @param survey which one its content asks by */
export interface Giving {
  pages: readonly PageVariable[];
  survey: AskedBy | null;
}

export async function findGiving(
  { tx, actor }: Pick<Writer, 'tx' | 'actor'>,
  set: CompiledSet,
  surveyId: string | null | undefined,
): Promise<Giving> {
  const pages = pagesOf(set);
  const survey = surveyId && pages.includes('link.survey') ? await findAskedBy(tx, actor, surveyId) : null;
  return { pages, survey };
}

/** Draws the pages that a step gives somebody; to look only, nothing is taken. @returns why they get one not */
export async function drawPages(
  writer: Writer,
  { pages, survey }: Giving,
  { personId, points }: Reader,
  how: 'look' | 'take',
): Promise<Drawn | { reason: string; variable: PageVariable }> {
  const drawn: Drawn = { variables: {}, link: null, invitation: null };
  if (pages.includes('link.update')) {
    const link = await drawLink(writer, { personId, contactPointId: points[0] }, how);
    if (typeof link === 'string') return { reason: link, variable: 'link.update' };
    drawn.link = link;
    drawn.variables['link.update'] = link.url;
  }
  if (pages.includes('link.survey')) {
    const invitation = survey ? await drawInvitation(writer, survey, points, how) : ('no_survey' as const);
    if (typeof invitation === 'string') {
      if (how === 'take') await givePagesBack(writer, drawn);
      return { reason: invitation, variable: 'link.survey' };
    }
    drawn.invitation = invitation;
    drawn.variables['link.survey'] = invitation.url;
  }
  return drawn;
}

/** Keeps the pages of a message that was written. */
export async function keepPages(
  writer: Writer,
  { survey }: Giving,
  { link, invitation }: Drawn,
  messageId: string,
  locale: Locale,
): Promise<void> {
  if (link) await keepLink(writer, link, messageId, locale);
  if (invitation) await keepInvitation(writer, survey!, invitation, messageId, locale);
}

/** Nothing was written: whoever is asked so often at most may be asked again. */
export async function givePagesBack(writer: Writer, { link, invitation }: Drawn): Promise<void> {
  if (link) await giveLinkBack(writer, link);
  if (invitation) await giveTurnBack(writer, invitation);
}
