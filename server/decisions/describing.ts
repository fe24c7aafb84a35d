import { enterConversations } from '../conversations/queries.ts';
import { notFound } from '../kernel/errors.ts';
import type { Context } from '../kernel/http.ts';
import { findSpeakers, loadTopics, type Speakers, sumOf } from '../voices/index.ts';
import type { CaseLine, FullCase, Quote } from './contract.ts';
import { listIssues } from './issues.ts';
import * as queries from './queries.ts';

export type Viewer = Pick<Context, 'tx' | 'actor'>;

/** People of a case that are put together; of more, contact points are counted. */
const mostJoined = 2000;

type Row = queries.CaseRow;

/** Cases as the list shows them. */
export async function describeCases({ tx, actor }: Viewer, rows: readonly Row[]): Promise<CaseLine[]> {
  const topics = new Map((await loadTopics(tx, actor.workspaceId)).map((topic) => [topic.id, topic]));
  return rows.map((row) => {
    const topic = topics.get(row.topic_id);
    return {
      id: row.case_id,
      topic: { id: row.topic_id, name: topic?.name ?? { fr: '', en: '' }, aspect: topic?.aspect ?? null },
      openedAt: row.opened_at.toISOString(),
      outcome: row.outcome,
      owner: row.owner_id && { id: row.owner_id, name: row.owner ?? '' },
      team: row.team_id && { id: row.team_id, name: row.team ?? '' },
      dueOn: row.due_on,
      decidedAt: row.decided_at?.toISOString() ?? null,
      settled: row.settled_at !== null,
      proposed: row.proposed,
      heard: row.heard,
      unanswered: row.unanswered,
    } as CaseLine;
  });
}

/** @throws AppError not_found */
export async function getCase({ tx, actor }: Viewer, caseId: string): Promise<Row> {
  await enterConversations(tx);
  const row = await queries.findCase(tx, actor, caseId);
  if (!row) throw notFound();
  return row;
}

/** As its page shows it, but for what only the keeper may count. */
export async function describeCase(viewer: Viewer, row: Row): Promise<Omit<FullCase, 'allAnswered'>> {
  const { tx, actor } = viewer;
  const [line] = await describeCases(viewer, [row]);
  const points = await queries.listPoints(tx, actor, row.case_id, mostJoined + 1);
  return {
    ...line!,
    threshold: row.threshold,
    since: row.since.toISOString(),
    words: row.words,
    version: row.version,
    mayDecide: row.may_decide,
    weight: points.length > mostJoined ? null : weightOf(await speakersOf(viewer, points)),
    reactions: await queries.countReactions(tx, actor, row.case_id),
    history: await queries.listSteps(tx, actor, row.case_id),
    issues: await listIssues(tx, actor, row.case_id),
  };
}

/** Whose contact points and cards these are, for the viewer. */
export function speakersOf(
  viewer: Viewer,
  rows: readonly { contact_point_id: string | null; card_id: string | null }[],
): Promise<Speakers> {
  const points = new Set(rows.flatMap((row) => row.contact_point_id ?? []));
  const cards = new Set(rows.flatMap((row) => (row.contact_point_id ? [] : (row.card_id ?? []))));
  return findSpeakers(viewer, [...points], [...cards]);
}

function weightOf(speakers: Speakers): NonNullable<FullCase['weight']> {
  const people = [...new Map([...speakers.values()].map((one) => [one.key, one])).values()];
  return {
    people: people.length,
    accounts: new Set(people.flatMap(({ account }) => account?.toLowerCase() ?? [])).size,
    values: sumOf(people.flatMap(({ worth }) => worth)),
  };
}

export function describeQuotes(rows: readonly queries.EvidenceRow[], speakers: Speakers): Quote[] {
  return rows.map((row) => {
    const speaker = speakers.get(row.contact_point_id ?? row.card_id!);
    return {
      voiceId: row.voice_id,
      origin: row.origin,
      conversationId: row.conversation_id,
      channel:
        row.channel_id === null ? null : { id: row.channel_id, kind: row.channel_kind!, name: row.channel_name ?? '' },
      person: speaker?.personId ? { id: speaker.personId, name: speaker.name } : null,
      name: speaker?.name ?? '',
      account: speaker?.account ?? null,
      text: row.text.toWellFormed(),
      at: row.said_at.toISOString(),
      tone: row.tone,
      byName: row.by_name,
    };
  });
}
